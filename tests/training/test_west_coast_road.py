"""A West Coast class from filing to certificate (HD2.2 to 2.4): contracted provider, people who came by themselves, the
public catalogue, the district's plan, the register of teachers, days attended."""

import datetime as dt

import pytest

from peibu.accreditation.models import Agreement, Application, Call, Measure
from peibu.casework.actions import open_case
from peibu.gateways.identity import FakeIdentity
from peibu.kernel.errors import Refused
from peibu.programmes.listings import pause_unit, resume_unit
from peibu.programmes.models import ListedUnit
from peibu.registry.identity import check_identities
from peibu.rulebook import load_policy
from peibu.training.actions import applications as deeds
from peibu.training.facts.attendance import attendance_facts
from peibu.training.facts.filing import filing_facts
from peibu.training.filing import judge_filing
from peibu.training.models import SignUpLine, TrainingLog
from tests.catalogue.shelf import publish
from tests.city import at
from tests.policies.test_other_readings import read_as
from tests.registry.practitioner_world import of_teacher, place
from tests.training.road_world import OCCUPATION, Road
from tests.training.test_applications import trainee
from tests.training.test_delivery_roads import batch, certified, sentences, staff, taught

pytestmark = pytest.mark.django_db
PATH = "huangdao/skills_action_2020"
PLAN = {
    "project_name": "养老护理员培训",
    "mode": "理论授课与实操",
    "fee_fen": 0,
    "stated": {"occupation_code": OCCUPATION, "class_audience": "public"},
}
STATED = {"trainee_category": "registered_unemployed", "connection_places": ["residence"]}
FIRST, LAST = dt.date(2020, 3, 1), dt.date(2021, 2, 28)


def contracted(road, scope=f"{OCCUPATION}、养老护理员", audiences=("public", "small_firms")) -> Agreement:
    """The provider's signed agreement with term and scope (HD2.4.10)."""
    case = open_case(
        policy=PATH, process="provider_agreement", subject="申报签约", applicant=road.unit,
        agency=road.city.office("agency", road.unit.division), by=road.by, at=road.now,
    )  # fmt: skip
    call = Call.objects.create(
        division=case.division, bureau=road.bureau.unit, number="征集1号", policy=PATH, process="provider_agreement",
        subject="provider", title="申报签约", opens_on=FIRST, closes_on=FIRST, published_at=road.now,
        published_by=road.bureau.user,
    )  # fmt: skip
    row = Application.objects.create(
        division=case.division, call=call, unit=road.unit, case=case, position=1,
        facts={"agreement_audiences": list(audiences)},
    )  # fmt: skip
    listing = ListedUnit.objects.get(unit=road.unit, published__policy=PATH)
    ListedUnit.objects.filter(pk=listing.pk).update(valid_from=FIRST, valid_until=LAST, agreed_list=f"{PATH}/provider")
    return Agreement.objects.create(
        listing=listing, application=row, valid_from=FIRST, valid_until=LAST, scope=scope, offered_by=road.bureau.user,
        offered_at=road.now, signed_by=road.by.user, signed_at=road.now,
    )  # fmt: skip


def west_coast(city, **agreement) -> Road:
    """Ready to open a class: agreement, catalogue, plan and teachers are on record."""
    road = Road(city, PATH, "provider", "2020-07-06 09:00")
    contracted(road, **agreement)
    road.record("occupation", OCCUPATION, "occupation_in_catalogue", True)
    road.record("occupation", OCCUPATION, "occupation_in_district_plan", True)
    for teacher in road.teachers:
        place(road.by, of_teacher(teacher), since="2019-01-01")
    return road


def lessons(road, days=5):
    first = dt.date(2020, 7, 20)
    rows = [road.lesson(first + dt.timedelta(days=n), "theory", 3, hour=9) for n in range(days)]
    return rows + [road.lesson(first + dt.timedelta(days=n), "practice", 3, hour=14) for n in range(days)]


def named(road, people):
    """The register says that names and numbers belong together (HD2.6.19b)."""
    register = FakeIdentity(clock=lambda: road.now)
    check_identities(people=people, by=road.by, at=road.now, register=register)


