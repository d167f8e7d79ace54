"""Signing in: the right class, the right person, in time, once; by hand only with a reason."""

import datetime as dt
import threading

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from peibu.kernel.errors import Refused
from peibu.training.actions.attendance import (
    close_check_in,
    current_code,
    open_check_in,
    sign_in,
    sign_in_by_hand,
)
from peibu.training.actions.finish import finish_teaching
from peibu.training.actions.logs import write_log
from peibu.training.models import Attendance, CheckIn, TrainingLog
from peibu.training.queries.attendance import class_rate, own_sessions, presence, rates, session_count
from tests.city import at
from tests.classroom import classroom

pytestmark = pytest.mark.django_db
START = at("2020-10-12 09:00")


def later(**time) -> dt.datetime:
    return START + dt.timedelta(**time)


@pytest.fixture
def room(city):
    return classroom(city)


@pytest.fixture
def opened(room):
    check_in = open_check_in(session=room.sessions[0], by=room.teacher, at=START)
    return room, check_in


def refused(code: str):
    return pytest.raises(Refused, check=lambda error: error.code == code)


def test_a_trainee_signs_in_with_the_code_on_the_screen_scanned_or_typed(opened):
    room, check_in = opened
    code = current_code(check_in, START)
    first = sign_in(code=code.scanned, by=room.trainees[0], at=later(seconds=3), device="a")
    second = sign_in(code=f" {code.typed.lower()} ", by=room.trainees[1], at=later(seconds=3))
    assert (first.already, second.already) == (False, False)
    assert first.attendance.signed_at == later(seconds=3)
    assert first.attendance.enrolment.person.key == room.trainees[0].person_key
    assert session_count(room.sessions[0]).present == 2


@pytest.mark.parametrize("form", ["scanned", "typed"])
def test_a_code_is_refused_after_its_seconds(opened, form):
    room, check_in = opened
    code = getattr(current_code(check_in, START), form)
    with refused("code_expired"):
        sign_in(code=code, by=room.trainees[0], at=later(seconds=30))
    assert not Attendance.objects.exists()
    assert sign_in(code=code, by=room.trainees[0], at=later(seconds=29))  # the second before it was still good


def test_a_scanned_code_sent_before_its_slot_is_refused(opened):
    room, check_in = opened
    code = current_code(check_in, later(minutes=5)).scanned
    with refused("code_expired"):
        sign_in(code=code, by=room.trainees[0], at=START)


def test_a_repeat_is_harmless_even_with_an_old_code(opened):
    room, check_in = opened
    code = current_code(check_in, START).scanned
    first = sign_in(code=code, by=room.trainees[0], at=START)
    again = sign_in(code=code, by=room.trainees[0], at=later(minutes=2))
    assert (again.already, again.attendance) == (True, first.attendance)
    assert Attendance.objects.count() == 1


def test_forged_and_mangled_codes_are_refused(opened):
    room, check_in = opened
    good = current_code(check_in, START).scanned
    forged = good[:-1] + ("A" if good[-1] != "A" else "B")
    for code in (forged, "A" * 48, "ABC", "", "123456", "x" * 500):
        with refused("code_forged"):
            sign_in(code=code, by=room.trainees[0], at=START)


def test_the_code_of_another_class_is_refused_and_names_the_class(opened, city):
    room, check_in = opened
    stranger = classroom(city, number=1).trainees[0]
    code = current_code(check_in, START)
    with pytest.raises(Refused, match="您不在“工业互联网第1期”的学员名单中"):
        sign_in(code=code.scanned, by=stranger, at=START)
    with refused("code_forged"):
        sign_in(code=code.typed, by=stranger, at=START)


def test_the_code_of_one_session_does_not_sign_in_to_another(opened):
    room, check_in = opened
    afternoon = open_check_in(session=room.sessions[1], by=room.teacher, at=at("2020-10-12 14:00"))
    assert afternoon.secret != check_in.secret
    done = sign_in(code=current_code(afternoon, at("2020-10-12 14:00")).scanned, by=room.trainees[0],
                   at=at("2020-10-12 14:00"))  # fmt: skip
    assert done.attendance.session == room.sessions[1]


