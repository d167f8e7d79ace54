"""Attendance as facts: what is counted, what stays unknown, and that a rule can ask (HD2.2.2)."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peibu.rulebook import load_policy
from peibu.rulebook.attendance_terms import AttendanceTerms
from peibu.training.actions.attendance import current_code, open_check_in, sign_in, sign_in_by_hand
from peibu.training.actions.check_out import sign_out_by_hand
from peibu.training.actions.leave import ask_leave, decide_leave
from peibu.training.facts.attendance import ATTENDANCE, attendance_facts
from peibu.training.facts.known import asked
from peibu.training.models import Attendance, Session
from peibu.training.queries.attendance import rates
from peibu.training.queries.stays import figures_of, stay_of
from tests.city import at
from tests.classroom import as_practice, classroom, without_fence

pytestmark = pytest.mark.django_db
AFTER = at("2020-10-13 20:00")


def minutes(n: float) -> dt.timedelta:
    return dt.timedelta(minutes=n)


def come(room, session: Session, nth: int = 0, after: float = 0) -> Attendance:
    now = session.starts_at + minutes(after)
    gate = open_check_in(session=session, by=room.teacher, at=now)
    return sign_in(code=current_code(gate, now).scanned, by=room.trainees[nth], at=now).attendance


@pytest.fixture
def room(city, monkeypatch):
    without_fence(monkeypatch)
    return classroom(city)


def test_sessions_hours_and_days_add_up_and_agree_with_the_one_figure(room):
    for session in room.sessions[:3]:
        come(room, session)
    facts = attendance_facts(room.enrolments[0], at=AFTER)
    assert facts == {
        "attended_sessions": 3,
        "due_sessions": 4,
        "attended_class_hours": 12,
        "due_class_hours": 16,
        "owed_class_hours": 4,
        "attendance_percent": 75,
        "attended_days": 1,
        "part_days": 1,
    }
    for person, rate in rates(room.cohort, at=AFTER):
        told = attendance_facts(person, at=AFTER)
        assert (told["attended_sessions"], told["due_sessions"]) == (rate.present, rate.due)


def test_nothing_due_is_no_rate_and_a_later_entry_was_not_known(room):
    assert "attendance_percent" not in attendance_facts(room.enrolments[0], at=room.sessions[0].starts_at)
    first = room.sessions[0]
    sign_in_by_hand(
        session=first, enrolment=room.enrolments[0], by=room.teacher, at=AFTER, reason="在场，忘记扫码",
        arrived_at=first.starts_at,
    )  # fmt: skip
    before, after = AFTER - minutes(1), AFTER + minutes(1)
    assert attendance_facts(room.enrolments[0], at=before)["attended_sessions"] == 0
    assert attendance_facts(room.enrolments[0], at=after)["attended_sessions"] == 1


def test_a_missing_sign_out_makes_the_hours_unknown_and_an_early_one_a_share(room):
    session = as_practice(room)
    row = come(room, session)
    facts = attendance_facts(room.enrolments[0], at=AFTER)
    assert "attended_class_hours" not in facts
    assert facts["attended_sessions"] == 1
    # left after 90 of 180 minutes: two of four class hours
    sign_out_by_hand(
        attendance=row, left_at=session.starts_at + minutes(90), reason="身体不适", by=room.teacher, at=AFTER
    )
    facts = attendance_facts(room.enrolments[0], at=AFTER)
    assert (facts["attended_class_hours"], facts["owed_class_hours"]) == (2, 14)


def test_leave_counts_as_the_folder_says(room, monkeypatch):
    leave = ask_leave(
        session=room.sessions[0], enrolment=room.enrolments[0], reason="出差", by=room.trainees[0],
        at=room.sessions[0].starts_at - minutes(60),
    )  # fmt: skip
    decide_leave(leave=leave, grant=True, answer="", by=room.teacher, at=room.sessions[0].starts_at - minutes(30))
    assert attendance_facts(room.enrolments[0], at=AFTER)["due_sessions"] == 4
    terms = AttendanceTerms(leave="excused")
    monkeypatch.setattr("peibu.training.queries.attended.terms_of_policy", lambda policy: terms)
    assert attendance_facts(room.enrolments[0], at=AFTER)["due_sessions"] == 3
    assert dict(rates(room.cohort, at=AFTER))[room.enrolments[0]].due == 3  # pages and rules say the same


def test_a_rule_that_demands_attended_days_asks_these_facts(room):
    """HD2.2.2 pays for days attended; the facts of a class answer it, in either reading."""
    policy = load_policy("huangdao/skills_action_2020")
    come(room, room.sessions[0])
    facts = asked(policy, attendance_facts(room.enrolments[0], at=AFTER))
    assert facts == {"attended_days": 0, "part_days": 1}
    for n in (1, 2, 3):
        come(room, room.sessions[n])
    told = asked(policy, attendance_facts(room.enrolments[0], at=AFTER))

    def finding(given: dict):
        judged = policy.judge("living_allowance", given, on=dt.date(2020, 10, 14))
        return next(row for row in judged.findings if row.rule == "attended_some_day").status

    assert [finding(given).value for given in (told, facts, {})] == ["pass", "fail", "unknown"]


def test_documents_that_say_nothing_of_attendance_ask_nothing():
    for path in ("qingdao/industrial_internet_2020", "jinan/internet_plus_2020", "weihai/gold_collar_2019"):
        assert not ATTENDANCE & set(load_policy(path).fact_specs)


@given(came=st.integers(-60, 240), stayed=st.integers(0, 400))
def test_credited_minutes_lie_within_the_session(came, stayed):
    starts = at("2020-10-12 09:00")
    session = Session(starts_at=starts, ends_at=starts + minutes(180), kind="lecture")
    row = Attendance(signed_at=starts + minutes(came))
    told = stay_of(session, row, None, None, at=starts + minutes(came + stayed)).minutes
    assert told == max(0, min(came + stayed, 180) - max(came, 0))


def test_figures_of_a_class_count_early_forgotten_and_unknown(room):
    session = as_practice(room)
    rows = [come(room, session, nth) for nth in (0, 1, 2)]
    end = session.ends_at
    for row, left in ((rows[0], end), (rows[1], end - minutes(30))):
        sign_out_by_hand(attendance=row, left_at=left, reason="核对", by=room.teacher, at=AFTER)
    first = figures_of(room.cohort, at=AFTER)[0]
    assert (first.expected, first.present, first.signed_out) == (4, 3, 2)
    assert (first.early, first.forgotten, first.unknown) == (1, 1, 1)
    assert (first.minutes, first.full) == (180 + 150, 3 * 180)
    second = figures_of(room.cohort, at=AFTER)[1]
    assert (second.signed_out, second.forgotten) == (None, 0)
