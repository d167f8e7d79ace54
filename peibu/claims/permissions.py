"""May this actor do this with a claim? A refusal says why."""

from peibu.accounts.actor import Actor
from peibu.accounts.enums import Role
from peibu.claims.enums import LineState
from peibu.claims.models import Claim, ClaimLine
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
