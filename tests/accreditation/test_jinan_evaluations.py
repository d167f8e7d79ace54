"""Jinan's city evaluates platforms (JN6.2, 6.5a to 6.5c) and specialities outside the catalogue (JN6.6.1a)."""

import datetime as dt

import pytest

from peibu.accounts.models import Division
from peibu.accreditation.actions.applications import hand_in, start_application, write_answers
from peibu.accreditation.actions.calls import publish_call
from peibu.accreditation.actions.decisions import assent, publish_listing, publish_notice
from peibu.accreditation.checks import missing_documents
from peibu.accreditation.facts import judge_application
from peibu.accreditation.models import Expert
from peibu.casework.notices import close_due_notices
from peibu.kernel.errors import Refused
from peibu.programmes.listings import Line, end_listing, publish_list
from peibu.programmes.models import ListedUnit
from peibu.programmes.queries import is_listed
from peibu.registry.entries import register_fact
from peibu.rulebook import load_policy
from peibu.training.facts.catalogue import approved
from peibu.training.filing import judge_filing
from tests.accreditation.call_world import Calling, papers
from tests.accreditation.test_other_policies import evaluate
from tests.city import at
from tests.training.road_world import JINAN, OCCUPATION, Road
from tests.training.test_delivery_roads import JINAN_PLAN, practice

pytestmark = pytest.mark.django_db
NEW = "9-99-01-01"  # stands in no catalogue


@pytest.fixture
def world(city):
    """The city is Jinan, with its two officers of the leading bureau and its expert library."""
    Division.objects.filter(kind="city").update(code="370100")
    world = Calling(city)
    Expert.objects.update(division=world.hrss.unit.division)
    return world


def called(world, subject):
    return publish_call(
        policy=JINAN, subject=subject, title="征集", about="", fields=[], opens_on=dt.date(2020, 5, 6),
        closes_on=dt.date(2020, 5, 15), by=world.hrss, at=at("2020-05-06 09:00"),
    )  # fmt: skip


def handed_in(call, by, facts, name=""):
    when = at("2020-05-07 09:00")
    row = start_application(call=call, name=name, by=by, at=when)
    write_answers(application=row, facts=facts, reasons={}, by=by, at=when)
    papers(row, by, when)
    hand_in(application=row, by=by, at=when)
    return row


def decided(world, call, row):
    """Experts, the bureau's word, the notice of full working days, the list; each of its day."""
    evaluate(world, call, row, world.hrss, freeze=at("2020-05-16 09:00"), scored=at("2020-05-18 09:00"))
    assent(application=row, agrees=True, by=world.hrss_second, at=at("2020-05-19 09:00"))
    publish_notice(call=call, applications=[row], by=world.hrss_second, at=at("2020-05-19 10:00"))
    close_due_notices(at=at("2020-05-28 09:00"))
    row.case.refresh_from_db()
    return publish_listing(
        call=call, applications=[row], title="名单", by=world.hrss_second, at=at("2020-05-28 10:00")
    )


# Platforms


PLATFORM = {
    "platform_conditions": list(load_policy(JINAN).codes["platform_conditions"].items),
    "course_audience": "all_workers",
    "free_of_charge": True,
}


def test_a_platform_applies_is_evaluated_by_the_city_and_enters_the_public_catalogue(world):
    call = called(world, "platform_evaluation")
    row = handed_in(call, world.applicant, PLATFORM)
    published = decided(world, call, row)
    row.case.refresh_from_db()
    assert (published.role, row.case.state) == ("platform", "listed")
    assert is_listed(row.unit, JINAN, "platform", on=dt.date(2020, 5, 28))
    assert not is_listed(row.unit, JINAN, "platform", on=dt.date(2020, 5, 27))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"platform_conditions": ["lawful"]}, "平台"),
        ({"course_audience": "own_staff"}, "劳动者"),
        ({"free_of_charge": False}, "免费"),
        ({"free_of_charge": None}, "免费"),  # not answered is not free
    ],
)
def test_a_platform_that_misses_a_condition_is_not_handed_in(world, changes, told):
    facts = {k: v for k, v in (PLATFORM | changes).items() if v is not None}
    with pytest.raises(Refused, match=told):
        handed_in(called(world, "platform_evaluation"), world.applicant, facts)


