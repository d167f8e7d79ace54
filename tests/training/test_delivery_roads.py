"""A Weihai technician class of 210 hours and a Jinan practice class, from filing to certificate (WH63.2, JN6.3.2)."""

import dataclasses
import datetime as dt
from decimal import Decimal

import pytest

from peibu.casework.models import Determination
from peibu.kernel.errors import Refused
from peibu.papers.plain_papers import Part, plain_pdf
from peibu.registry.models import Employment
from peibu.training.actions.agreements import accept_agreement, register_agreement
from peibu.training.actions.attendance import finish_teaching
from peibu.training.actions.certificates import report_passed
from peibu.training.actions.cohorts import enrol
from peibu.training.actions.exam import draft_exam, file_exam, set_paper, set_time
from peibu.training.actions.papers import keep_paper
from peibu.training.actions.roster import add_person
from peibu.training.actions.scores import enter_scores, seal_scores
from peibu.training.actions.signup import choose_provider, commit_signup, precheck, start_signup
from peibu.training.filing import judge_filing
from peibu.training.models import Attendance, Certificate, SignUpLine, TrainingLog
from tests.city import at
from tests.training.bodies import arrange, watched
from tests.training.exam_world import photo
from tests.training.road_world import (
    JINAN,
    OCCUPATION,
    WEIHAI_PLAN,
    Road,
    technician,
    weihai,
    weihai_lessons,
)

pytestmark = pytest.mark.django_db
PAPER = [("single", 60, Decimal(1)), ("practical", 4, Decimal(10))]


def staff(road, number):
    rows = Employment.objects.filter(unit=road.enterprise.unit).select_related("person").order_by("person_id")
    return list({row.person_id: row.person for row in rows}.values())[:number]


def signed_up(road, people, stated):
    signup = start_signup(policy=road.policy, enterprise=road.enterprise.unit, by=road.enterprise, at=road.now)
    for person in people:
        add_person(
            signup=signup, name=person.name, id_number=person.id_number, post="焊工", stated=stated, by=road.enterprise,
            at=road.now,
        )  # fmt: skip
    precheck(signup=signup, by=road.enterprise, at=road.now)
    return signup


def committed(road, people, stated):
    signup = signed_up(road, people, stated)
    told = [f["sentence"] for line in signup.lines.all() for f in line.precheck.findings if f["status"] != "pass"]
    assert not told, told
    choose_provider(signup=signup, provider=road.unit, by=road.enterprise, at=road.now)
    commit_signup(signup=signup, version="1", by=road.enterprise, at=road.now)
    return list(SignUpLine.objects.filter(signup=signup, active=True))


def copies(road, cohort):
    keep_paper(
        cohort=cohort,
        code="contract_copies",
        people=cohort.enrolments.values_list("pk", flat=True),
        name="劳动合同.pdf",
        content=plain_pdf(title="劳动合同", parts=[Part(heading="", paragraphs=["复印件"])], dated=road.now.date()),
        by=road.by,
        at=road.now,
    )


def sentences(cohort, on):
    return [f.rule for f in judge_filing(cohort, on=on).findings if f.status.value != "pass"]


def taught(road, cohort, when):
    """Everybody signed in to every session, a log for each, two photos, the teaching declared over."""
    for session in cohort.sessions.all():
        for row in cohort.enrolments.all():
            Attendance.objects.create(
                session=session, enrolment=row, method="qr", signed_at=session.starts_at, entered_by=road.by.user
            )
        TrainingLog.objects.create(
            cohort=cohort, session=session, text="按计划授课", written_by=road.by.user, written_at=session.ends_at
        )
    photo(cohort, road.by, 0)
    finish_teaching(cohort=cohort, by=road.by, at=at(when))
    cohort.refresh_from_db()


def certified(road, cohort, *, filed, held, judge, issuer):
    exam = draft_exam(cohort=cohort, by=road.by, at=at(filed))
    start = at(held)
    until = start + dt.timedelta(hours=2)
    after, body = until + dt.timedelta(hours=1), road.by
    if exam.body is None:
        set_time(exam=exam, held_from=start, held_until=until, place="考场", by=road.by, at=at(filed))
        set_paper(exam=exam, items=PAPER, by=road.by, at=at(filed))
        exam.refresh_from_db()
        case = file_exam(exam=exam, by=road.by, at=at(filed))
    else:
        body = road.city.actor("examiner", exam.body)
        case = file_exam(exam=exam, by=road.by, at=at(filed))
        arrange(exam, body, at(filed), start, until)
    road.move(case, "approve", judge(case), at(filed))
    exam.refresh_from_db()
    watched(exam, after)
    enter_scores(exam=exam, marks={r.pk: Decimal(80) for r in cohort.enrolments.all()}, by=body, at=after)
    seal_scores(exam=exam, by=body, at=after)
    cohort.refresh_from_db()
    batch = report_passed(cohort=cohort, by=road.by, at=after)
    road.move(batch.case, "issue", issuer(batch.case), after)
    cohort.refresh_from_db()
    return list(Certificate.objects.filter(batch=batch))


