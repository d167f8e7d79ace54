"""How an agency's bank is reached, every sending told before it happens, and what only a person can find out."""

import pghistory
import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from peibu.accounts.models import Unit, User
from peibu.accounts.owned import Owned
from peibu.accounts.secrecy import SecretField
from peibu.casework.models import Document
from peibu.kernel.ids import uuid7
from peibu.payments.enums import Ability, DeliveryKind, DeliveryOutcome, Finding
from peibu.payments.models.payments import Payment, PaymentBatch
from peibu.payments.models.triggers import ASK_FIRST


@pghistory.track(exclude=["payer_account"])
class BankChannel(Owned):
    """The bank of an agency as data: file formats, what the bank can do when a result is lost, the paying account."""

    agency = models.OneToOneField(Unit, on_delete=models.PROTECT, related_name="bank_channel")
    format = models.CharField(_("批次文件格式"), max_length=30)
    statement_format = models.CharField(_("对账单格式"), max_length=30)
    ability = models.CharField(_("结果不明时"), max_length=10, choices=Ability.choices)
    wire = models.CharField(_("直连线路"), max_length=30, blank=True)
    payer_name = models.CharField(_("付款户名"), max_length=120)
    payer_account = SecretField(_("付款账号"))
    payer_bank = models.CharField(_("付款银行行号"), max_length=35, blank=True)
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    set_at = models.DateTimeField()

    class Meta(Owned.Meta):
        pass


class Delivery(models.Model):
    """One call to the bank, written before it is made (I24): a file sent, or a question about what became of it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    batch = models.ForeignKey(PaymentBatch, on_delete=models.PROTECT, related_name="deliveries")
    serial = models.PositiveIntegerField(_("次序"))
    kind = models.CharField(_("事项"), max_length=10, choices=DeliveryKind.choices)
    count = models.PositiveIntegerField(_("笔数"))
    began_at = models.DateTimeField(_("开始"))
    began_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    outcome = models.CharField(_("结果"), max_length=10, choices=DeliveryOutcome.choices, default=DeliveryOutcome.OPEN)
    ended_at = models.DateTimeField(_("结束"), null=True, blank=True)
    note = models.CharField(_("说明"), max_length=300, blank=True)

    class Meta:
        ordering = ["batch", "serial"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "serial"], name="deliveries_of_a_batch_are_numbered_once"),
            models.UniqueConstraint(
                fields=["batch"], condition=Q(outcome="open"), name="one_call_to_the_bank_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(outcome="open", ended_at__isnull=True) | ~Q(outcome="open") & Q(ended_at__isnull=False),
                name="a_delivery_ends_with_an_outcome",
            ),
        ]
        triggers = [
            ASK_FIRST,
            pgtrigger.Protect(name="delivery_is_kept", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="delivery_terms_never_change", fields=["batch", "serial", "kind", "began_at"]),
        ]


class Doubt(models.Model):
    """A payment whose result the bank cannot tell by file: a person finds out, another one confirms, on evidence."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="doubts")
    finding = models.CharField(_("核实结果"), max_length=10, choices=Finding.choices)
    reference = models.CharField(_("银行流水号"), max_length=60, blank=True)
    settled_on = models.DateField(_("银行日期"))
    reason = models.CharField(_("依据"), max_length=200)
    evidence = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    found_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    found_key = models.CharField(max_length=64)
    found_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    confirmed_key = models.CharField(max_length=64, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    dropped_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_key="") | ~Q(confirmed_key=F("found_key")),
                name="who_confirms_is_not_who_found_out",
            ),
            models.UniqueConstraint(
                fields=["payment"],
                condition=Q(confirmed_at__isnull=True, dropped_at__isnull=True),
                name="one_open_finding_per_payment",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="a_finding_has_a_reason"),
            models.CheckConstraint(
                condition=~Q(finding="paid") | ~Q(reference=""), name="a_paid_finding_names_the_bank_number"
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="finding_is_kept", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="finding_never_changes",
                fields=["payment", "finding", "reference", "settled_on", "evidence", "found_key"],
            ),
        ]
