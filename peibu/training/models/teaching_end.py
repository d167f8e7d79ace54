"""That the teaching of a class was declared over, and what was still open then."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from peibu.accounts.models import User
from peibu.training.models.cohort import Cohort


class TeachingEnd(models.Model):
    """Who declared the teaching of a class over, and when. `left_open`: sentences of what had not been settled, as the
    page listed it that day; then `reason` says why it was left so. Both stand in the archive. Append-only."""

    cohort = models.OneToOneField(Cohort, on_delete=models.PROTECT, primary_key=True, related_name="teaching_end")
    ended_at = models.DateTimeField(_("结课时间"))
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    left_open = models.JSONField(_("未办结事项"), default=list, blank=True)
    reason = models.CharField(_("结课说明"), max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(left_open=[]) | ~Q(reason=""), name="what_was_left_open_has_a_reason")
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]
