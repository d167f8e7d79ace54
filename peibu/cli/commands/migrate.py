"""Bring the database to the present schema, and refuse one that would fail silently."""

import argparse
import sys

from peibu.cli import site

OLDEST_SERVER = 150_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.description = "更新数据库结构 / migrate the database"


def run(args: argparse.Namespace) -> int:
    site.set_up()
    from django.core.management import call_command
    from django.db import connection

    from peibu.cli import tables

    if complaint := server_complaint(connection):
        sys.stderr.write(complaint + "\n")
        return 1
    if tables.is_empty():
        tables.make_from_models()
    call_command("migrate", interactive=False, verbosity=0)
    if complaint := search_complaint(connection):
        sys.stderr.write(complaint + "\n")
        return 1
    return 0


def server_complaint(connection) -> str | None:
    """Why this server cannot be used: too old, or a superuser, who would skip row-level security."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int")
        version = cursor.fetchone()[0]
        cursor.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        unguarded = cursor.fetchone()[0]
    if version < OLDEST_SERVER:
        return f"PostgreSQL 版本过旧（{version}），至少需要 15 / PostgreSQL 15 or newer is needed"
    if unguarded:
        return (
            "数据库账户是超级用户或可绕过行级安全，请改用普通账户。"
            " / The database role is a superuser or bypasses row-level security: use an ordinary role."
        )
    return None


def search_complaint(connection) -> str | None:
    """Why Chinese search would silently find nothing: the wrong locale of the cluster gives no trigrams."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regproc('show_trgm') IS NOT NULL")
        if not cursor.fetchone()[0]:
            return None
        cursor.execute("SELECT cardinality(show_trgm('培训补贴'))")
        if cursor.fetchone()[0]:
            return None
    return (
        "数据库的字符分类（LC_CTYPE）不识别中文，搜索会失效。请用 LC_CTYPE=C.UTF-8 重建数据库。"
        " / The database's LC_CTYPE does not know Chinese letters: create it with LC_CTYPE C.UTF-8."
    )
