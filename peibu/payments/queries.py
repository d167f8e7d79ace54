"""Questions about payments, each in the asker's scope."""

import dataclasses
import datetime as dt

from django.db.models import Q, QuerySet, Sum

from peibu.accounts.actor import Actor
from peibu.casework.models import Case
from peibu.casework.processes import process_of
from peibu.casework.queries import cases_for
from peibu.claims.enums import LineState
from peibu.claims.models import ClaimLine
from peibu.claims.offers import PROCESSES
from peibu.gateways.bank import format_named
from peibu.gateways.bank.fake import FakeBank
from peibu.kernel.verdict import Verdict
from peibu.payments.amounts import open_returns
from peibu.payments.enums import Ability, ChangeState, DeliveryKind, PaymentState
from peibu.payments.lifecycle import PAY_MOVE
from peibu.payments.models import AccountApproval, AccountChange, Payment, PaymentBatch, ReplyLine
from peibu.payments.payees import open_change, unpaid_cases
from peibu.payments.permissions import can_approve_account, is_payable
from peibu.registry.models import BankAccount
from peibu.registry.queries import basic_account


def account_is_approved(case: Case, index: str) -> bool:
    """Is this the account the approval names, or one approved after a return (I18)?"""
    claim = getattr(case, "claim", None)
    if claim is not None and index and claim.approved_account_index == index:
        return True
    return AccountApproval.objects.filter(case=case, account_index=index).exists()


def account_to_pay(case: Case, *, on: dt.date) -> BankAccount | None:
    """The payee's account in force, to be approved for the case (I18); none in force, the one of the claim."""
    return basic_account(case.claim.enterprise, on=on) or case.claim.account


def cases_to_accept(actor: Actor, change: AccountChange) -> list[Case]:
    """Unpaid claims of the payee for which the actor may accept the account of a change, and nobody has yet."""
    index = change.account_index
    cases = [case for case in unpaid_cases(change.unit) if can_approve_account(actor, case)]
    return [case for case in cases if not account_is_approved(case, index)]


def account_in_force(payment: Payment, *, on: dt.date) -> bool:
    """Is the payment's account still the payee's basic account?"""
    now = basic_account(payment.payee, on=on)
    return now is not None and now.number_index == payment.account_index


def waiting_cases(actor: Actor, *, on: dt.date) -> QuerySet[Case]:
    """Cases of units in the state before payment that no batch holds, longest waiting first. Batches go to basic accounts:
    a person's own claim does not enter one."""
    rows = cases_for(actor).filter(process__in=PROCESSES, applicant_person__isnull=True)
    states = Q(pk__in=[])
    for policy, process in rows.values_list("policy", "process").distinct().order_by():
        move = process_of(policy, process, on=on).moves.get(PAY_MOVE)
        states |= Q(policy=policy, process=process, state__in=move.sources if move else ())
    held = Payment.objects.exclude(state=PaymentState.INTENDED, batch__isnull=True)
    held = held.exclude(state=PaymentState.WITHDRAWN)
    # somebody whom an objection had held is paid after the others: those have their money, this one waits
    rest = ClaimLine.objects.filter(state=LineState.INCLUDED).values("claim__case_id")
    held = held.exclude(state=PaymentState.PAID, case_id__in=rest).values("case_id")
    fresh = Payment.objects.filter(state=PaymentState.INTENDED, batch__isnull=True).values("case_id")
    rows = rows.filter((states & ~Q(pk__in=held)) | Q(pk__in=fresh))
    return rows.select_related("claim__account", "claim__enterprise").order_by("state_since", "pk")


def payable(case: Case, *, on: dt.date) -> Verdict:
    return is_payable(case, on=on)


def payments_for(actor: Actor) -> QuerySet[Payment]:
    """Payments of the cases the actor may see."""
    return Payment.objects.filter(case__in=cases_for(actor).values("pk")).select_related("case", "payee", "batch")


