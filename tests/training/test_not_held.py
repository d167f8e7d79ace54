"""A session to which nobody came, or which fell out, does not hold a class for ever (HD2.5.16b, JN6.3.2)."""

import datetime as dt

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from peibu.accounts import clock
from peibu.kernel.errors import Refused
from peibu.training.actions.exam import draft_exam, judge_filing, set_time
from peibu.training.actions.not_held import agree_not_held, note_not_held
from peibu.training.facts.attendance import attendance_facts
from peibu.training.models import Attendance, Cohort, NotHeld
from peibu.training.queries.teacher_hours import teacher_hours
from tests.city import at
from tests.training.test_delivery_roads import taught
from tests.training.test_west_coast_road import batch, filled, west_coast

pytestmark = pytest.mark.django_db
LATER = at("2020-07-28 09:00")
DAY = LATER.date()
START, HOUR = at("2020-07-30 09:00"), dt.timedelta(hours=1)


@pytest.fixture
def road(city):
    return west_coast(city)


@pytest.fixture
def cohort(road, monkeypatch):
    """Everybody came to every session but the last, which nobody held."""
    cohort = filled(road)
    road.move(cohort.case, "submit", road.by)
    cohort.case.refresh_from_db()
    road.move(cohort.case, "confirm", road.city.actor("agency_reviewer", cohort.case.agency))
    cohort.refresh_from_db()
    create = Attendance.objects.create
    last = cohort.sessions.order_by("starts_at").last()
    monkeypatch.setattr(Attendance.objects, "create", lambda **row: None if row["session"] == last else create(**row))
    taught(road, cohort, "2020-07-27 18:00")
    monkeypatch.undo()
    last.log.delete()
    return cohort


@pytest.fixture
def session(cohort):
    return cohort.sessions.order_by("starts_at").last()


@pytest.fixture
def agency(road, cohort):
    return road.city.actor("agency_reviewer", cohort.case.agency)


def filed(road, cohort):
    exam = getattr(Cohort.objects.get(pk=cohort.pk), "exam", None) or draft_exam(cohort=cohort, by=road.by, at=LATER)
    if exam.held_from is None:
        set_time(exam=exam, held_from=START, held_until=START + HOUR, place="考场", by=road.by, at=LATER)
    findings = judge_filing(exam, day=DAY)[0].findings
    return next(f.status.value for f in findings if f.rule == "class_taught_as_filed")


def test_a_session_nobody_came_to_is_noted_and_agreed_and_the_class_goes_on(road, cohort, session, agency):
    assert filed(road, cohort) == "fail"
    note_not_held(session=session, reason="台风停课一次", by=road.by, at=LATER)
    assert filed(road, cohort) == "unknown"
    assert batch(cohort, DAY, "teacher_hours_recorded") == "fail"
    agree_not_held(session=session, by=agency, at=LATER)
    assert filed(road, cohort) == "pass"
    assert batch(cohort, DAY, "teacher_hours_recorded") == "pass"


def test_nobody_owes_it_and_no_hours_come_from_it_once_agreed(road, cohort, session, agency):
    person, before = cohort.enrolments.first(), LATER - dt.timedelta(minutes=1)
    hours = {row.teacher.pk: row.hours for row in teacher_hours(road.unit, since=DAY.replace(day=1), until=DAY)}
    note_not_held(session=session, reason="台风停课一次", by=road.by, at=LATER)
    assert attendance_facts(person, at=LATER)["due_sessions"] == 10
    agree_not_held(session=session, by=agency, at=LATER)
    assert attendance_facts(person, at=LATER)["due_sessions"] == 9
    assert attendance_facts(person, at=LATER, known_at=before)["due_sessions"] == 10
    now = {row.teacher.pk: row.hours for row in teacher_hours(road.unit, since=DAY.replace(day=1), until=DAY)}
    assert hours[session.teacher_id] - now[session.teacher_id] == session.class_hours


def test_who_may_note_what_and_who_agrees(road, cohort, session, agency, city):
    with pytest.raises(Refused, match="没有写明未举行的原因"):
        note_not_held(session=session, reason="没上", by=road.by, at=LATER)
    with pytest.raises(Refused, match="只有承接单位"):
        note_not_held(session=session, reason="台风停课一次", by=agency, at=LATER)
    with pytest.raises(Refused, match="有学员签到"):
        note_not_held(session=cohort.sessions.earliest("starts_at"), reason="台风停课一次", by=road.by, at=LATER)
    with pytest.raises(Refused, match="已过结束时间"):
        note_not_held(session=session, reason="台风停课一次", by=road.by, at=session.starts_at)
    with pytest.raises(Refused, match="没有待确认的登记"):
        agree_not_held(session=session, by=agency, at=LATER)
    note_not_held(session=session, reason="台风停课一次", by=road.by, at=LATER)
    for stranger in (road.by, city.actor("hrss_approver")):
        with pytest.raises(Refused, match="受理本班备案的经办机构"):
            agree_not_held(session=session, by=stranger, at=LATER)
    with pytest.raises(DatabaseError), transaction.atomic():
        NotHeld.objects.update(agreed_by=road.by.user, agreed_at=LATER)
    agree_not_held(session=session, by=agency, at=LATER)
    for change in ({"reason": "另一个原因"}, {"agreed_at": LATER + dt.timedelta(days=1)}):
        with pytest.raises(DatabaseError), transaction.atomic():
            NotHeld.objects.update(**change)


def test_both_sides_do_it_on_their_pages(road, cohort, session, agency, visit):
    clock.move_to(LATER)
    provider = visit(road.by)
    page = reverse("teaching-session", args=[session.pk])
    assert "登记未举行" in provider.get(page).content.decode()
    provider.post(reverse("session-not-held", args=[session.pk]), {"reason": "台风停课一次"})
    assert "待受理机构确认" in provider.get(page).content.decode()
    desk = visit(agency)
    case = reverse("desk-case", args=[cohort.case_id])
    assert "台风停课一次" in (shown := desk.get(case).content.decode())
    assert "确认未举行" in shown
    desk.post(reverse("desk-session-not-held", args=[session.pk]))
    assert "受理机构已确认" in visit(road.by).get(page).content.decode()
