"""The tests' database: migrated and filled once, then copied; a test that commits gets a fresh copy after it.

Migrating and loading the city takes a minute of a core and a truncation with a new load three seconds, a copy a third
of one. A template is named by everything that can change it, so that an old one is never used.
"""

import hashlib
import os
import pickle
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from django.conf import settings
from django.db import connection, connections
from psycopg import sql

from peibu.cli.tables import make_from_models

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = ("peibu", "policies")
FILES = ("tests/city.py", "tests/snapshot.py", "requirements/run.txt")
SUFFIXES = {".py", ".yaml", ".txt", ".csv", ".json"}
PREFIX = "peibu_tests_"
PATIENCE, PAUSE_S = 150, 0.2
LOCK = 5_731_102  # any number: one builds or copies at a time on a server


def fingerprint(root: Path = ROOT) -> str:
    """'<tables>_<all>': the first half changes with models and migrations, the second with any code or law."""
    files = [file for folder in FOLDERS for file in (root / folder).rglob("*") if file.suffix in SUFFIXES]
    files = sorted([*files, *(root / name for name in FILES)])
    tables = [file for file in files if {"models", "migrations", "models.py"} & set(file.parts)]
    return f"{_digest(root, tables)}_{_digest(root, files)}"


def _digest(root: Path, files: list[Path]) -> str:
    told = hashlib.sha256()
    for file in files:
        told.update(file.relative_to(root).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    return told.hexdigest()[:12]


class Snapshot:
    """A template database, and the copy of it that this process tests on.

    build() fills an empty migrated database and returns what to remember of it (pickled beside the template).
    reuse: a template with the same tables will do, though it was filled by code or law of before (--reuse-db).
    """

    def __init__(self, build: Callable[[], object], *, reuse: bool = False):
        self.template = PREFIX + fingerprint()
        self.name = connection.creation._get_test_db_name()
        with self._server(locked=True) as server:
            held = [name for name in self._templates(server) if self._kept(name).exists()]
            same_tables = [name for name in held if name.startswith(self.template.rpartition("_")[0])]
            if reuse and same_tables:
                self.template = same_tables[0]
            elif self.template not in held:
                self._drop_templates(server)
                self._make(server, build)
        self.built = pickle.loads(self._kept(self.template).read_bytes())

    def restore(self) -> None:
        """Replace the copy by a new one, whoever is still connected to it."""
        connections.close_all()
        with self._server(locked=True) as server:
            self._remove(server)
            self._copy(server, self.template, self.name)
        self._use(self.name)

    def drop(self) -> None:
        """Remove the copy; the template stays for the next run."""
        connections.close_all()
        with self._server() as server:
            self._remove(server)

    def _remove(self, server: psycopg.Connection) -> None:
        """Drop the copy, whoever is connected. A vacuum of the server's own cannot be ended by us, but it ends soon."""
        for _ in range(PATIENCE):
            try:
                server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(self.name)))
            except psycopg.errors.InsufficientPrivilege:
                time.sleep(PAUSE_S)
            else:
                return
        raise RuntimeError(f"{self.name} is still in use after {PATIENCE * PAUSE_S:.0f} s")

    @contextmanager
    def _server(self, *, locked: bool = False) -> Iterator[psycopg.Connection]:
        given = connection.settings_dict
        words = {"host": given["HOST"], "port": given["PORT"], "user": given["USER"], "password": given["PASSWORD"]}
        words = {name: value for name, value in words.items() if value}
        with psycopg.connect(dbname="postgres", autocommit=True, **words) as server:
            if locked:
                server.execute("SELECT pg_advisory_lock(%s)", [LOCK])
            yield server

    @staticmethod
    def _kept(template: str) -> Path:
        return Path(os.environ["PEIBU_VAR"]) / f"{template}.pickle"

    @staticmethod
    def _templates(server: psycopg.Connection) -> list[str]:
        told = server.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [PREFIX])
        return [name for (name,) in told.fetchall()]

    def _drop_templates(self, server: psycopg.Connection) -> None:
        for name in self._templates(server):
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
            self._kept(name).unlink(missing_ok=True)

    def _make(self, server: psycopg.Connection, build: Callable[[], object]) -> None:
        half = f"{PREFIX}half"  # takes its name when it is whole: a killed run leaves nothing that looks finished
        server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(half)))
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(half)))
        connections.close_all()
        self._use(half)
        make_from_models()
        self._kept(self.template).write_bytes(pickle.dumps(build()))
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")  # the tests' server has no autovacuum
        connections.close_all()
        server.execute(
            sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(half), sql.Identifier(self.template))
        )

    @staticmethod
    def _copy(server: psycopg.Connection, source: str, target: str) -> None:
        # whole files cost a fifth less of a core than block by block; nothing here has to survive a crash
        words = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
        server.execute(words.format(sql.Identifier(target), sql.Identifier(source)))

    @staticmethod
    def _use(name: str) -> None:
        settings.DATABASES["default"]["NAME"] = name
        connection.settings_dict["NAME"] = name
