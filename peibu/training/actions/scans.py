"""One door for whatever a phone scanned: the code itself says whether it lets in or out."""

import dataclasses
import datetime as dt
from uuid import UUID

from peibu.accounts.actor import Actor
from peibu.training.actions.attendance import sign_in_meant
from peibu.training.actions.check_out import sign_out_meant
from peibu.training.enums import Direction
from peibu.training.fences import Position
from peibu.training.models import EntryRequest
from peibu.training.queries.codes import meant_by


@dataclasses.dataclass(frozen=True)
class Taken:
    """What became of a scan: `direction` of `session_id`; `already` = a repeat; `request` = the teacher decides."""

    direction: str
    session_id: UUID
    already: bool
    request: EntryRequest | None


def take_scan(*, code: str, by: Actor, at: dt.datetime, device: str = "", place: Position | None = None) -> Taken:
    """Sign in or out by a code, whichever it is for. Refusals: those of `sign_in` and `sign_out`."""
    meant = meant_by(code, by=by, at=at)
    deed = sign_in_meant if meant.direction == Direction.IN else sign_out_meant
    done = deed(meant, by=by, at=at, device=device, place=place)
    return Taken(meant.direction, meant.session.pk, done.already, done.request)
