"""Leave and make-up: asked before, decided by who teaches, made up in another class, counted once (QD97.6.2)."""

import datetime as dt
import io
from fractions import Fraction

import openpyxl
import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from peibu.accounts import clock
from peibu.kernel.errors import Refused
from peibu.oversight.package import collect
from peibu.training.actions.attendance import current_code, open_check_in, sign_in, sign_in_by_hand
from peibu.training.actions.feeds import make_feed
from peibu.training.actions.leave import ask_leave, decide_leave, withdraw_leave
from peibu.training.models import Cohort, Enrolment, Leave, Seat, Session
from peibu.training.queries.attendance import (
    class_rate,
    own_sessions,
    presence,
    rates,
    session_count,
    sessions_without_sign_in,
)
from peibu.training.queries.calendar import sessions_seen_by
from peibu.training.queries.feeds import feed_behind, sessions_of_feed
from peibu.training.queries.leave import make_up_choices
from tests.city import at
from tests.classroom import classroom

pytestmark = pytest.mark.django_db
BEFORE = at("2020-10-11 09:00")
LATER = at("2020-10-30 09:00")


def refused(code: str):
    return pytest.raises(Refused, check=lambda error: error.code == code)


@pytest.fixture
def room(city):
    return classroom(city)


@pytest.fixture
def parallel(city, room):
    """Another running class of the same provider a week later, with the same courses."""
    other = classroom(city, number=1, opens="2020-10-19")
    other.cohort.provider = room.cohort.provider
    other.cohort.save()
    return other


@pytest.fixture
def ask(room):
    def asked(nth=0, session=0, reason="参加招标会", now=BEFORE):
        row = room.sessions[session]
        return ask_leave(session=row, enrolment=room.enrolments[nth], reason=reason, by=room.trainees[nth], at=now)

    return asked


def grant(leave, by, make_up=None, now=BEFORE):
    return decide_leave(leave=leave, grant=True, answer="", by=by, at=now, make_up=make_up)


def test_only_oneself_before_the_session_with_a_reason_and_once(room, ask):
    with refused("not_your_place"):
        ask_leave(session=room.sessions[0], enrolment=room.enrolments[0], reason="x", by=room.trainees[1], at=BEFORE)
    with refused("too_late"):
        ask(now=room.sessions[0].starts_at)
    with refused("a_leave_has_a_reason"):
        ask(reason="  ")
    ask()
    with refused("one_leave_per_person_and_session"):
        ask()


def test_teacher_or_provider_decides_once_and_a_refusal_says_why(room, ask, city):
    leave = ask()
    with refused("not_your_session"):
        grant(leave, room.trainees[1])
    with refused("not_your_session"):
        grant(leave, classroom(city, number=2).provider)
    with refused("a_refused_leave_says_why"):
        decide_leave(leave=leave, grant=False, answer=" ", by=room.teacher, at=BEFORE)
    decide_leave(leave=leave, grant=False, answer="当天考核", by=room.teacher, at=BEFORE)
    with refused("leave_decided"):
        grant(leave, room.provider)
    ask()  # a refused one may be asked again


def test_a_granted_leave_is_no_attendance_until_it_is_made_up(room, parallel, ask):
    leave = grant(ask(), room.teacher, parallel.sessions[0])
    assert own_sessions(room.enrolments[0], at=LATER)[0].state == "on_leave"
    assert rates(room.cohort, at=LATER)[0][1].present == 0
    when = parallel.sessions[0].starts_at
    check_in = open_check_in(session=parallel.sessions[0], by=parallel.teacher, at=when)
    code = current_code(check_in, when)
    assert sign_in(code=code.typed, by=room.trainees[0], at=when).attendance.enrolment == room.enrolments[0]
    assert sign_in(code=code.scanned, by=room.trainees[0], at=when).already
    with refused("not_in_this_class"):
        sign_in(code=code.scanned, by=room.trainees[1], at=when)
    mine = {person.pk: rate for person, rate in rates(room.cohort, at=LATER)}[room.enrolments[0].pk]
    assert (mine.present, mine.exact) == (1, Fraction(1, 4))
    assert own_sessions(room.enrolments[0], at=LATER)[0].state == "made_up"
    # the guest is on the other class's list, but not in its numbers
    assert [row.enrolment for row in presence(parallel.sessions[0]) if row.guest] == [room.enrolments[0]]
    assert (session_count(parallel.sessions[0]).present, class_rate(parallel.cohort, at=LATER).present) == (0, 0)
    assert leave.make_up == parallel.sessions[0]


