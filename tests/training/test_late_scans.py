"""Scans that arrive late: proven ones count at their moment, others go to the teacher, a repeat changes nothing."""

import datetime as dt

import pytest

from peibu.kernel.errors import Refused
from peibu.training.actions.attendance import close_check_in, current_code, open_check_in
from peibu.training.actions.entry_requests import decide_entry_request
from peibu.training.actions.late_scans import take_late_scan
from peibu.training.models import Attendance, EntryRequest
from peibu.training.scan_proof import StopWatch
from peibu.training.tickets import issued_at, new_ticket
from tests.city import at
from tests.classroom import classroom

pytestmark = pytest.mark.django_db
START = at("2020-10-12 09:00")


def s(seconds: float) -> dt.timedelta:
    return dt.timedelta(seconds=seconds)


TICKET, SCANNED, SENT = START - s(300), START + s(4), START + s(600)


def refused(code: str):
    return pytest.raises(Refused, check=lambda error: error.code == code)


@pytest.fixture
def room(city):
    room = classroom(city)
    room.check_in = open_check_in(session=room.sessions[0], by=room.teacher, at=START - s(600))
    return room


def send(room, *, nth=0, ticket_at=TICKET, scanned=SCANNED, sent=SENT, device="m", **change):
    """A phone whose scan at `scanned` reaches the server at `sent`; nothing of it is touched."""
    told = {
        "code": current_code(room.check_in, START).scanned,
        "ticket": new_ticket(by=room.trainees[nth], device=device, at=ticket_at),
        "watch": StopWatch(sent - scanned, sent - scanned, sent - ticket_at),
        "by": room.trainees[nth],
        "at": sent,
        "device": device,
    }
    return take_late_scan(**told | change)


def test_a_proven_scan_counts_at_its_moment_and_says_when_it_arrived(room):
    done = send(room)
    row = Attendance.objects.get()
    assert (done.already, done.request) == (False, None)
    assert (row.signed_at, row.received_at, row.method) == (START + s(4), START + s(600), "qr")


def test_a_repeat_is_harmless_whether_it_was_accepted_or_not(room):
    send(room)
    again = send(room, sent=START + s(900))
    assert (again.already, Attendance.objects.count()) == (True, 1)
    for _twice in range(2):
        asked = send(room, nth=1, sent=START + s(3600 * 2))
    assert (asked.request.doubt, EntryRequest.objects.count()) == ("too_late", 1)


@pytest.mark.parametrize(
    ("doubt", "change"),
    [
        ("too_late", {"sent": START + s(30 * 60 + 40)}),
        ("code_expired", {"scanned": START + s(31)}),
        ("no_ticket", {"ticket": "made up"}),
        ("not_proven", {"watch": StopWatch(None, s(596), s(900))}),
        ("clock_moved", {"watch": StopWatch(s(596), s(500), s(900))}),
        ("clock_moved", {"watch": StopWatch(s(596), s(596), s(700))}),
    ],
)
def test_what_is_not_proven_goes_to_the_teacher_with_the_evidence(room, doubt, change):
    done = send(room, **change)
    assert not Attendance.objects.exists()
    assert done.request.doubt == doubt
    assert done.request.code_from <= START < done.request.code_until


def test_the_ticket_of_another_person_or_phone_proves_nothing(room):
    foreign = new_ticket(by=room.trainees[1], device="m", at=START - s(300))
    assert send(room, ticket=foreign).request.doubt == "no_ticket"
    moved = new_ticket(by=room.trainees[2], device="another", at=START - s(300))
    assert send(room, nth=2, ticket=moved).request.doubt == "no_ticket"
    assert issued_at(moved, by=room.trainees[2], device="another") == START - s(300)


def test_a_scan_after_the_teacher_closed_goes_to_the_teacher_and_one_before_counts(room):
    close_check_in(session=room.sessions[0], by=room.teacher, at=START + s(2))
    room.check_in.refresh_from_db()
    assert send(room).request.doubt == "closed"
    assert send(room, nth=1, scanned=START + s(1)).request is None


def test_forged_foreign_and_finished_are_refused_and_leave_no_request(room, city):
    stranger = classroom(city, number=1)
    with refused("code_forged"):
        send(room, code="A" * 48)
    with refused("not_in_this_class"):
        send(room, by=stranger.trainees[0])
    room.cohort.stage = "taught"
    room.cohort.save()
    with refused("teaching_is_over"):
        send(room)
    assert not EntryRequest.objects.exists()


def test_the_teacher_confirms_with_a_reason_or_declines(room, city):
    for nth in (0, 1):
        send(room, nth=nth, scanned=START + s(40))
    first, second = EntryRequest.objects.order_by("pk")
    with refused("no_answer"):
        decide_entry_request(request=first, confirm=True, answer=" ", by=room.teacher, at=START + s(700))
    with refused("not_your_session"):
        other = classroom(city, number=1).teacher
        decide_entry_request(request=first, confirm=True, answer="在场", by=other, at=START + s(700))
    decide_entry_request(request=first, confirm=True, answer="点名在场", by=room.teacher, at=START + s(700))
    row = Attendance.objects.get()
    assert (row.method, row.enrolment) == ("manual", first.enrolment)
    assert "点名在场" in row.reason
    assert "签到码已过期" in row.reason
    done = decide_entry_request(request=second, confirm=False, answer="点名不在", by=room.teacher, at=START + s(700))
    assert (done.state, Attendance.objects.count()) == ("declined", 1)
    with refused("request_decided"):
        decide_entry_request(request=first, confirm=False, answer="x", by=room.teacher, at=START + s(800))
    # the same scan again does not come back after it was declined
    assert send(room, nth=1, scanned=START + s(40)).request == second
