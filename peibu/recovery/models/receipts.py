"""Money that has come back, and by which days it shall."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from peibu.accounts.models import User
from peibu.casework.models import Case
from peibu.kernel.ids import uuid7
from peibu.ledger.models import Entry
from peibu.payments.models import StatementLine
from peibu.recovery.enums import ReceiptKind
from peibu.recovery.models.recoveries import Recovery
from peibu.recovery.models.triggers import COUNTED, DECIDED_ONLY

APPEND_ONLY = pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)


class Receipt(models.Model):
    """A sum that came back by the bank, was set off against another case's payment, or went back after a won appeal.

    `entry` books it in the claim's case; a set-off has an entry in the other case too.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    recovery = models.ForeignKey(Recovery, on_delete=models.PROTECT, related_name="receipts")
    kind = models.CharField(_("方式"), max_length=10, choices=ReceiptKind.choices)
    amount_fen = models.BigIntegerField(_("金额（分）"))
    on = models.DateField(_("到账日期"))
    bank_reference = models.CharField(_("银行流水号"), max_length=60, blank=True)
    statement_line = models.OneToOneField(StatementLine, on_delete=models.PROTECT, null=True, related_name="receipt")
    against = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, related_name="set_offs")
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="+")
    other_entry = models.OneToOneField(Entry, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(_("登记时间"))

    class Meta:
        ordering = ["recorded_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="a_receipt_brings_something"),
            models.UniqueConstraint(
                fields=["bank_reference"], condition=~Q(bank_reference=""), name="a_bank_reference_is_one_receipt"
            ),
            models.CheckConstraint(
                condition=Q(kind="set_off", against__isnull=False, other_entry__isnull=False, bank_reference="")
                | Q(kind__in=["returned", "refund"], against__isnull=True, other_entry__isnull=True)
                & ~Q(bank_reference=""),
                name="a_receipt_names_the_bank_or_the_other_case",
            ),
        ]
        triggers = [DECIDED_ONLY, COUNTED, APPEND_ONLY]


class Instalment(models.Model):
    """A part of what is owed and the day it is due; the latest plan of a recovery counts."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    recovery = models.ForeignKey(Recovery, on_delete=models.PROTECT, related_name="instalments")
    plan = models.PositiveSmallIntegerField()
    position = models.PositiveSmallIntegerField(_("期次"))
    due_on = models.DateField(_("应退日期"))
    amount_fen = models.BigIntegerField(_("金额（分）"))
    reason = models.CharField(_("理由"), max_length=300)
    agreed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    agreed_at = models.DateTimeField()

    class Meta:
        ordering = ["recovery", "plan", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["recovery", "plan", "position"], name="instalments_are_numbered_once_per_plan"
            ),
            models.CheckConstraint(condition=Q(amount_fen__gt=0) & ~Q(reason=""), name="an_instalment_is_something"),
        ]
        triggers = [APPEND_ONLY]
