"""A claim, its lines, and the once-per-person entitlement (QD97.4.4, QD97.5)."""

import pghistory
import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from peibu.accounts.models import Unit
from peibu.accounts.owned import Owned
from peibu.casework.models import Case, Determination, Document
from peibu.claims.enums import InvoiceKind, LineState
from peibu.kernel.ids import uuid7
from peibu.registry.models import BankAccount, Person
from peibu.training.models import Certificate, Cohort, Enrolment


@pghistory.track()
class Claim(Owned):
    """An enterprise's subsidy claim for its people of one class; `division` is where the enterprise is registered."""

    policy = models.CharField(max_length=80)
    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="claim")
    enterprise = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="claims")
    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="claims")
    fee_fen = models.BigIntegerField(_("每人收费（分）"))
    invoice_kind = models.CharField(_("票据类型"), max_length=10, choices=InvoiceKind.choices, blank=True)
    invoice_code = models.CharField(_("票据代码"), max_length=20, blank=True)
    invoice_number = models.CharField(_("票据号码"), max_length=30, blank=True)
    invoice_fen = models.BigIntegerField(_("票据金额（分）"), null=True, blank=True)
    invoice_on = models.DateField(_("开票日期"), null=True, blank=True)
    # True while the claim lives: it then holds its invoice number and the class; withdrawal and refusal let both go.
    invoice_active = models.BooleanField(default=False)
    invoice = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    roster = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    approved_account_index = models.CharField(max_length=64, blank=True)
    amount_fen = models.BigIntegerField(_("申请金额（分）"), default=0)
    approved_fen = models.BigIntegerField(_("核定金额（分）"), null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta(Owned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["invoice_code", "invoice_number"],
                condition=Q(invoice_active=True) & ~Q(invoice_number=""),
                name="an_invoice_is_used_once",
            ),
            models.UniqueConstraint(
                fields=["enterprise", "cohort"],
                condition=Q(invoice_active=True),
                name="one_live_claim_per_enterprise_and_class",
            ),
            models.CheckConstraint(
                condition=Q(amount_fen__gte=0) & Q(fee_fen__gte=0), name="claim_amounts_are_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(approved_fen__isnull=True)
                | Q(approved_fen__gte=0, approved_fen__lte=models.F("amount_fen")),
                name="approved_is_at_most_claimed",
            ),
        ]


@pghistory.track()
class ClaimLine(models.Model):
    """One person in a claim with the determination it rests on."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveIntegerField()
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="claim_lines")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="claim_lines")
    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, null=True, related_name="+")
    determination = models.ForeignKey(Determination, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=LineState.choices)
    amount_fen = models.BigIntegerField(_("金额（分）"), default=0)
    remark = models.CharField(_("说明"), max_length=300, blank=True)

    class Meta:
        ordering = ["claim", "position"]
        constraints = [
            models.UniqueConstraint(fields=["claim", "person"], name="a_person_stands_once_in_a_claim"),
            models.CheckConstraint(condition=Q(amount_fen__gte=0), name="line_amount_is_not_negative"),
            models.CheckConstraint(
                condition=Q(state__in=["included", "held", "paid"]) | Q(amount_fen=0),
                name="only_included_lines_carry_money",
            ),
        ]


class Entitlement(models.Model):
    """A person's one subsidy of a policy (QD97.4.4): taken at submission, released when refused or withdrawn."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    policy = models.CharField(max_length=80)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="entitlements")
    line = models.ForeignKey(ClaimLine, on_delete=models.PROTECT, related_name="entitlements")
    taken_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True, blank=True)
    release_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["policy", "person"],
                condition=Q(released_at__isnull=True),
                name="one_subsidy_per_person_and_policy",
            ),
        ]
        triggers = [pgtrigger.Protect(name="entitlement_is_kept", operation=pgtrigger.Delete)]
