"""Which sessions somebody owes and which of them count as attended, as far as was known at a moment. Every figure of
attendance, wherever it is shown or judged, is taken from here."""

import dataclasses
import datetime as dt
from collections.abc import Iterable, Sequence
from fractions import Fraction
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from peibu.training.enums import LeaveState, SessionKind
from peibu.training.models import Attendance, Cohort, Enrolment, Leave, Session
from peibu.training.presence_terms import terms_of_policy
from peibu.training.queries.not_held import fell_out


@dataclasses.dataclass(frozen=True)
class Due:
    """A taught session that one person owes, and the sign-in that counts for it: there, or at the make-up. None = it was
    not attended."""

    session: Session
    attendance: Attendance | None

    @property
    def came(self) -> bool:
        return self.attendance is not None


@dataclasses.dataclass(frozen=True)
class Rate:
    """Sessions attended against sessions due; a made-up one counts as attended, the exam not at all."""

    due: int
    present: int

    @classmethod
    def of(cls, rows: Iterable[Due]) -> "Rate":
        came = [row.came for row in rows]
        return cls(due=len(came), present=sum(came))

    @property
    def exact(self) -> Fraction | None:
        """The share from 0 to 1, for rules: never rounded. None while nothing was due."""
        return Fraction(self.present, self.due) if self.due else None

    @property
    def percent(self) -> int | None:
        """Whole percent, rounded down; None while nothing was due."""
        return self.present * 100 // self.due if self.due else None


def known_by(rows: QuerySet[Attendance], known_at: dt.datetime | None) -> QuerySet[Attendance]:
    """The sign-ins that had reached the record by a moment (None: all). When somebody came is another date: a manual
    entry and a scan kept on a phone tell of an earlier time than that at which they became known (ADR 0010)."""
    if known_at is None:
        return rows
    return rows.annotate(known=Coalesce("entered_at", "received_at", "signed_at")).filter(known__lte=known_at)


def owed(
    cohort: Cohort,
    people: Sequence[Enrolment],
    *,
    at: dt.datetime | None = None,
    known_at: dt.datetime | None = None,
) -> dict[UUID, list[Due]]:
    """Enrolment id -> the taught sessions over by `at` (None: all) that the person owes, in order of time, as known at
    `known_at` (None: as known today). Granted leave that nobody made up is due, or excused, as the folder says; a session
    that fell out nobody owes."""
    taught = cohort.sessions.exclude(kind=SessionKind.EXAM).order_by("starts_at", "id")
    sessions = list(taught if at is None else taught.filter(ends_at__lte=at))
    signed = known_by(Attendance.objects.filter(enrolment__in=people), known_at)
    signs = {(row.enrolment_id, row.session_id): row for row in signed}
    leaves = {(row.enrolment_id, row.session_id): row for row in _granted(people, known_at)}
    excuses = terms_of_policy(cohort.policy).leave == "excused"
    out = fell_out(cohort, known_at)
    found: dict[UUID, list[Due]] = {}
    for person in people:
        rows = found.setdefault(person.pk, [])
        for session in sessions:
            leave = leaves.get((person.pk, session.pk))
            sign = signs.get((person.pk, session.pk))
            sign = sign or (signs.get((person.pk, leave.make_up_id)) if leave else None)
            if sign or not (session.pk in out or (leave and excuses)):
                rows.append(Due(session, sign))
    return found


def _granted(people: Sequence[Enrolment], known_at: dt.datetime | None) -> QuerySet[Leave]:
    decided = Q() if known_at is None else Q(decided_at__lte=known_at)
    return Leave.objects.filter(decided, enrolment__in=people, state=LeaveState.GRANTED)


def rate_of(enrolment: Enrolment, *, at: dt.datetime) -> Rate:
    """One person's attendance over the sessions that are over."""
    return Rate.of(owed(enrolment.cohort, [enrolment], at=at)[enrolment.pk])
