"""What the class's policy folder asks of a session beyond the sign-in: sign-out, late scans, fence."""

import contextlib
import dataclasses
import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext as _

from peibu.rulebook import NotInForce, list_policies, load_policy
from peibu.rulebook.attendance_terms import AttendanceTerms, FenceTerms
from peibu.training.fences import Fence
from peibu.training.models import Session, Venue


@dataclasses.dataclass(frozen=True)
class SignOutWindow:
    """`opens`, `closes`: first and last moment of the sign-out; `usual`: when the code is shown to everybody;
    `early_before`: leaving before this moment is early."""

    opens: dt.datetime
    usual: dt.datetime
    closes: dt.datetime
    early_before: dt.datetime


def terms_of_policy(policy: str) -> AttendanceTerms:
    """The attendance part of a folder; an empty one where the policy runs no classes."""
    delivery = load_policy(policy).delivery
    return delivery.attendance if delivery else AttendanceTerms()


def asked_of(session: Session) -> AttendanceTerms:
    """The attendance part of the folder of a session's class."""
    return terms_of_policy(session.cohort.policy)


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


@dataclasses.dataclass(frozen=True)
class Fenced:
    """That a folder wants a session's place checked. `fence` None = there is nothing to check against, `missing` says
    why; then every position is unknown, and unknown never passes."""

    terms: FenceTerms
    fence: Fence | None
    missing: str = ""


def fence_of(session: Session) -> Fenced | None:
    """The fence around a session's room; None where the folder wants none."""
    terms = asked_of(session).fence
    if terms is None or session.kind not in terms.kinds:
        return None
    venue = session.room.venue if session.room_id else None
    missing = _missing(session, terms, venue)
    if missing:
        return Fenced(terms, None, missing)
    limit = _number(session, terms.accuracy)
    return Fenced(terms, Fence(float(venue.latitude), float(venue.longitude), venue.radius_m, limit))


def _missing(session: Session, terms: FenceTerms, venue: Venue | None) -> str:
    if venue is None:
        return _("课程表没有选择已登记的教室")
    if venue.radius_m is None:
        return _("培训场所“%(name)s”没有登记签到范围") % {"name": venue.name}
    least, most = _number(session, terms.radius_min), _number(session, terms.radius_max)
    if not least <= venue.radius_m <= most:
        told = {"name": venue.name, "radius": venue.radius_m, "least": least, "most": most}
        return _("培训场所“%(name)s”的签到范围半径%(radius)s米，不在%(least)s至%(most)s米之间") % told
    return ""


@dataclasses.dataclass(frozen=True)
class RadiusTerms:
    """Between which metres a folder wants the radius of a location fence."""

    title: str
    least: int
    most: int


def radius_terms(*, on: dt.date) -> list[RadiusTerms]:
    """The ranges of every folder that checks places and is in force on a day."""
    found = []
    for path in list_policies():
        policy = load_policy(path)
        terms = terms_of_policy(path).fence
        if terms is not None:
            with contextlib.suppress(NotInForce):
                least, most = (int(policy.value(name, on=on)) for name in (terms.radius_min, terms.radius_max))
                found.append(RadiusTerms(policy.card["short_title"], least, most))
    return found


def _minutes(session: Session, name: str) -> dt.timedelta:
    return dt.timedelta(minutes=_number(session, name))


def _number(session: Session, name: str) -> int:
    return int(load_policy(session.cohort.policy).value(name, on=timezone.localdate(session.starts_at)))
