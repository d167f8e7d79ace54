"""A person's line after submission: taken out with a reason, judged again, the subsidy held or let go (QD97.4.4)."""

import datetime as dt
from collections.abc import Mapping, Sequence
from uuid import UUID

from peibu.accounts.actor import Actor
from peibu.casework.actions import note_step
from peibu.casework.refusals import refusing
from peibu.claims.about import About, Judged
from peibu.claims.actions.drafts import RELATED, apply_judgements, retotal, why
from peibu.claims.actions.places import release as release_places
from peibu.claims.actions.places import take
from peibu.claims.enums import LineState
from peibu.claims.grants import columns_of, standing, told_entitlement
from peibu.claims.models import Claim, ClaimLine, Entitlement
from peibu.claims.permissions import can_work_on_claim, can_work_on_line, desk_duty
from peibu.claims.queries import judge_line, lines_of
from peibu.claims.terms import claim_day, terms_of
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
        line = locked_line(line, by)
        tell(line.claim, "remove_line", f"剔除{mask_name(line.name)}", reason, by=by, at=at)
        drop(line, reason, at=at)
    return line


def judge_anew(*, line: ClaimLine, by: Actor, at: dt.datetime) -> ClaimLine:
    """Rest the line on today's evidence. Whoever no longer passes is taken out with what the judge said."""
    with refusing():
        line = locked_line(line, by)
        judged = judge_line(line, at=at)
        told = why(judged.judgement) or "各项条件仍符合"
        tell(line.claim, "judge_line", f"重新判定{mask_name(line.name)}", told, by=by, at=at)
        settle_lines(line.claim, [line], {line.pk: judged}, by=by, at=at)
    return line


def settle_lines(
    claim: Claim, lines: Sequence[ClaimLine], judged: Mapping[UUID, Judged], *, by: Actor, at: dt.datetime
) -> None:
    """Rest lines of a handed-in claim on these judgements: who fails is out, who passes holds the subsidy.

    A line that waited for the office adds to the sum applied for when it passes; nobody else's line may (I3).
    """
    waited = {line.pk for line in lines if line.state == LineState.PENDING}
    before = {line.pk: line.amount_fen for line in lines}
    apply_judgements(lines, judged, by=by, at=at)
    for line in lines:
        if line.pk in waited:
            claim.amount_fen += line.amount_fen
        elif line.amount_fen > before[line.pk] and _included_fen(claim) > claim.amount_fen:
            raise Refused("重新判定后的金额超过申请金额", "approved_is_at_most_claimed", "请退回申请单位重新提交")
    claim.save(update_fields=["amount_fen"])
    for line in lines:
        if line.state in (LineState.LEFT_OUT, LineState.WAITING):
            drop(line, line.remark or "不再符合条件", at=at)
    hold(claim, at=at)
    retotal(claim)


def _included_fen(claim: Claim) -> int:
    return sum(claim.lines.filter(state=LineState.INCLUDED).values_list("amount_fen", flat=True))


def locked_claim(claim: Claim, by: Actor | None = None) -> Claim:
    """The claim under its row lock, if this actor may work on its lines now (nobody named: whoever asks has looked)."""
    locked = Claim.objects.select_for_update(of=("self",)).select_related(*RELATED, "case__agency").get(pk=claim.pk)
    if by is None:
        return locked
    verdict = can_work_on_claim(by, locked)
    if not verdict:
        raise Refused(verdict.reason, "line_not_open", "请在审核或审批环节由本区（市）岗位办理")
    return locked


def locked_line(line: ClaimLine, by: Actor) -> ClaimLine:
    """The line with its claim under lock."""
    claim = locked_claim(line.claim, by)
    found = lines_of(claim).get(pk=line.pk)
    found.claim = claim
    verdict = can_work_on_line(by, found)
    if not verdict:
        raise Refused(verdict.reason, "line_not_open", "请在审核或审批环节由本区（市）岗位办理")
    return found


def tell(claim: Claim, code: str, label: str, reason: str, *, by: Actor, at: dt.datetime) -> None:
    """A deed on a line in the timeline, as the duty of whoever does it."""
    note_step(case=claim.case, code=code, label=label, by=by, at=at, reason=reason, duty=desk_duty(by, claim))


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
    held = Entitlement.objects.filter(line__claim=claim, released_at__isnull=True).values("line")
    lines = lines_of(claim).filter(state=LineState.INCLUDED).exclude(pk__in=held).order_by("person_id")
    terms, rows = terms_of(claim), []
    for line in lines:
        about = About(line.pk, line.person, line.enrolment, claim.held)
        columns = columns_of(policy, terms, about, line.determination.facts, on=on)
        rows.append(_entitlement(line, columns, exclusive=not policy.limits, at=at))
    fresh = _hold_all(rows, at)
    if policy.limits:
        take(policy, fresh, at=at)


def _entitlement(line: ClaimLine, columns: dict, *, exclusive: bool, at: dt.datetime) -> Entitlement:
    said = {name: value for name, value in columns.items() if value is not None} | {"at": columns["at"].isoformat()}
    return Entitlement(
        policy=line.claim.policy, person=line.person, line=line, taken_at=at, exclusive=exclusive, columns=said
    )


def _hold_all(rows: list[Entitlement], at: dt.datetime) -> list[Entitlement]:
    """All in one statement; when the database refuses, one by one, so that the refusal names the person."""
    try:
        with refusing():
            return Entitlement.objects.bulk_create(rows, batch_size=500)
    except Refused as refusal:
        if refusal.code != ENTITLED_ONCE:
            raise
    for row in rows:
        try:
            with refusing():
                row.save(force_insert=True)
        except Refused as refusal:
            raise _already(row.line, at) from refusal
    return rows


def _already(line: ClaimLine, at: dt.datetime) -> Refused:
    rows = standing(at).filter(person=line.person, policy=line.claim.policy)
    other = rows.exclude(line__claim=line.claim).first()
    named = f"（{told_entitlement(other)}）" if other else ""
    told = f"{line.name}已申领本项补贴{named}，每人只能享受一次"
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