def test_a_weihai_technician_class_goes_from_filing_to_certificate(city):
    road = weihai(city)
    cohort = road.cohort(road.signed(**WEIHAI_PLAN), weihai_lessons(road))
    enrol(cohort=cohort, lines=committed(road, staff(road, 3), technician()), by=road.by, at=road.now)
    assert sentences(cohort, road.now.date()) == ["filing_papers_complete"]
    with pytest.raises(Refused, match="劳动合同复印件"):
        road.move(cohort.case, "submit", road.by)
    copies(road, cohort)
    cohort.case.refresh_from_db()
    road.move(cohort.case, "submit", road.by)
    kept = Determination.objects.get(subject_id=cohort.pk)
    assert kept.decision == "pass"
    assert kept.facts["class_hours_theory_low"] == 110
    cohort.case.refresh_from_db()
    road.move(cohort.case, "confirm", city.actor("agency_reviewer", cohort.case.agency), at("2019-10-28 10:00"))
    cohort.refresh_from_db()
    assert cohort.stage == "confirmed"
    taught(road, cohort, "2019-12-10 18:00")
    made = certified(
        road, cohort, filed="2019-12-11 09:00", held="2019-12-20 09:00", judge=lambda _c: road.bureau,
        issuer=lambda _c: city.actor("city_bureau", nth=1) if _two(city) else road.bureau,
    )  # fmt: skip
    assert cohort.stage == "certified"
    assert [row.serial_no for row in made] == [1, 2, 3]
    assert made[0].serial.startswith("威金蓝领〔2019〕")


def _two(city):
    try:
        return bool(city.actor("city_bureau", nth=1))
    except IndexError:
        return False


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"short": 1}, "practice_hours_enough"),
        ({"topic": "fire_safety"}, "theory_topics_complete"),
        ({"ideological": 1}, "ideological_hours"),
    ],
)
def test_the_check_sheet_counts_the_timetable(city, change, rule):
    road = weihai(city)
    lessons = weihai_lessons(road, short=change.get("short", 0))
    if "topic" in change:
        lessons = [dataclasses.replace(x, topics=tuple(t for t in x.topics if t != change["topic"])) for x in lessons]
    if "ideological" in change:
        lessons = [dataclasses.replace(x, class_hours=9) if x.kind == "ideological" else x for x in lessons]
    cohort = road.cohort(road.signed(**WEIHAI_PLAN), lessons)
    assert rule in sentences(cohort, road.now.date())


@pytest.mark.parametrize(
    ("stated", "decision"),
    [
        ({}, "pass"),
        ({"prior_level_since": "2016-10-26"}, "fail"),
        ({"prior_level_since": "2016-10-25"}, "pass"),
        ({"prior_level_since": None}, "unknown"),
        ({"held_level": "none", "prior_certificate_kind": None, "occupation_work_days": 5200}, "unknown"),
        (
            {"held_level": "none", "prior_certificate_kind": None, "occupation_work_days": 5200,
             "skill_stated_by_employer": True},
            "pass",
        ),
    ],
)  # fmt: skip
def test_who_may_enrol_is_judged_per_person_on_the_roster(city, stated, decision):
    road = weihai(city)
    row = {k: v for k, v in technician(**stated).items() if v is not None}
    if row["held_level"] == "none":
        row.pop("prior_level_since", None)
    signup = signed_up(road, staff(road, 1), row)
    assert signup.lines.get().precheck.decision == decision


def test_the_master_of_skills_path_needs_evidence_on_record(city):
    road = weihai(city)
    person = staff(road, 1)[0]
    row = technician(prior_level_since="2019-01-01", outstanding_achievement="skills_master")
    row["outstanding_recognised_by"] = "city"
    signup = signed_up(road, [person], row)
    assert signup.lines.get().precheck.decision == "unknown"
    road.record("person", person.pk, "outstanding_evidence", True)
    precheck(signup=signup, by=road.enterprise, at=road.now)
    assert signup.lines.get().precheck.decision == "pass"


