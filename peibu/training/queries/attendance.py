"""Questions about attendance: who is there, how many, how often (QD97.6.2)."""

import dataclasses
import datetime as dt
from collections import defaultdict

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery

from peibu.training.enums import AttendanceMethod, EnrolmentState, LeaveState
from peibu.training.models import Attendance, Cohort, Enrolment, Leave, Session
from peibu.training.queries.attended import Rate, owed
from peibu.training.queries.leave import guests_of
from peibu.training.queries.not_held import fell_out, taught_sessions


@dataclasses.dataclass(frozen=True)
class Presence:
    """A person of the class (or a guest who makes up here) and the sign-in to a session, if there is one."""

    enrolment: Enrolment
    attendance: Attendance | None
    shares_device: bool = False
    guest: bool = False
    on_leave: bool = False


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


def active_people(cohort: Cohort) -> QuerySet[Enrolment]:
    rows = cohort.enrolments.filter(state=EnrolmentState.ACTIVE)
    return rows.select_related("person", "enterprise").order_by("enterprise__name", "person__name", "id")


def presence(session: Session) -> list[Presence]:
    """Everybody of the class in list order, then guests who make up here, with the sign-in to this session."""
    signed = {row.enrolment_id: row for row in session.attendances.select_related("entered_by")}
    phones: dict[str, int] = defaultdict(int)
    for row in signed.values():
        phones[row.device] += bool(row.device)
    away = set(Leave.objects.filter(session=session, state=LeaveState.GRANTED).values_list("enrolment_id", flat=True))
    return [
        Presence(
            person,
            row,
            shares_device=row is not None and phones[row.device] > 1,
            guest=person.cohort_id != session.cohort_id,
            on_leave=person.pk in away,
        )
        for person in [*active_people(session.cohort), *guests_of(session)]
        for row in [signed.get(person.pk)]
    ]


def session_count(session: Session) -> SessionCount:
    return session_counts(session.cohort, Session.objects.filter(pk=session.pk))[0]


def session_counts(cohort: Cohort, sessions: QuerySet[Session] | None = None) -> list[SessionCount]:
    """The sessions of a class in order of time, each with its numbers; people who left the class do not count."""
    expected = cohort.enrolments.filter(state=EnrolmentState.ACTIVE).count()
    here = Q(attendances__enrolment__state=EnrolmentState.ACTIVE, attendances__enrolment__cohort=cohort)
    by_hand = here & Q(attendances__method=AttendanceMethod.MANUAL)
    rows = (cohort.sessions.all() if sessions is None else sessions).select_related("teacher", "base", "cohort")
    rows = rows.annotate(here=Count("attendances", filter=here), by_hand=Count("attendances", filter=by_hand))
    return [SessionCount(row, expected, row.here, row.by_hand) for row in rows.order_by("starts_at")]


def class_rate(cohort: Cohort, *, at: dt.datetime) -> Rate:
    """Attendance of a class over the sessions that are over."""
    each = [rate for _person, rate in rates(cohort, at=at)]
    return Rate(due=sum(rate.due for rate in each), present=sum(rate.present for rate in each))


def rates(cohort: Cohort, *, at: dt.datetime | None = None) -> list[tuple[Enrolment, Rate]]:
    """Attendance of each person over the taught sessions that are over (`at` None: all of them), in list order."""
    people = list(active_people(cohort))
    rows = owed(cohort, people, at=at)
    return [(person, Rate.of(rows[person.pk])) for person in people]


def made_up(cohort: Cohort) -> list[Leave]:
    """The granted leaves whose make-up was signed; `made_at` tells when, `make_up` where."""
    there = Attendance.objects.filter(enrolment=OuterRef("enrolment"), session=OuterRef("make_up"))
    rows = Leave.objects.filter(enrolment__cohort=cohort, make_up__isnull=False).select_related("make_up")
    return list(rows.annotate(made_at=Subquery(there.values("signed_at"))).filter(made_at__isnull=False))


def sessions_without_sign_in(cohort: Cohort) -> list[Session]:
    """Taught sessions to which none of the class's own active people signed in, in order of time; guests of other
    classes and people who left do not stand for them, and what was agreed to have fallen out is none."""
    own = Attendance.objects.filter(
        session=OuterRef("pk"), enrolment__cohort=cohort, enrolment__state=EnrolmentState.ACTIVE
    )
    return list(taught_sessions(cohort).filter(~Exists(own)).order_by("starts_at"))


@dataclasses.dataclass(frozen=True)
class OwnSession:
    """A session as one trainee sees it; `state`: present, made_up, on_leave, not_held, absent, running, open, coming."""

    session: Session
    attendance: Attendance | None
    state: str


def own_sessions(enrolment: Enrolment, *, at: dt.datetime) -> list[OwnSession]:
    """The timetable of a trainee with what became of each session."""
    signed = {row.session_id: row for row in enrolment.attendances.all()}
    leaves = {row.session_id: row for row in enrolment.leaves.filter(state=LeaveState.GRANTED)}
    rows = enrolment.cohort.sessions.select_related("teacher", "base", "check_in").order_by("starts_at")
    out, found = fell_out(enrolment.cohort, None), []
    for row in rows:
        leave = leaves.get(row.pk)
        made_up = signed.get(leave.make_up_id) if leave else None
        state = _state(row, signed.get(row.pk), at)
        state = "not_held" if row.pk in out and state == "absent" else state
        if leave and state != "present":
            state = "made_up" if made_up else "on_leave"
        found.append(OwnSession(row, signed.get(row.pk) or made_up, state))
    return found


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
