"""A published catalogue answers for the check sheet and the roster; what was entered counts only before one (JN6.6.1a,
WH63.1.2)."""

import datetime as dt

import pytest
from django.urls import reverse

from peibu.training.facts.filing import catalogue_edition
from peibu.training.filing import judge_filing
from tests.catalogue.shelf import publish
from tests.training.road_world import OCCUPATION, technician, weihai
from tests.training.test_delivery_roads import JINAN_PLAN, jinan, practice, signed_up, staff

pytestmark = pytest.mark.django_db
WELDING = {"code": OCCUPATION, "name": "车工", "level": "技师"}
EARLY = dt.date(2019, 1, 1)


def speciality(road, **changes):
    return {"code": OCCUPATION, "name": "车工", "level": "不分等级", "unit_name": road.unit.name} | changes


def status(cohort, on, rule="speciality_in_catalogue"):
    return next(f.status.value for f in judge_filing(cohort, on=on).findings if f.rule == rule)


@pytest.fixture
def road(city):
    return jinan(city)


@pytest.fixture
def cohort(road):
    return road.cohort(road.signed(**JINAN_PLAN, fee_fen=0), practice(road))


def test_without_a_catalogue_the_entered_record_counts_and_without_both_it_is_unknown(road, cohort):
    assert status(cohort, road.now.date()) == "pass"
    assert catalogue_edition(cohort, on=road.now.date()) is None
    road.record("occupation", OCCUPATION, "speciality_listed", None)
    assert status(cohort, road.now.date()) == "unknown"


def test_a_published_catalogue_answers_yes_and_is_named(city, road, cohort, visit):
    road.record("occupation", OCCUPATION, "speciality_listed", False)
    assert status(cohort, road.now.date()) != "pass"
    edition = publish(city, "institution_specialities", speciality(road), on=dt.date(2020, 7, 1))
    assert status(cohort, road.now.date()) == "pass"
    assert catalogue_edition(cohort, on=road.now.date()) == edition
    text = visit(road.by).get(reverse("class-page", args=[cohort.pk])).content.decode()
    assert f"专业目录以《{edition.title}》（{edition.source}" in text


@pytest.mark.parametrize(
    "change", [{"code": "4-10-01-05"}, {"level": "高级工"}], ids=["another occupation", "another level"]
)
def test_a_published_catalogue_without_it_answers_no_against_the_entered_record(city, road, cohort, change):
    publish(city, "institution_specialities", speciality(road, **change), on=dt.date(2020, 7, 1))
    road.record("occupation", OCCUPATION, "speciality_approved", False)
    assert status(cohort, road.now.date()) == "fail"


@pytest.mark.parametrize(("day", "passes"), [(20, False), (21, True)])
def test_an_edition_answers_from_the_day_it_takes_effect(city, road, cohort, day, passes):
    """The class begins on 20 July; an edition of the 21st leaves the entered record standing."""
    publish(city, "institution_specialities", speciality(road, code="4-10-01-05"), on=dt.date(2020, 7, day))
    assert (status(cohort, road.now.date()) == "pass") is passes


def decision(road, stated=None):
    signup = signed_up(road, staff(road, 1), technician(**(stated or {})))
    findings = {row["rule"]: row["status"] for row in signup.lines.get().precheck.findings}
    return findings["occupation_in_catalogue"]


def test_the_roster_asks_the_catalogue_of_occupations(city):
    road = weihai(city)
    publish(city, "occupations", WELDING, on=EARLY)
    road.record("occupation", OCCUPATION, "occupation_listed", False)
    assert decision(road) == "pass"


def test_the_roster_is_refused_by_a_catalogue_that_has_another_level_only(city):
    road = weihai(city)
    publish(city, "occupations", WELDING | {"level": "高级工"}, on=EARLY)
    road.record("occupation", OCCUPATION, "level_standard_issued", False)
    assert decision(road) == "fail"


def test_the_roster_counts_what_was_entered_while_no_catalogue_is_published(city):
    assert decision(weihai(city)) == "pass"
