"""What takes seconds to build is built once for a test module; every test gets copies of it and rolls back to it.

    @pytest.fixture(scope="module")
    def built(worlds):
        return worlds.build(owing)  # owing(city) makes rows and returns what tests need to hold in hand

    @pytest.fixture
    def made(built, handed):
        return handed(built)

The rows lie in an outer transaction that is rolled back after the module, each test in a savepoint of its own. The
files of the world are copied into the test's own MEDIA_ROOT. `city` of such a test is a copy from the same hand: it
shares the rows of the world, as if both had just been made.

Worlds of a module lie upon each other, so they form a chain; tests that ask for fewer run first, so nobody sees rows
he did not ask for. Workers must be given whole files (`--dist loadfile`). A module whose tests commit has no worlds.
"""

import copy
import dataclasses
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import override_settings

from tests.city import TABLES, Stage, stage


class Worlds:
    """The worlds of one module, each upon the one before; only `build` and the fixture `handed` are for tests."""

    def __init__(self, media: Path, unblock: Callable[[], AbstractContextManager]):
        self.stage = stage()
        self._media = media
        self._unblock = unblock

    def build(self, make: Callable[..., Any], *below: Any) -> Any:
        """make(city, *below), with what it wrote kept for the whole module; `below`: worlds built before."""
        with self._unblock(), override_settings(MEDIA_ROOT=self._media):
            made = make(self.stage, *below)
            connection.check_constraints()  # what a commit would have refused is refused here, once
        return made

    def copied(self, media: Path) -> "Hand":
        if self._media.exists():
            shutil.copytree(self._media, media, dirs_exist_ok=True)
        return Hand(self.stage)


class Hand:
    """The copies of one test: what two worlds share is the same object in both copies."""

    def __init__(self, original: Stage):
        loaded = original.loaded
        rows = [row for name in TABLES for row in getattr(loaded, name).values()]
        # the city's many rows are copied as `city` does; deep copies of them would take longer than most tests
        self._memo = {id(row): copy.copy(row) for row in rows}
        fresh = {name: {key: self._memo[id(row)] for key, row in getattr(loaded, name).items()} for name in TABLES}
        self.stage = Stage(dataclasses.replace(loaded, **fresh))
        self._memo |= {id(original): self.stage, id(loaded): self.stage.loaded, id(loaded.city): loaded.city}

    def __call__(self, built: Any) -> Any:
        return copy.deepcopy(built, self._memo)


@pytest.fixture(scope="module")
def worlds(snapshot, django_db_blocker, tmp_path_factory) -> Iterator[Worlds]:
    outer = transaction.atomic()
    outer._from_testcase = True  # as Django's own: the product's durable blocks are not nested in it
    with django_db_blocker.unblock():
        outer.__enter__()
    yield Worlds(tmp_path_factory.mktemp("world") / "media", django_db_blocker.unblock)
    with django_db_blocker.unblock():
        transaction.set_rollback(True)
        outer.__exit__(None, None, None)


@pytest.fixture
def handed(worlds, db, settings) -> Hand:
    return worlds.copied(Path(settings.MEDIA_ROOT))


def in_order(items: list[pytest.Item]) -> None:
    """Within each module that has worlds, the tests that ask for fewer of them come first."""
    places = defaultdict(list)
    for place, item in enumerate(items):
        if item.get_closest_marker("django_db") or "db" in item.fixturenames:
            places[item.path].append(place)
    for mine in places.values():
        there = sorted((items[place] for place in mine), key=_depth)
        if _depth(there[-1]):
            _refuse_commits(there)
            for place, item in zip(mine, there, strict=True):
                items[place] = item


def _depth(item: pytest.Item) -> int:
    """How many worlds the test stands on; 0 without any."""
    if "worlds" not in item.fixturenames:
        return 0
    known = item._fixtureinfo.name2fixturedefs
    return sum(1 for name in item.fixturenames if name in known and known[name][-1].scope == "module")


def _refuse_commits(items: list[pytest.Item]) -> None:
    for item in items:
        marker = item.get_closest_marker("django_db")
        commits = {"transactional_db", "live_server"} & set(item.fixturenames)
        if commits or (marker and marker.kwargs.get("transaction")):
            raise pytest.UsageError(f"{item.nodeid}: a test that commits cannot lie in a module with worlds")
