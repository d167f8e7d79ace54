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
from peibu.payments.enums import BatchState, PaymentState


@pghistory.track()
class PaymentBatch(Owned):
    """A file for the bank: prepared by one person, released by another."""

    number = models.CharField(_("批次号"), max_length=40, unique=True)
    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, choices=BatchState.choices, default=BatchState.PREPARED)
    format = models.CharField(_("文件格式"), max_length=30)
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

    class Meta(Owned.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(released_key="") | ~Q(released_key=F("prepared_key")), name="releaser_is_not_the_preparer"
            ),
            models.CheckConstraint(
                condition=Q(state="prepared") | ~Q(released_key=""), name="a_batch_goes_out_only_when_released"
            ),
            models.CheckConstraint(condition=Q(total_fen__gt=0) & Q(count__gt=0), name="a_batch_pays_something"),
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
                fields=["case", "purpose"], condition=~Q(state="returned"), name="one_payment_per_case_and_purpose"
            ),
            models.CheckConstraint(condition=Q(account_kind="basic"), name="payments_go_to_basic_accounts"),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="a_payment_pays_something"),
            models.UniqueConstraint(
                fields=["bank_reference"], condition=~Q(bank_reference=""), name="a_bank_reference_settles_one_payment"
            ),
        ]
        triggers = [
            *Owned.Meta.triggers,
            pgtrigger.Protect(name="payment_is_kept", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="payment_terms_never_change",
                fields=["case", "purpose", "attempt", "key", "amount_fen", "account_index"],
            ),
        ]


class ReplyLine(models.Model):
    """One line of a bank reply as it came; kept also when it matches nothing."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    batch = models.ForeignKey(PaymentBatch, on_delete=models.PROTECT, related_name="reply_lines")
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, null=True, related_name="reply_lines")
    row = models.PositiveIntegerField()
    raw = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["document", "row"], name="a_reply_row_is_read_once")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]
