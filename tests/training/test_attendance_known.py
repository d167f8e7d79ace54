"""What was known of attendance at a moment: exactly the rows that had reached the record by then, however early they tell of
(ADR 0010). Checked against a plain reading of lists, for any order of coming, arriving and being entered."""

import dataclasses
import datetime as dt

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from peibu.training.facts.attendance import attendance_facts
from peibu.training.models import Attendance, Leave, Session, SignOut
from tests.city import at
from tests.classroom import as_practice, classroom

pytestmark = pytest.mark.django_db
START = at("2020-10-12 09:00")
HOURS = dt.timedelta(hours=1)
LONGEST = 90  # hours after the first session in which rows arrive


@pytest.fixture
def room(city):
    """Four sessions of four class hours, each with a sign-out."""
    room = classroom(city)
    room.sessions = [as_practice(room, nth) for nth in range(4)]
    return room


@dataclasses.dataclass(frozen=True)
class Told:
    """One person at one session: how it was recorded, and how many hours later sign-in and sign-out became known."""

    method: str
    known: int
    left_known: int | None


WAYS = st.sampled_from(["scan", "late_scan", "by_hand"])
TOLD = st.one_of(st.none(), st.builds(Told, WAYS, st.integers(0, 60), st.one_of(st.none(), st.integers(0, 30))))


def write(room, nth: int, told: Told) -> tuple[dt.datetime, dt.datetime | None]:
    """The rows as the deeds write them; answers when each became known."""
    session = room.sessions[nth]
    came = session.starts_at
    known = came if told.method == "scan" else came + told.known * HOURS
    row = Attendance.objects.create(
        session=session, enrolment=room.enrolments[0], signed_at=came, entered_by=room.teacher.user,
        method="manual" if told.method == "by_hand" else "qr",
        reason="核对过" if told.method == "by_hand" else "",
        received_at=known if told.method == "late_scan" else None,
        entered_at=known if told.method == "by_hand" else None,
    )  # fmt: skip
    if told.left_known is None:
        return known, None
    left_known = max(known, session.ends_at) + told.left_known * HOURS
    SignOut.objects.create(
        attendance=row, left_at=session.ends_at, entered_at=left_known, method="manual", reason="核对过",
        entered_by=room.teacher.user,
    )  # fmt: skip
    return known, left_known


def plain(sessions: list[Session], known: dict[int, tuple], moment: dt.datetime) -> dict:
    """The same by reading lists: no query, no code of the room."""
    over = [nth for nth, session in enumerate(sessions) if session.ends_at <= moment]
    came = [nth for nth in over if nth in known and known[nth][0] <= moment]
    facts = {"attended_sessions": len(came), "due_sessions": len(over)}
    if all(known[nth][1] is not None and known[nth][1] <= moment for nth in came):
        facts["attended_class_hours"] = 4 * len(came)
    return facts


class _Undone(Exception):
    """Ends an example; its rows are rolled back."""


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.tuples(TOLD, TOLD, TOLD, TOLD), hours=st.integers(0, LONGEST))
def test_known_is_what_had_arrived_by_then_and_nothing_else(room, rows, hours):
    moment = START + hours * HOURS
    with pytest.raises(_Undone), transaction.atomic():
        known = {nth: write(room, nth, told) for nth, told in enumerate(rows) if told}
        facts = attendance_facts(room.enrolments[0], at=moment)
        wanted = plain(room.sessions, known, moment)
        assert {name: facts.get(name) for name in (*wanted, "attended_class_hours")} == {
            "attended_class_hours": None
        } | wanted
        raise _Undone


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.tuples(TOLD, TOLD, TOLD, TOLD), hours=st.integers(0, LONGEST))
def test_what_arrives_later_never_changes_an_earlier_reading(room, rows, hours):
    moment = START + hours * HOURS
    with pytest.raises(_Undone), transaction.atomic():
        before = {}
        for nth, told in enumerate(rows):
            if not told:
                continue
            with transaction.atomic():
                before = attendance_facts(room.enrolments[0], at=moment)
                known, left = write(room, nth, told)
            if known > moment and (left is None or left > moment):
                assert attendance_facts(room.enrolments[0], at=moment) == before
        raise _Undone


def test_sessions_over_and_rows_known_are_two_dates(room):
    """The first morning, entered on the second evening: of that morning it tells, but only from that evening on."""
    write(room, 0, Told("by_hand", 35, 1))
    noon, evening = START + 4 * HOURS, START + 37 * HOURS
    person = room.enrolments[0]
    assert attendance_facts(person, at=noon)["attended_sessions"] == 0
    assert attendance_facts(person, at=noon, known_at=evening)["attended_sessions"] == 1
    assert attendance_facts(person, at=noon, known_at=evening)["due_sessions"] == 1


def test_a_make_up_counts_from_when_leave_and_sign_in_are_both_known(room, city):
    """Leave is granted, the make-up is signed in another class; the answer of the day before knows neither."""
    person, missed = room.enrolments[0], room.sessions[0]
    other = classroom(city, number=1, opens="2020-10-14")
    made = other.sessions[2]
    Leave.objects.create(
        division=missed.division, enrolment=person, session=missed, reason="出差", state="granted",
        asked_by=room.trainees[0].user, asked_at=START - 9 * HOURS, decided_by=room.teacher.user,
        decided_at=START - 2 * HOURS, make_up=made,
    )  # fmt: skip
    arrived = made.starts_at + 5 * HOURS
    Attendance.objects.create(
        session=made, enrolment=person, signed_at=made.starts_at, received_at=arrived, method="qr",
        entered_by=room.trainees[0].user,
    )  # fmt: skip
    assert attendance_facts(person, at=arrived - HOURS)["attended_sessions"] == 0
    assert attendance_facts(person, at=arrived)["attended_sessions"] == 1
