"""Payments that came back: the account corrected, approved by somebody else, paid again as the next attempt."""

import datetime as dt

from django.utils import timezone

from peibu.accounts.actor import Actor
from peibu.casework.models import Case
from peibu.casework.refusals import refusing
from peibu.kernel.errors import Refused
from peibu.payments.actions.changes import confirm_change, propose_change
from peibu.payments.actions.intents import require, write_intent
from peibu.payments.amounts import next_attempt, payable_fen
from peibu.payments.enums import ChangeState, PaymentState
from peibu.payments.models import AccountApproval, AccountChange, Payment
from peibu.payments.permissions import can_approve_account, can_handle_money, is_payable
from peibu.payments.queries import account_is_approved
from peibu.registry.models import BankAccount
from peibu.registry.queries import basic_account


def correct_account(*, payment: Payment, bank_name: str, number: str, by: Actor, at: dt.datetime) -> AccountChange:
    """Propose the basic account the enterprise now names after a return. It is paid only when somebody has approved it and
    its cooling-off has ended."""
    with refusing():
        payment = _returned(payment)
        require(can_handle_money(by, payment.case), "not_your_money")
        told = {"unit": payment.payee, "bank_name": bank_name, "number": number, "payment": payment}
        return propose_change(reason=f"付款被退回：{payment.return_reason}", by=by, at=at, **told)


def approve_account(*, payment: Payment, reason: str, by: Actor, at: dt.datetime) -> AccountApproval | None:
    """The approver accepts another basic account of the payee for this case (I18): the one proposed, which cools off now,
    or the one in force. None when it was approved already."""
    with refusing():
        payment = _returned(payment)
        require(can_approve_account(by, payment.case), "not_your_approval")
        if not reason.strip():
            raise Refused("核准账户更正须写明理由", "an_account_approval_has_a_reason", "请填写理由后再提交")
        index = _proposed(payment, reason, by, at) or _in_force(payment, at)
        if account_is_approved(payment.case, index):
            return AccountApproval.objects.filter(case=payment.case, account_index=index, approved_at=at).first()
        return AccountApproval.objects.create(
            case=payment.case,
            account_index=index,
            approved_by=by.user,
            approved_key=by.person_key,
            approved_at=at,
            reason=reason.strip()[:200],
        )


def _proposed(payment: Payment, reason: str, by: Actor, at: dt.datetime) -> str:
    change = AccountChange.objects.filter(unit=payment.payee, state=ChangeState.PROPOSED).first()
    return confirm_change(change=change, reason=reason, by=by, at=at).account_index if change else ""


def _in_force(payment: Payment, at: dt.datetime) -> str:
    account = basic_account(payment.payee, on=timezone.localdate(at))
    if account is None:
        raise Refused("收款单位没有现行的基本存款账户", "no_account", "请先登记更正后的账户")
    return account.number_index


def reissue(*, payment: Payment, account: BankAccount, by: Actor, at: dt.datetime) -> Payment:
    """Pay a returned payment again as the next attempt with its own key. Repeated, it gives back that attempt.

    Whoever was taken out of the claim since then is not paid for again.
    """
    with refusing():
        payment = _returned(payment)
        case = Case.objects.select_for_update().get(pk=payment.case_id)
        require(can_handle_money(by, case), "not_your_money")
        rows = case.payments.filter(purpose=payment.purpose, attempt__gt=payment.attempt)
        following = rows.exclude(state=PaymentState.WITHDRAWN).first()
        if following is not None:
            return following
        require(is_payable(case, on=timezone.localdate(at)), "not_payable")
        fen = min(payment.amount_fen, payable_fen(case))
        if fen <= 0:
            raise Refused(f"业务{case.number}没有待支付的金额", "nothing_to_pay", "请核对核定金额和已付金额")
        told = {"purpose": payment.purpose, "attempt": next_attempt(case, payment.purpose)}
        return write_intent(case, payment.payee, account, fen, at=at, **told)


def _returned(payment: Payment) -> Payment:
    row = Payment.objects.select_for_update(of=("self",)).select_related("case", "payee").get(pk=payment.pk)
    if row.state != PaymentState.RETURNED:
        raise Refused("该付款没有被银行退回", "not_returned", "请刷新页面查看付款状态")
    return row
