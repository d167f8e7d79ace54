"""Batches for the bank: prepared by one person, released by another (QD97.5.4)."""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import TypeVar

from django.db.models import QuerySet
from django.utils import timezone

from peibu.accounts.actor import Actor
from peibu.casework.actions import keep_determination, keep_document
from peibu.casework.models import Case
from peibu.casework.numbering import next_number
from peibu.casework.refusals import refusing
from peibu.gateways.bank import BatchFile, Payer, PayLine, format_named, write_batch
from peibu.kernel.errors import PeibuError, Refused
from peibu.kernel.money import yuan
from peibu.ledger.actions import commit
from peibu.ledger.models import Commitment, Fund
from peibu.ledger.queries import commitment_of
from peibu.payments.actions.intents import intend, require
from peibu.payments.amounts import payable_fen
from peibu.payments.channels import terms_of
from peibu.payments.enums import BatchState, DeliveryKind, PaymentState
from peibu.payments.facts import payment_facts
from peibu.payments.lifecycle import BATCH_MOVES
from peibu.payments.models import Delivery, Payment, PaymentBatch
from peibu.payments.permissions import can_handle_money, is_payable
from peibu.payments.queries import account_in_force, account_to_pay
from peibu.rulebook import load_policy

SUBJECT = "payment"
BY_HAND = "由人员送银行"
T = TypeVar("T")
R = TypeVar("R")


def all_or_told(message: str, items: Sequence[T], deed: Callable[[T], R]) -> list[R]:
    """Do the deed for every item; when some refuse, refuse the whole with all the reasons at once."""
    done, told = [], []
    for item in items:
        try:
            done.append(deed(item))
        except PeibuError as refusal:
            told.append(refusal.message)
    if told:
        raise Refused(f"{message}：{'；'.join(told)}", "some_refused", "请去掉或处理上述业务后再办理")
    return done


def prepare_batch_of_cases(*, cases: Sequence[Case], by: Actor, at: dt.datetime) -> PaymentBatch:
    """Intend and batch what was approved for these cases, from the fund it was set aside in: all or nothing."""
    with refusing():
        policies = {case.policy for case in cases}
        if len(policies) != 1:
            raise Refused("一个批次只能支付同一政策的业务", "one_policy_per_batch", "请按政策分别选择业务")
        payments = all_or_told("有业务不能支付", cases, lambda case: _intend_approved(case, by, at))
        return prepare_batch(payments=payments, by=by, at=at)


def _intend_approved(case: Case, by: Actor, at: dt.datetime) -> Payment:
    """Amount and account as the claim's approval has them; a returned payment that was issued again stands already."""
    claim = case.claim
    if claim.enterprise is None:
        told = f"业务{case.number}由个人申领，批次只能付给单位的基本存款账户"
        raise Refused(told, "payments_go_to_basic_accounts", "请由资金拨付岗另行办理个人发放")
    account = account_to_pay(case, on=timezone.localdate(at))
    if account is None or not claim.approved_fen:
        raise Refused(f"业务{case.number}没有核定金额或收款账户", "nothing_approved", "请核对审批结果")
    open_now = case.payments.filter(state=PaymentState.INTENDED).first()
    if open_now is not None:
        return open_now
    fen = payable_fen(case)
    if fen <= 0:
        raise Refused(f"业务{case.number}没有待支付的金额", "nothing_to_pay", "请核对已付、抵扣和异议暂缓的金额")
    return intend(case=case, payee=claim.enterprise, account=account, amount_fen=fen, by=by, at=at)


def prepare_batch(*, payments: Sequence[Payment], by: Actor, at: dt.datetime, format_code: str = "") -> PaymentBatch:
    """Put intended payments of one agency and one fund into a numbered batch, in the order given. Nothing leaves yet.

    Their money is committed when the approval has not done so (the booking stands once per case).
    """
    with refusing():
        rows = {p.pk: p for p in _locked(Payment.objects.filter(pk__in=[p.pk for p in payments]))}
        chosen = [rows[p.pk] for p in payments]
        agencies = {p.case.agency_id for p in chosen}
        if len(agencies) != 1:
            raise Refused(
                "一个批次只能支付同一受理机构的业务", "one_agency_per_batch", "请至少选择一笔，并按受理机构分别制单"
            )
        set_aside = all_or_told("批次不能生成", chosen, lambda payment: _enters(payment, by, at))
        fund = _one_fund(chosen, set_aside)
        agency = chosen[0].case.agency
        terms = terms_of(agency)
        batch = PaymentBatch.objects.create(
            division=agency.division,
            number=_number(agency, timezone.localdate(at)),
            fund=fund,
            agency=agency,
            format=format_named(format_code or terms.format).code,
            ability=terms.ability,
            count=len(chosen),
            total_fen=sum(p.amount_fen for p in chosen),
            prepared_by=by.user,
            prepared_key=by.person_key,
            prepared_at=at,
        )
        for position, payment in enumerate(chosen, start=1):
            payment.batch, payment.position = batch, position
            payment.save(update_fields=["batch", "position"])
        return batch


