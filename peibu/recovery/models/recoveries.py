"""A recovery and its derivation, person by person."""

import pghistory
import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from peibu.accounts.models import User
from peibu.accounts.owned import Owned
from peibu.casework.models import Case, Determination
from peibu.claims.models import Claim, ClaimLine, Recheck
from peibu.kernel.ids import uuid7
from peibu.oversight.models import Finding
from peibu.recovery.enums import Ground, Nature
from peibu.recovery.models.triggers import AT_MOST_PAID, SUMMED, WHILE_DRAWN_UP


@pghistory.track()
class Recovery(Owned):
    """Money of one paid claim that shall come back; its case has the steps. `owed_fen` and `back_fen` are kept by the
    lines and the receipts."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="recovery")
    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="recoveries")
    ground = models.CharField(_("起因"), max_length=10, choices=Ground.choices)
    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, null=True, blank=True, related_name="recoveries")
    nature = models.CharField(_("性质"), max_length=12, choices=Nature.choices)
    nature_reason = models.TextField(_("定性理由"))
    owed_fen = models.BigIntegerField(_("应追回（分）"), default=0)
    back_fen = models.BigIntegerField(_("已追回（分）"), default=0)
    opened_at = models.DateTimeField(_("发起时间"))
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta(Owned.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(back_fen__gte=0, back_fen__lte=F("owed_fen")), name="back_is_at_most_owed"
            ),
            models.CheckConstraint(condition=~Q(nature_reason=""), name="error_or_fraud_is_said_with_its_reason"),
            models.CheckConstraint(
                condition=Q(ground="finding", finding__isnull=False) | Q(ground="recheck", finding__isnull=True),
                name="a_recovery_rests_on_something",
            ),
        ]
        triggers = [
            *Owned.Meta.triggers,
            pgtrigger.Protect(name="recovery_is_kept", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="what_a_recovery_rests_on_stands", fields=["case", "claim", "ground", "finding", "opened_by"]
            ),
        ]

    @property
    def open_fen(self) -> int:
        """What has yet to come back."""
        return self.owed_fen - self.back_fen


class RecoveryLine(models.Model):
    """One person's part: paid on `before`, due by `after` (none for a finding), by which clauses, owed in fen."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    recovery = models.ForeignKey(Recovery, on_delete=models.PROTECT, related_name="lines")
    claim_line = models.ForeignKey(ClaimLine, on_delete=models.PROTECT, related_name="recovery_lines")
    before = models.ForeignKey(Determination, on_delete=models.PROTECT, related_name="+")
    after = models.ForeignKey(Determination, on_delete=models.PROTECT, null=True, related_name="+")
    recheck = models.ForeignKey(Recheck, on_delete=models.PROTECT, null=True, related_name="recovery_lines")
    paid_fen = models.BigIntegerField(_("已付（分）"))
    due_fen = models.BigIntegerField(_("应得（分）"))
    owed_fen = models.BigIntegerField(_("应退（分）"))
    clauses = models.JSONField(_("依据条款"))
    sentence = models.TextField(_("说明"))

    class Meta:
        ordering = ["recovery", "claim_line__position"]
        constraints = [
            models.UniqueConstraint(fields=["recovery", "claim_line"], name="a_line_stands_once_in_a_recovery"),
            models.CheckConstraint(
                condition=Q(owed_fen=F("paid_fen") - F("due_fen"), owed_fen__gt=0, due_fen__gte=0),
                name="owed_is_paid_less_due",
            ),
            models.CheckConstraint(condition=~Q(clauses=[]) & ~Q(sentence=""), name="a_line_says_by_which_clause"),
        ]
        triggers = [
            AT_MOST_PAID,
            WHILE_DRAWN_UP,
            SUMMED,
            pgtrigger.Protect(name="a_derivation_is_never_rewritten", operation=pgtrigger.Update),
        ]