def test_work_periods_on_record_outweigh_what_the_roster_states(city):
    road = weihai(city)
    person = staff(road, 1)[0]
    row = technician(held_level="none", occupation_work_days=9000, skill_stated_by_employer=True)
    row.pop("prior_level_since")
    road.record(
        "person", person.pk, "work_periods",
        {"occupation": OCCUPATION, "starts_on": "2010-01-01", "ends_on": "2012-01-01", "employer": "甲厂"},
    )  # fmt: skip
    signup = signed_up(road, [person], row)
    assert signup.lines.get().precheck.decision == "fail"


def test_a_person_of_another_level_does_not_come_into_the_class(city):
    road = weihai(city)
    cohort = road.cohort(road.signed(**WEIHAI_PLAN), weihai_lessons(road))
    lines = committed(road, staff(road, 1), technician(target_level="senior", held_level="middle"))
    with pytest.raises(Refused, match="高级工.*本班为“技师”"):
        enrol(cohort=cohort, lines=lines, by=road.by, at=road.now)


# Jinan

JINAN_PLAN = {
    "project_name": "养老护理实操",
    "mode": "线下实操",
    "stated": {"occupation_code": OCCUPATION, "standard_level": "training_completion", "course_kind": "skill"},
}


def jinan(city) -> Road:
    road = Road(city, JINAN, "provider", "2020-07-06 09:00")
    road.record("occupation", OCCUPATION, "speciality_listed", True)
    road.record("occupation", OCCUPATION, "speciality_from", "2019-07-01")
    road.record("city", JINAN, "offline_resumed_on", "2020-05-15")
    return road


def online(road, person, passed=True):
    for name, value in (("online_completed", True), ("online_passed", passed), ("online_passed_on", "2020-06-20")):
        road.record("person", person.pk, name, value)
    road.record("person", person.pk, "trainee_categories", ["employee"])


def practice(road, days=5):
    return [road.lesson(dt.date(2020, 7, 20) + dt.timedelta(days=n), "practice", 8) for n in range(days)]


def agreement(road, payee="provider", since=dt.date(2020, 7, 1), until=dt.date(2020, 12, 31)):
    return register_agreement(
        policy=JINAN, provider=road.unit, payee=payee, valid_from=since, valid_until=until, number="委培1号",
        by=road.enterprise, at=road.now,
    )  # fmt: skip


def test_a_jinan_practice_class_goes_from_filing_to_certificate(city):
    road = jinan(city)
    people = staff(road, 2)
    for person in people:
        online(road, person)
    cohort = road.cohort(road.signed(**JINAN_PLAN, fee_fen=0), practice(road))
    enrol(cohort=cohort, lines=committed(road, people, {}), by=road.by, at=road.now)
    assert sentences(cohort, road.now.date()) == ["senders_have_agreement"]
    accept_agreement(agreement=agreement(road), by=road.by, at=road.now)
    road.move(cohort.case, "submit", road.by)
    cohort.case.refresh_from_db()
    road.move(cohort.case, "confirm", city.actor("agency_reviewer", cohort.case.agency))
    cohort.refresh_from_db()
    taught(road, cohort, "2020-07-27 18:00")
    made = certified(
        road, cohort, filed="2020-07-28 09:00", held="2020-07-30 09:00",
        judge=lambda case: city.actor("agency_reviewer", case.agency),
        issuer=lambda case: city.actor("hrss_approver", case.agency),
    )  # fmt: skip
    assert len(made) == 2
    assert made[0].serial.startswith("济实培〔2020〕")


def test_who_did_not_pass_online_is_not_enrolled_and_unknown_waits(city):
    road = jinan(city)
    first, second = staff(road, 2)
    online(road, first, passed=False)
    signup = signed_up(road, [first, second], {})
    assert {line.person_id: line.precheck.decision for line in signup.lines.all()} == {
        first.pk: "fail",
        second.pk: "unknown",
    }


def test_a_fee_is_refused_where_training_is_free(city):
    road = jinan(city)
    with pytest.raises(Refused, match="JN6.3.1"):
        road.plan(**JINAN_PLAN, fee_fen=1)


def test_one_training_never_has_two_payees(city):
    road = jinan(city)
    first = agreement(road, payee="provider")
    with pytest.raises(Refused) as caught:
        agreement(road, payee="enterprise", since=dt.date(2020, 12, 31), until=dt.date(2021, 6, 30))
    assert caught.value.code == "one_agreement_of_two_parties_a_day"
    agreement(road, payee="enterprise", since=dt.date(2021, 1, 1), until=dt.date(2021, 6, 30))
    with pytest.raises(Refused, match="受托"):
        accept_agreement(agreement=first, by=road.enterprise, at=road.now)