def _locked(rows: QuerySet[Payment]) -> QuerySet[Payment]:
    return (
        rows.select_for_update(of=("self",)).select_related("case__agency__division", "case__division").order_by("pk")
    )


def _number(agency, on: dt.date) -> str:
    code = agency.division.code or agency.division.desk.code
    return f"ZF{on.year}-{code}-{next_number(f'payment-batch/{code}/{on.year}'):04d}"


def _one_fund(payments: Sequence[Payment], set_aside: Sequence[Commitment]) -> Fund:
    """A batch is one file on one account: cases of several funds are batched fund by fund."""
    funds = {commitment.fund_id: commitment.fund for commitment in set_aside}
    if len(funds) == 1:
        return set_aside[0].fund
    numbers: dict[str, list[str]] = {}
    for payment, commitment in zip(payments, set_aside, strict=True):
        numbers.setdefault(commitment.fund.name, []).append(payment.case.number)
    told = "；".join(f"“{name}”：{'、'.join(cases)}" for name, cases in numbers.items())
    raise Refused(f"一个批次只能从一项资金支付。{told}", "one_fund_per_batch", "请按资金分别选择业务")


def _enters(payment: Payment, by: Actor, at: dt.datetime) -> Commitment:
    case = payment.case
    if payment.state != PaymentState.INTENDED or payment.batch_id is not None:
        raise Refused(f"业务{case.number}的付款已在批次中或已办结", "already_in_a_batch", "请刷新页面")
    require(can_handle_money(by, case), "not_your_money")
    require(is_payable(case, on=timezone.localdate(at)), "not_payable")
    commitment = commitment_of(case.pk)
    if commitment is None:
        memo = f"{case.number} {payment.payee_name}"
        told = {"policy": case.policy, "subject": case.claim.subject, "division": case.division, "memo": memo}
        return commit(amount_fen=payment.amount_fen, source_id=case.pk, by=by, at=at, **told)
    if commitment.committed_fen < payment.amount_fen:
        told = f"业务{case.number}只占用了{yuan(commitment.committed_fen)}元，不足支付{yuan(payment.amount_fen)}元"
        raise Refused(told, "committed_too_little", "请核对审批结果和资金占用")
    return commitment


def release_batch(*, batch: PaymentBatch, by: Actor, at: dt.datetime) -> PaymentBatch:
    """Check everything once more as another natural person, and write the bank's file. Repeated, nothing changes."""
    with refusing():
        batch = lock_batch(batch, by)
        if BatchState.RELEASED not in BATCH_MOVES[batch.state]:
            if batch.state == BatchState.CANCELLED:
                raise Refused("批次已撤销，不能放行", "batch_cancelled", "请重新制单")
            return batch
        if batch.prepared_key == by.person_key:
            raise Refused(
                "制单人与放行人不能是同一自然人", "releaser_is_not_the_preparer", "请由另一位资金拨付人员放行"
            )
        payments = list(_locked(batch.payments.all()).order_by("position"))
        all_or_told("批次不能放行", payments, lambda payment: _may_leave(payment, by, at))
        content = write_batch(batch.format, file_of(batch, payments, on=timezone.localdate(at)))
        batch.file = _keep(batch, "bank_file", f"{batch.number}.{format_named(batch.format).ending}", content, by, at)
        batch.state = BatchState.RELEASED
        batch.released_by, batch.released_key, batch.released_at = by.user, by.person_key, at
        batch.save(update_fields=["file", "state", "released_by", "released_key", "released_at"])
        return batch


