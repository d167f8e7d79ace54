"""Questions about attendance: who is there, how many, how often (QD97.6.2)."""

import dataclasses
import datetime as dt
from collections import defaultdict

from django.db.models import Count, Q, QuerySet

from peibu.training.enums import AttendanceMethod, EnrolmentState
from peibu.training.models import Attendance, Cohort, Enrolment, Session


@dataclasses.dataclass(frozen=True)
class Presence:
    """A person of the class and the sign-in to a session, if there is one."""

    enrolment: Enrolment
    attendance: Attendance | None
    shares_device: bool = False


@dataclasses.dataclass(frozen=True)
class SessionCount:
    """How many of a class signed in to a session."""

    session: Session
    expected: int
    present: int
    by_hand: int

    @property
    def absent(self) -> int:
        return self.expected - self.present

    @property
    def percent(self) -> int | None:
        """Whole percent, rounded down; None for a class without people."""
        return self.present * 100 // self.expected if self.expected else None


@dataclasses.dataclass(frozen=True)
class Rate:
    """Sign-ins against sign-ins due, over the sessions that are over."""

    due: int
    present: int

    @property
    def percent(self) -> int | None:
        """Whole percent, rounded down; None while nothing was due."""
        return self.present * 100 // self.due if self.due else None


def active_people(cohort: Cohort) -> QuerySet[Enrolment]:
    rows = cohort.enrolments.filter(state=EnrolmentState.ACTIVE)
    return rows.select_related("person", "enterprise").order_by("enterprise__name", "person__name", "id")


def presence(session: Session) -> list[Presence]:
    """Everybody of the class in list order, with the sign-in to this session."""
    signed = {row.enrolment_id: row for row in session.attendances.select_related("entered_by")}
    phones: dict[str, int] = defaultdict(int)
    for row in signed.values():
        phones[row.device] += bool(row.device)
    return [
        Presence(person, row, shares_device=row is not None and phones[row.device] > 1)
        for person in active_people(session.cohort)
        for row in [signed.get(person.pk)]
    ]


def session_count(session: Session) -> SessionCount:
    return session_counts(session.cohort, Session.objects.filter(pk=session.pk))[0]


def session_counts(cohort: Cohort, sessions: QuerySet[Session] | None = None) -> list[SessionCount]:
    """The sessions of a class in order of time, each with its numbers; people who left the class do not count."""
    expected = cohort.enrolments.filter(state=EnrolmentState.ACTIVE).count()
    here = Q(attendances__enrolment__state=EnrolmentState.ACTIVE)
    by_hand = here & Q(attendances__method=AttendanceMethod.MANUAL)
    rows = (cohort.sessions.all() if sessions is None else sessions).select_related("teacher", "base", "cohort")
    rows = rows.annotate(here=Count("attendances", filter=here), by_hand=Count("attendances", filter=by_hand))
    return [SessionCount(row, expected, row.here, row.by_hand) for row in rows.order_by("starts_at")]


def class_rate(cohort: Cohort, *, at: dt.datetime) -> Rate:
    """Attendance of a class over the sessions that are over."""
    held = session_counts(cohort, cohort.sessions.filter(ends_at__lte=at))
    return Rate(due=sum(c.expected for c in held), present=sum(c.present for c in held))


def rates(cohort: Cohort, *, at: dt.datetime) -> list[tuple[Enrolment, Rate]]:
    """Attendance of each person over the sessions that are over, in list order."""
    due = cohort.sessions.filter(ends_at__lte=at).count()
    over = Q(attendances__session__ends_at__lte=at)
    people = active_people(cohort).annotate(came=Count("attendances", filter=over))
    return [(person, Rate(due=due, present=person.came)) for person in people]


@dataclasses.dataclass(frozen=True)
class OwnSession:
    """A session as one trainee sees it; `state`: present, absent, running, open, coming."""

    session: Session
    attendance: Attendance | None
    state: str


def own_sessions(enrolment: Enrolment, *, at: dt.datetime) -> list[OwnSession]:
    """The timetable of a trainee with what became of each session."""
    signed = {row.session_id: row for row in enrolment.attendances.all()}
    rows = enrolment.cohort.sessions.select_related("teacher", "base", "check_in").order_by("starts_at")
    return [OwnSession(row, signed.get(row.pk), _state(row, signed.get(row.pk), at)) for row in rows]


def _state(session: Session, attendance: Attendance | None, at: dt.datetime) -> str:
    if attendance is not None:
        return "present"
    if at >= session.ends_at:
        return "absent"
    if is_open(session):
        return "open"
    return "running" if at >= session.starts_at else "coming"


def is_open(session: Session) -> bool:
    """Was the sign-in opened and not yet closed? Whether codes are still taken also depends on the time."""
    check_in = getattr(session, "check_in", None)
    return check_in is not None and check_in.closed_at is None
