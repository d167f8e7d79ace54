"""How long people stayed: from the sign-in to the sign-out, within the session. Figures of sessions with their sign-outs."""

import dataclasses
import datetime as dt
from collections import defaultdict

from peibu.training.enums import AttendanceMethod, EntryRequestState, SessionKind
from peibu.training.models import Attendance, Cohort, EntryRequest, Session, SignOut
from peibu.training.presence_terms import SignOutWindow, sign_out_window
from peibu.training.queries.attendance import active_people
from peibu.training.queries.leave import guests_of

ONE_MINUTE = dt.timedelta(minutes=1)


@dataclasses.dataclass(frozen=True)
class Stay:
    """One person's presence. `minutes`: whole minutes credited; None = unknown, the sign-out is missing. `early`: left
    before the folder's minutes; `forgotten`: the sign-out is over and there is none."""

    attendance: Attendance
    departure: SignOut | None
    minutes: int | None
    early: bool
    forgotten: bool


@dataclasses.dataclass(frozen=True)
class Figures:
    """The numbers of one session. `signed_out` None = no sign-out asked for; `minutes`: credited in all, of `full`
    possible ones of those present; `unknown`: presences whose minutes are not known."""

    session: Session
    expected: int
    present: int
    by_hand: int
    arrived_late: int
    signed_out: int | None
    early: int
    forgotten: int
    waiting: int
    minutes: int
    full: int
    unknown: int


def stay_of(
    session: Session,
    attendance: Attendance,
    departure: SignOut | None,
    window: SignOutWindow | None,
    *,
    at: dt.datetime,
) -> Stay:
    """What one sign-in is worth, with the sign-out that is known of it. Without a sign-out asked for, presence lasts to
    the end of the session."""
    left = departure.left_at if departure else None
    if window is None:
        left = min(at, session.ends_at)
    minutes = None if left is None else _whole_minutes(session, attendance.signed_at, left)
    return Stay(
        attendance,
        departure,
        minutes,
        early=departure is not None and window is not None and departure.left_at < window.early_before,
        forgotten=window is not None and departure is None and at > window.closes,
    )


def _left(attendance: Attendance) -> SignOut | None:
    return getattr(attendance, "departure", None)


def _whole_minutes(session: Session, came: dt.datetime, left: dt.datetime) -> int:
    return max(dt.timedelta(), min(left, session.ends_at) - max(came, session.starts_at)) // ONE_MINUTE


def stays(session: Session, *, at: dt.datetime) -> list[Stay]:
    """Everybody who signed in to a session, in order of names."""
    window = sign_out_window(session)
    rows = session.attendances.select_related("enrolment__person", "enrolment__enterprise", "departure__entered_by")
    return [stay_of(session, row, _left(row), window, at=at) for row in rows.order_by("enrolment__person__name", "id")]


def figures_of(cohort: Cohort, *, at: dt.datetime) -> list[Figures]:
    """The numbers of each session that has begun, in order of time; two queries for the whole class and one for guests."""
    sessions = cohort.sessions.filter(starts_at__lte=at).exclude(kind=SessionKind.EXAM).select_related("cohort")
    people = {row.pk for row in active_people(cohort)}
    came, waiting = defaultdict(list), defaultdict(int)
    for row in Attendance.objects.filter(session__in=sessions).select_related("departure"):
        came[row.session_id].append(row)
    asked = EntryRequest.objects.filter(session__in=sessions, state=EntryRequestState.ASKED)
    for key in asked.values_list("session_id", flat=True):
        waiting[key] += 1
    return [
        _figures(row, came[row.pk], people | {guest.pk for guest in guests_of(row)}, waiting[row.pk], at)
        for row in sessions.order_by("starts_at")
    ]


def _figures(session: Session, signed: list[Attendance], people: set, waiting: int, at: dt.datetime) -> Figures:
    window = sign_out_window(session)
    rows = [stay_of(session, row, _left(row), window, at=at) for row in signed if row.enrolment_id in people]
    length = (min(at, session.ends_at) - session.starts_at) // ONE_MINUTE
    return Figures(
        session=session,
        expected=len(people),
        present=len(rows),
        by_hand=sum(row.attendance.method == AttendanceMethod.MANUAL for row in rows),
        arrived_late=sum(row.attendance.received_at is not None for row in rows),
        signed_out=None if window is None else sum(row.departure is not None for row in rows),
        early=sum(row.early for row in rows),
        forgotten=sum(row.forgotten for row in rows),
        waiting=waiting,
        minutes=sum(row.minutes or 0 for row in rows),
        full=length * len(rows),
        unknown=sum(row.minutes is None for row in rows),
    )
