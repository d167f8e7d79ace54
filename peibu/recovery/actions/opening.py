"""A recovery is opened from settled re-checks or from a finding's conclusion, with its derivation line by line."""

import datetime as dt
from collections.abc import Sequence

from peibu.accounts.actor import Actor
from peibu.casework.actions import note_step, open_case
from peibu.casework.enums import Decision
from peibu.casework.refusals import refusing
from peibu.claims.came_back import is_back
from peibu.claims.enums import LineState, Settlement
from peibu.claims.models import Claim, ClaimLine, Recheck
from peibu.claims.rechecks import baseline
from peibu.kernel.errors import Refused
from peibu.kernel.masks import mask_name
from peibu.oversight.enums import FindingState
from peibu.oversight.models import Finding
from peibu.recovery.enums import Ground, Nature
from peibu.recovery.models import Recovery, RecoveryLine
from peibu.recovery.permissions import PROCESS, can_open
from peibu.recovery.queries import CONCLUDED, is_recoverable, owed_elsewhere, paid_lines_of
from peibu.rulebook import load_policy

# A finding concluded as fraud is no mistake, and one concluded as a mistake no fraud (HD2.5.16b).
NATURES = {
    FindingState.FRAUD: (Nature.FRAUD,),
    FindingState.ERROR: (Nature.PARTY_ERROR, Nature.OFFICE_ERROR),
}


def open_from_rechecks(
    *, claim: Claim, rechecks: Sequence[Recheck], nature: str, nature_reason: str, by: Actor, at: dt.datetime
) -> Recovery:
    """What later evidence says is too much. Refused: nothing chosen, a re-check of another claim or not settled as to be
    recovered, a result that is unknown (unknown is no reason to ask for money), another's right, no reason.
    """
    with refusing():
        _may(claim, nature, nature_reason, by)
        rows = Recheck.objects.select_for_update(of=("self",)).select_related("line__person", "before", "after")
        chosen = list(rows.filter(pk__in=[row.pk for row in rechecks]).order_by("line__position"))
        if not chosen:
            raise Refused("未选择要追回的人员", "nothing_chosen", "请勾选已定为“追回多付款”的复核")
        for row in chosen:
            _fits(row, claim)
        recovery = _open(claim, Ground.RECHECK, None, nature, nature_reason, by=by, at=at)
        for row in chosen:
            _line(recovery, row.line, row.before, row.after, row, _clauses(row), row.sentence)
        recovery.refresh_from_db()
        return recovery


def open_from_finding(
    *,
    finding: Finding,
    claim: Claim,
    lines: Sequence[ClaimLine],
    nature: str,
    nature_reason: str,
    by: Actor,
    at: dt.datetime,
) -> Recovery:
    """What was paid for people whom a concluded finding concerns: the whole of it, by the clause of the process.

    Refused: a finding that is open or explained, people it does not concern, error told as fraud or fraud as error.
    """
    with refusing():
        _may(claim, nature, nature_reason, by)
        row = Finding.objects.select_for_update(of=("self",)).get(pk=finding.pk)
        if row.state not in CONCLUDED:
            raise Refused("线索尚未认定，不能据此追回", "finding_not_concluded", "请先作出结论")
        if nature not in NATURES[row.state]:
            told = f"线索认定为“{row.get_state_display()}”，与所选性质“{Nature(nature).label}”不一致"
            raise Refused(told, "error_and_fraud_are_kept_apart", "差错和弄虚作假须分开认定，请核对")
        chosen = list(paid_lines_of(row).filter(claim=claim, pk__in=[line.pk for line in lines]))
        if not chosen:
            raise Refused("未选择与该线索有关的已拨付人员", "nothing_chosen", "请勾选要追回的人员")
        recovery = _open(claim, Ground.FINDING, row, nature, nature_reason, by=by, at=at)
        clause = load_policy(claim.policy).processes[PROCESS]["clause"]
        for line in chosen:
            sentence = f"{row.title}：{row.conclusion}"
            _line(recovery, line, baseline(line), None, None, [clause], sentence)
        recovery.refresh_from_db()
        return recovery