def test_a_district_calls_for_no_platform(world):
    agency = world.city.actor("agency_reviewer")
    with pytest.raises(Refused, match="不负责"):
        publish_call(
            policy=JINAN, subject="platform_evaluation", title="征集", about="", fields=[],
            opens_on=dt.date(2020, 5, 6), closes_on=dt.date(2020, 5, 15), by=agency, at=at("2020-05-06 09:00"),
        )  # fmt: skip


# Specialities outside the catalogue


def recorded(world, code, listed):
    register_fact(
        policy=JINAN, kind="occupation", about=code, name="speciality_listed", value=listed,
        valid_from=dt.date(2019, 7, 1), source="目录〔2019〕1号", by=world.hrss, at=at("2020-05-06 08:00"),
    )  # fmt: skip


def speciality(world, by=None, code=NEW):
    call = called(world, "speciality_evaluation")
    facts = {"speciality_code": code, "speciality_to_standard": True}
    return call, handed_in(call, by or world.applicant, facts, name="无人机植保")


def status(row, rule, when="2020-05-28 10:00"):
    found = judge_application(row, at=at(when)).findings
    return next(finding.status.value for finding in found if finding.rule == rule)


def test_a_speciality_outside_the_catalogue_is_evaluated_published_and_then_taught(world):
    recorded(world, NEW, False)
    road = Road(world.city, JINAN, "provider", "2020-07-06 09:00")
    plan = {**JINAN_PLAN, "stated": {**JINAN_PLAN["stated"], "occupation_code": NEW}}
    cohort = road.cohort(road.signed(**plan, fee_fen=0), practice(road))
    assert rule_of(cohort, road.now.date()) == "unknown"  # nobody has evaluated it
    call, row = speciality(world, road.by)
    assert rule_of(cohort, road.now.date()) == "unknown"  # an application is no evaluation
    published = decided(world, call, row)
    line = published.units.get()
    assert (published.role, line.name) == ("speciality", "无人机植保")
    assert rule_of(cohort, road.now.date()) == "pass"
    assert not approved(JINAN, OCCUPATION, road.unit, on=road.now.date())  # another speciality
    assert not approved(JINAN, NEW, world.applicant.unit, on=road.now.date())  # another unit
    assert not approved(JINAN, NEW, road.unit, on=dt.date(2020, 5, 27))  # the day before the list
    ended = ListedUnit.objects.get(pk=line.pk)
    end_listing(listing=ended, last_day=dt.date(2020, 6, 30))
    assert rule_of(cohort, road.now.date()) == "unknown"
    # another speciality of the unit, listed under the same name, says nothing of this one
    same_name = [Line(road.unit, name=line.name, code="4-99-99-99")]
    publish_list(
        policy=JINAN, role="speciality", title="第二批", issuers=["x"], source="x", lines=same_name,
        at=at("2020-07-01 09:00"),
    )  # fmt: skip
    assert rule_of(cohort, road.now.date()) == "unknown"
    assert approved(JINAN, "4-99-99-99", road.unit, on=road.now.date())


def rule_of(cohort, on):
    findings = judge_filing(cohort, on=on).findings
    return next(f.status.value for f in findings if f.rule == "speciality_in_catalogue")


def test_what_is_in_the_catalogue_needs_no_evaluation(world):
    recorded(world, NEW, True)
    call = called(world, "speciality_evaluation")
    with pytest.raises(Refused):
        handed_in(call, world.applicant, {"speciality_code": NEW, "speciality_to_standard": True}, name="无人机植保")


def test_of_whose_place_in_the_catalogue_nobody_knows_is_handed_in_but_not_listed(world):
    call, row = speciality(world)
    assert status(row, "speciality_outside_catalogue") == "unknown"
    with pytest.raises(Refused):
        decided(world, call, row)
    assert not is_listed(row.unit, JINAN, "speciality", on=dt.date(2020, 5, 28))


@pytest.mark.parametrize(
    "facts", [{}, {"speciality_code": NEW}, {"speciality_code": NEW, "speciality_to_standard": False}]
)
def test_a_speciality_without_code_or_standard_is_not_handed_in(world, facts):
    with pytest.raises(Refused):
        handed_in(called(world, "speciality_evaluation"), world.applicant, facts, name="无人机植保")


def test_plan_and_comparison_are_asked_for(world):
    call = called(world, "speciality_evaluation")
    row = start_application(call=call, name="无人机植保", by=world.applicant, at=at("2020-05-07 09:00"))
    assert len(missing_documents(row, on=dt.date(2020, 5, 7))) == 2