def filled(road, number=2):
    """A class filled by people who applied themselves."""
    cohort = road.cohort(road.signed(**PLAN), lessons(road))
    people = staff(road, number)
    named(road, people)
    closes = road.now.date() + dt.timedelta(days=5)
    deeds.open_enrolment(cohort=cohort, closes_on=closes, version="1", by=road.by, at=road.now)
    for person in people:
        row = deeds.apply_for_place(cohort=cohort, stated=STATED, by=trainee(person), at=road.now)
        assert row.precheck.decision == "pass"
        deeds.decide_application(application=row, accept=True, answer="", by=road.by, at=road.now)
    cohort.refresh_from_db()
    return cohort


def test_a_west_coast_class_goes_from_personal_enrolment_to_certificate(city):
    road = west_coast(city)
    cohort = filled(road)
    assert cohort.seats_taken == 2
    assert sentences(cohort, road.now.date()) == []
    road.move(cohort.case, "submit", road.by)
    cohort.case.refresh_from_db()
    road.move(cohort.case, "confirm", city.actor("agency_reviewer", cohort.case.agency))
    cohort.refresh_from_db()
    taught(road, cohort, "2020-07-27 18:00", reason="基地没有开放签退，课后统一离场")
    facts = attendance_facts(cohort.enrolments.first(), at=at("2020-07-27 18:00"))
    assert (facts["attended_days"], facts["part_days"]) == (5, 0)  # what the living allowance is paid by (HD2.2.2)
    made = certified(
        road, cohort, filed="2020-07-28 09:00", held="2020-07-30 09:00",
        judge=lambda case: city.actor("agency_reviewer", case.agency),
        issuer=lambda case: city.actor("hrss_approver", case.agency),
    )  # fmt: skip
    assert [row.serial_no for row in made] == [1, 2]
    assert made[0].serial.startswith("青西训〔2020〕")
    day = dt.date(2020, 7, 31)
    assert batch(cohort, day, "teacher_hours_recorded") == batch(cohort, day, "class_taught_as_filed") == "pass"
    TrainingLog.objects.filter(cohort=cohort).first().delete()
    assert batch(cohort, day, "teacher_hours_recorded") == "fail"
    cohort.enrolments.update(state="cancelled")
    assert batch(cohort, day, "class_taught_as_filed") == "fail"


def status(cohort, rule, on):
    return next(f.status.value for f in judge_filing(cohort, on=on).findings if f.rule == rule)


def test_scope_and_term_are_those_of_the_signed_agreement(city):
    """HD2.4.10. An occupation the agreement does not name by its code is a matter for a person, never a refusal."""
    road = west_coast(city, scope="养老护理员", audiences=("own_staff",))
    cohort = road.cohort(road.signed(**PLAN), lessons(road))
    facts = filing_facts(cohort, filed_on=road.now.date())
    assert (facts["agreement_from"], facts["agreement_until"]) == (FIRST, LAST)
    assert facts["audience_in_agreement"] is False
    assert "occupation_in_agreement" not in facts
    assert status(cohort, "class_within_agreement_scope", road.now.date()) == "fail"
    assert status(cohort, "class_within_agreement_term", road.now.date()) == "pass"
    ListedUnit.objects.filter(unit=road.unit).update(
        valid_from=dt.date(2020, 7, 21)
    )  # signed on the day after it opens
    assert status(cohort, "class_within_agreement_term", road.now.date()) == "fail"


def test_a_paused_provider_neither_files_a_class_nor_opens_one_to_the_public(city):
    """HD2.4.10: on the list, and not paused on it, on the day of the filing."""
    road = west_coast(city)
    cohort = road.cohort(road.signed(**PLAN), lessons(road))
    today = road.now.date()
    opened = {
        "cohort": cohort,
        "closes_on": today + dt.timedelta(days=5),
        "version": "1",
        "by": road.by,
        "at": road.now,
    }
    assert status(cohort, "provider_listed", today) == "pass"
    listing = ListedUnit.objects.get(unit=road.unit, published__policy=PATH)
    pause_unit(listing=listing, since=today, reason="整改")
    assert status(cohort, "provider_listed", today) == "fail"
    with pytest.raises(Refused, match="暂停承接"):
        deeds.open_enrolment(**opened)
    resume_unit(listing=listing, since=today + dt.timedelta(days=1))
    assert status(cohort, "provider_listed", today + dt.timedelta(days=1)) == "pass"
    assert deeds.open_enrolment(**opened | {"at": road.now + dt.timedelta(days=1)})


