"""Looking back at kept determinations with what is known now: a difference opens a re-check, an officer settles it."""

import datetime as dt
from collections.abc import Callable, Iterable

from django.db import transaction

from peibu.accounts.actor import SYSTEM, Actor
from peibu.casework.actions import keep_determination, note_step
from peibu.casework.hooks import guards_of
from peibu.casework.models import Determination
from peibu.casework.refusals import refusing
from peibu.claims.about import Judged
from peibu.claims.actions.lines import drop, give_back
from peibu.claims.came_back import is_back
from peibu.claims.enums import LineState, RecheckState, Settlement
from peibu.claims.models import Claim, ClaimLine, Recheck
from peibu.claims.permissions import can_settle, open_settlements
from peibu.claims.rechecks import baseline, compare, judge_back, judgement_of, lines_with_an_answer, told_changes
from peibu.kernel.errors import Refused
from peibu.kernel.masks import mask_name
from peibu.kernel.money import yuan
from peibu.ledger.queries import commitment_of
from peibu.rulebook.difference import Difference

CORRECT_LINE = "correct_line"  # rooms above may forbid taking a person out by a guard of this name


def recheck_lines(
    lines: Iterable[ClaimLine], *, by: Actor, at: dt.datetime, told: Callable[[int], None] = lambda done: None
) -> list[Recheck]:
    """Judge lines again as of their own day with today's knowledge; give back the re-checks that were opened.

    What was determined stays as it is. told(n) is called after every line, for a progress bar.
    """
    opened = []
    for done, line in enumerate(lines, start=1):
        found = recheck_line(line, by=by, at=at)
        if found is not None:
            opened.append(found)
        told(done)
    return opened


@transaction.atomic
def recheck_line(line: ClaimLine, *, by: Actor, at: dt.datetime) -> Recheck | None:
    """One line. An open re-check closes by itself when the old result is back, or gives way to a newer difference."""
    ClaimLine.objects.select_for_update(of=("self",)).get(pk=line.pk)
    line = lines_with_an_answer().get(pk=line.pk)
    judged = judge_back(line, known_at=at)
    ClaimLine.objects.filter(pk=line.pk).update(rechecked_at=at, rechecked_text=judged.judgement.fingerprint)
    before = baseline(line)
    found = compare(judgement_of(before), judged.judgement)
    standing = line.rechecks.filter(state=RecheckState.OPEN).select_related("after").first()
    if found.same:
        _close(standing, Settlement.SAME_AGAIN, "按最新资料复核，结论与原判定一致", at=at)
        return None
    if standing is not None and _as_told(standing.after, judged) and standing.before_id == before.pk:
        return None
    if standing is None and _decided_already(line, before, judged):
        return None
    _close(standing, Settlement.REPLACED, "又有新的资料，见其后的复核", at=at)
    return _open(line, before, judged, found, by=by, at=at)


def _as_told(kept: Determination, judged: Judged) -> bool:
    return compare(judgement_of(kept), judged.judgement).same


def _decided_already(line: ClaimLine, before: Determination, judged: Judged) -> bool:
    """Somebody has kept the determination against this very result."""
    last = line.rechecks.filter(before=before).select_related("after").order_by("-found_at", "-id").first()
    return last is not None and last.settlement == Settlement.KEPT and _as_told(last.after, judged)


def _close(standing: Recheck | None, settlement: str, reason: str, *, at: dt.datetime) -> None:
    if standing is None:
        return
    standing.state, standing.settlement, standing.reason, standing.settled_at = "settled", settlement, reason, at
    standing.save(update_fields=["state", "settlement", "reason", "settled_at"])


