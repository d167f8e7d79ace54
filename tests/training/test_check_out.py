"""Signing out: where the folder asks for it, with a code of its own, once; forgotten ones by hand with a reason."""

import datetime as dt

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from peibu.kernel.errors import Refused
from peibu.training.actions.attendance import current_code, open_check_in, sign_in
from peibu.training.actions.check_out import close_check_out, open_check_out, sign_out, sign_out_by_hand
from peibu.training.actions.scans import take_scan
from peibu.training.models import Attendance, CheckOut, SignOut
from tests.city import at
from tests.classroom import as_practice, classroom, without_fence

pytestmark = pytest.mark.django_db
START, END = at("2020-10-12 09:00"), at("2020-10-12 12:00")


def before_end(minutes: float) -> dt.datetime:
    return END - dt.timedelta(minutes=minutes)


def refused(code: str):
    return pytest.raises(Refused, check=lambda error: error.code == code)


@pytest.fixture
def room(city, monkeypatch):
    without_fence(monkeypatch)
    room = classroom(city)
    room.session = as_practice(room)
    check_in = open_check_in(session=room.session, by=room.teacher, at=START)
    for trainee in room.trainees[:3]:
        sign_in(code=current_code(check_in, START).scanned, by=trainee, at=START)
    room.check_in = check_in
    return room


@pytest.fixture
def opened(room):
    room.check_out = open_check_out(session=room.session, by=room.teacher, at=before_end(5))
    return room


def test_people_sign_out_with_the_code_scanned_or_typed_once(opened):
    room, now = opened, before_end(2)
    code = current_code(room.check_out, now)
    first = sign_out(code=code.scanned, by=room.trainees[0], at=now, device="a")
    typed = sign_out(code=code.typed, by=room.trainees[1], at=now)
    again = sign_out(code=code.scanned, by=room.trainees[0], at=now)
    assert (first.already, typed.already, again.already) == (False, False, True)
    assert SignOut.objects.count() == 2
    assert first.departure.left_at == now


def test_a_code_of_one_door_never_opens_the_other(opened):
    room, now = opened, before_end(2)
    inward, outward = current_code(room.check_in, now).scanned, current_code(room.check_out, now).scanned
    with refused("code_of_the_sign_in"):
        sign_out(code=inward, by=room.trainees[0], at=now)
    with refused("code_of_the_sign_out"):
        sign_in(code=outward, by=room.trainees[0], at=now)
    # the door itself reads the code: a sign-in sent twice never becomes a sign-out
    assert take_scan(code=inward, by=room.trainees[0], at=now).already
    assert not SignOut.objects.exists()
    assert take_scan(code=outward, by=room.trainees[0], at=now).direction == "out"


def test_refusals_of_the_sign_out(opened):
    room, now = opened, before_end(2)
    code = current_code(room.check_out, now).scanned
    with refused("not_signed_in"):
        sign_out(code=code, by=room.trainees[3], at=now)
    with refused("code_expired"):
        sign_out(code=code, by=room.trainees[0], at=now + dt.timedelta(seconds=31))
    close_check_out(session=room.session, by=room.teacher, at=now)
    with refused("check_out_closed"):
        sign_out(code=code, by=room.trainees[0], at=now)


def test_it_is_opened_only_where_asked_for_in_its_time_and_by_the_teacher(room, city):
    with refused("sign_out_not_asked"):
        open_check_out(session=room.sessions[1], by=room.teacher, at=room.sessions[1].ends_at)
    with refused("too_early"):
        open_check_out(session=room.session, by=room.teacher, at=START - dt.timedelta(minutes=1))
    with refused("sign_out_is_over"):
        open_check_out(session=room.session, by=room.teacher, at=END + dt.timedelta(minutes=31))
    for actor in (room.trainees[0], classroom(city, number=1).teacher):
        with refused("not_your_session"):
            open_check_out(session=room.session, by=actor, at=END)
    assert not CheckOut.objects.exists()
    first = open_check_out(session=room.session, by=room.teacher, at=END)
    again = open_check_out(session=room.session, by=room.provider, at=END)
    assert first.secret == again.secret != room.check_in.secret


def test_a_forgotten_sign_out_is_entered_with_time_and_reason(room):
    row, now = Attendance.objects.first(), END + dt.timedelta(minutes=50)
    for left, reason, code in (
        (START - dt.timedelta(minutes=1), "看到离开", "left_at_no_time"),
        (END + dt.timedelta(minutes=31), "看到离开", "left_at_no_time"),
        (END, "  ", "a_manual_sign_out_has_a_reason"),
    ):
        with refused(code):
            sign_out_by_hand(attendance=row, left_at=left, reason=reason, by=room.teacher, at=now)
    with refused("left_at_no_time"):  # not ahead of time
        sign_out_by_hand(attendance=row, left_at=END, reason="x", by=room.teacher, at=before_end(1))
    with refused("not_your_session"):
        sign_out_by_hand(attendance=row, left_at=END, reason="x", by=room.trainees[0], at=now)
    done = sign_out_by_hand(attendance=row, left_at=END, reason="忘记扫码，教师看到离开", by=room.teacher, at=now)
    assert (done.departure.method, done.departure.left_at, done.departure.entered_at) == ("manual", END, now)


def test_the_database_refuses_what_cannot_be_by_name(room):
    row = Attendance.objects.first()
    fine = {"attendance": row, "method": "qr", "entered_by": room.teacher.user, "left_at": END, "entered_at": END}
    for change, name in (
        ({"left_at": START - dt.timedelta(minutes=1)}, "nobody_leaves_before_coming"),
        ({"entered_at": before_end(1)}, "nobody_signs_out_ahead_of_time"),
        ({"method": "manual"}, "a_manual_sign_out_has_a_reason"),
    ):
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            SignOut.objects.create(**fine | change)
    SignOut.objects.create(**fine)
    for attempt in (lambda: SignOut.objects.update(reason="x"), lambda: SignOut.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            attempt()
