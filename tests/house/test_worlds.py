"""Worlds built once for a module (tests/worlds.py): no test sees what another did, in the database, in memory, on disk."""

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from peibu.accounts.models import Unit
from tests.worlds import _refuse_commits

pytestmark = pytest.mark.django_db
NAME = "世界里的单位"


def named(city):
    unit = city.unit(city.city.providers[0].key)
    unit.name = NAME
    unit.save(update_fields=["name"])
    default_storage.save("one.txt", ContentFile(b"1"))
    return {"unit": unit, "seen": []}


@pytest.fixture(scope="module")
def built(worlds):
    return worlds.build(named)


@pytest.fixture
def world(built, handed):
    return handed(built)


@pytest.mark.parametrize("_time", [1, 2])
def test_everybody_starts_from_the_world_as_it_was_built(world, city, _time):
    assert Unit.objects.get(name=NAME) == world["unit"]
    assert world["seen"] == []
    assert default_storage.open("one.txt").read() == b"1"
    assert city.unit(city.city.providers[0].key) is world["unit"]
    Unit.objects.filter(name=NAME).update(name="改过")
    world["unit"].name = "改过"
    world["seen"].append(1)
    default_storage.delete("one.txt")


def test_who_asks_for_no_world_sees_none(city):
    assert not Unit.objects.filter(name=NAME).exists()


def test_a_test_that_commits_is_refused_beside_a_world(request):
    _refuse_commits([request.node])
    request.node.add_marker(pytest.mark.django_db(transaction=True), append=False)
    with pytest.raises(pytest.UsageError, match="commits"):
        _refuse_commits([request.node])