def test_people_without_an_active_place_are_refused(opened):
    room, check_in = opened
    code = current_code(check_in, START).scanned
    room.enrolments[0].state = "cancelled"
    room.enrolments[0].save()
    with refused("enrolment_cancelled"):
        sign_in(code=code, by=room.trainees[0], at=START)
    with refused("not_in_this_class"):
        sign_in(code=code, by=room.teacher, at=START)


def test_no_code_is_taken_after_closing_or_after_the_session(opened):
    room, check_in = opened
    end = room.sessions[0].ends_at
    with refused("session_is_over"):
        at_end = current_code(check_in, end)
        sign_in(code=at_end.scanned, by=room.trainees[0], at=end + dt.timedelta(seconds=1))
    close_check_in(session=room.sessions[0], by=room.teacher, at=later(minutes=10))
    check_in.refresh_from_db()
    with refused("check_in_closed"):
        sign_in(code=current_code(check_in, later(minutes=11)).scanned, by=room.trainees[0], at=later(minutes=11))
    open_check_in(session=room.sessions[0], by=room.teacher, at=later(minutes=12))
    assert sign_in(code=current_code(check_in, later(minutes=12)).scanned, by=room.trainees[0], at=later(minutes=12))


def test_sign_in_opens_half_an_hour_before_and_until_the_end(room):
    session = room.sessions[0]
    with pytest.raises(Refused, match="签到最早在10月12日 08:30开放"):
        open_check_in(session=session, by=room.teacher, at=later(minutes=-31))
    with refused("session_is_over"):
        open_check_in(session=session, by=room.teacher, at=session.ends_at + dt.timedelta(minutes=1))
    first = open_check_in(session=session, by=room.teacher, at=later(minutes=-30))
    again = open_check_in(session=session, by=room.provider, at=later(minutes=-20))
    assert (first.secret, CheckIn.objects.count()) == (again.secret, 1)


@pytest.mark.parametrize("stage", ["filing", "cancelled", "archived"])
def test_a_class_that_is_not_running_takes_no_sign_in(city, stage):
    room = classroom(city, stage=stage)
    with refused("class_not_running"):
        open_check_in(session=room.sessions[0], by=room.teacher, at=START)


def test_only_the_teacher_of_the_session_and_the_provider_run_it(room, city):
    other = classroom(city, number=1)
    for actor in (other.teacher, other.provider, room.trainees[0]):
        with refused("not_your_session"):
            open_check_in(session=room.sessions[0], by=actor, at=START)
        with refused("not_your_session"):
            sign_in_by_hand(session=room.sessions[0], enrolment=room.enrolments[0], by=actor, at=START, reason="在场")
        with refused("not_your_session"):
            write_log(session=room.sessions[0], text="x", by=actor, at=START)
    assert not CheckIn.objects.exists()


def test_a_manual_entry_needs_a_reason_and_keeps_who_made_it(room):
    session, person = room.sessions[0], room.enrolments[0]
    with refused("a_manual_sign_in_has_a_reason"):
        sign_in_by_hand(session=session, enrolment=person, by=room.teacher, at=START, reason="  ")
    done = sign_in_by_hand(session=session, enrolment=person, by=room.teacher, at=START, reason="手机没电，本人在场")
    assert (done.attendance.entered_by, done.attendance.reason) == (room.teacher.user, "手机没电，本人在场")
    assert sign_in_by_hand(session=session, enrolment=person, by=room.teacher, at=START, reason="再补").already


