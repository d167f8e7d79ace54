"""Attendance as facts for rules: sessions, class hours, days. Offered to every document; only those that ask use them."""

import datetime as dt
from collections import defaultdict
from fractions import Fraction

from django.utils import timezone

from peibu.training.enums import SessionKind
from peibu.training.models import Enrolment
from peibu.training.presence_terms import asked_of, sign_out_window
from peibu.training.queries.attendance import OwnSession, own_sessions
from peibu.training.queries.stays import stay_of

ATTENDANCE = frozenset(
    {
        "attended_sessions",
        "due_sessions",
        "attended_class_hours",
        "due_class_hours",
        "owed_class_hours",
        "attendance_percent",
        "attended_days",
        "part_days",
    }
)
CAME = ("present", "made_up")
ONE_MINUTE = dt.timedelta(minutes=1)


def attendance_facts(enrolment: Enrolment, *, at: dt.datetime) -> dict[str, int]:
    """What is known at `at` of one person's attendance of the taught sessions that are over by then.

    A made-up session counts as attended. Granted leave without make-up stays due, or is excused, as the folder says.
    Hours are the session's class hours; of a session left early the share of its minutes; in all cut to whole hours.
    `attendance_percent` is cut to whole percent. While a sign-out that the folder asks for is missing, the hours are
    unknown and left out; while nothing was due, so is the rate. Days: `attended_days` with every due session attended,
    `part_days` with some.
    """
    rows = [own for own in own_sessions(enrolment, at=at) if _counts(own, at)]
    if asked_of_leave(rows) == "excused":
        rows = [own for own in rows if own.state != "on_leave"]
    came = [own for own in rows if _came(own, at)]
    due_hours = sum(own.session.class_hours for own in rows)
    facts = {"attended_sessions": len(came), "due_sessions": len(rows), "due_class_hours": due_hours} | _days(rows, at)
    if rows:
        facts["attendance_percent"] = len(came) * 100 // len(rows)
    hours = [_hours(own, at) for own in came]
    if None not in hours:
        whole = int(sum(hours, Fraction(0)))
        facts |= {"attended_class_hours": whole, "owed_class_hours": due_hours - whole}
    return facts


def asked_of_leave(rows: list[OwnSession]) -> str:
    """How the class's folder counts granted leave that nobody made up."""
    return asked_of(rows[0].session).leave if rows else "due"


def _counts(own: OwnSession, at: dt.datetime) -> bool:
    return own.session.ends_at <= at and own.session.kind != SessionKind.EXAM


def _came(own: OwnSession, at: dt.datetime) -> bool:
    """Attended, as far as was known: an entry made by hand later was not."""
    return own.state in CAME and own.attendance is not None and own.attendance.signed_at <= at


def _hours(own: OwnSession, at: dt.datetime) -> Fraction | None:
    """Class hours credited; None while a sign-out is missing. A make-up counts with the hours of the session it makes
    up for, if it was not left early itself."""
    there = own.attendance.session
    window = sign_out_window(there)
    stay = stay_of(there, own.attendance, window, at=at)
    if window is None or stay.minutes is None:
        return Fraction(own.session.class_hours) if window is None else None
    length = (there.ends_at - there.starts_at) // ONE_MINUTE
    share = Fraction(stay.minutes, length) if stay.early and length else Fraction(1)
    return own.session.class_hours * share


def _days(rows: list[OwnSession], at: dt.datetime) -> dict[str, int]:
    days = defaultdict(list)
    for own in rows:
        days[timezone.localdate(own.session.starts_at)].append(_came(own, at))
    return {
        "attended_days": sum(all(day) for day in days.values()),
        "part_days": sum(any(day) and not all(day) for day in days.values()),
    }