def _open(
    line: ClaimLine, before: Determination, judged: Judged, found: Difference, *, by: Actor, at: dt.datetime
) -> Recheck:
    after = keep_determination(
        subject_id=before.subject_id, judgement=judged.judgement, facts=judged.facts, known_at=at, by=by, at=at
    )
    sentence = found.sentence("zh")
    row = Recheck.objects.create(
        line=line,
        before=before,
        after=after,
        delta_fen=found.delta_fen,
        lowers=lowers(before, after),
        causes=list(found.because),
        sentence=sentence,
        changes=told_changes(found),
        found_at=at,
    )
    _tell(line, "recheck", f"发现{mask_name(line.name)}的结论有变化", sentence, by=by, at=at)
    return row


def lowers(before: Determination, after: Determination) -> bool:
    """A pass was lost, or is worth less (or an amount no longer known)."""
    if before.decision != "pass":
        return False
    return after.decision != "pass" or (after.amount_fen or 0) < (before.amount_fen or 0)


def _tell(line: ClaimLine, code: str, label: str, reason: str, *, by: Actor, at: dt.datetime) -> None:
    note_step(case=line.claim.case, code=code, label=label, by=by, at=at, reason=reason)


def settle_recheck(*, recheck: Recheck, settlement: str, reason: str, by: Actor, at: dt.datetime) -> Recheck:
    """Decide about a difference: keep, recover, pay more, or (not yet paid) take the person out and give the money back.

    Refused: another district or role, who approved the claim, no reason, a result that does not fit, settled already.
    """
    reason = reason.strip()
    if not reason:
        raise Refused("处理复核须写明理由", "reason_required", "请填写理由后再提交")
    with refusing():
        claim = Claim.objects.select_for_update(of=("self",)).select_related("case").get(pk=recheck.line.claim_id)
        row = Recheck.objects.select_for_update(of=("self",)).select_related("line__person").get(pk=recheck.pk)
        row.line.claim = claim
        verdict = can_settle(by, row)
        if not verdict:
            raise Refused(verdict.reason, "recheck_not_yours", "请由本区（市）未审批过该申领的审核人员处理")
        if settlement not in open_settlements(row):
            raise Refused("不能选择这一处理结果", "settlement_does_not_fit", "请从列出的处理结果中选择")
        row.state, row.settlement, row.reason = RecheckState.SETTLED.value, settlement, reason
        row.settled_by, row.settled_at = by.user, at
        row.save(update_fields=["state", "settlement", "reason", "settled_by", "settled_at"])
        label = f"复核{mask_name(row.line.name)}：{Settlement(settlement).label}"
        _tell(row.line, "settle_recheck", label, reason, by=by, at=at)
        if settlement == Settlement.CORRECTED:
            _correct(claim, row.line, reason, by=by, at=at)
    return row


def look_again(claim: Claim, *, at: dt.datetime) -> list[Recheck]:
    """Money of the claim came back: what was to be recovered of it has not gone, and is decided about anew."""
    rows = lines_with_an_answer().filter(claim=claim, state=LineState.PAID, rechecks__settlement=Settlement.RECOVER)
    return recheck_lines(rows.distinct(), by=SYSTEM, at=at) if is_back(claim) else []


def _correct(claim: Claim, line: ClaimLine, reason: str, *, by: Actor, at: dt.datetime) -> None:
    for guard in guards_of(claim.case.process, CORRECT_LINE):
        verdict = guard(case=claim.case, by=by, at=at)
        if not verdict:
            raise Refused(verdict.reason, "line_not_open", "请先处理已有的付款")
    amount = line.amount_fen if line.state in (LineState.INCLUDED, LineState.PAID) else 0
    commitment = commitment_of(claim.case_id)
    if commitment is not None and commitment.committed_fen < amount:
        told = f"本申领已有抵扣，只剩{yuan(commitment.committed_fen)}元未付，不足剔除{yuan(amount)}元"
        raise Refused(told, "set_off_already", "请写明理由维持原结论，拨付后另行认定线索追回")
    drop(line, f"结论复核：{reason}", at=at)
    give_back(claim, amount, f"补贴申领{claim.case.number}结论复核，剔除1人", by=by, at=at)
