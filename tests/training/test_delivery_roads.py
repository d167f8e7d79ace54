"""A Weihai technician class of 210 hours and a Jinan practice class, from filing to certificate (WH63.2, JN6.3.2)."""

import dataclasses
import datetime as dt
from decimal import Decimal

import pgtrigger
import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from peibu.accounts import clock
from peibu.accreditation.models import Application, Call, Holding
from peibu.casework.actions import open_case
from peibu.casework.models import Case, Determination
from peibu.kernel.errors import Refused
from peibu.papers.plain_papers import Part, plain_pdf
from peibu.registry.models import Employment, Teacher
from peibu.training.actions.agreements import accept_agreement, close_agreement, register_agreement
from peibu.training.actions.certificates import judge_batch, report_passed
from peibu.training.actions.cohorts import enrol
from peibu.training.actions.exam import draft_exam, file_exam, set_paper, set_time
from peibu.training.actions.finish import finish_teaching
from peibu.training.actions.papers import keep_paper
from peibu.training.actions.roster import add_person
from peibu.training.actions.scores import enter_scores, seal_scores
from peibu.training.actions.signup import choose_provider, commit_signup, precheck, start_signup
from peibu.training.facts.filing import filing_facts
from peibu.training.filing import judge_filing
from peibu.training.models import Attendance, Certificate, Cohort, Exam, SignUpLine, TrainingLog
from tests.city import at
from tests.training.bodies import arrange, watched
from tests.training.exam_world import photo
from tests.training.road_world import (
    ENOUGH,
    JINAN,
    OCCUPATION,
    WEIHAI,
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


def taught(road, cohort, when, reason="没有开放签退，课后统一离场"):
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
    finish_teaching(cohort=cohort, by=road.by, at=at(when), reason=reason)
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
    the_certificate_is_what_is_known(cohort)


def batch(cohort, day, rule, **without):
    """Status of a rule of the batch; `without`: parts of the plan as if they were otherwise."""
    cohort = Cohort.objects.select_related("plan", "exam").get(pk=cohort.pk)
    cohort.plan.stated = cohort.plan.stated | without
    findings = judge_batch(cohort, day=day)[0].findings
    return next(finding.status.value for finding in findings if finding.rule == rule)


def the_certificate_is_what_is_known(cohort):
    """WH63.2.7: kind by the catalogue, level by the sign-up, passed by the body's sealed marks; else unknown."""
    day = dt.date(2019, 12, 21)
    assert batch(cohort, day, "certificate_of_catalogue") == batch(cohort, day, "exam_passed") == "pass"
    assert batch(cohort, day, "certificate_of_catalogue", occupation_code="9-99-99-99") == "unknown"
    line = SignUpLine.objects.filter(enrolments__cohort=cohort).first()
    stated = line.stated
    for level, status in (("senior", "fail"), (None, "unknown"), ("technician", "pass")):
        SignUpLine.objects.filter(pk=line.pk).update(stated=stated | {"target_level": level})
        assert batch(cohort, day, "certificate_of_catalogue") == status
    with pgtrigger.ignore():
        Exam.objects.filter(cohort=cohort).update(sealed_at=None, sealed_by=None, seal="")
    assert batch(cohort, day, "exam_passed") == "unknown"


def teachers_rule(road):
    cohort = road.cohort(road.signed(**WEIHAI_PLAN), weihai_lessons(road))
    findings = judge_filing(cohort, on=road.now.date()).findings
    return next(f.status.value for f in findings if f.rule == "sessions_have_teacher")


@pytest.mark.parametrize(
    ("titles", "status"),
    [
        (ENOUGH, "pass"),
        (None, "unknown"),  # being on the timetable proves nothing
        (["senior_title"], "fail"),  # not for practice
        (["senior_technician"], "fail"),  # not for theory
        (["other"], "fail"),
    ],
)
def test_a_teacher_is_qualified_by_the_titles_on_record_of_the_base(city, titles, status):
    assert teachers_rule(weihai(city, titles)) == status


def test_of_two_teachers_of_one_name_nothing_is_known(city):
    road = weihai(city)
    Teacher.objects.filter(pk=road.teachers[1].pk).update(name=road.teachers[0].name)
    assert teachers_rule(road) == "unknown"


@pytest.mark.parametrize(("state", "status"), [("listed", "pass"), ("draft", "unknown")])
def test_the_titles_of_a_listed_application_count(city, state, status):
    road = weihai(city, None)
    case = open_case(
        policy=WEIHAI, process="class_filing", subject="基地申请", applicant=road.unit,
        agency=city.office("agency", road.unit.division), by=road.by, at=road.now,
    )  # fmt: skip
    call = Call.objects.create(
        division=case.division, bureau=road.bureau.unit, number="征集1号", policy=WEIHAI, process="base_listing",
        subject="base", title="征集", opens_on=road.now.date(), closes_on=road.now.date(), published_at=road.now,
        published_by=road.bureau.user,
    )  # fmt: skip
    row = Application.objects.create(division=case.division, call=call, unit=road.unit, case=case, position=1)
    for kind, title in (("theory_teacher", "senior_title"), ("practice_teacher", "senior_technician")):
        Holding.objects.create(application=row, kind=kind, name=road.teachers[0].name, qualification=title)
    with transaction.atomic(), pgtrigger.ignore(), connection.cursor() as cursor:
        Case.objects.filter(pk=case.pk).update(state=state)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    assert teachers_rule(road) == status


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
    assert batch(cohort, dt.date(2020, 7, 31), "practice_by_plan") == "pass"
    # whoever signed, but is no longer of the class, does not practise for it
    cohort.enrolments.update(state="cancelled")
    assert batch(cohort, dt.date(2020, 7, 31), "practice_by_plan") == "fail"


def test_a_class_with_nobody_in_it_is_not_filed_and_nothing_is_said_of_its_people(city):
    road = jinan(city)
    cohort = road.cohort(road.signed(**JINAN_PLAN, fee_fen=0), practice(road))
    facts = filing_facts(cohort, filed_on=road.now.date())
    assert not {"not_passed_online", "senders_without_agreement"} & set(facts)
    assert "senders_have_agreement" in sentences(cohort, road.now.date())
    with pytest.raises(Refused, match="班次没有学员"):
        road.move(cohort.case, "submit", road.by)


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
    second = agreement(road, payee="enterprise", since=dt.date(2020, 12, 31), until=dt.date(2021, 6, 30))
    with pytest.raises(Refused, match="受托"):
        accept_agreement(agreement=first, by=road.enterprise, at=road.now)
    accept_agreement(agreement=first, by=road.by, at=road.now)
    with pytest.raises(Refused) as caught:
        accept_agreement(agreement=second, by=road.by, at=road.now)
    assert caught.value.code == "one_agreement_of_two_parties_a_day"
    third = agreement(road, payee="enterprise", since=dt.date(2021, 1, 1), until=dt.date(2021, 6, 30))
    assert accept_agreement(agreement=third, by=road.by, at=road.now).accepted_at


def test_what_nobody_confirmed_blocks_nothing_and_can_be_taken_back_or_declined(city):
    road = jinan(city)
    wrong, right, third = agreement(road, payee="enterprise"), agreement(road), agreement(road)
    stranger = next(a for a in (city.actor("provider", nth=n) for n in range(12)) if a.unit != road.unit)
    with pytest.raises(Refused, match="协议双方"):
        close_agreement(agreement=wrong, by=stranger, at=road.now)
    close_agreement(agreement=wrong, by=road.enterprise, at=road.now)
    assert close_agreement(agreement=third, by=road.by, at=road.now).closed_by == road.by.user
    with pytest.raises(Refused, match="撤回或退回"):
        accept_agreement(agreement=wrong, by=road.by, at=road.now)
    accept_agreement(agreement=right, by=road.by, at=road.now)
    with pytest.raises(Refused, match="双方确认"):
        close_agreement(agreement=right, by=road.enterprise, at=road.now)
    with pytest.raises(IntegrityError, match="only_an_unaccepted_agreement_is_closed"), transaction.atomic():
        type(right).objects.filter(pk=right.pk).update(closed_at=road.now, closed_by=road.by.user)


def test_the_page_takes_an_agreement_back(city, visit):
    road = jinan(city)
    row = agreement(road)
    clock.move_to(road.now)
    browser = visit(road.enterprise)
    assert "撤回" in browser.get(reverse("agreements")).content.decode()
    assert "协议已撤回" in browser.post(reverse("agreement-close", args=[row.pk]), follow=True).content.decode()
    row.refresh_from_db()
    assert (row.closed_by, row.accepted_at) == (road.enterprise.user, None)