def test_coming_to_both_counts_once(room, parallel, ask):
    grant(ask(), room.teacher, parallel.sessions[0])
    for session, teacher in ((room.sessions[0], room.teacher), (parallel.sessions[0], parallel.teacher)):
        sign_in_by_hand(
            session=session, enrolment=room.enrolments[0], by=teacher, at=session.starts_at, reason="本人在场"
        )
    mine = {person.pk: rate for person, rate in rates(room.cohort, at=LATER)}[room.enrolments[0].pk]
    assert (mine.present, mine.due) == (1, 4)


def test_a_make_up_is_the_same_course_of_the_provider_at_a_free_time(room, parallel, ask, city):
    leave = ask()
    stranger = classroom(city, number=2, opens="2020-10-21")
    for unfit in (room.sessions[2], parallel.sessions[1], stranger.sessions[0]):
        with refused("unfit_make_up"):
            grant(leave, room.teacher, unfit)
    with refused("unfit_make_up"):  # begun
        grant(leave, room.teacher, parallel.sessions[0], now=parallel.sessions[0].starts_at)
    Session.objects.filter(pk=parallel.sessions[0].pk).update(
        starts_at=room.sessions[2].starts_at, ends_at=room.sessions[2].ends_at
    )
    with refused("make_up_clashes"):
        grant(leave, room.teacher, parallel.sessions[0])
    Session.objects.filter(pk=parallel.sessions[0].pk).update(
        starts_at=room.sessions[0].starts_at, ends_at=room.sessions[0].ends_at + dt.timedelta(minutes=5)
    )
    with refused("make_up_clashes"):  # the request is not granted yet, so the own session still binds
        grant(leave, room.teacher, parallel.sessions[0])


def test_withdrawing_takes_the_make_up_back_until_the_session_begins(room, parallel, ask):
    leave = grant(ask(), room.teacher, parallel.sessions[0])
    with refused("not_your_place"):
        withdraw_leave(leave=leave, by=room.trainees[1], at=BEFORE)
    with refused("too_late"):
        withdraw_leave(leave=leave, by=room.trainees[0], at=room.sessions[0].starts_at)
    assert withdraw_leave(leave=leave, by=room.trainees[0], at=BEFORE).make_up is None
    check_in = open_check_in(session=parallel.sessions[0], by=parallel.teacher, at=parallel.sessions[0].starts_at)
    with refused("not_in_this_class"):
        code = current_code(check_in, parallel.sessions[0].starts_at).scanned
        sign_in(code=code, by=room.trainees[0], at=parallel.sessions[0].starts_at)


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"state": "granted"}, "a_decided_leave_names_who_and_when"),
        ({"make_up": True}, "only_a_granted_leave_is_made_up"),
    ],
)
def test_the_database_keeps_leaves_whole(room, parallel, ask, change, name):
    leave = ask()
    change = {key: parallel.sessions[0] if value is True else value for key, value in change.items()}
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Leave.objects.filter(pk=leave.pk).update(**change)


def test_a_session_does_not_make_up_for_itself(room, ask):
    leave = grant(ask(), room.teacher)
    with pytest.raises(IntegrityError, match="a_session_is_not_its_own_make_up"), transaction.atomic():
        Leave.objects.filter(pk=leave.pk).update(make_up=leave.session_id)


def test_one_make_up_counts_for_one_missed_session(room, parallel, ask):
    """Two missed sessions of the same course, one session that makes up: it counts once (QD97.6.2)."""
    first, second = ask(session=0), ask(session=2)
    grant(first, room.teacher, parallel.sessions[0])
    with refused("make_up_clashes"):  # the seat is taken by the first
        grant(second, room.teacher, parallel.sessions[0])
    when = {"state": "granted", "decided_by": room.teacher.user, "decided_at": BEFORE}
    with pytest.raises(IntegrityError, match="a_make_up_counts_once"), transaction.atomic():
        Leave.objects.filter(pk=second.pk).update(**when, make_up=parallel.sessions[0])
    grant(second, room.teacher, parallel.sessions[2])


def test_a_make_up_is_no_shorter_than_what_was_missed(room, parallel, ask):
    Session.objects.filter(pk=parallel.sessions[0].pk).update(class_hours=3)
    leave = ask()
    assert parallel.sessions[0] not in make_up_choices(room.sessions[0], at=BEFORE)
    with refused("unfit_make_up"):
        grant(leave, room.teacher, parallel.sessions[0])
    when = {"state": "granted", "decided_by": room.teacher.user, "decided_at": BEFORE}
    with pytest.raises(IntegrityError, match="a_make_up_is_as_long"), transaction.atomic():
        Leave.objects.filter(pk=leave.pk).update(**when, make_up=parallel.sessions[0])


def seats(enrolment):
    return {row.session_id for row in Seat.objects.filter(enrolment=enrolment)}


