"""The tables of an empty database, made from the models at once: step by step Django renders its state anew for every
trigger, which takes minutes. `tests/house/test_migrations.py` holds both ways to the same schema.
"""

import logging

from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.test.utils import override_settings

WITH_SQL = ("pghistory", "procrastinate", "learning")  # apps whose migrations bring SQL of their own: these are run


class _FromModels(dict):
    """MIGRATION_MODULES: no migrations but those of WITH_SQL."""

    def __contains__(self, label: str) -> bool:
        return label not in WITH_SQL

    def __getitem__(self, label: str) -> None:
        return None


def is_empty() -> bool:
    """Has nobody ever made a table here?"""
    return not connection.introspection.table_names()


def make_from_models() -> None:
    """Make everything in an empty database, and note every migration as applied."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
        cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    for label in WITH_SQL:
        call_command("migrate", label, verbosity=0)
    with override_settings(MIGRATION_MODULES=_FromModels()):
        call_command("migrate", run_syncdb=True, verbosity=0)
    logging.getLogger("pgtrigger").setLevel(logging.WARNING)  # it would tell of each of hundreds of triggers
    call_command("pgtrigger", "install", verbosity=0)
    recorder = MigrationRecorder(connection)
    for app, name in sorted(set(MigrationLoader(connection).disk_migrations) - set(recorder.applied_migrations())):
        recorder.record_applied(app, name)
