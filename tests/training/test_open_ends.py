"""The teaching ends when what is open is settled, or with a reason that stands in the archive, as the folder says."""

import dataclasses
import datetime as dt

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from peibu.kernel.errors import Refused
from peibu.oversight.package_teaching_end import teaching_end
from peibu.rulebook.attendance_terms import FinishTerms
from peibu.training import presence_terms
from peibu.training.actions.attendance import current_code, open_check_in, sign_in
from peibu.training.actions.check_out import close_check_out, open_check_out, sign_out_by_hand
from peibu.training.actions.doubts import ask_teacher
from peibu.training.actions.entry_requests import decide_entry_request
from peibu.training.actions.finish import finish_teaching
from peibu.training.models import CheckOut, TeachingEnd
from peibu.training.queries.codes import meant_by
from peibu.training.queries.open_ends import open_ends
from tests.classroom import as_practice, classroom, without_fence

pytestmark = pytest.mark.django_db


@pytest.fixture
def room(city, monkeypatch):
    """The last session asks for a sign-out; two came and nobody left."""
    without_fence(monkeypatch)
    room = classroom(city)
    room.session = as_practice(room, 3)
    room.gate = open_check_in(session=room.session, by=room.teacher, at=room.session.starts_at)
    code = current_code(room.gate, room.session.starts_at)
    for trainee in room.trainees[:2]:
        sign_in(code=code.scanned, by=trainee, at=room.session.starts_at)
    room.end = room.session.ends_at
    room.later = room.end + dt.timedelta(days=1)
    return room


def leave_all(room):
    for row in room.session.attendances.all():
        sign_out_by_hand(attendance=row, left_at=room.end, reason="问过本人", by=room.teacher, at=room.later)


def finish(room, *, when=None, reason=""):
    return finish_teaching(cohort=room.cohort, by=room.provider, at=when or room.later, reason=reason)


def asked(room):
    meant = meant_by(
        current_code(room.gate, room.session.starts_at).scanned, by=room.trainees[2], at=room.session.starts_at
    )
    return ask_teacher(meant, doubt="not_proven", at=room.session.starts_at, device="")


def parts(room, when=None):
    return [(row.part, len(row.names), row.refuses) for row in open_ends(room.cohort, at=when or room.later)]


def test_people_without_a_sign_out_need_a_reason_which_the_archive_keeps(room, city):
    assert parts(room) == [("sign_outs", 2, False)]
    with pytest.raises(Refused, match="2人没有签退记录"):
        finish(room)
    with pytest.raises(Refused, check=lambda error: "不少于5个字" in error.remedy):
        finish(room, reason="忘了")
    finish(room, reason="两人提前离厂，无法核实离开时间")
    row = TeachingEnd.objects.get()
    assert (row.ended_by, row.ended_at) == (room.provider.user, room.later)
    assert "2人没有签退记录" in row.left_open[0]
    room.cohort.refresh_from_db()
    assert list(teaching_end(room.cohort, room.later.date())) == ["03-签到簿/结课说明.pdf"]


def test_a_class_with_nothing_open_ends_without_a_word(room):
    leave_all(room)
    assert parts(room) == []
    finish(room, reason="不需要的理由")
    row = TeachingEnd.objects.get()
    assert (row.left_open, row.reason) == ([], "")
    assert teaching_end(room.cohort, room.later.date()) == {}


def test_an_undecided_scan_refuses_whatever_the_reason(room):
    leave_all(room)
    request = asked(room)
    assert parts(room) == [("entry_requests", 1, True)]
    with pytest.raises(Refused, match="1次扫码待教师确认"):
        finish(room, reason="教师出差，来不及处理")
    decide_entry_request(request=request, confirm=False, answer="不在场", by=room.teacher, at=room.later)
    assert finish(room).stage == "taught"


def test_a_sign_out_that_runs_refuses_and_one_left_open_is_closed(room):
    soon = room.end + dt.timedelta(minutes=1)
    open_check_out(session=room.session, by=room.teacher, at=room.end)
    assert ("check_outs", 1, True) in parts(room, soon)
    with pytest.raises(Refused, match="签退还在进行"):
        finish(room, when=soon, reason="两人已离开，无法核实")
    close_check_out(session=room.session, by=room.teacher, at=soon)
    assert ("check_outs", 1, True) not in parts(room, soon)
    open_check_out(session=room.session, by=room.teacher, at=soon)
    leave_all(room)
    finish(room)
    assert CheckOut.objects.get().closed_at == room.later


def test_the_folder_says_what_refuses(room, monkeypatch):
    terms = presence_terms.terms_of_policy(room.cohort.policy)
    strict = dataclasses.replace(terms, finish=FinishTerms(entry_requests="reason", sign_outs="refuse"))
    monkeypatch.setattr("peibu.training.queries.open_ends.terms_of_policy", lambda policy: strict)
    asked(room)
    assert parts(room) == [("entry_requests", 1, False), ("sign_outs", 2, True)]
    with pytest.raises(Refused, match="没有签退记录"):
        finish(room, reason="无法核实离开时间")
    leave_all(room)
    assert finish(room, reason="教师离职，扫码无人确认").stage == "taught"


def test_whoever_left_the_class_is_not_waited_for(room):
    for row in room.enrolments[:2]:
        row.state = "cancelled"
        row.save()
    assert parts(room) == []


def test_the_database_keeps_the_statement(room):
    values = {"cohort": room.cohort, "ended_at": room.later, "ended_by": room.provider.user}
    with pytest.raises(IntegrityError, match="what_was_left_open_has_a_reason"), transaction.atomic():
        TeachingEnd.objects.create(**values, left_open=["x"])
    TeachingEnd.objects.create(**values)
    with pytest.raises(DatabaseError), transaction.atomic():
        TeachingEnd.objects.update(reason="x")