def test_the_seat_moves_to_the_make_up_and_back(room, parallel, ask):
    mine = room.enrolments[0]
    own = {row.pk for row in room.sessions}
    leave = grant(ask(), room.teacher, parallel.sessions[0])
    moved = own - {room.sessions[0].pk} | {parallel.sessions[0].pk}
    assert seats(mine) == moved
    Session.objects.filter(pk=parallel.sessions[0].pk).update(active=False)
    assert seats(mine) == own - {room.sessions[0].pk}
    Session.objects.filter(pk=parallel.sessions[0].pk).update(active=True)
    Session.objects.filter(pk=room.sessions[0].pk).update(active=True)
    assert seats(mine) == moved
    withdraw_leave(leave=leave, by=room.trainees[0], at=BEFORE)
    assert seats(mine) == own


def test_no_class_of_the_same_person_is_filed_over_a_make_up(room, parallel, ask, city):
    third = classroom(city, number=2, opens="2020-11-02")
    Session.objects.filter(cohort=third.cohort).update(active=False)
    Enrolment.objects.filter(pk=third.enrolments[0].pk).update(person=room.enrolments[0].person)
    grant(ask(), room.teacher, parallel.sessions[0])
    Session.objects.filter(pk=third.sessions[0].pk).update(
        starts_at=parallel.sessions[0].starts_at, ends_at=parallel.sessions[0].ends_at, teacher_key=""
    )
    with pytest.raises(IntegrityError, match="a_trainee_is_in_one_class_at_a_time"), transaction.atomic():
        Session.objects.filter(pk=third.sessions[0].pk).update(active=True)


def test_a_leave_of_a_class_that_is_closed_is_not_decided(room, ask):
    leave = ask()
    Cohort.objects.filter(pk=room.cohort.pk).update(stage="archived")
    with refused("class_not_running"):
        grant(leave, room.teacher)


def test_a_make_up_that_began_meanwhile_is_told_and_nothing_is_granted(room, parallel, ask, visit):
    leave = ask()
    clock.move_to(parallel.sessions[0].starts_at)
    form = {"decision": "grant", "answer": "", "make_up": str(parallel.sessions[0].pk)}
    answer = visit(room.teacher).post(reverse("leave-decide", args=[leave.pk]), form, follow=True)
    assert "已经开始" in answer.content.decode()
    leave.refresh_from_db()
    assert leave.state == "asked"


def made_up(room, parallel, ask):
    """The first of the class on leave from its first session, signed in to the one that makes up for it."""
    grant(ask(), room.teacher, parallel.sessions[0])
    when = parallel.sessions[0].starts_at
    check_in = open_check_in(session=parallel.sessions[0], by=parallel.teacher, at=when)
    sign_in(code=current_code(check_in, when).typed, by=room.trainees[0], at=when)


def test_the_sign_in_book_writes_the_make_up_with_its_date_and_counts_like_the_screen(room, parallel, ask):
    made_up(room, parallel, ask)
    book = collect(room.cohort, on=LATER.date())["03-签到簿/签到簿.xlsx"]
    rows = list(openpyxl.load_workbook(io.BytesIO(book)).active.values)
    (mine,) = [row for row in rows if room.enrolments[0].person.name in row]
    assert "补课 2020-10-19 09:00" in mine
    assert mine[-1] == "1/4"
    (other,) = [row for row in rows if room.enrolments[1].person.name in row]
    assert (other.count("未到"), other[-1]) == (4, "0/4")


def test_a_session_without_one_of_its_own_people_had_no_sign_in(room, parallel, ask):
    """Neither a guest who makes up for another class nor somebody who left stands for the class (JN6.3.2)."""
    made_up(room, parallel, ask)
    assert sessions_without_sign_in(parallel.cohort) == parallel.sessions
    first = parallel.sessions[0]
    sign_in_by_hand(
        session=first, enrolment=parallel.enrolments[0], reason="手机没电", by=parallel.teacher, at=first.starts_at
    )
    assert sessions_without_sign_in(parallel.cohort) == parallel.sessions[1:]
    Enrolment.objects.filter(pk=parallel.enrolments[0].pk).update(state="cancelled")
    assert sessions_without_sign_in(parallel.cohort) == parallel.sessions


def test_a_make_up_stands_in_the_own_calendars_as_long_as_it_is_granted(room, parallel, ask):
    leave = grant(ask(), room.teacher, parallel.sessions[0])
    feed = feed_behind(make_feed(by=room.trainees[0], at=BEFORE))
    assert set(sessions_of_feed(feed)) == {*room.sessions, parallel.sessions[0]}
    assert set(sessions_seen_by(room.trainees[0])) == {*room.sessions, parallel.sessions[0]}
    assert set(sessions_seen_by(room.trainees[1])) == set(room.sessions)
    withdraw_leave(leave=leave, by=room.trainees[0], at=BEFORE)
    assert set(sessions_of_feed(feed)) == set(sessions_seen_by(room.trainees[0])) == set(room.sessions)