def lock_batch(batch: PaymentBatch, by: Actor) -> PaymentBatch:
    """The batch under its row lock, in the scope of a payer."""
    row = PaymentBatch.objects.select_for_update(of=("self",)).select_related("fund", "agency").get(pk=batch.pk)
    if by.role != "finance" or not by.covers(row.division_id):
        raise Refused("只有本区（市）的资金拨付岗可以办理", "not_your_money", "请由资金拨付岗办理")
    return row


def _may_leave(payment: Payment, by: Actor, at: dt.datetime) -> None:
    """The judge of the policy has the last word (QD97.4.3, QD97.5.3, QD97.5.4); its determination is kept."""
    on = timezone.localdate(at)
    require(can_handle_money(by, payment.case), "not_your_money")
    require(is_payable(payment.case, on=on), "not_payable")
    if not account_in_force(payment, on=on):
        told = f"业务{payment.case.number}的收款账户已停用或更换"
        raise Refused(told, "account_not_in_force", "请撤销批次，更正账户后重新发起")
    told = {"account_kind": payment.account_kind, "amount_fen": payment.amount_fen}
    facts = payment_facts(payment.case, on=on, **told)
    judgement = load_policy(payment.case.policy).judge(SUBJECT, facts, on=on)
    if judgement.decision.value != "pass":
        told = "、".join(finding.sentence for finding in (*judgement.failed, *judgement.unknown))
        raise Refused(f"业务{payment.case.number}不符合拨付条件：{told}", "judged_not_payable", "请处理后再放行")
    keep_determination(subject_id=payment.pk, judgement=judgement, facts=facts, known_at=at, by=by, at=at)


def file_of(batch: PaymentBatch, payments: Sequence[Payment], *, on: dt.date, number: str = "") -> BatchFile:
    """The batch, or some of its payments under another number, as the bank's record; made of the rows and the day."""
    purpose = load_policy(payments[0].case.policy).card["short_title"] + "补贴"
    lines = [
        PayLine(p.position, p.account_number, p.payee_name, p.bank_name, p.amount_fen, purpose, p.key)
        for p in payments
    ]
    terms = terms_of(batch.agency)
    payer = Payer(terms.payer_name, terms.payer_account, terms.payer_bank)
    return BatchFile(number or batch.number, on, tuple(lines), payer)


def _keep(batch: PaymentBatch, purpose: str, name: str, content: bytes, by: Actor, at: dt.datetime):
    return keep_document(
        division=batch.division,
        subject_id=batch.pk,
        purpose=purpose,
        name=name,
        kind=name.rsplit(".", 1)[-1],
        content=content,
        by=by,
        at=at,
    )


def mark_sent(*, batch: PaymentBatch, by: Actor, at: dt.datetime) -> PaymentBatch:
    """A person has handed the file to the bank. Repeated, nothing changes."""
    with refusing():
        batch = lock_batch(batch, by)
        if batch.state in (BatchState.PREPARED, BatchState.CANCELLED):
            raise Refused(
                "批次尚未放行，不能送银行", "a_batch_goes_out_only_when_released", "请先由另一位资金拨付人员复核放行"
            )
        if batch.state == BatchState.RELEASED:
            told = {"count": batch.count, "began_at": at, "began_by": by.user, "ended_at": at, "note": BY_HAND}
            Delivery.objects.create(batch=batch, serial=1, kind=DeliveryKind.SEND, outcome="answered", **told)
            batch.state = BatchState.SENT
            batch.save(update_fields=["state"])
            batch.payments.filter(state=PaymentState.INTENDED).update(state=PaymentState.SENT)
        return batch


def cancel_batch(*, batch: PaymentBatch, reason: str, by: Actor, at: dt.datetime) -> PaymentBatch:
    """Undo a batch nobody has released. Its payments are withdrawn: what they were to pay waits again, with the amount and
    account of the day on which it is batched anew."""
    with refusing():
        batch = lock_batch(batch, by)
        if batch.state == BatchState.CANCELLED:
            return batch
        if BatchState.CANCELLED not in BATCH_MOVES[batch.state]:
            raise Refused(
                "批次已放行，文件可能已到银行，不能撤销", "batch_has_left", "请等待银行回盘；未到账的款项会被退回"
            )
        if not reason.strip():
            raise Refused("撤销批次须写明原因", "reason_required", "请填写原因后再提交")
        batch.payments.update(batch=None, position=None, state=PaymentState.WITHDRAWN)
        batch.state, batch.cancel_reason = BatchState.CANCELLED, reason.strip()[:200]
        batch.save(update_fields=["state", "cancel_reason"])
        return batch
