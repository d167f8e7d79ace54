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
from peibu.registry.models import BankAccount, HeldCertificate, Person
from peibu.training.models import Certificate, Cohort, Enrolment


@pghistory.track()
class Claim(Owned):
    """A claim of one subject of a policy by a unit or a person (ADR 0029); `division` is that of the office it goes to by
    its folder's route. `enterprise` is the claiming unit of any kind: an enterprise, a provider, a base. `cohort`, `held`
    or `project`: for a class, for one certificate, for a project of the unit."""

    policy = models.CharField(max_length=80)
    subject = models.CharField(_("补贴项目"), max_length=60, default="claim")
    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="claim")
    enterprise = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="claims")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="claims")
    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, null=True, blank=True, related_name="claims")
    held = models.ForeignKey(HeldCertificate, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    project = models.CharField(_("项目名称"), max_length=120, blank=True)
    route = models.CharField(_("受理依据"), max_length=200, blank=True)
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
                fields=["enterprise", "cohort", "subject"],
                condition=Q(invoice_active=True),
                name="one_live_claim_per_enterprise_and_class",
            ),
            models.UniqueConstraint(
                fields=["person", "cohort", "subject"],
                condition=Q(invoice_active=True),
                name="one_live_claim_per_person_and_class",
            ),
            models.UniqueConstraint(
                fields=["held", "policy", "subject"],
                condition=Q(invoice_active=True),
                name="one_live_claim_per_certificate",
            ),
            models.UniqueConstraint(
                fields=["enterprise", "policy", "subject", "project"],
                condition=Q(invoice_active=True) & ~Q(project=""),
                name="one_live_claim_per_project",
            ),
            models.CheckConstraint(
                condition=Q(enterprise__isnull=False, person__isnull=True)
                | Q(enterprise__isnull=True, person__isnull=False),
                name="a_claim_is_a_units_or_a_persons",
            ),
            models.CheckConstraint(
                condition=Q(cohort__isnull=False, held__isnull=True, project="")
                | Q(cohort__isnull=True, held__isnull=False, person__isnull=False, project="")
                | Q(cohort__isnull=True, held__isnull=True, enterprise__isnull=False) & ~Q(project=""),
                name="a_claim_is_for_one_thing",
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

    @property
    def claimant_name(self) -> str:
        """Who claims, unit or person."""
        return (self.enterprise or self.person).name

    @property
    def about(self) -> str:
        """What it is claimed for, in words: the class, the certificate, the project."""
        return self.cohort.name if self.cohort else str(self.held) if self.held else self.project


@pghistory.track()
class ClaimLine(models.Model):
    """One person in a claim, or the unit's project (no person), with the determination it rests on."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveIntegerField()
    enrolment = models.ForeignKey(
        Enrolment, on_delete=models.PROTECT, null=True, blank=True, related_name="claim_lines"
    )
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="claim_lines")
    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, null=True, related_name="+")
    determination = models.ForeignKey(Determination, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=LineState.choices)
    amount_fen = models.BigIntegerField(_("金额（分）"), default=0)
    remark = models.CharField(_("说明"), max_length=300, blank=True)
    # what was known up to then has been looked at again; evidence that came later is what the next re-check is for
    rechecked_at = models.DateTimeField(null=True, blank=True)
    rechecked_text = models.CharField(max_length=64, blank=True)  # by which text of the policy (its fingerprint)

    class Meta:
        ordering = ["claim", "position"]
        constraints = [
            models.UniqueConstraint(fields=["claim", "person"], name="a_person_stands_once_in_a_claim"),
            models.UniqueConstraint(
                fields=["claim"], condition=Q(person__isnull=True), name="a_project_stands_once_in_a_claim"
            ),
            models.CheckConstraint(
                condition=Q(enrolment__isnull=True) | Q(person__isnull=False), name="who_is_enrolled_is_a_person"
            ),
            models.CheckConstraint(condition=Q(amount_fen__gte=0), name="line_amount_is_not_negative"),
            models.CheckConstraint(
                condition=Q(state__in=["included", "held", "paid"]) | Q(amount_fen=0),
                name="only_included_lines_carry_money",
            ),
        ]

    @property
    def name(self) -> str:
        """The person, or the project of the claim."""
        return self.person.name if self.person else self.claim.project


class Entitlement(models.Model):
    """A person's, or a project's, subsidy of a policy (QD97.4.4): taken at submission, released when refused or withdrawn.

    `exclusive`: one per person and policy. A policy with a limits.yaml says itself how many: places stand beside it.
    `columns`: what limits compare (ADR 0011), as it was on the day of the claim.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    policy = models.CharField(max_length=80)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="entitlements")
    line = models.ForeignKey(ClaimLine, on_delete=models.PROTECT, related_name="entitlements")
    exclusive = models.BooleanField(default=True)
    columns = models.JSONField(default=dict, blank=True)
    taken_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True, blank=True)
    release_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["policy", "person"],
                condition=Q(released_at__isnull=True, exclusive=True),
                name="one_subsidy_per_person_and_policy",
            ),
        ]
        triggers = [pgtrigger.Protect(name="entitlement_is_kept", operation=pgtrigger.Delete)]


