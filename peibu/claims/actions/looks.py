"""Marking lines as looked at: one that was opened, or all clean ones together (ADR 0033)."""

import datetime as dt

from peibu.accounts.actor import Actor
from peibu.casework.refusals import refusing
from peibu.claims.actions.lines import locked_claim
from peibu.claims.looks import LOOKED_AT, to_look_at, why_to_open
from peibu.claims.models import Claim, ClaimLine, Look
from peibu.claims.queries import lines_of
from peibu.kernel.errors import Refused


def look_at_line(*, line: ClaimLine, by: Actor, at: dt.datetime) -> Look:
    """The reviewer has looked at this line; marking it again changes nothing.

    Refused: not at the desk, another district, a line that was taken out or waits for the office's own word.
    """
    with refusing():
        claim = locked_claim(line.claim, by)
        row = lines_of(claim).get(pk=line.pk)
        if row.state not in LOOKED_AT:
            told = f"{row.name}当前为“{row.get_state_display()}”，不需要标记核对"
            raise Refused(told, "line_not_open", "请先处理待核实的事项")
        found = row.looks.filter(determination=row.determination).first()
        return found or _looked([row], by=by, at=at, in_bulk=False)[0]


def look_at_clean(*, claim: Claim, by: Actor, at: dt.datetime) -> list[Look]:
    """All lines nobody has looked at and that show nothing to look into; the others have to be opened one by one.

    Refused: not at the desk, another district.
    """
    with refusing():
        locked = locked_claim(claim, by)
        waiting = set(to_look_at(locked).values_list("pk", flat=True))
        lines = [line for line in lines_of(locked) if line.pk in waiting]
        doubtful = why_to_open(locked, lines, at=at)
        return _looked([line for line in lines if line.pk not in doubtful], by=by, at=at, in_bulk=True)


def _looked(lines: list[ClaimLine], *, by: Actor, at: dt.datetime, in_bulk: bool) -> list[Look]:
    who = {"looked_by": by.user, "looked_key": by.person_key, "looked_at": at, "in_bulk": in_bulk}
    rows = [Look(line=line, determination=line.determination, **who) for line in lines]
    return Look.objects.bulk_create(rows, batch_size=500)
