"""The intent to pay, written before anything leaves the house (I24)."""

import datetime as dt
import hashlib

from django.utils import timezone

from peibu.accounts.actor import Actor
from peibu.accounts.models import Unit
from peibu.casework.models import Case
from peibu.casework.refusals import refusing
from peibu.kernel.errors import Refused
from peibu.kernel.verdict import Verdict
from peibu.payments.amounts import next_attempt, payable_fen, purpose_of_next, under_way
from peibu.payments.enums import PaymentState
from peibu.payments.lifecycle import VOID
from peibu.payments.models import Payment
from peibu.payments.permissions import can_handle_money, is_payable
from peibu.payments.queries import account_is_approved
from peibu.registry.enums import AccountKind
from peibu.registry.models import BankAccount


def key_of(case: Case, purpose: str, attempt: int) -> str:
    """The idempotency key: the same case, purpose and attempt give the same 64 hexadecimal digits, for ever."""
    return hashlib.sha256(f"{case.pk}|{purpose}|{attempt}".encode()).hexdigest()


def require(verdict: Verdict, code: str) -> None:
    """A refusal when the verdict is no."""
    if not verdict:
        raise Refused(verdict.reason, code, "请核对后由有权限的人员在正确的环节办理")


def intend(*, case: Case, payee: Unit, account: BankAccount, amount_fen: int, by: Actor, at: dt.datetime) -> Payment:
    """Write the intent to pay a case. Repeated, it gives back the payment that stands.

    Refused before the notice has ended or under an objection (I6), for an account that is not the payee's approved basic
    account (QD97.5.4, I18), for more than was approved (I3), and after a return: that is `reissue`.
    """
    with refusing():
        case = Case.objects.select_for_update().get(pk=case.pk)
        require(can_handle_money(by, case), "not_your_money")
        standing = case.payments.exclude(state__in=VOID).order_by("intended_at", "pk").last()
        if standing is not None and (standing.state != PaymentState.PAID or payable_fen(case) <= 0):
            return _same(standing, account, amount_fen)
        require(is_payable(case, on=timezone.localdate(at)), "not_payable")
        if under_way(case):
            raise Refused("该业务的付款已被银行退回", "returned_before", "请在“退回待处理”中更正后重新发起")
        purpose = purpose_of_next(case)
        told = {"purpose": purpose, "attempt": next_attempt(case, purpose)}
        return write_intent(case, payee, account, amount_fen, at=at, **told)


def _same(standing: Payment, account: BankAccount, amount_fen: int) -> Payment:
    if (standing.amount_fen, standing.account_index) != (amount_fen, account.number_index):
        raise Refused(
            "该业务已有一笔金额或账户不同的付款", "one_payment_per_case_and_purpose", "请在批次中查看已有付款"
        )
    return standing


def write_intent(
    case: Case, payee: Unit, account: BankAccount, amount_fen: int, *, purpose: str, attempt: int, at: dt.datetime
) -> Payment:
    """The row itself, after the account has been checked; the database compares it with the approval once more."""
    check_account(case, payee, account, on=timezone.localdate(at))
    return Payment.objects.create(
        division=case.division,
        case=case,
        purpose=purpose,
        attempt=attempt,
        key=key_of(case, purpose, attempt),
        payee=payee,
        payee_name=payee.name,
        bank_name=account.bank_name,
        account_number=account.number,
        account_index=account.number_index,
        account_kind=account.kind,
        amount_fen=amount_fen,
        intended_at=at,
    )


def check_account(case: Case, payee: Unit, account: BankAccount, *, on: dt.date) -> None:
    """Refuses an account that is not the payee's own, basic, in force and approved."""
    if payee.pk != case.applicant_id:
        raise Refused("收款单位不是本业务的申请单位", "payee_is_the_applicant", "请核对收款单位")
    if account.unit_id != payee.pk:
        raise Refused("收款账户不属于收款单位", "account_of_another_unit", "请选择收款单位自己的账户")
    if account.kind != AccountKind.BASIC:
        told = f"{payee.name}的收款账户不是基本存款账户"
        raise Refused(told, "payments_go_to_basic_accounts", "请企业登记基本存款账户后再办理")
    if account.valid_from > on or (account.valid_until is not None and account.valid_until < on):
        raise Refused(f"{payee.name}的收款账户已停用", "account_not_in_force", "请企业更正账户，经审批岗核准后再办理")
    if not account_is_approved(case, account.number_index):
        told = f"{payee.name}的收款账户与审批时的账户不一致"
        raise Refused(told, "account_paid_is_account_approved", "请由人社局审批岗核准更正后的账户再办理")
