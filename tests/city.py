"""The small demo city for tests: loaded once per test database, found again after a flush.

`city` gives a `Stage`: rows by the keys of the generator, actors by role, and the moment the story starts.
"""

import copy
import dataclasses
import datetime as dt
from functools import lru_cache

import pytest

from peibu.accounts.actor import Actor
from peibu.accounts.models import Assignment, Division, Unit, User
from peibu.demo.city import City, generate
from peibu.demo.loader.base import Loaded, load_base

POLICY = "qingdao/industrial_internet_2020"
CHINA = dt.timezone(dt.timedelta(hours=8))
LONG_AGO = dt.datetime(2018, 1, 1, tzinfo=CHINA)


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


_loaded: Loaded | None = None


def stage() -> Stage:
    """Load the city unless this database already holds it."""
    global _loaded
    if _loaded is None or not Division.objects.filter(pk=next(iter(_loaded.divisions.values())).pk).exists():
        _loaded = load_base(small_city(), policy=POLICY, known_at=LONG_AGO)
    return Stage(_fresh(_loaded))


def _fresh(loaded: Loaded) -> Loaded:
    """Copies of the cached rows: a test that changes one in memory does not change it for the next test."""
    tables = ("divisions", "units", "firms", "people", "teachers", "users")
    copies = {name: {key: copy.copy(row) for key, row in getattr(loaded, name).items()} for name in tables}
    return dataclasses.replace(loaded, **copies)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Every test database starts with the city: tests that roll back share one load."""
    with django_db_blocker.unblock():
        stage()


@pytest.fixture
def city(db) -> Stage:
    return stage()


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
