"""A trainee's days as a phone keeps them for when there is no network."""

import dataclasses
import datetime as dt

from django.utils import timezone

from peibu.accounts.actor import Actor
from peibu.training.enums import EntryRequestState
from peibu.training.models import EntryRequest, Session, SignOut
from peibu.training.presence_terms import fence_of, sign_out_window
from peibu.training.queries.attendance import OwnSession, own_sessions
from peibu.training.queries.classrooms import enrolments_of


@dataclasses.dataclass(frozen=True)
class DoorState:
    """Of one session and person: the sign-out (None = not yet, or not asked for), whether it is asked for, what waits for
    the teacher, and what the teacher declined last (None once something else was decided)."""

    departure: SignOut | None
    asked: bool
    waiting: EntryRequest | None
    declined: EntryRequest | None


def coming_days(actor: Actor, *, on: dt.date, at: dt.datetime, days: int) -> list[OwnSession]:
    """The sessions of a day and of those after it, in order of time."""
    last = on + dt.timedelta(days=days - 1)
    rows = [own for place in enrolments_of(actor) for own in own_sessions(place, at=at)]
    kept = [own for own in rows if on <= timezone.localdate(own.session.starts_at) <= last]
    return sorted(kept, key=lambda own: own.session.starts_at)


def fenced_today(actor: Actor, *, on: dt.date) -> bool:
    """Is there a session today whose place can be checked? Where the venue has no fence a position would tell nothing,
    so none is asked for."""
    places = list(enrolments_of(actor))
    rows = Session.objects.filter(starts_at__date=on).select_related("cohort", "room__venue")
    own = rows.filter(cohort__in=[place.cohort_id for place in places])
    make_up = rows.filter(made_up_for__enrolment__in=places, made_up_for__state="granted")
    return any(can_be_checked(row) for row in {*own, *make_up})


def can_be_checked(session: Session) -> bool:
    """Is there a fence to check a position against?"""
    fenced = fence_of(session)
    return fenced is not None and fenced.fence is not None


def door_state(own: OwnSession, enrolment_id) -> DoorState:
    """What a trainee sees of the way out and of what the teacher has not decided."""
    departure = getattr(own.attendance, "departure", None) if own.attendance else None
    rows = EntryRequest.objects.filter(session=own.session, enrolment=enrolment_id)
    waiting = rows.filter(state=EntryRequestState.ASKED).first()
    decided = rows.exclude(state=EntryRequestState.ASKED).select_related("decided_by").order_by("-decided_at").first()
    declined = decided if decided and decided.state == EntryRequestState.DECLINED else None
    return DoorState(departure, sign_out_window(own.session) is not None, waiting, declined)


def entry_requests_of(session: Session) -> list[EntryRequest]:
    """Scans of a session that wait for the teacher, then decided ones."""
    rows = session.entry_requests.select_related("enrolment__person", "decided_by")
    return sorted(rows, key=lambda row: (row.state != EntryRequestState.ASKED, row.received_at))
