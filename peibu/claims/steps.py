"""What moves of a claim ask for and bring with them, whoever makes them, from whatever page."""

import datetime as dt

from django.utils import timezone

from peibu.accounts.actor import Actor
from peibu.casework.actions import keep_determination, move_case
from peibu.casework.enums import Holds
from peibu.casework.hooks import effect, guard
from peibu.casework.models import Case, NoticeLine
from peibu.casework.objections import HOLD_LINE, HOLD_MOVE
from peibu.casework.queries import objections_to_the_whole, open_objections
from peibu.claims.actions.drafts import judge_all, retotal
from peibu.claims.actions.evidence import shortfall
from peibu.claims.actions.held import end_when_all_have_theirs, hold_lines, release_lines
from peibu.claims.actions.lines import drop, give_back, hold, let_go
from peibu.claims.actions.notices import notice_for
from peibu.claims.actions.places import lock_people
from peibu.claims.enums import LineState
from peibu.claims.facts import CLAIM, judge_payment
from peibu.claims.models import Claim, ClaimLine
from peibu.claims.queries import PROCESS, drifts, invoice_complete
from peibu.claims.rechecks import stops_payment
from peibu.kernel.errors import Refused
from peibu.kernel.verdict import Verdict, no, yes
from peibu.ledger.actions import commit
from peibu.registry.queries import basic_account
from peibu.rulebook import Status

HANDED_IN = ("submit", "resubmit", "correct")


def _claim(case: Case) -> Claim:
    return Claim.objects.select_for_update(of=("self",)).select_related("case", "enterprise", "cohort").get(case=case)


def _included(claim: Claim):
    return claim.lines.filter(state=LineState.INCLUDED)


@guard(PROCESS, *HANDED_IN)
def complete(*, case: Case, by: Actor, at: dt.datetime) -> Verdict:
    """Handed in only with invoice, roster, basic account and somebody to pay for (QD97.5.1, 5.4)."""
    claim = _claim(case)
    if not invoice_complete(claim):
        return no("票据尚未填写完整（类型、号码、金额、日期和扫描件）")
    if not _included(claim).exists():
        return no("没有符合条件的人员，不能提交申领")
    if basic_account(claim.enterprise, on=timezone.localdate(at)) is None:
        return no("本企业没有登记基本存款账户，补贴只能拨付至基本账户；请先到受理机构登记")
    if claim.roster_id is None:
        return no("尚未提供补贴申请人员花名册；请上传盖章扫描件，或使用系统生成的花名册")
    short = shortfall(claim)
    return no(short) if short else yes()


@effect(PROCESS, *HANDED_IN)
def hand_in(*, case: Case, by: Actor, at: dt.datetime, reason: str) -> None:
    """Judged on the day of the claim; if anybody's place changes, the enterprise looks again before handing in."""
    claim = _claim(case)
    amount = claim.amount_fen
    lock_people(claim)
    changes = judge_all(claim, by=by, at=at)
    if changes:
        told = "；".join(change.sentence for change in changes[:5])
        raise Refused(
            f"按今天的资料，{len(changes)}人的结论有变化：{told}", "claim_changed", "请点击“重新判定”，核对后再提交"
        )
    claim.account = basic_account(claim.enterprise, on=timezone.localdate(at))
    claim.amount_fen = sum(_included(claim).values_list("amount_fen", flat=True)) or amount
    claim.approved_fen = None
    claim.save()
    hold(claim, at=at)


@guard(PROCESS, "review", "approve")
def evidence_stands(*, case: Case, by: Actor, at: dt.datetime) -> Verdict:
    """Nobody is passed on facts that have changed since: each change is looked at first."""
    claim = _claim(case)
    if not _included(claim).exists():
        return no("没有拟补贴人员，请办理“不予补贴”或退回")
    changed = drifts(claim, at=at)
    if changed:
        names = "、".join(one.line.person.name for one in changed[:8])
        return no(f"提交后有{len(changed)}人的资料发生变化（{names}），请逐人重新判定或剔除后再办理")
    return yes()


@effect(PROCESS, "review")
def reviewed(*, case: Case, by: Actor, at: dt.datetime, reason: str) -> None:
    retotal(_claim(case))


@guard(PROCESS, "approve")
def account_stands(*, case: Case, by: Actor, at: dt.datetime) -> Verdict:
    """The account to be approved is the enterprise's basic account of today (QD97.5.4, T07)."""
    claim = _claim(case)
    now = basic_account(claim.enterprise, on=timezone.localdate(at))
    if claim.account_id is None or now is None or now.pk != claim.account_id:
        return no("企业的基本账户在提交后发生变更，请退回审核，由企业确认后重新提交")
    return yes()


@effect(PROCESS, "approve")
def approved(*, case: Case, by: Actor, at: dt.datetime, reason: str) -> None:
    """Amount and account are frozen; the money is set aside in the first fund that covers it (QD97.4.3, WH63.3)."""
    claim = _claim(case)
    retotal(claim)
    claim.approved_account_index = claim.account.number_index
    claim.save(update_fields=["approved_account_index"])
    commit(
        policy=claim.policy,
        subject=CLAIM,
        division=case.division,
        amount_fen=claim.approved_fen,
        source_id=case.pk,
        memo=f"补贴申领{case.number}审批通过",
        by=by,
        at=at,
    )


@effect(PROCESS, "publish")
def published(*, case: Case, by: Actor, at: dt.datetime, reason: str) -> None:
    """A claim published alone gets a notice of its own; published with others it already stands in one."""
    if not NoticeLine.objects.filter(case=case).exists():
        notice_for([_claim(case)], by=by, at=at)


