"""The bank's own record of a day, kept as it came, and what does not agree with our book."""

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from peibu.accounts.models import Unit, User
from peibu.accounts.owned import Owned
from peibu.casework.models import Document, Progress
from peibu.kernel.ids import uuid7
from peibu.payments.enums import DifferenceKind, LineKind, RunState
from peibu.payments.models.payments import Payment


class Statement(Owned):
    """One day of an agency's account as the bank tells it; opening + what came and went = closing."""

    agency = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="statements")
    on = models.DateField(_("日期"))
    opening_fen = models.BigIntegerField(_("期初余额（分）"))
    closing_fen = models.BigIntegerField(_("期末余额（分）"))
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    imported_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    imported_at = models.DateTimeField()

    class Meta(Owned.Meta):
        ordering = ["agency", "on"]
        constraints = [models.UniqueConstraint(fields=["agency", "on"], name="one_statement_per_account_and_day")]
        triggers = [
            *Owned.Meta.triggers,
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]


class StatementLine(models.Model):
    """One movement: fen into (+) or out of (-) the account, with the key and number the bank tells."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="lines")
    row = models.PositiveIntegerField(_("行"))
    kind = models.CharField(_("类别"), max_length=10, choices=LineKind.choices)
    amount_fen = models.BigIntegerField(_("金额（分）"))
    key = models.CharField(_("业务标识"), max_length=64, blank=True)
    reference = models.CharField(_("银行流水号"), max_length=60)
    name = models.CharField(_("对方户名"), max_length=140, blank=True)
    text = models.CharField(_("摘要"), max_length=200, blank=True)

    class Meta:
        ordering = ["statement", "row"]
        constraints = [
            models.UniqueConstraint(fields=["statement", "row"], name="a_statement_row_is_read_once"),
            models.CheckConstraint(condition=~Q(amount_fen=0), name="a_movement_moves_something"),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]


class Reconciliation(Owned):
    """One comparison of a day: the bank's lines with our book. The sum of its differences is the whole difference."""

    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="runs")
    state = models.CharField(max_length=10, choices=RunState.choices, default=RunState.QUEUED)
    progress = models.ForeignKey(Progress, on_delete=models.PROTECT, related_name="+")
    matched = models.PositiveIntegerField(_("相符"), default=0)
    settled = models.PositiveIntegerField(_("据对账单确认到账"), default=0)
    bank_net_fen = models.BigIntegerField(default=0)
    book_net_fen = models.BigIntegerField(default=0)
    differences_fen = models.BigIntegerField(default=0)
    started_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    started_at = models.DateTimeField()

    class Meta(Owned.Meta):
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="done") | Q(differences_fen=F("bank_net_fen") - F("book_net_fen")),
                name="differences_explain_the_whole_difference",
            )
        ]


class Difference(models.Model):
    """Something only the bank knows, only our book knows, or both know with other sums: somebody must explain it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    run = models.ForeignKey(Reconciliation, on_delete=models.PROTECT, related_name="differences")
    kind = models.CharField(_("差异"), max_length=10, choices=DifferenceKind.choices)
    line = models.ForeignKey(StatementLine, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    amount_fen = models.BigIntegerField(_("差额（分）"))
    words = models.CharField(_("说明"), max_length=300)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    explanation = models.CharField(_("处理情况"), max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | ~Q(explanation=""), name="a_difference_is_closed_with_words"
            )
        ]
        triggers = [
            pgtrigger.Protect(name="difference_is_kept", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="difference_never_changes", fields=["run", "kind", "line", "amount_fen"]),
        ]