def test_the_database_refuses_a_manual_entry_without_reason_and_a_second_sign_in_by_name(room):
    row = {"session": room.sessions[0], "enrolment": room.enrolments[0], "signed_at": START}
    row["entered_by"] = room.teacher.user
    with pytest.raises(IntegrityError, match="a_manual_sign_in_has_a_reason"), transaction.atomic():
        Attendance.objects.create(**row, method="manual", reason="")
    Attendance.objects.create(**row, method="qr")  # the same row by code is fine
    with pytest.raises(IntegrityError, match="a_person_signs_in_once_per_session"), transaction.atomic():
        Attendance.objects.create(**row, method="qr")
    for attempt in (lambda: Attendance.objects.update(reason="x"), lambda: Attendance.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            attempt()


def test_a_manual_entry_for_a_stranger_or_before_the_window_is_refused(room, city):
    stranger = classroom(city, number=1).enrolments[0]
    with refused("not_in_this_class"):
        sign_in_by_hand(session=room.sessions[0], enrolment=stranger, by=room.teacher, at=START, reason="在场")
    with refused("too_early"):
        sign_in_by_hand(
            session=room.sessions[0], enrolment=room.enrolments[0], by=room.teacher, at=later(hours=-2), reason="在场"
        )


def test_numbers_of_session_class_and_person(opened):
    room, check_in = opened
    for trainee in room.trainees[:2]:
        sign_in(code=current_code(check_in, START).scanned, by=trainee, at=START, device="same phone")
    sign_in_by_hand(session=room.sessions[0], enrolment=room.enrolments[2], by=room.teacher, at=START, reason="在场")
    count = session_count(room.sessions[0])
    assert (count.expected, count.present, count.by_hand, count.absent, count.percent) == (4, 3, 1, 1, 75)
    assert class_rate(room.cohort, at=START).percent is None
    noon = room.sessions[0].ends_at
    assert class_rate(room.cohort, at=noon).percent == 75
    assert sorted(rate.present for _person, rate in rates(room.cohort, at=noon)) == [0, 1, 1, 1]
    assert sorted(each.shares_device for each in presence(room.sessions[0])) == [False, False, True, True]
    states = [own.state for own in own_sessions(room.enrolments[3], at=noon)]
    assert states == ["absent", "coming", "coming", "coming"]
    # whoever left the class counts neither as expected nor as present
    room.enrolments[0].state = "cancelled"
    room.enrolments[0].save()
    assert (session_count(room.sessions[0]).expected, session_count(room.sessions[0]).present) == (3, 2)


def test_the_log_is_written_anew_and_earlier_words_stay(room):
    session = room.sessions[0]
    with refused("too_early"):
        write_log(session=session, text="讲了平台架构", by=room.teacher, at=later(minutes=-1))
    with refused("a_log_says_something"):
        write_log(session=session, text="  ", by=room.teacher, at=START)
    write_log(session=session, text="讲了平台架构", by=room.teacher, at=START)
    write_log(session=session, text="讲了平台架构，分组讨论", by=room.provider, at=later(hours=1))
    row = TrainingLog.objects.get(session=session)
    assert (row.text, row.written_by) == ("讲了平台架构，分组讨论", room.provider.user)
    assert "讲了平台架构" in set(row.events.values_list("text", flat=True))


def test_teaching_is_finished_by_the_provider_after_the_last_session(room):
    end = room.sessions[-1].ends_at
    with refused("not_your_class"):
        finish_teaching(cohort=room.cohort, by=room.teacher, at=end)
    with refused("too_early"):
        finish_teaching(cohort=room.cohort, by=room.provider, at=end - dt.timedelta(minutes=1))
    open_check_in(session=room.sessions[-1], by=room.teacher, at=room.sessions[-1].starts_at)
    assert finish_teaching(cohort=room.cohort, by=room.provider, at=end).stage == "taught"
    assert not CheckIn.objects.filter(closed_at__isnull=True).exists()
    with refused("class_not_running"):
        finish_teaching(cohort=room.cohort, by=room.provider, at=end)
    session = room.sessions[-1]
    session.cohort.refresh_from_db()
    with refused("teaching_is_over"):
        sign_in_by_hand(session=session, enrolment=room.enrolments[0], by=room.teacher, at=end, reason="在场")


@pytest.mark.django_db(transaction=True)
def test_two_sign_ins_at_the_same_moment_make_one_row(city):
    room = classroom(city, people=1)
    check_in = open_check_in(session=room.sessions[0], by=room.teacher, at=START)
    code = current_code(check_in, START).scanned
    together, answers, errors = threading.Barrier(6), [], []

    def send():
        try:
            together.wait()
            answers.append(sign_in(code=code, by=room.trainees[0], at=START).already)
        except Exception as error:  # whatever happens in the thread must fail the test
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert sorted(answers) == [False, True, True, True, True, True]
    assert Attendance.objects.count() == 1
