"""A kept determination that would come out differently with what is known now: the difference, and what was decided."""

import pghistory
import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from peibu.accounts.models import User
from peibu.casework.models import Determination
from peibu.claims.enums import RecheckState, Settlement
from peibu.claims.models.claims import ClaimLine
from peibu.kernel.ids import uuid7

BY_ITSELF = (Settlement.SAME_AGAIN.value, Settlement.REPLACED.value)
FOUND = ["line", "before", "after", "delta_fen", "lowers", "causes", "sentence", "changes", "found_at"]

SAME_CASE = pgtrigger.Trigger(
    name="a_recheck_looks_back_at_one_case",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    func="""
        IF NOT EXISTS (
            SELECT 1 FROM casework_determination b, casework_determination a
            WHERE b.id = NEW.before_id AND a.id = NEW.after_id AND a."on" = b."on" AND a.policy = b.policy
              AND a.subject_id = b.subject_id AND a.known_at > b.known_at) THEN
            RAISE EXCEPTION 'a_recheck_looks_back_at_one_case' USING ERRCODE = 'check_violation',
                CONSTRAINT = 'a_recheck_looks_back_at_one_case';
        END IF;
        RETURN NEW;
    """,
)

# I8: whoever approved the claim does not alone decide that the approval stands or falls.
NOT_THE_APPROVER = pgtrigger.Trigger(
    name="who_approved_does_not_settle",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.Update,
    condition=pgtrigger.Q(new__settled_by__isnull=False),
    func="""
        IF EXISTS (
            SELECT 1 FROM casework_caseevent e
            JOIN claims_claim c ON c.case_id = e.case_id
            JOIN claims_claimline l ON l.claim_id = c.id
            JOIN accounts_user u ON u.id = NEW.settled_by_id
            WHERE l.id = NEW.line_id AND e.duty = 'approve' AND e.person_key <> ''
              AND e.person_key = u.person_key) THEN
            RAISE EXCEPTION 'who_approved_does_not_settle' USING ERRCODE = 'check_violation',
                CONSTRAINT = 'who_approved_does_not_settle';
        END IF;
        RETURN NEW;
    """,
)


@pghistory.track()
class Recheck(models.Model):
    """`before` as it was kept, `after` as of the same day with later knowledge; neither ever changes.

    delta_fen: money after less money before, None when one is not known. lowers: a pass was lost or is worth less.
    changes: rules and facts that differ, as told. A settled row stays; later evidence opens another.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    line = models.ForeignKey(ClaimLine, on_delete=models.PROTECT, related_name="rechecks")
    before = models.ForeignKey(Determination, on_delete=models.PROTECT, related_name="+")
    after = models.ForeignKey(Determination, on_delete=models.PROTECT, related_name="+")
    delta_fen = models.BigIntegerField(_("差额（分）"), null=True, blank=True)
    lowers = models.BooleanField()
    causes = models.JSONField()
    sentence = models.TextField(_("差异"))
    changes = models.JSONField()
    found_at = models.DateTimeField(_("发现时间"))
    state = models.CharField(_("状态"), max_length=10, choices=RecheckState.choices, default=RecheckState.OPEN.value)
    settlement = models.CharField(_("处理结果"), max_length=12, choices=Settlement.choices, blank=True)
    reason = models.TextField(_("理由"), blank=True)
    settled_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    settled_at = models.DateTimeField(_("处理时间"), null=True, blank=True)

    class Meta:
        ordering = ["-found_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["line"], condition=Q(state="open"), name="one_open_recheck_per_line"),
            models.CheckConstraint(
                condition=Q(state="open", settlement="", reason="", settled_by__isnull=True, settled_at__isnull=True)
                | Q(state="settled", settled_at__isnull=False) & ~Q(settlement="") & ~Q(reason=""),
                name="a_settled_recheck_has_result_reason_and_time",
            ),
            models.CheckConstraint(
                condition=Q(state="open")
                | Q(settlement__in=BY_ITSELF, settled_by__isnull=True)
                | Q(settled_by__isnull=False) & ~Q(settlement__in=BY_ITSELF),
                name="a_person_settles_a_recheck_or_the_evidence_does",
            ),
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True) | Q(settled_at__gte=F("found_at")),
                name="a_recheck_is_settled_after_it_was_found",
            ),
            models.CheckConstraint(
                condition=~Q(settlement="recover") | Q(lowers=True), name="only_less_money_is_recovered"
            ),
        ]
        triggers = [
            SAME_CASE,
            NOT_THE_APPROVER,
            pgtrigger.Protect(name="recheck_is_kept", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="what_a_recheck_found_never_changes", fields=FOUND),
            pgtrigger.Protect(
                name="settled_stays_settled",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state="settled"),
            ),
        ]