# The order and the sides of standing places are looked at under one lock per key: two claims at once cannot both pass.
PLACES_AGREE = pgtrigger.Trigger(
    name="places_agree",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    declare=[("broken", "text")],
    func="""
        PERFORM pg_advisory_xact_lock(hashtextextended(concat_ws(chr(31), NEW.scope, NEW.code, NEW.key), 0));
        SELECT CASE
            WHEN NEW.rank IS NOT NULL AND bool_or(p.rank > NEW.rank) THEN 'no_lower_level_after_a_higher'
            WHEN NEW.side <> '' AND bool_or(p.side <> '' AND p.side <> NEW.side) THEN 'one_side_of_an_exclusion'
            WHEN NEW.until IS NOT NULL AND NEW.maximum <=
                count(*) FILTER (WHERE p.day < NEW.until AND NEW.day < p.until) THEN 'places_in_a_moving_window'
        END INTO broken FROM claims_place p
        WHERE (p.scope, p.code, p.key) = (NEW.scope, NEW.code, NEW.key) AND p.released_at IS NULL;
        IF broken IS NOT NULL THEN
            RAISE EXCEPTION '%', broken USING ERRCODE = 'check_violation', CONSTRAINT = broken;
        END IF;
        RETURN NEW;
    """,
)


@pghistory.track()
class Place(models.Model):
    """What an entitlement holds under one limit of the policy (ADR 0011): its `ordinal` of at most `maximum` places.

    `scope`, `code`, `key`: whose places meet (see `peibu.rulebook.limits.Seat`). `maximum` is the value of `parameter` on
    `day` by the folder of that `fingerprint`. A limit on order or side has no ordinal.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    entitlement = models.ForeignKey(Entitlement, on_delete=models.PROTECT, related_name="places")
    scope = models.CharField(max_length=80)
    code = models.CharField(max_length=60)
    key = models.CharField(max_length=300)
    ordinal = models.PositiveIntegerField(null=True, blank=True)
    maximum = models.PositiveIntegerField(null=True, blank=True)
    parameter = models.CharField(max_length=60, blank=True)
    fingerprint = models.CharField(max_length=64)
    rank = models.PositiveSmallIntegerField(null=True, blank=True)
    side = models.CharField(max_length=120, blank=True)
    day = models.DateField()
    until = models.DateField(null=True, blank=True)
    taken_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["scope", "code", "key"], condition=Q(released_at__isnull=True), name="places")]
        constraints = [
            models.UniqueConstraint(
                fields=["scope", "code", "key", "ordinal"],
                condition=Q(released_at__isnull=True, ordinal__isnull=False),
                name="a_place_is_held_once",
            ),
            models.UniqueConstraint(
                fields=["entitlement", "scope", "code"],
                condition=Q(released_at__isnull=True),
                name="one_place_per_entitlement_and_limit",
            ),
            models.CheckConstraint(
                condition=Q(ordinal__isnull=True) | Q(ordinal__gte=1, ordinal__lte=models.F("maximum")),
                name="a_place_is_within_its_limit",
            ),
            models.CheckConstraint(
                # a moving window has no numbered places: its number is counted when one is taken
                condition=Q(maximum__isnull=True) | Q(ordinal__isnull=False) | Q(until__isnull=False),
                name="a_counted_place_has_a_number",
            ),
            models.CheckConstraint(
                condition=Q(released_at__isnull=True) | Q(released_at__gte=models.F("taken_at")),
                name="a_place_is_released_after_it_was_taken",
            ),
        ]
        triggers = [
            PLACES_AGREE,
            pgtrigger.Protect(name="place_is_kept", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="place_never_changes", exclude=["released_at"]),
            pgtrigger.Protect(
                name="released_stays_released",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__released_at__isnull=False),
            ),
        ]
