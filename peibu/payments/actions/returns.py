"""Payments that came back: the account corrected, approved by somebody else, paid again as the next attempt."""

import datetime as dt

from django.utils import timezone

from peibu.accounts.actor import Actor
from peibu.casework.models import Case
from peibu.casework.refusals import refusing
from peibu.kernel.errors import Refused
from peibu.payments.actions.intents import require, write_intent
from peibu.payments.enums import PaymentState
from peibu.payments.models import AccountApproval, Payment
from peibu.payments.permissions import can_approve_account, can_handle_money, is_payable
from peibu.payments.queries import account_is_approved
from peibu.registry.actions import replace_basic_account
from peibu.registry.enums import AccountKind
from peibu.registry.models import BankAccount


def correct_account(*, payment: Payment, bank_name: str, number: str, by: Actor, at: dt.datetime) -> BankAccount:
    """Register the basic account the enterprise now names after a return. It is paid only once somebody approved it."""
    with refusing():
        payment = _returned(payment)
        require(can_handle_money(by, payment.case), "not_your_money")
        return replace_basic_account(unit=payment.payee, bank_name=bank_name, number=number, by=by, at=at)


def approve_account(
    *, payment: Payment, account: BankAccount, reason: str, by: Actor, at: dt.datetime
) -> AccountApproval | None:
    """The approver accepts another basic account of the payee for this case (I18). None when it was approved already."""
    with refusing():
        payment = _returned(payment)
        require(can_approve_account(by, payment.case), "not_your_approval")
        if account.unit_id != payment.payee_id or account.kind != AccountKind.BASIC or account.valid_until is not None:
            raise Refused("该账户不是收款单位现行的基本存款账户", "payments_go_to_basic_accounts", "请核对账户")
        if account_is_approved(payment.case, account.number_index):
            return None
        if not reason.strip():
            raise Refused("核准账户更正须写明理由", "an_account_approval_has_a_reason", "请填写理由后再提交")
        return AccountApproval.objects.create(
            case=payment.case,
            account_index=account.number_index,
            approved_by=by.user,
            approved_key=by.person_key,
            approved_at=at,
            reason=reason.strip()[:200],
        )


def reissue(*, payment: Payment, account: BankAccount, by: Actor, at: dt.datetime) -> Payment:
    """Pay a returned payment again as the next attempt with its own key. Repeated, it gives back that attempt."""
    with refusing():
        payment = _returned(payment)
        case = Case.objects.select_for_update().get(pk=payment.case_id)
        require(can_handle_money(by, case), "not_your_money")
        following = case.payments.filter(purpose=payment.purpose, attempt__gt=payment.attempt).first()
        if following is not None:
            return following
        require(is_payable(case, on=timezone.localdate(at)), "not_payable")
        return write_intent(case, payment.payee, account, payment.amount_fen, attempt=payment.attempt + 1, at=at)


def _returned(payment: Payment) -> Payment:
    row = Payment.objects.select_for_update(of=("self",)).select_related("case", "payee").get(pk=payment.pk)
    if row.state != PaymentState.RETURNED:
        raise Refused("该付款没有被银行退回", "not_returned", "请刷新页面查看付款状态")
    return row