def _may(claim: Claim, nature: str, nature_reason: str, by: Actor) -> None:
    verdict = can_open(by, claim)
    if not verdict:
        raise Refused(verdict.reason, "not_yours_to_recover", "请由本区（市）未审批过该申领的审核人员发起")
    if is_back(claim):
        told = f"业务{claim.case.number}的款项已被银行退回，没有可追回的款项"
        raise Refused(told, "money_is_back", "请在“结论复核”中剔除并更正，再重新付款")
    if nature not in Nature.values:
        raise Refused("未选择性质", "nature_required", "请选择：申报差错、经办差错或弄虚作假")
    if not nature_reason.strip():
        raise Refused("定性须写明理由", "error_or_fraud_is_said_with_its_reason", "请填写理由后再提交")


def _fits(row: Recheck, claim: Claim) -> None:
    name = mask_name(row.line.person.name)
    if row.line.claim_id != claim.pk or row.settlement != Settlement.RECOVER:
        raise Refused(f"{name}的复核没有定为“追回多付款”", "not_to_recover", "请先在“结论复核”中处理")
    if row.line.state != LineState.PAID:
        raise Refused(f"{name}的补贴尚未拨付，没有可追回的款项", "not_paid", "请在“结论复核”中剔除并更正")
    if row.after.decision == Decision.UNKNOWN:
        told = f"按新资料{name}的结论为“待核实”，不能作为追回依据"
        raise Refused(told, "unknown_is_no_reason", "请补齐资料，得出明确结论后再发起")
    if not is_recoverable(row):
        raise Refused(f"{name}的复核已有追回业务，或已被其后的复核取代", "taken_up", "请在待追回列表中选择最新的复核")
    if row.line.rechecks.filter(state="open").exists():
        raise Refused(f"{name}又有新的复核待处理", "a_newer_recheck", "请先处理新的复核")


def _clauses(row: Recheck) -> list[str]:
    """The clauses that say otherwise now; where only the amount differs, those of the finding that carries it."""
    changed = [one["clause"] for one in row.changes if one["clause"]]
    carried = [one["clause"] for one in row.after.findings if one["status"] == row.after.decision]
    return sorted(set(changed)) or sorted(set(carried))[:1]


def _open(
    claim: Claim, ground: str, finding: Finding | None, nature: str, reason: str, *, by: Actor, at: dt.datetime
) -> Recovery:
    case = open_case(
        policy=claim.policy,
        process=PROCESS,
        subject=f"追回补贴 {claim.case.number}（{claim.enterprise.name}）"[:200],
        applicant=claim.enterprise,
        agency=claim.case.agency,
        by=by,
        at=at,
    )
    note_step(
        case=case, code="draw_up", label="拟定追回", by=by, at=at, duty="review",
        reason=f"{Nature(nature).label}：{reason.strip()}",
    )  # fmt: skip
    return Recovery.objects.create(
        division=claim.division,
        case=case,
        claim=claim,
        ground=ground,
        finding=finding,
        nature=nature,
        nature_reason=reason.strip(),
        opened_at=at,
        opened_by=by.user,
    )


def _line(recovery: Recovery, line: ClaimLine, before, after, recheck, clauses: list[str], sentence: str) -> None:
    """Paid: what the line was paid less what other recoveries ask for. Due: what the later result is worth."""
    paid = line.amount_fen - owed_elsewhere(line)
    due = (after.amount_fen or 0) if after is not None and after.decision == Decision.PASS else 0
    if due >= paid:
        told = f"{mask_name(line.person.name)}已没有多付的款项"
        raise Refused(told, "nothing_owed", "请核对该人员已有的追回业务")
    RecoveryLine.objects.create(
        recovery=recovery,
        claim_line=line,
        before=before,
        after=after,
        recheck=recheck,
        paid_fen=paid,
        due_fen=due,
        owed_fen=paid - due,
        clauses=clauses,
        sentence=sentence,
    )


def leave_out(*, line: RecoveryLine, reason: str, by: Actor, at: dt.datetime) -> None:
    """Take a person out of a recovery that is being drawn up. Refused: told already, no reason, the last one."""
    recovery = line.recovery
    if not reason.strip():
        raise Refused("移出人员须写明理由", "reason_required", "请填写理由后再提交")
    with refusing():
        row = (
            Recovery.objects.select_for_update(of=("self",)).select_related("case", "claim__case").get(pk=recovery.pk)
        )
        _may(row.claim, row.nature, row.nature_reason, by)
        if row.lines.count() == 1:
            raise Refused("至少保留一名人员", "nothing_left", "不再追回的，请办理“终止，不予追回”")
        name = mask_name(line.claim_line.person.name)
        line.delete()
        note_step(case=row.case, code="leave_out", label=f"移出{name}", by=by, at=at, reason=reason, duty="review")
