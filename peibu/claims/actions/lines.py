"""A person's line after submission: taken out with a reason, judged again, the subsidy held or let go (QD97.4.4)."""

import datetime as dt

from peibu.accounts.actor import Actor
from peibu.casework.actions import note_step
from peibu.casework.refusals import refusing
from peibu.claims.actions.drafts import apply_judgement, retotal, why
from peibu.claims.actions.places import release as release_places
from peibu.claims.actions.places import take
from peibu.claims.enums import LineState
from peibu.claims.facts import standing_entitlements
from peibu.claims.grants import columns_of, told_entitlement
from peibu.claims.models import Claim, ClaimLine, Entitlement
from peibu.claims.permissions import DESK_DUTY, can_work_on_line
from peibu.claims.queries import claim_day, judge_line
from peibu.kernel.errors import Refused
from peibu.kernel.masks import mask_name
from peibu.ledger.actions import release
from peibu.ledger.enums import EntryKind
from peibu.ledger.queries import commitment_of
from peibu.rulebook import load_policy

ENTITLED_ONCE = "one_subsidy_per_person_and_policy"


def remove_line(*, line: ClaimLine, reason: str, by: Actor, at: dt.datetime) -> ClaimLine:
    """Take a person out of a submitted claim: subsidy released, amount lowered, deed told in the timeline.

    Refused: wrong state or role, another district, a person with another duty in the case, no reason.
    """
    reason = reason.strip()
    if not reason:
        raise Refused("剔除人员须写明理由", "reason_required", "请填写剔除理由后再提交")
    with refusing():
        line = _locked(line, by)
        _tell(line, "remove_line", f"剔除{mask_name(line.person.name)}", reason, by=by, at=at)
        drop(line, reason, at=at)
    return line


def judge_anew(*, line: ClaimLine, by: Actor, at: dt.datetime) -> ClaimLine:
    """Rest the line on today's evidence. Whoever no longer passes is taken out with what the judge said."""
    with refusing():
        line = _locked(line, by)
        judged = judge_line(line, at=at)
        told = why(judged.judgement) or "各项条件仍符合"
        _tell(line, "judge_line", f"重新判定{mask_name(line.person.name)}", told, by=by, at=at)
        apply_judgement(line, judged, by=by, at=at)
        if line.state != LineState.INCLUDED:
            drop(line, told, at=at)
        elif line.amount_fen + _others(line) > line.claim.amount_fen:
            raise Refused("重新判定后的金额超过申请金额", "approved_is_at_most_claimed", "请退回申请单位重新提交")
        retotal(line.claim)
    return line


def _others(line: ClaimLine) -> int:
    rows = line.claim.lines.filter(state=LineState.INCLUDED).exclude(pk=line.pk)
    return sum(rows.values_list("amount_fen", flat=True))


def _locked(line: ClaimLine, by: Actor) -> ClaimLine:
    Claim.objects.select_for_update().get(pk=line.claim_id)
    rows = ClaimLine.objects.select_related("claim__case", "claim__enterprise", "claim__cohort", "person")
    line = rows.select_related("determination", "enrolment__cohort", "enrolment__enterprise").get(pk=line.pk)
    verdict = can_work_on_line(by, line)
    if not verdict:
        raise Refused(verdict.reason, "line_not_open", "请在审核或审批环节由本区（市）岗位办理")
    return line


def _tell(line: ClaimLine, code: str, label: str, reason: str, *, by: Actor, at: dt.datetime) -> None:
    duty = DESK_DUTY[line.claim.case.state, str(by.role)]
    note_step(case=line.claim.case, code=code, label=label, by=by, at=at, reason=reason, duty=duty)


def drop(line: ClaimLine, reason: str, *, at: dt.datetime) -> None:
    """Out of the claim, without money; the person may be claimed for elsewhere again."""
    line.state, line.amount_fen, line.remark = LineState.REMOVED, 0, reason[:300]
    line.save()
    let_go(ClaimLine.objects.filter(pk=line.pk), reason, at=at)
    retotal(line.claim)


def let_go(lines, reason: str, *, at: dt.datetime) -> None:
    """Release the subsidies these lines hold, and their places under the limits of the policy."""
    release_places(lines, at=at)
    held = Entitlement.objects.filter(line__in=lines, released_at__isnull=True)
    held.update(released_at=at, release_reason=reason[:200])


def hold(claim: Claim, *, at: dt.datetime) -> None:
    """One subsidy per included person; whoever has one elsewhere stops the submission, the other claim named.

    Where the policy has limits of its own (limits.yaml), each subsidy takes its places instead. The database decides
    between two submissions at the same moment.
    """
    let_go(claim.lines.exclude(state=LineState.INCLUDED), "不再纳入申领", at=at)
    policy, on = load_policy(claim.policy), claim_day(claim, at=at)
    lines = claim.lines.filter(state=LineState.INCLUDED).select_related(
        "person", "enrolment__enterprise", "determination"
    )
    fresh = [
        _entitled(line, columns_of(policy, line.enrolment, line.determination.facts, on=on), not policy.limits, at=at)
        for line in lines.order_by("person_id")
        if not line.entitlements.filter(released_at__isnull=True).exists()
    ]
    if policy.limits:
        take(policy, fresh, at=at)


def _entitled(line: ClaimLine, columns: dict, exclusive: bool, *, at: dt.datetime) -> Entitlement:
    kept = {"policy": line.claim.policy, "person": line.person, "line": line, "taken_at": at}
    said = {name: value for name, value in columns.items() if value is not None} | {"at": columns["at"].isoformat()}
    try:
        with refusing():
            return Entitlement.objects.create(**kept, exclusive=exclusive, columns=said)
    except Refused as refusal:
        if refusal.code != ENTITLED_ONCE:
            raise
        raise _already(line, at) from refusal


def _already(line: ClaimLine, at: dt.datetime) -> Refused:
    other = standing_entitlements(line.person, line.claim.policy, known_at=at).exclude(line__claim=line.claim).first()
    named = f"（{told_entitlement(other)}）" if other else ""
    told = f"{line.person.name}已申领本项补贴{named}，每人只能享受一次"
    return Refused(told, ENTITLED_ONCE, "请重新判定后再提交，或由原申领单位撤回")


def give_back(claim: Claim, amount_fen: int, memo: str, *, by: Actor, at: dt.datetime) -> None:
    """Committed money of the claim is free again in the fund it came from; nothing when none was committed."""
    commitment = commitment_of(claim.case_id)
    if amount_fen <= 0 or commitment is None:
        return
    release(
        commitment=commitment,
        amount_fen=amount_fen,
        source_id=claim.case_id,
        memo=memo,
        by=by,
        at=at,
        sequence=commitment.entries.filter(kind=EntryKind.RELEASE).count() + 1,
    )
