"""Who may put which fact on record, and about whom."""

import datetime as dt

import pytest

from peibu.accounts.actor import Actor
from peibu.accounts.models import Assignment
from peibu.kernel.errors import Refused
from peibu.registry.entries import register_fact
from peibu.registry.models import Employment, Person, RegisteredFact
from tests.city import at

pytestmark = pytest.mark.django_db
WEIHAI, JINAN = "weihai/gold_collar_2019", "jinan/internet_plus_2020"
NOW = at("2020-07-06 09:00")


def enter(by: Actor, kind: str, about, name: str, value, policy: str = JINAN) -> RegisteredFact:
    return register_fact(
        policy=policy, kind=kind, about=str(about), name=name, value=value, valid_from=dt.date(2020, 1, 1),
        source="测试材料1号", by=by, at=NOW,
    )  # fmt: skip


def test_the_citys_facts_are_the_citys_word(city):
    for role in ("agency_reviewer", "hrss_approver"):
        with pytest.raises(Refused, match="只能由市级主管部门登记"):
            enter(city.actor(role), "city", JINAN, "offline_resumed_on", "2020-05-15")
    assert enter(city.actor("city_bureau"), "city", JINAN, "offline_resumed_on", "2020-05-15").pk


def test_what_is_personal_is_told_about_a_person_only(city):
    bureau, firm = city.actor("city_bureau"), city.actor("enterprise").unit
    person = Person.objects.first()
    for kind, about in (("city", WEIHAI), ("unit", firm.pk), ("occupation", "6-18-01-01")):
        with pytest.raises(Refused, match="是个人事项，不能登记在"):
            enter(bureau, kind, about, "outstanding_evidence", True, WEIHAI)
        row = {"occupation": "6-18-01-01", "starts_on": "2010-01-01", "ends_on": "2012-01-01", "employer": "甲厂"}
        with pytest.raises(Refused, match="是个人事项，不能登记在"):
            enter(bureau, kind, about, "work_periods", row, WEIHAI)
    assert enter(bureau, "person", person.pk, "outstanding_evidence", True, WEIHAI).pk
    assert enter(bureau, "occupation", "6-18-01-01", "occupation_listed", True, WEIHAI).pk


def test_an_officer_enters_units_and_people_of_the_own_district(city):
    work = Employment.objects.filter(ended_on__isnull=True).select_related("unit__division", "person").first()
    home = work.unit.division
    near = city.actor("agency_reviewer", city.office("agency", home))
    posts = Assignment.objects.filter(role="agency_reviewer").select_related("user", "unit__division")
    officers = [Actor(user=row.user, role=row.role, unit=row.unit) for row in posts]
    far = next(officer for officer in officers if not officer.covers(home.pk))
    Employment.objects.filter(person=work.person).exclude(unit__division=home).delete()
    for kind, about, name, value in (
        ("unit", work.unit_id, "credit_class", "good"),
        ("person", work.person_id, "outstanding_evidence", True),
    ):
        with pytest.raises(Refused, match="不在本区（市）"):
            enter(far, kind, about, name, value, WEIHAI)
        assert enter(near, kind, about, name, value, WEIHAI).pk
