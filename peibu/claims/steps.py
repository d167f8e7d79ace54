"""What moves of a claim ask for and bring with them, whoever makes them, from whatever page."""

import datetime as dt
from collections.abc import Callable

from django.utils import timezone, translation

from peibu.accounts.actor import Actor
from peibu.casework.actions import keep_determination, move_case
from peibu.casework.enums import Holds
from peibu.casework.hooks import Effect, Guard, effect, guard
from peibu.casework.models import Case, NoticeLine
from peibu.casework.objections import HOLD_LINE, HOLD_MOVE
from peibu.casework.queries import objections_to_the_whole, open_objections
from peibu.claims.actions.drafts import RELATED, account_of, judge_all, retotal
from peibu.claims.actions.evidence import shortfall
from peibu.claims.actions.held import end_when_all_have_theirs, hold_lines, release_lines
from peibu.claims.actions.lines import drop, give_back, hold, let_go
from peibu.claims.actions.notices import notice_for
from peibu.claims.actions.places import lock_people
from peibu.claims.enums import LineState
from peibu.claims.facts import judge_payment
from peibu.claims.looks import to_look_at
from peibu.claims.models import Claim, ClaimLine
from peibu.claims.needs import needs_of, unconfirmed
from peibu.claims.offers import PROCESSES
from peibu.claims.papers import keep_letter
from peibu.claims.queries import drifts
from peibu.claims.rechecks import stops_payment
from peibu.kernel.errors import Refused
from peibu.kernel.verdict import Verdict, no, yes
from peibu.ledger.actions import commit
from peibu.rulebook import Status

HANDED_IN = ("submit", "resubmit", "correct")


def guarding(*moves: str) -> Callable[[Guard], Guard]:
    """A guard of these moves in every process by which money is claimed."""

    def register(function: Guard) -> Guard:
        for process in PROCESSES:
            guard(process, *moves)(function)
        return function

    return register


def bringing(*moves: str) -> Callable[[Effect], Effect]:
    """An effect of these moves in every process by which money is claimed."""

    def register(function: Effect) -> Effect:
        for process in PROCESSES:
            effect(process, *moves)(function)
        return function

    return register


def _claim(case: Case) -> Claim:
    return Claim.objects.select_for_update(of=("self",)).select_related(*RELATED, "case__agency").get(case=case)


def _included(claim: Claim):
    return claim.lines.filter(state=LineState.INCLUDED)


@guarding(*HANDED_IN)
def complete(*, case: Case, by: Actor, at: dt.datetime) -> Verdict:
    """Handed in only with its papers, an account and somebody to pay for, or whom only the office can decide on."""
    claim = _claim(case)
    with translation.override("zh-hans"):  # a refusal is Chinese in whatever language the page is read
        missing = needs_of(claim, on=timezone.localdate(at))
    if missing:
        return no(missing[0])
    short = shortfall(claim) if claim.invoice_number else ""
    return no(short) if short else yes()


@bringing(*HANDED_IN)
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
    claim.account = account_of(claim, on=timezone.localdate(at))
    claim.amount_fen = sum(_included(claim).values_list("amount_fen", flat=True)) or amount
    claim.approved_fen = None
    claim.save()
    hold(claim, at=at)


@guarding("review", "approve")
def evidence_stands(*, case: Case, by: Actor, at: dt.datetime) -> Verdict:
    """Nobody is passed on facts that have changed since: each change is looked at first."""
    claim = _claim(case)
    open_now = unconfirmed(claim)
    if open_now:
        told = "、".join(dict.fromkeys(open_now))
        return no(f"还有申报事项没有核实（{told}），请对照材料逐项核实后再办理")
    waiting = claim.lines.filter(state=LineState.PENDING).count()
    if waiting:
        return no(f"还有{waiting}人（项）待核实，请填写核查结果、重新判定或剔除后再办理")
    if not _included(claim).exists():
        return no("没有拟补贴人员，请办理“不予补贴”或退回")
    changed = drifts(claim, at=at)
    if changed:
        names = "、".join(one.line.name for one in changed[:8])
        return no(f"提交后有{len(changed)}人的资料发生变化（{names}），请逐人重新判定或剔除后再办理")
    return yes()


@guarding("review", "approve")
def every_line_looked_at(*, case: Case, by: Actor, at: dt.datetime) -> Verdict:
    """What leaves the reviewer's desk was looked at line by line, or together where clean; also where no second check
    stands between the desk and the approval."""
    if case.state != "accepted":
        return yes()
    waiting = to_look_at(_claim(case)).select_related("person")
    names = [line.name for line in waiting[:8]]
    if not names:
        return yes()
    return no(f"还有{waiting.count()}人（项）没有核对（{'、'.join(names)}），请逐人打开核对，无疑点的可一次标记")