@guard(PROCESS, "object")
def has_objection(*, case: Case, by: Actor, at: dt.datetime) -> Verdict:
    """The whole claim waits for an objection to the whole, or when nobody is left whom none holds."""
    if objections_to_the_whole(case).exists():
        return yes()
    if open_objections(case).exists() and not _included(_claim(case)).exists():
        return yes()
    return no("请在公示页面登记异议，写明针对的人员和情况；针对个人的异议只暂停所涉人员")


@guard(PROCESS, "settle_objection")
def objections_settled(*, case: Case, by: Actor, at: dt.datetime) -> Verdict:
    """Back to the notice when every objection is decided and somebody remains (I6)."""
    included = _included(_claim(case)).exists()
    waiting = objections_to_the_whole(case) if included else open_objections(case)
    if waiting.exists():
        return no(f"还有{waiting.count()}件异议未办结，请先在“异议处理”中办结")
    return yes() if included else no("异议成立后已无拟补贴人员，请办理“不予补贴”")


@guard(PROCESS, "end_notice")
def may_be_paid(*, case: Case, by: Actor, at: dt.datetime) -> Verdict:
    """The rulebook's subject `payment`: notice long enough, no open objection, basic account, special fund."""
    claim = _claim(case)
    if claim.lines.exists() and not _included(claim).exists():
        return no("公示人员均有未办结的异议，办结后再办理")
    judgement = judge_payment(claim, at=at)
    if judgement.decision is Status.PASS:
        return stops_payment(claim)
    return no("；".join(one.sentence for one in (*judgement.failed, *judgement.unknown)))


@guard(PROCESS, "pay")
def still_payable(*, case: Case, by: Actor, at: dt.datetime) -> Verdict:
    """Nothing speaks against it now. The payments room judges every fact before it writes the intent to pay."""
    claim = _claim(case)
    held = claim.lines.filter(state=LineState.HELD).count()
    if held:
        return no(f"有{held}人因异议暂缓，办结后再结束本业务")
    failed = judge_payment(claim, at=at).failed
    if failed:
        return no("；".join(one.sentence for one in failed))
    if claim.account is None or claim.account.number_index != claim.approved_account_index:
        return no("收款账户与审批时不一致，不能拨付")
    return yes()


@effect(PROCESS, "end_notice")
def notice_over(*, case: Case, by: Actor, at: dt.datetime, reason: str) -> None:
    """Keep what the rulebook said when the claim became payable."""
    claim = _claim(case)
    judgement = judge_payment(claim, at=at)
    facts = judgement.to_dict()["facts"]
    keep_determination(subject_id=claim.pk, judgement=judgement, facts=facts, known_at=at, by=by, at=at)


@effect(PROCESS, "pay")
def paid(*, case: Case, by: Actor, at: dt.datetime, reason: str) -> None:
    _included(_claim(case)).update(state=LineState.PAID)


@effect(PROCESS, "withdraw")
def withdrawn(*, case: Case, by: Actor, at: dt.datetime, reason: str) -> None:
    """The people, the invoice and the class are free again."""
    claim = _claim(case)
    let_go(claim.lines.all(), f"申领撤回：{reason}", at=at)
    claim.invoice_active = False
    claim.save(update_fields=["invoice_active"])


@effect(PROCESS, "refuse")
def refused(*, case: Case, by: Actor, at: dt.datetime, reason: str) -> None:
    """Nobody is paid for; people and invoice are free again, committed money is available again."""
    claim = _claim(case)
    set_aside = claim.approved_fen or 0
    # also those whom an objection holds: decided later, it finds them taken out already
    rows = claim.lines.filter(state__in=[LineState.INCLUDED, LineState.HELD])
    for line in rows.select_related("claim__case"):
        line.state, line.amount_fen, line.remark = LineState.REMOVED, 0, reason[:300]
        line.save()
    let_go(claim.lines.all(), f"不予补贴：{reason}", at=at)
    give_back(claim, set_aside, f"补贴申领{case.number}不予补贴", by=by, at=at)
    claim.approved_fen, claim.invoice_active = 0, False
    claim.save(update_fields=["approved_fen", "invoice_active"])


@effect(PROCESS, HOLD_LINE)
def hold_objected(*, case: Case, by: Actor, at: dt.datetime, reason: str) -> None:
    """Only the people concerned wait (QD97.5.3); where nobody else is left, the claim as a whole does."""
    claim = _claim(case)
    if hold_lines(claim, reason, by=by, at=at) and not _included(claim).exists() and case.state == "notice":
        move_case(case=case, move=HOLD_MOVE, by=by, at=at, reason=reason)


@effect("objection", "dismiss")
def objection_dismissed(*, case: Case, by: Actor, at: dt.datetime, reason: str) -> None:
    """Whom nothing holds any more goes on; if the others have their money, it follows by itself."""
    if case.objection.holds == Holds.LINE:
        release_lines(_claim(case.objection.line.case), by=by, at=at)


@effect("objection", "uphold")
def objection_upheld(*, case: Case, by: Actor, at: dt.datetime, reason: str) -> None:
    """An upheld objection to a person takes the person out and lowers the approved amount (QD97.5.3)."""
    objection = case.objection
    line = ClaimLine.objects.filter(pk=objection.line.subject_id).first() if objection.line_id else None
    if line is None or line.state not in (LineState.INCLUDED, LineState.HELD):
        return
    claim = _claim(line.claim.case)
    amount = line.amount_fen
    line.claim = claim
    drop(line, f"公示异议成立（{objection.number}）：{reason}", at=at)
    give_back(claim, amount, f"公示异议{objection.number}成立，剔除1人", by=by, at=at)
    end_when_all_have_theirs(claim, at=at)
