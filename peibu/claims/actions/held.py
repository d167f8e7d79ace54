"""People whom an objection holds while the others of their claim go on to payment (QD97.5.3, I6)."""

import datetime as dt

from peibu.accounts.actor import SYSTEM, Actor
from peibu.casework.actions import move_case, note_step
from peibu.casework.enums import Holds
from peibu.casework.hooks import guards_of
from peibu.casework.models import Objection
from peibu.claims.enums import LineState
from peibu.claims.models import Claim, ClaimLine
from peibu.kernel.masks import mask_name

RELEASE_LINE = "release_line"  # rooms above may forbid letting somebody go on by a guard of this name
PAY, READY = "pay", "ready_to_pay"


def _objected(claim: Claim):
    """The lines of open objections that hold a line."""
    rows = Objection.objects.filter(state="open", holds=Holds.LINE, line__case_id=claim.case_id)
    return rows.values("line__subject_id")


def hold_lines(claim: Claim, reason: str, *, by: Actor, at: dt.datetime) -> list[ClaimLine]:
    """Let everybody wait who has an open objection; the lines that wait now."""
    rows = claim.lines.filter(pk__in=_objected(claim), state=LineState.INCLUDED).select_related("person")
    return [_set(claim, line, LineState.HELD, "暂缓", reason, by=by, at=at) for line in rows]


def release_lines(claim: Claim, *, by: Actor, at: dt.datetime) -> list[ClaimLine]:
    """Let everybody go on whom no objection holds any more. While money of the claim is on its way nobody joins it: then
    this is asked again when it has arrived.
    """
    for guard in guards_of(claim.case.process, RELEASE_LINE):
        if not guard(case=claim.case, by=by, at=at):
            return []
    rows = claim.lines.filter(state=LineState.HELD).exclude(pk__in=_objected(claim)).select_related("person")
    return [_set(claim, line, LineState.INCLUDED, "恢复办理", "异议已办结", by=by, at=at) for line in rows]


def _set(
    claim: Claim, line: ClaimLine, state: LineState, word: str, reason: str, *, by: Actor, at: dt.datetime
) -> ClaimLine:
    line.state = state
    line.save(update_fields=["state"])
    label = f"{word}{mask_name(line.person.name) if line.person else line.name}"
    note_step(case=claim.case, code="hold_line", label=label, by=by, at=at, reason=reason)
    return line


def paid_in_part(claim: Claim, reason: str, *, by: Actor, at: dt.datetime) -> None:
    """The others have their money; whom an objection held waits on, or goes on now if it was settled meanwhile."""
    rows = claim.lines.filter(state=LineState.INCLUDED)
    label = f"{rows.count()}人已拨付，其余因异议暂缓"
    rows.update(state=LineState.PAID)
    note_step(case=claim.case, code="paid_in_part", label=label, by=by, at=at, reason=reason)
    release_lines(claim, by=SYSTEM, at=at)


def end_when_all_have_theirs(claim: Claim, *, at: dt.datetime) -> None:
    """The last one who waited was taken out and everybody else is paid: the claim is over."""
    states = set(claim.lines.values_list("state", flat=True))
    waiting = states & {LineState.INCLUDED.value, LineState.HELD.value}
    if claim.case.state == READY and LineState.PAID.value in states and not waiting:
        move_case(case=claim.case, move=PAY, by=SYSTEM, at=at, reason="其余人员均已拨付")
