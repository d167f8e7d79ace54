"""What somebody stated in a claim because no register knows it, and who confirmed it with the evidence beside it."""

import pghistory
import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from peibu.accounts.models import User
from peibu.casework.models import Document
from peibu.claims.enums import StatementState
from peibu.claims.models.claims import Claim, ClaimLine
from peibu.kernel.ids import uuid7


@pghistory.track()
class Statement(models.Model):
    """The value of one fact of the claim's subject, for one line or (`line` empty) for every line that has none of its own.

    `value` is as FactSpec reads it back. The value and the evidence never change: another word is another row, and ends
    this one (`replaced_at`). The office's own word is confirmed by whoever gives it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="statements")
    line = models.ForeignKey(ClaimLine, on_delete=models.PROTECT, null=True, blank=True, related_name="statements")
    fact = models.CharField(_("事项"), max_length=60)
    value = models.JSONField(_("内容"))
    document = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=10, choices=StatementState.choices, default=StatementState.STATED)
    stated_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    stated_key = models.CharField(max_length=64)
    stated_at = models.DateTimeField(_("申报时间"))
    judged_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    judged_key = models.CharField(max_length=64, blank=True)
    judged_at = models.DateTimeField(_("核实时间"), null=True, blank=True)
    judged_words = models.CharField(_("核实依据"), max_length=200, blank=True)
    replaced_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["claim", "stated_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["line", "fact"],
                condition=Q(replaced_at__isnull=True, line__isnull=False),
                name="one_statement_per_line_and_fact",
            ),
            models.UniqueConstraint(
                fields=["claim", "fact"],
                condition=Q(replaced_at__isnull=True, line__isnull=True),
                name="one_statement_per_claim_and_fact",
            ),
            models.CheckConstraint(
                condition=Q(state="stated", judged_by__isnull=True, judged_at__isnull=True, judged_words="")
                | ~Q(state="stated") & Q(judged_by__isnull=False, judged_at__isnull=False) & ~Q(judged_words=""),
                name="a_checked_statement_says_who_when_and_why",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["stated", "by_office"]) | ~Q(judged_key=F("stated_key")),
                name="nobody_confirms_the_own_statement",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="statement_is_kept", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="statement_never_changes",
                fields=["claim", "line", "fact", "value", "document", "stated_by", "stated_key", "stated_at"],
            ),
            pgtrigger.Protect(
                name="replaced_stays_replaced",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__replaced_at__isnull=False),
            ),
        ]
