"""Entering by hand when somebody came and left: one deed for the teacher, two rows on record."""

import datetime as dt

from peibu.accounts.actor import Actor
from peibu.casework.models import Document
from peibu.casework.refusals import refusing
from peibu.training.actions.attendance import SignedIn, sign_in_by_hand
from peibu.training.actions.check_out import sign_out_by_hand
from peibu.training.models import Enrolment, Session


def enter_stay(
    *,
    session: Session,
    enrolment: Enrolment,
    arrived_at: dt.datetime | None,
    left_at: dt.datetime | None,
    reason: str,
    by: Actor,
    at: dt.datetime,
    sheet: Document | None = None,
) -> SignedIn:
    """Enter when a person came, and when the person left (None: not left yet, or no sign-out is asked for): both or
    neither. Refusals: those of `sign_in_by_hand` and `sign_out_by_hand`."""
    with refusing():
        done = sign_in_by_hand(
            session=session, enrolment=enrolment, by=by, at=at, reason=reason, arrived_at=arrived_at, sheet=sheet
        )
        if left_at is not None and not hasattr(done.attendance, "departure"):
            sign_out_by_hand(attendance=done.attendance, left_at=left_at, reason=reason, by=by, at=at)
    return done