@bringing("review")
def reviewed(*, case: Case, by: Actor, at: dt.datetime, reason: str) -> None:
    retotal(_claim(case))


@guarding("approve")
def account_stands(*, case: Case, by: Actor, at: dt.datetime) -> Verdict:
    """The account to be approved is the claimant's account of today (QD97.5.4, T07)."""
    claim = _claim(case)
    now = account_of(claim, on=timezone.localdate(at))
    if claim.account_id is None or now is None or now.pk != claim.account_id:
        return no("申领人的收款账户在提交后发生变更，请退回审核，由申领人确认后重新提交")
    return yes()


@bringing("approve")
def approved(*, case: Case, by: Actor, at: dt.datetime, reason: str) -> None:
    """Amount and account are frozen; the money is set aside in the first fund that covers it (QD97.4.3, WH63.3)."""
    claim = _claim(case)
    retotal(claim)
    claim.approved_account_index = claim.account.number_index
    claim.save(update_fields=["approved_account_index"])
    commit(
        policy=claim.policy,
        subject=claim.subject,
        division=case.division,
        amount_fen=claim.approved_fen,
        source_id=case.pk,
        memo=f"补贴申领{case.number}审批通过",
        by=by,
        at=at,
    )
    claim.case = case
    keep_letter(claim, by=by, at=at)


@bringing("publish")
def published(*, case: Case, by: Actor, at: dt.datetime, reason: str) -> None:
    """A claim published alone gets a notice of its own; published with others it already stands in one."""
    if not NoticeLine.objects.filter(case=case).exists():
        notice_for([_claim(case)], by=by, at=at)


@guarding("object")
def has_objection(*, case: Case, by: Actor, at: dt.datetime) -> Verdict:
    """The whole claim waits for an objection to the whole, or when nobody is left whom none holds."""
    if objections_to_the_whole(case).exists():
        return yes()
    if open_objections(case).exists() and not _included(_claim(case)).exists():
        return yes()
    return no("请在公示页面登记异议，写明针对的人员和情况；针对个人的异议只暂停所涉人员")


@guarding("settle_objection")
def objections_settled(*, case: Case, by: Actor, at: dt.datetime) -> Verdict:
    """Back to the notice when every objection is decided and somebody remains (I6)."""
    included = _included(_claim(case)).exists()
    waiting = objections_to_the_whole(case) if included else open_objections(case)
    if waiting.exists():
        return no(f"还有{waiting.count()}件异议未办结，请先在“异议处理”中办结")
    return yes() if included else no("异议成立后已无拟补贴人员，请办理“不予补贴”")


@guarding("end_notice")
def may_be_paid(*, case: Case, by: Actor, at: dt.datetime) -> Verdict:
    """The rulebook's subject `payment`: notice long enough, no open objection, basic account, special fund."""
    claim = _claim(case)
    if claim.lines.exists() and not _included(claim).exists():
        return no("公示人员均有未办结的异议，办结后再办理")
    judgement = judge_payment(claim, at=at)
    if judgement.decision is Status.PASS:
        return stops_payment(claim)
    return no("；".join(one.sentence for one in (*judgement.failed, *judgement.unknown)))


@guarding("pay")
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


@bringing("end_notice")
def notice_over(*, case: Case, by: Actor, at: dt.datetime, reason: str) -> None:
    """Keep what the rulebook said when the claim became payable."""
    claim = _claim(case)
    judgement = judge_payment(claim, at=at)
    facts = judgement.to_dict()["facts"]
    keep_determination(subject_id=claim.pk, judgement=judgement, facts=facts, known_at=at, by=by, at=at)


@bringing("pay")
def paid(*, case: Case, by: Actor, at: dt.datetime, reason: str) -> None:
    _included(_claim(case)).update(state=LineState.PAID)


@bringing("withdraw")
def withdrawn(*, case: Case, by: Actor, at: dt.datetime, reason: str) -> None:
    """The people, the invoice and the class are free again."""
    claim = _claim(case)
    let_go(claim.lines.all(), f"申领撤回：{reason}", at=at)
    claim.invoice_active = False
    claim.save(update_fields=["invoice_active"])


@bringing("refuse")
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
    claim.case = case
    keep_letter(claim, by=by, at=at)


@bringing(HOLD_LINE)
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