def test_what_a_person_entered_about_the_scope_counts(city):
    road = west_coast(city, scope="养老护理员")
    cohort = road.cohort(road.signed(**PLAN), lessons(road))
    assert status(cohort, "class_within_agreement_scope", road.now.date()) == "unknown"
    road.record("unit", road.unit.pk, "occupation_in_agreement", True)
    assert status(cohort, "class_within_agreement_scope", road.now.date()) == "pass"


def test_without_an_agreement_nothing_is_known_and_who_was_ordered_out_opens_none(city):
    road = Road(city, PATH, "provider", "2020-07-06 09:00")
    cohort = road.cohort(road.signed(**PLAN), lessons(road))
    assert status(cohort, "class_within_agreement_term", road.now.date()) == "unknown"
    assert status(cohort, "provider_not_ordered_out", road.now.date()) == "pass"
    Measure.objects.create(
        listing=ListedUnit.objects.get(unit=road.unit, published__policy=PATH), kind="exited", year=2020,
        effective_on=road.now.date(), reason="评估不合格", bureau=road.bureau.unit, by=road.bureau.user, at=road.now,
    )  # fmt: skip
    assert status(cohort, "provider_not_ordered_out", road.now.date()) == "fail"


def test_catalogue_plan_and_register_each_hold_a_class_back(city):
    """HD2.3.7, HD2.6.18b, HD2.4.13: what nobody said is unknown, and unknown does not pass."""
    road = Road(city, PATH, "provider", "2020-07-06 09:00")
    contracted(road)
    cohort = road.cohort(road.signed(**PLAN), lessons(road))
    for rule in ("occupation_in_public_catalogue", "class_is_planned", "teachers_on_register"):
        assert status(cohort, rule, road.now.date()) == "unknown"
    road.record("occupation", OCCUPATION, "occupation_in_district_plan", False)
    assert status(cohort, "class_is_planned", road.now.date()) == "fail"


def test_a_catalogue_says_no_only_when_every_kind_of_it_is_published(city):
    """HD2.3.7: what one public catalogue leaves out may stand in another that is not published yet."""
    road, rule, day = west_coast(city), "occupation_in_public_catalogue", dt.date(2020, 7, 6)
    cohort = road.cohort(road.signed(**PLAN), lessons(road))
    other = {"code": "4-10-01-05", "name": "养老护理员", "level": "不分等级"}
    for kind in ("scarce_occupations", "general_training"):
        publish(city, kind, other, on=dt.date(2020, 7, 1))
        assert status(cohort, rule, day) == "pass"  # as was entered
    road.record("occupation", OCCUPATION, "occupation_in_catalogue", None)
    assert status(cohort, rule, day) == "unknown"
    publish(city, "institution_specialities", other | {"unit_name": road.unit.name}, on=dt.date(2020, 7, 1))
    assert status(cohort, rule, day) == "fail"
    publish(city, "general_training", other | {"code": OCCUPATION}, on=dt.date(2020, 7, 2))
    assert status(cohort, rule, day) == "pass"


def test_the_plan_may_be_read_as_naming_classes(city):
    policy, on = load_policy(PATH), dt.date(2020, 7, 6)
    other = read_as(policy, "plan_reading", "by_class")
    facts = {"occupation_in_district_plan": True, "class_in_district_plan": False}
    told = [
        next(f for f in p.judge("class_filing", facts, on=on).findings if f.rule == "class_is_planned")
        for p in (policy, other)
    ]
    assert [finding.status.value for finding in told] == ["pass", "fail"]


def test_whose_name_nobody_checked_or_who_has_no_tie_to_the_district_does_not_come_in_unseen(city):
    road = west_coast(city)
    cohort = road.cohort(road.signed(**PLAN), lessons(road))
    unseen, stranger = staff(road, 2)
    named(road, [stranger])
    closes = road.now.date() + dt.timedelta(days=5)
    deeds.open_enrolment(cohort=cohort, closes_on=closes, version="1", by=road.by, at=road.now)
    unknown = deeds.apply_for_place(cohort=cohort, stated=STATED, by=trainee(unseen), at=road.now)
    assert unknown.precheck.decision == "unknown"
    with pytest.raises(Refused, match="尚待核实"):
        deeds.decide_application(application=unknown, accept=True, answer="", by=road.by, at=road.now)
    failing = deeds.apply_for_place(
        cohort=cohort, stated=STATED | {"connection_places": []}, by=trainee(stranger), at=road.now
    )
    assert failing.precheck.decision != "pass"
    assert not SignUpLine.objects.filter(policy=PATH).exists()
