"""Payment intents, batches and bank replies. One payment per claim and purpose (I4), to a basic account (QD97.5.4)."""

import pghistory
import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from peibu.accounts.models import Unit, User
from peibu.accounts.owned import Owned
from peibu.accounts.secrecy import SecretField
from peibu.casework.models import Case, Document
from peibu.kernel.ids import uuid7
from peibu.ledger.models import Fund
from peibu.payments.enums import Ability, BatchState, LineOutcome, PaymentState
from peibu.payments.lifecycle import PAYMENT_MOVES
from peibu.payments.models.triggers import AS_APPROVED, NO_OPEN_OBJECTION, NO_RELEASE_TO_COOLING, NOT_COOLING_OFF


@pghistory.track()
class PaymentBatch(Owned):
    """A file for the bank: prepared by one person, released by another."""

    number = models.CharField(_("批次号"), max_length=40, unique=True)
    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, choices=BatchState.choices, default=BatchState.PREPARED)
    format = models.CharField(_("文件格式"), max_length=30)
    ability = models.CharField(_("银行能力"), max_length=10, choices=Ability.choices, default=Ability.NEITHER)
    count = models.PositiveIntegerField(_("笔数"))
    total_fen = models.BigIntegerField(_("总额（分）"))
    prepared_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    prepared_key = models.CharField(max_length=64)
    prepared_at = models.DateTimeField()
    released_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    released_key = models.CharField(max_length=64, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)
    file = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reply = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    cancel_reason = models.CharField(_("撤销原因"), max_length=200, blank=True)

    class Meta(Owned.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(released_key="") | ~Q(released_key=F("prepared_key")), name="releaser_is_not_the_preparer"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["prepared", "cancelled"]) | ~Q(released_key=""),
                name="a_batch_goes_out_only_when_released",
            ),
            models.CheckConstraint(condition=Q(total_fen__gt=0) & Q(count__gt=0), name="a_batch_pays_something"),
        ]
        triggers = [
            *Owned.Meta.triggers,
            NO_OPEN_OBJECTION,
            NO_RELEASE_TO_COOLING,
            pgtrigger.Protect(name="batch_is_kept", operation=pgtrigger.Delete),
        ]


@pghistory.track(exclude=["account_number"])
class Payment(Owned):
    """The intent to pay, written before anything leaves the house. The key is derived, so a repeat is the same row."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="payments")
    purpose = models.CharField(_("用途"), max_length=30, default="subsidy")
    attempt = models.PositiveIntegerField(_("次数"), default=1)
    key = models.CharField(_("幂等键"), max_length=64, unique=True)
    batch = models.ForeignKey(PaymentBatch, on_delete=models.PROTECT, null=True, blank=True, related_name="payments")
    position = models.PositiveIntegerField(null=True, blank=True)
    payee = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    payee_name = models.CharField(_("收款户名"), max_length=120)
    bank_name = models.CharField(_("开户银行"), max_length=120)
    account_number = SecretField(_("账号"))
    account_index = models.CharField(max_length=64)
    account_kind = models.CharField(_("账户类型"), max_length=10)
    amount_fen = models.BigIntegerField(_("金额（分）"))
    state = models.CharField(max_length=10, choices=PaymentState.choices, default=PaymentState.INTENDED)
    intended_at = models.DateTimeField()
    settled_on = models.DateField(_("到账日期"), null=True, blank=True)
    bank_reference = models.CharField(_("银行流水号"), max_length=60, blank=True)
    return_reason = models.CharField(_("退回原因"), max_length=200, blank=True)

    class Meta(Owned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["case", "purpose"],
                condition=~Q(state__in=["returned", "withdrawn"]),
                name="one_payment_per_case_and_purpose",
            ),
            models.CheckConstraint(condition=Q(account_kind="basic"), name="payments_go_to_basic_accounts"),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="a_payment_pays_something"),
            models.UniqueConstraint(
                fields=["bank_reference"], condition=~Q(bank_reference=""), name="a_bank_reference_settles_one_payment"
            ),
        ]
        triggers = [
            *Owned.Meta.triggers,
            AS_APPROVED,
            NOT_COOLING_OFF,
            pgtrigger.Protect(name="payment_is_kept", operation=pgtrigger.Delete),
            pgtrigger.FSM(
                name="payment_follows_its_moves",
                field="state",
                transitions=[(str(a), str(b)) for a, follow in PAYMENT_MOVES.items() for b in sorted(follow)],
            ),
            pgtrigger.ReadOnly(
                name="payment_terms_never_change",
                fields=["case", "purpose", "attempt", "key", "amount_fen", "account_index"],
            ),
        ]


class AccountApproval(models.Model):
    """Another basic account of the payee, approved after a payment came back (I18: account paid = account approved)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="account_approvals")
    account_index = models.CharField(max_length=64)
    approved_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    approved_key = models.CharField(max_length=64)
    approved_at = models.DateTimeField()
    reason = models.CharField(_("理由"), max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "account_index"], name="an_account_is_approved_once_per_case"),
            models.CheckConstraint(condition=~Q(reason=""), name="an_account_approval_has_a_reason"),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]


class ReplyLine(models.Model):
    """One line of a bank reply as it came; kept also when it matches nothing."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    batch = models.ForeignKey(PaymentBatch, on_delete=models.PROTECT, related_name="reply_lines")
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, null=True, related_name="reply_lines")
    row = models.PositiveIntegerField()
    raw = models.JSONField()
    outcome = models.CharField(_("结果"), max_length=12, choices=LineOutcome.choices, default=LineOutcome.PENDING)
    note = models.CharField(_("说明"), max_length=300, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["document", "row"], name="a_reply_row_is_read_once")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]
