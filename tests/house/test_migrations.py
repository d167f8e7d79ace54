"""The migrations, run one after another on an empty database, make what the models say: tables, constraints, triggers.

An empty database is made from the models at once (peibu/cli/tables.py); older ones take the steps. Both must end alike.
"""

import os
import subprocess
import sys

import psycopg
import pytest
from django.db import connection
from psycopg import sql

from tests.snapshot import ROOT

STEPPED = "peibu_stepped"
# Names that Django makes up are left out, and the width of a key of Django's own that nobody uses here.
SCHEMA = {
    "columns": """SELECT table_name, column_name, udt_name, is_nullable, character_maximum_length, column_default
        FROM information_schema.columns
        WHERE table_schema = 'public' AND (table_name, column_name) <> ('auth_group_permissions', 'id')""",
    "constraints": """SELECT conrelid::regclass::text, CASE WHEN contype IN ('f', 'p') THEN '' ELSE conname END,
        pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace""",
    "indexes": """SELECT tablename, regexp_replace(indexdef, 'INDEX \\S+ ON', 'INDEX ON') FROM pg_indexes
        WHERE schemaname = 'public'""",
    "triggers": """SELECT t.tgrelid::regclass::text, t.tgname, pg_get_triggerdef(t.oid), p.prosrc
        FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid WHERE NOT t.tgisinternal""",
    "extensions": "SELECT extname FROM pg_extension",
}


def schema(server: psycopg.Connection) -> dict[str, set[tuple]]:
    return {part: {tuple(row) for row in server.execute(query).fetchall()} for part, query in SCHEMA.items()}


def differences(one: dict[str, set], other: dict[str, set]) -> list[tuple]:
    return [(part, row) for part in SCHEMA for row in sorted(one[part] ^ other[part], key=str)]


def _connect(name: str, **words) -> psycopg.Connection:
    given = connection.settings_dict
    place = {"host": given["HOST"], "port": given["PORT"], "user": given["USER"], "password": given["PASSWORD"]}
    return psycopg.connect(dbname=name, **{key: value for key, value in place.items() if value}, **words)


@pytest.fixture
def stepped(snapshot):
    """A database to which every migration was applied in turn."""
    with _connect("postgres", autocommit=True) as server:
        server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(STEPPED)))
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(STEPPED)))
    code = (
        "import django; django.setup();"
        "from django.db import connections; from django.core.management import call_command;"
        f"connections['default'].settings_dict['NAME'] = {STEPPED!r};"
        "call_command('migrate', interactive=False, verbosity=0)"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=os.environ, check=True)
    with _connect(STEPPED) as server:
        yield server
    with _connect("postgres", autocommit=True) as server:
        server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(STEPPED)))


@pytest.mark.slow
def test_step_by_step_and_at_once_end_alike(stepped, snapshot):
    with _connect(snapshot.name) as made:
        wanted = schema(made)
    assert differences(schema(stepped), wanted) == []
    stepped.execute("ALTER TABLE ledger_account DROP CONSTRAINT fund_is_never_negative")
    assert "fund_is_never_negative" in str(differences(schema(stepped), wanted)), "a constraint fewer would be seen"
