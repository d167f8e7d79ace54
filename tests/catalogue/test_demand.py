"""Workers register what they want to learn; what is published of it can never point at a person."""

import datetime as dt
import uuid

import pytest
from django.db import DatabaseError, IntegrityError

from peibu.accounts.enums import Role
from peibu.accounts.models import Unit
from peibu.catalogue.actions import demand as deeds
from peibu.catalogue.actions.demand import register_demand, withdraw_demand
from peibu.catalogue.models import Demand
from peibu.catalogue.queries.demand import SMALL_CELL, balance, wanted, wishes_of
from peibu.kernel.errors import Refused
from tests.catalogue.shelf import ELECTRICIAN, NOW, WELDER, publish

pytestmark = pytest.mark.django_db
TODAY = dt.date(2020, 10, 12)


@pytest.fixture
def wish(city):
    publish(city, "general_training", ELECTRICIAN, WELDER)
    place = city.actor(Role.HRSS_APPROVER).unit.division

    def call(occupation="电工", level="senior", by=None, address="10.0.0.1", token=None, at=NOW, division=place):
        return register_demand(
            division=division, occupation=occupation, level=level, token=token or uuid.uuid4(), address=address, by=by,
            at=at,
        )  # fmt: skip

    return call


def test_a_count_is_told_from_five_people_on_and_not_of_four(wish):
    assert SMALL_CELL == 5
    for _n in range(4):
        wish()
    assert wanted(on=TODAY) == []
    wish()
    assert [(row.name, row.level, row.people) for row in wanted(on=TODAY)] == [("电工", "senior", 5)]
    assert wanted(on=TODAY - dt.timedelta(1)) == []
    assert [row.people for row in wanted(on=TODAY, query="dg")] == [5]
    assert wanted(on=TODAY, query="焊") == []


def test_one_form_counts_once(wish):
    token = uuid.uuid4()
    assert wish(token=token).pk == wish(token=token).pk
    assert Demand.objects.count() == 1


def test_an_address_sends_only_so_many_a_day(wish, monkeypatch):
    monkeypatch.setattr(deeds, "PER_DAY", 2)
    wish()
    wish()
    with pytest.raises(Refused, match="今天已登记2条"):
        wish()
    wish(address="10.0.0.2")
    wish(at=NOW + dt.timedelta(days=1))


def test_a_signed_in_worker_wants_an_occupation_once_and_may_take_it_back(wish, city):
    worker, other = city.actor(Role.TRAINEE), city.actor(Role.TRAINEE, nth=1)
    mine = wish(by=worker)
    with pytest.raises(Refused, match="已经登记过"):
        wish(by=worker)
    with pytest.raises(Refused, match="只能撤回本人"):
        withdraw_demand(wish=mine, by=other, at=NOW)
    withdraw_demand(wish=mine, by=worker, at=NOW)
    assert not wishes_of(worker.user).exists()
    wish(by=worker)


@pytest.mark.parametrize(
    ("change", "sentence"), [({"occupation": "电竞选手"}, "没有“电竞选手”"), ({"level": "x"}, "等级")]
)
def test_what_no_catalogue_has_is_refused(wish, change, sentence):
    with pytest.raises(Refused, match=sentence):
        wish(**change)
    assert not Demand.objects.exists()


def test_no_row_says_who_or_from_where(wish):
    row = wish(address="203.0.113.77")
    stored = " ".join(str(getattr(row, field.attname)) for field in Demand._meta.fields)
    assert "203.0.113.77" not in stored


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("an_unnamed_wish_is_limited_by_its_sender", {"sender": ""}),
        ("catalogue_demand_token", {"pk": uuid.uuid4()}),
    ],
)
def test_constraints_hold_by_name(wish, name, change):
    row = wish()
    if "pk" not in change:
        change = change | {"token": uuid.uuid4(), "pk": uuid.uuid4()}
    for field, value in change.items():
        setattr(row, field, value)
    with pytest.raises(IntegrityError, match=name):
        row.save(force_insert=True)


def test_wishes_are_kept(wish):
    wish()
    with pytest.raises(DatabaseError, match="demand_is_kept"):
        Demand.objects.all()._raw_delete("default")


def test_demand_stands_beside_supply_by_occupation_and_place(wish, city):
    school = Unit.objects.get(name="青岛大学")
    publish(city, "institution_specialities", ELECTRICIAN | {"unit_name": "青岛大学"},
            WELDER | {"unit_name": "青岛大学"})  # fmt: skip
    for _n in range(SMALL_CELL):
        wish(division=school.division)
    wish("焊工", division=school.division)
    rows = {row.name: (row.division, row.people, row.institutions) for row in balance(on=TODAY)}
    assert rows == {"电工": (school.division.name, 5, 1), "焊工": (school.division.name, None, 1)}


def test_a_hidden_level_cannot_be_told_by_subtracting(wish):
    """Five seniors are shown; a sum of six would tell that one person wants another level."""
    for _n in range(SMALL_CELL):
        wish()
    wish(level="technician")
    assert [row.people for row in wanted(on=TODAY)] == [5]
    assert [row.people for row in balance(on=TODAY) if row.people] == [5]
    for _n in range(SMALL_CELL - 1):
        wish(level="technician")
    assert [row.people for row in balance(on=TODAY) if row.people] == [10]


def test_levels_too_small_to_show_are_told_together_when_they_are_enough(wish):
    for level in ("senior", "technician"):
        for _n in range(3):
            wish(level=level)
    assert wanted(on=TODAY) == []
    assert [row.people for row in balance(on=TODAY) if row.people] == [6]


def test_an_occupation_is_counted_by_its_code_whatever_it_was_called(wish):
    for _n in range(3):
        wish()
    Demand.objects.update(name="电工（旧名）")
    for _n in range(2):
        wish()
    assert [row.people for row in wanted(on=TODAY)] == [5]
    assert [row.people for row in balance(on=TODAY) if row.people] == [5]
