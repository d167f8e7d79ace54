"""The small demo city for tests: in the database before the first test.

`city` gives a `Stage`: rows by the keys of the generator, actors by role, and the moment the story starts.
"""

import copy
import dataclasses
import datetime as dt
from collections.abc import Iterator
from functools import lru_cache

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.test import TransactionTestCase

from peibu.accounts.actor import Actor
from peibu.accounts.models import Assignment, Division, Unit, User
from peibu.demo.city import City, generate
from peibu.demo.loader.base import Loaded, load_base
from tests.snapshot import Snapshot

POLICY = "qingdao/industrial_internet_2020"
CHINA = dt.timezone(dt.timedelta(hours=8))
LONG_AGO = dt.datetime(2018, 1, 1, tzinfo=CHINA)
TABLES = ("divisions", "units", "firms", "people", "teachers", "users")  # the rows of a loaded city
# a hash of a password costs a third of a second of a core, on purpose; nobody attacks the accounts of tests
Argon2PasswordHasher.time_cost, Argon2PasswordHasher.memory_cost, Argon2PasswordHasher.parallelism = 1, 8, 1


def at(text: str) -> dt.datetime:
    """'2020-10-12 09:00' as an aware moment in China."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=CHINA)


@lru_cache(maxsize=1)
def small_city() -> City:
    return generate(7, people=400, enterprises=10)


class Stage:
    """The loaded city and who can act in it."""

    policy = POLICY

    def __init__(self, loaded: Loaded):
        self.loaded = loaded
        self.city = loaded.city

    def actor(self, role: str, unit: Unit | None = None, nth: int = 0) -> Actor:
        """The nth account with a role (at a unit), as an actor."""
        rows = Assignment.objects.select_related("user", "unit__division").filter(role=role).order_by("user__username")
        rows = rows.filter(unit=unit) if unit else rows
        row = rows[nth]
        return Actor(user=row.user, role=row.role, unit=row.unit)

    def office(self, kind: str, division: Division) -> Unit:
        """The authority of a kind that serves a division."""
        return Unit.objects.get(kind=kind, division=division.desk)

    def unit(self, key: str) -> Unit:
        return self.loaded.units[key]

    def user(self, key: str) -> User:
        return self.loaded.users[key]


def load() -> Loaded:
    """Load the city into an empty database."""
    return load_base(small_city(), policy=POLICY, known_at=LONG_AGO)


def _fresh(loaded: Loaded) -> Loaded:
    """Copies of the cached rows: a test that changes one in memory does not change it for the next test."""
    copies = {name: {key: copy.copy(row) for key, row in getattr(loaded, name).items()} for name in TABLES}
    return dataclasses.replace(loaded, **copies)


_snapshot: Snapshot | None = None  # the session's own, for `stage`


def stage() -> Stage:
    """The loaded city, for a test that marks its own database access instead of asking for the fixture `city`."""
    return Stage(_fresh(_snapshot.built))


@pytest.fixture(scope="session")
def snapshot(
    django_test_environment, django_db_blocker, django_db_modify_db_settings, django_db_keepdb
) -> Iterator[Snapshot]:
    """The database with the city in it; tests that roll back share one copy, one that commits leaves a fresh one."""
    global _snapshot
    with django_db_blocker.unblock():
        _snapshot = Snapshot(load, reuse=django_db_keepdb)
        _snapshot.restore()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda case: _snapshot.restore())
        yield _snapshot
    with django_db_blocker.unblock():
        _snapshot.drop()


@pytest.fixture(scope="session")
def django_db_setup(snapshot):
    """In place of pytest-django's own: migrating for every process and truncating after every commit."""


@pytest.fixture
def city(db, request) -> Stage:
    """Where the test has a world of its module (tests/worlds.py), the city of that world."""
    return request.getfixturevalue("handed").stage if "worlds" in request.fixturenames else stage()


@pytest.fixture
def visit(client):
    """visit(actor) -> a client signed in as that actor."""

    def sign_in(actor: Actor):
        client.force_login(actor.user, backend="django.contrib.auth.backends.ModelBackend")
        row = Assignment.objects.filter(user=actor.user, role=actor.role, unit=actor.unit).first()
        session = client.session
        session["assignment"] = str(row.pk)
        session.save()
        return client

    return sign_in
