"""May this actor do this with a claim? A refusal says why."""

from peibu.accounts.actor import Actor
from peibu.accounts.enums import Role
from peibu.claims.came_back import is_back
from peibu.claims.enums import LineState, RecheckState, Settlement
from peibu.claims.models import Claim, ClaimLine, Recheck
from peibu.kernel.verdict import Verdict, no, yes

EDITING = frozenset({"draft", "returned", "accepted_returned"})
# In which state which role may take a line out, and as which duty that counts (I8).
DESK_DUTY = {
    ("accepted", Role.AGENCY_REVIEWER.value): "review",
    ("reviewed", Role.HRSS_APPROVER.value): "approve",
}


def can_edit(actor: Actor, claim: Claim) -> Verdict:
    """The enterprise itself, while the claim lies with it."""
    if actor.role != Role.ENTERPRISE or actor.unit is None or actor.unit.pk != claim.enterprise_id:
        return no("只有申领企业的经办人可以填写本申领")
    if claim.case.state not in EDITING:
        return no("申领已提交，目前不能修改")
    return yes()


def can_work_on_line(actor: Actor, line: ClaimLine) -> Verdict:
    """Taking a person out or judging anew: the reviewer while reviewing, the approver while approving."""
    claim = line.claim
    if not actor.covers(claim.case.division_id):
        return no("该申领不属于您所在的区（市）")
    if (claim.case.state, str(actor.role)) not in DESK_DUTY:
        return no("只有审核岗在审核环节、审批岗在审批环节可以调整申领人员")
    if line.state != LineState.INCLUDED:
        return no(f"该人员当前为“{line.get_state_display()}”，不在申领范围内")
    return yes()


def can_settle(actor: Actor, recheck: Recheck) -> Verdict:
    """A reviewer of the district, but not the natural person who approved the claim (I8)."""
    case = recheck.line.claim.case
    if actor.role != Role.AGENCY_REVIEWER:
        return no("只有审核岗可以处理结论复核")
    if not actor.covers(case.division_id):
        return no("该申领不属于您所在的区（市）")
    if actor.person_key and case.steps.filter(person_key=actor.person_key, duty="approve").exists():
        return no("您（同一自然人）审批过本申领，不能处理其复核")
    if recheck.state != RecheckState.OPEN:
        return no("该复核已经处理")
    return yes()


def open_settlements(recheck: Recheck) -> list[Settlement]:
    """What can be decided: money that has gone is recovered, money that has not gone or came back is held back."""
    line, found = recheck.line, [Settlement.KEPT]
    if recheck.lowers:
        if line.state == LineState.PAID and not is_back(line.claim):
            found.append(Settlement.RECOVER)
        elif line.state in (LineState.PAID, LineState.INCLUDED):
            found.append(Settlement.CORRECTED)
    elif recheck.after.decision == "pass":
        found.append(Settlement.PAY_MORE)
    return found
