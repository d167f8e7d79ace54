"""May this actor do this with a claim? A refusal says why."""

from django.db.models import Q

from peibu.accounts.actor import Actor
from peibu.accounts.enums import Role
from peibu.casework.processes import process_of
from peibu.claims.came_back import is_back
from peibu.claims.enums import LineState, RecheckState, Settlement
from peibu.claims.models import Claim, ClaimLine, Override, Recheck
from peibu.claims.offers import offer_of
from peibu.kernel.verdict import Verdict, no, yes

EDITING = frozenset({"draft", "returned", "accepted_returned"})
# While it lies here a line may be taken out, judged anew, and what was stated in it be confirmed.
AT_THE_DESK = frozenset({"accepted", "reviewed"})
OPEN = (LineState.INCLUDED, LineState.PENDING)  # of these lines something can still be decided at the desk
OFFICE = frozenset({Role.AGENCY_REVIEWER, Role.HRSS_APPROVER, Role.CITY_BUREAU})


def desk_duty(actor: Actor, claim: Claim) -> str:
    """As which duty the actor's role works on the lines of a claim in its present state; "" when it does not (I8).

    Told by the moves of the folder's process that lead on or back from here; a right to refuse the whole is none.
    """
    if claim.case.state not in AT_THE_DESK:
        return ""
    flow = process_of(claim.policy, claim.case.process, on=claim.case.opened_at.date())
    duties = {move.duty for move in flow.moves_from(claim.case.state, str(actor.role)) if move.code != "refuse"}
    return next((duty for duty in ("review", "approve") if duty in duties), "")


def can_edit(actor: Actor, claim: Claim) -> Verdict:
    """The claimant itself, while the claim lies with it."""
    if not _claims(actor, claim):
        return no("只有申领人可以填写本申领")
    if claim.case.state not in EDITING:
        return no("申领已提交，目前不能修改")
    return yes()


def _claims(actor: Actor, claim: Claim) -> bool:
    """Does this account act for the claimant: the unit's own people in a role that claims, the natural person?"""
    if claim.person_id:
        return actor.role == Role.TRAINEE and bool(actor.person_key) and claim.person.key == actor.person_key
    offer = offer_of(claim.policy, claim.subject)
    role = offer is not None and actor.role in offer.claimants
    return role and actor.unit is not None and actor.unit.pk == claim.enterprise_id


def can_work_on_claim(actor: Actor, claim: Claim) -> Verdict:
    """Whoever reviews or approves it in the district, while it lies on the desk."""
    if not actor.covers(claim.case.division_id):
        return no("该申领不属于您所在的区（市）")
    if not desk_duty(actor, claim):
        return no("只有审核岗在审核环节、审批岗在审批环节可以调整申领人员")
    return yes()


def can_work_on_line(actor: Actor, line: ClaimLine) -> Verdict:
    """Taking a person out or judging anew: the reviewer while reviewing, the approver while approving."""
    verdict = can_work_on_claim(actor, line.claim)
    if verdict and line.state not in OPEN:
        return no(f"该人员当前为“{line.get_state_display()}”，不在申领范围内")
    return verdict


def can_judge_override(actor: Actor, row: Override) -> Verdict:
    """Another natural person of the desk than who proposed it, and nobody who stated a fact of the line (ADR 0033)."""
    verdict = _at_desk_of(actor, row)
    if not verdict or row.line.claim.case.state not in AT_THE_DESK:
        return verdict and no("申领已不在审核或审批环节")
    if not actor.person_key:
        return no("您的账号没有绑定自然人")
    if actor.person_key == row.proposed_key:
        return no("您（同一自然人）提出了该例外，不能自己确认")
    stated = row.line.claim.statements.filter(stated_key=actor.person_key)
    if stated.filter(Q(line__isnull=True) | Q(line=row.line_id)).exists():
        return no("您（同一自然人）填报过本申领的事项，不能确认其例外")
    return yes()


def can_revoke_override(actor: Actor, row: Override) -> Verdict:
    """Anybody who works on claims at the desk of the district, whenever it turns out that it should not count."""
    return _at_desk_of(actor, row)


def _at_desk_of(actor: Actor, row: Override) -> Verdict:
    if actor.role not in OFFICE:
        return no("只有审核岗、审批岗可以处理例外")
    if not actor.covers(row.line.claim.case.division_id):
        return no("该申领不属于您所在的区（市）")
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
