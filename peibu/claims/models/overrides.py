"""An exception for one person to a limit the document sets only 'in principle': proposed, confirmed by somebody else, and
good until a day (ADR 0033)."""

import pghistory
import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from peibu.accounts.models import User
from peibu.casework.models import Document
from peibu.claims.enums import OverrideState
from peibu.claims.models.claims import ClaimLine
from peibu.kernel.ids import uuid7

PROPOSED = [
    "line", "rule", "clause", "title", "reason", "document", "expires_on", "proposed_by", "proposed_key", "proposed_at",
]  # fmt: skip

# Whoever brought a fact into the claim does not also confirm that a rule may give way to it.
NOT_WHO_STATED = pgtrigger.Trigger(
    name="who_stated_a_fact_confirms_no_override",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.Update,
    condition=pgtrigger.Q(new__state="confirmed"),
    func="""
        IF EXISTS (
            SELECT 1 FROM claims_statement s JOIN claims_claimline l ON l.claim_id = s.claim_id
            WHERE l.id = NEW.line_id AND s.stated_key = NEW.judged_key AND (s.line_id IS NULL OR s.line_id = l.id)) THEN
            RAISE EXCEPTION 'who_stated_a_fact_confirms_no_override' USING ERRCODE = 'check_violation',
                CONSTRAINT = 'who_stated_a_fact_confirms_no_override';
        END IF;
        RETURN NEW;
    """,
)


@pghistory.track()
class Override(models.Model):
    """One failed rule of one line may be exceeded: why, on what evidence, until which day (that day included).

    It counts for judging from its confirmation to `expires_on` or its revocation. What was proposed never changes; a
    rejected or revoked row stays, another proposal is another row.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    line = models.ForeignKey(ClaimLine, on_delete=models.PROTECT, related_name="overrides")
    rule = models.CharField(_("规则"), max_length=80)
    clause = models.CharField(_("条款"), max_length=40)
    title = models.CharField(_("条件"), max_length=200)
    reason = models.CharField(_("例外理由"), max_length=300)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    expires_on = models.DateField(_("有效期至"))
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    proposed_key = models.CharField(max_length=64)
    proposed_at = models.DateTimeField(_("提出时间"))
    state = models.CharField(
        _("状态"), max_length=10, choices=OverrideState.choices, default=OverrideState.PROPOSED.value
    )
    judged_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    judged_key = models.CharField(max_length=64, blank=True)
    judged_at = models.DateTimeField(_("确认时间"), null=True, blank=True)
    judged_words = models.CharField(_("确认意见"), max_length=200, blank=True)
    revoked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    revoked_at = models.DateTimeField(_("撤销时间"), null=True, blank=True)
    revoked_why = models.CharField(_("撤销理由"), max_length=200, blank=True)

    class Meta:
        ordering = ["-proposed_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["line", "rule"], condition=Q(state="proposed"), name="one_open_override_per_line_and_rule"
            ),
            models.CheckConstraint(condition=~Q(reason="") & ~Q(proposed_key=""), name="an_override_has_a_reason"),
            models.CheckConstraint(
                condition=Q(judged_by__isnull=True, judged_at__isnull=True, judged_key="", judged_words="")
                | Q(judged_by__isnull=False, judged_at__isnull=False) & ~Q(judged_key="") & ~Q(judged_words=""),
                name="a_judged_override_says_who_when_and_why",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["confirmed", "rejected"], judged_by__isnull=False)
                | Q(state="proposed", judged_by__isnull=True)
                | Q(state="revoked"),
                name="an_override_counts_when_somebody_confirmed_it",
            ),
            models.CheckConstraint(
                condition=Q(judged_key="") | ~Q(judged_key=F("proposed_key")), name="nobody_confirms_the_own_override"
            ),
            models.CheckConstraint(
                condition=Q(state="revoked", revoked_by__isnull=False, revoked_at__isnull=False) & ~Q(revoked_why="")
                | ~Q(state="revoked") & Q(revoked_by__isnull=True, revoked_at__isnull=True, revoked_why=""),
                name="a_revoked_override_says_who_when_and_why",
            ),
        ]
        triggers = [
            NOT_WHO_STATED,
            pgtrigger.Protect(name="override_is_kept", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="what_was_proposed_never_changes", fields=PROPOSED),
            pgtrigger.Protect(
                name="an_ended_override_stays_ended",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state__in=["rejected", "revoked"]),
            ),
        ]
