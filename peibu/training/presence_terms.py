"""What the class's policy folder asks of a session beyond the sign-in: sign-out, late scans, fence."""

import dataclasses
import datetime as dt

from django.utils import timezone

from peibu.rulebook import load_policy
from peibu.rulebook.attendance_terms import AttendanceTerms, FenceTerms
from peibu.training.fences import Fence
from peibu.training.models import Session


@dataclasses.dataclass(frozen=True)
class SignOutWindow:
    """`opens`, `closes`: first and last moment of the sign-out; `usual`: when the code is shown to everybody;
    `early_before`: leaving before this moment is early."""

    opens: dt.datetime
    usual: dt.datetime
    closes: dt.datetime
    early_before: dt.datetime


def asked_of(session: Session) -> AttendanceTerms:
    """The attendance part of the folder; an empty one where the policy runs no classes."""
    delivery = load_policy(session.cohort.policy).delivery
    return delivery.attendance if delivery else AttendanceTerms()


def sign_out_window(session: Session) -> SignOutWindow | None:
    """When people sign out of this session; None = the folder asks for no sign-out of this kind of session. Who leaves
    early may sign out as soon as the session has begun, if the teacher shows the code."""
    terms = asked_of(session).sign_out
    if terms is None or session.kind not in terms.kinds:
        return None
    ends = session.ends_at
    return SignOutWindow(
        opens=session.starts_at,
        usual=ends - _minutes(session, terms.opens),
        closes=ends + _minutes(session, terms.closes),
        early_before=ends - _minutes(session, terms.early),
    )


def late_within(session: Session) -> dt.timedelta | None:
    """How long after a code a scan kept on a phone may arrive; None = not at all."""
    terms = asked_of(session).late_scan
    return _minutes(session, terms.within) if terms else None


def fence_of(session: Session) -> tuple[FenceTerms, Fence] | None:
    """The fence around a session's room; None where the folder wants none, or the venue has no place or radius."""
    terms = asked_of(session).fence
    venue = session.room.venue if session.room_id else None
    if terms is None or session.kind not in terms.kinds or venue is None or venue.radius_m is None:
        return None
    limit = _number(session, terms.accuracy)
    return terms, Fence(float(venue.latitude), float(venue.longitude), venue.radius_m, limit)


def _minutes(session: Session, name: str) -> dt.timedelta:
    return dt.timedelta(minutes=_number(session, name))


def _number(session: Session, name: str) -> int:
    return int(load_policy(session.cohort.policy).value(name, on=timezone.localdate(session.starts_at)))
