"""The joint decision, the agreement, what happens to a listing later (QD97.2.4, HD2.4.10, HD2.4.12)."""

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from peibu.accounts.models import Unit, User
from peibu.accreditation.enums import MeasureKind
from peibu.accreditation.models.call import Application
from peibu.casework.models import APPEND_ONLY
from peibu.kernel.ids import uuid7
from peibu.programmes.models import ListedUnit

# The bureaus that decide are those of the call's place or of the city above it; which of the two, the policy says.
OWN_PLACE = pgtrigger.Trigger(
    name="a_bureau_speaks_for_its_own_place",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    func="""
        IF NOT EXISTS (SELECT 1 FROM accreditation_application a JOIN accreditation_call c ON c.id = a.call_id
                       JOIN accounts_division d ON d.id = c.division_id JOIN accounts_unit u ON u.id = NEW.bureau_id
                       WHERE a.id = NEW.application_id AND u.division_id IN (d.id, d.parent_id)) THEN
            RAISE EXCEPTION 'a_bureau_speaks_for_its_own_place' USING ERRCODE = 'check_violation',
                CONSTRAINT = 'a_bureau_speaks_for_its_own_place';
        END IF;
        RETURN NEW;
    """,
)


class Assent(models.Model):
    """A bureau's word on an evaluated application: yes, or no with its reason. Given once, never changed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="assents")
    bureau = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("部门"))
    agrees = models.BooleanField(_("同意"))
    reason = models.CharField(_("意见"), max_length=300, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("时间"))

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["application", "bureau"], name="a_bureau_speaks_once"),
            models.CheckConstraint(condition=Q(agrees=True) | ~Q(reason=""), name="a_no_has_its_reason"),
        ]
        triggers = [APPEND_ONLY, OWN_PLACE]


class Agreement(models.Model):
    """申报签约: term and scope, signed by the bureau and by the unit (HD2.4.10)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    listing = models.ForeignKey(ListedUnit, on_delete=models.PROTECT, related_name="agreements")
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="agreements")
    valid_from = models.DateField(_("协议起"))
    valid_until = models.DateField(_("协议止"))
    scope = models.TextField(_("承担的职业（工种）和对象"))
    offered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    offered_at = models.DateTimeField(_("部门签署时间"))
    signed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    signed_at = models.DateTimeField(_("单位签署时间"), null=True, blank=True)

    class Meta:
        ordering = ["-offered_at"]
        constraints = [
            models.CheckConstraint(condition=Q(valid_until__gt=F("valid_from")), name="an_agreement_has_a_term"),
            models.CheckConstraint(condition=~Q(scope=""), name="an_agreement_has_a_scope"),
        ]
        triggers = [
            pgtrigger.Protect(name="agreements_are_kept", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="an_agreement_never_changes",
                fields=["listing", "application", "valid_from", "valid_until", "scope", "offered_by", "offered_at"],
            ),
            pgtrigger.Protect(
                name="a_signature_is_final",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__signed_at__isnull=False),
            ),
        ]


class Measure(models.Model):
    """A yearly assessment, warning, suspension, return or exit, with its reason. Append-only (HD2.4.12).

    `undo`: what an upheld appeal takes back: {"ends": listing -> [end before, end set]} or {"pauses": [ids]}.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    listing = models.ForeignKey(ListedUnit, on_delete=models.PROTECT, related_name="measures")
    kind = models.CharField(_("措施"), max_length=10, choices=MeasureKind.choices)
    year = models.PositiveSmallIntegerField(_("评估年度"))
    effective_on = models.DateField(_("生效日期"))
    reason = models.TextField(_("理由"))
    bureau = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("时间"))
    undo = models.JSONField(default=dict)

    class Meta:
        ordering = ["at", "id"]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="a_measure_has_its_reason")]
        triggers = [APPEND_ONLY]


class Appeal(models.Model):
    """The unit's appeal against a measure; decided by another natural person than the one who took it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    measure = models.OneToOneField(Measure, on_delete=models.PROTECT, related_name="appeal")
    text = models.TextField(_("申诉内容"))
    raised_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    raised_at = models.DateTimeField(_("申诉时间"))
    upheld = models.BooleanField(_("申诉成立"), null=True, blank=True)
    answer = models.TextField(_("处理意见"), blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(_("处理时间"), null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(upheld__isnull=True, answer="", decided_by__isnull=True, decided_at__isnull=True)
                | (Q(upheld__isnull=False, decided_by__isnull=False, decided_at__isnull=False) & ~Q(answer="")),
                name="a_decided_appeal_has_answer_time_and_person",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="appeals_are_kept", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="a_decided_appeal_is_final",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__decided_at__isnull=False),
            ),
            pgtrigger.Trigger(
                name="another_person_decides_the_appeal",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                condition=pgtrigger.Q(new__decided_by__isnull=False),
                func="""
                    IF EXISTS (SELECT 1 FROM accreditation_measure m
                               JOIN accounts_user a ON a.id = m.by_id JOIN accounts_user b ON b.id = NEW.decided_by_id
                               WHERE m.id = NEW.measure_id AND a.person_key = b.person_key) THEN
                        RAISE EXCEPTION 'another_person_decides_the_appeal' USING ERRCODE = 'check_violation',
                            CONSTRAINT = 'another_person_decides_the_appeal';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]
