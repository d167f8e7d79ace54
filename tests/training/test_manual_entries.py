"""Entries by hand: when somebody came and left is the teacher's word, when it was entered the system's; both are kept."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from peibu.kernel.errors import Refused
from peibu.training.actions.attendance import current_code, open_check_in, sign_in_by_hand
from peibu.training.actions.check_out import sign_out_by_hand
from peibu.training.actions.doubts import ask_teacher
from peibu.training.actions.entry_requests import decide_entry_request, decide_entry_requests
from peibu.training.actions.manual_entries import enter_stay
from peibu.training.models import Attendance, EntryRequest, SignOut
from peibu.training.queries.codes import meant_by
from tests.city import at
from tests.classroom import as_practice, classroom, without_fence

pytestmark = pytest.mark.django_db
START, END = at("2020-10-12 09:00"), at("2020-10-12 12:00")
EVENING = at("2020-10-12 20:00")  # long after the sign-out has closed


def refused(code: str):
    return pytest.raises(Refused, check=lambda error: error.code == code)


@pytest.fixture
def room(city, monkeypatch):
    without_fence(monkeypatch)
    room = classroom(city)
    room.session = as_practice(room)
    return room


def enter(room, arrived, left=None, *, when=EVENING, nth=0, reason="手机没电，当堂核对过"):
    return enter_stay(
        session=room.session, enrolment=room.enrolments[nth], arrived_at=arrived, left_at=left, reason=reason,
        by=room.teacher, at=when,
    )  # fmt: skip


def test_somebody_entered_in_the_evening_has_both_times_of_the_morning(room):
    row = enter(room, START, END).attendance
    assert (row.signed_at, row.entered_at) == (START, EVENING)
    assert (row.departure.left_at, row.departure.entered_at) == (END, EVENING)


def test_the_time_of_leaving_may_follow_later(room):
    row = enter(room, START).attendance
    done = sign_out_by_hand(attendance=row, left_at=END, reason="问过本人", by=room.teacher, at=EVENING)
    assert done.departure.left_at == END


def test_once_the_session_is_over_the_time_of_coming_is_asked_for(room):
    with refused("no_arrival"):
        enter(room, None)
    assert enter(room, None, when=START).attendance.signed_at == START


@pytest.mark.parametrize("minutes", [-31, 181])
def test_nobody_comes_before_the_door_opens_or_after_the_session(room, minutes):
    with refused("arrived_at_no_time"):
        enter(room, START + dt.timedelta(minutes=minutes))


def test_nobody_is_entered_ahead_of_coming(room):
    with refused("arrived_at_no_time"):
        enter(room, END, when=START)
    with pytest.raises(IntegrityError, match="nobody_is_entered_ahead_of_coming"), transaction.atomic():
        Attendance.objects.create(
            session=room.session, enrolment=room.enrolments[0], method="manual", reason="x", signed_at=END,
            entered_at=START, entered_by=room.teacher.user,
        )  # fmt: skip


def test_a_wrong_time_of_leaving_leaves_nothing_half_entered(room):
    with refused("left_at_no_time"):
        enter(room, START, START - dt.timedelta(minutes=5))
    with refused("a_manual_sign_in_has_a_reason"):
        enter(room, START, END, reason="  ")
    assert not Attendance.objects.exists()
    assert not SignOut.objects.exists()


def asked(room, nth):
    gate = open_check_in(session=room.session, by=room.teacher, at=START)
    meant = meant_by(current_code(gate, START).scanned, by=room.trainees[nth], at=START)
    return ask_teacher(meant, doubt="no_fence", at=START, device="")


def test_a_confirmed_scan_counts_at_the_moment_of_its_code_not_of_the_confirmation(room):
    decide_entry_request(request=asked(room, 0), confirm=True, answer="当堂点名", by=room.teacher, at=EVENING)
    row = Attendance.objects.get()
    assert (row.signed_at, row.entered_at) == (START, EVENING)
    done = sign_out_by_hand(attendance=row, left_at=END, reason="问过本人", by=room.teacher, at=EVENING)
    assert done.departure.left_at == END


def test_several_scans_are_decided_with_one_answer_all_or_none(room):
    rows = [asked(room, nth) for nth in range(3)]
    with refused("nothing_chosen"):
        decide_entry_requests(requests=[], confirm=True, answer="当堂点名", by=room.teacher, at=START)
    decide_entry_request(request=rows[2], confirm=False, answer="不在场", by=room.teacher, at=START)
    with refused("request_decided"):
        decide_entry_requests(requests=rows, confirm=True, answer="当堂点名", by=room.teacher, at=START)
    assert not Attendance.objects.exists()
    decide_entry_requests(requests=rows[:2], confirm=True, answer="当堂点名", by=room.teacher, at=START)
    assert Attendance.objects.count() == 2
    assert EntryRequest.objects.filter(state="asked").count() == 0


def test_an_entry_while_the_session_runs_needs_no_time(room):
    done = sign_in_by_hand(
        session=room.session, enrolment=room.enrolments[0], by=room.teacher, at=START, reason="手机没电"
    )
    assert (done.attendance.signed_at, done.attendance.entered_at) == (START, START)