def batches_for(actor: Actor) -> QuerySet[PaymentBatch]:
    """Batches of the actor's district, newest first; organisations see none."""
    rows = PaymentBatch.objects.select_related("agency", "fund", "prepared_by", "released_by", "file", "reply")
    if not actor.is_officer:
        return rows.none()
    if not actor.whole_city:
        rows = rows.filter(division_id__in=actor.division_ids())
    return rows.order_by("-prepared_at", "-id")


def sendable(batch: PaymentBatch) -> QuerySet[Payment]:
    """What may go to the bank now: what is not with it, and at a bank that honours our key also what may be."""
    states = [PaymentState.INTENDED, PaymentState.UNSENT]
    if batch.ability == Ability.KEYED:
        states.append(PaymentState.UNKNOWN)
    elif batch.ability == Ability.NEITHER and batch.deliveries.filter(kind=DeliveryKind.SEND).exists():
        states = []
    return batch.payments.filter(state__in=states)


def doubtful_payments(actor: Actor) -> QuerySet[Payment]:
    """Payments whose result nobody knows or that never reached the bank, the oldest first."""
    rows = payments_for(actor).filter(state__in=[PaymentState.UNKNOWN, PaymentState.UNSENT])
    return rows.order_by("intended_at", "pk")


def returned_payments(actor: Actor) -> QuerySet[Payment]:
    """Payments the bank sent back that no later attempt has replaced."""
    rows = payments_for(actor)
    return open_returns(rows).order_by("-intended_at")


def reply_lines(batch: PaymentBatch) -> QuerySet[ReplyLine]:
    """Every line of every reply, the newest file first."""
    return batch.reply_lines.select_related("payment__case", "document").order_by("-document__uploaded_at", "row")


@dataclasses.dataclass(frozen=True)
class PaymentOfCase:
    """What others show of a case's payment: the last attempt, all attempts, the approved account as it stands now."""

    last: Payment
    attempts: list[Payment]
    settled_on: dt.date | None
    account: BankAccount | None
    account_approved: bool
    change: AccountChange | None

    @property
    def wants_approval(self) -> bool:
        """Is there an account an approver has yet to accept: one proposed, or the one in force?"""
        return self.change.state == ChangeState.PROPOSED if self.change else not self.account_approved


def payment_of(case: Case) -> PaymentOfCase | None:
    """The payment of a case with its earlier attempts; None before finance intends one."""
    attempts = list(case.payments.select_related("batch", "payee").order_by("intended_at", "attempt"))
    if not attempts:
        return None
    last = attempts[-1]
    account = last.payee.bank_accounts.filter(kind="basic", valid_until__isnull=True).first()
    approved = account is not None and account_is_approved(case, account.number_index)
    return PaymentOfCase(last, attempts, last.settled_on, account, approved, open_change(last.payee))


@dataclasses.dataclass(frozen=True)
class Totals:
    """Sums in fen of what the actor sees."""

    waiting_fen: int
    paid_fen: int


def totals(actor: Actor, *, on: dt.date) -> Totals:
    """What waits to be paid, and what arrived in the year of a day."""
    waiting = waiting_cases(actor, on=on).aggregate(fen=Sum("claim__approved_fen"))["fen"]
    arrived = payments_for(actor).filter(state=PaymentState.PAID, settled_on__year=on.year)
    return Totals(waiting or 0, arrived.aggregate(fen=Sum("amount_fen"))["fen"] or 0)


def demo_bank_of(batch: PaymentBatch) -> FakeBank:
    """The demo bank with its memory of this batch, so that asking it again gives the same answer."""
    bank, told_key = FakeBank(), format_named(batch.format).told_key
    for payment in batch.payments.all():
        key = told_key(payment.key)
        if payment.state == PaymentState.PAID:
            bank.paid[key] = (payment.amount_fen, payment.bank_reference)
        elif payment.state == PaymentState.RETURNED:
            line = payment.reply_lines.filter(outcome="returned").order_by("-document__uploaded_at").first()
            bank.returned[key] = line.raw["status"] if line else "1099"
    return bank
