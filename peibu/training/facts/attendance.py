"""Attendance as facts for rules: sessions, class hours, days. Offered to every document; only those that ask use them."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from fractions import Fraction
from uuid import UUID

from django.utils import timezone

from peibu.training.models import Enrolment, SignOut
from peibu.training.presence_terms import sign_out_window
from peibu.training.queries.attended import Due, Rate, owed
from peibu.training.queries.stays import ONE_MINUTE, stay_of

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


def attendance_facts(enrolment: Enrolment, *, at: dt.datetime, known_at: dt.datetime | None = None) -> dict[str, int]:
    """One person's attendance of the taught sessions that are over by `at`, as it was known at `known_at` (None: at `at`
    too). What was entered or arrived later did not count then, and a later reading of the same moment says the same.

    A made-up session counts as attended. Granted leave without make-up stays due, or is excused, as the folder says.
    Hours are the session's class hours; of a session left early the share of its minutes; in all cut to whole hours.
    `attendance_percent` is cut to whole percent. While a sign-out that the folder asks for is missing, the hours are
    unknown and left out; while nothing was due, so is the rate. Days: `attended_days` with every due session attended,
    `part_days` with some.
    """
    known_at = known_at or at
    rows = owed(enrolment.cohort, [enrolment], at=at, known_at=known_at)[enrolment.pk]
    rate = Rate.of(rows)
    due_hours = sum(row.session.class_hours for row in rows)
    facts = {"attended_sessions": rate.present, "due_sessions": rate.due, "due_class_hours": due_hours} | _days(rows)
    if rate.percent is not None:
        facts["attendance_percent"] = rate.percent
    departures = _departures(rows, known_at)
    hours = [_hours(row, departures, known_at) for row in rows if row.came]
    if None not in hours:
        whole = int(sum(hours, Fraction(0)))
        facts |= {"attended_class_hours": whole, "owed_class_hours": due_hours - whole}
    return facts


def _departures(rows: list[Due], known_at: dt.datetime) -> dict[UUID, SignOut]:
    """The sign-outs that were known by a moment, by sign-in."""
    signs = [row.attendance for row in rows if row.came]
    return SignOut.objects.filter(entered_at__lte=known_at).in_bulk([sign.pk for sign in signs])


def _hours(row: Due, departures: Mapping[UUID, SignOut], at: dt.datetime) -> Fraction | None:
    """Class hours credited; None while a sign-out is missing. A make-up counts with the hours of the session it makes
    up for, if it was not left early itself."""
    there = row.session if row.attendance.session_id == row.session.pk else row.attendance.session
    window = sign_out_window(there)
    stay = stay_of(there, row.attendance, departures.get(row.attendance.pk), window, at=at)
    if window is None or stay.minutes is None:
        return Fraction(row.session.class_hours) if window is None else None
    length = (there.ends_at - there.starts_at) // ONE_MINUTE
    share = Fraction(stay.minutes, length) if stay.early and length else Fraction(1)
    return row.session.class_hours * share


def _days(rows: list[Due]) -> dict[str, int]:
    days = defaultdict(list)
    for row in rows:
        days[timezone.localdate(row.session.starts_at)].append(row.came)
    return {
        "attended_days": sum(all(day) for day in days.values()),
        "part_days": sum(any(day) and not all(day) for day in days.values()),
    }
