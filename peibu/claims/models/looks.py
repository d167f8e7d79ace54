"""Who looked at which line of a claim, at what determination of it, and when (ADR 0033)."""

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from peibu.accounts.models import User
from peibu.casework.models import Determination
from peibu.claims.models.claims import ClaimLine
from peibu.kernel.ids import uuid7


class Look(models.Model):
    """A reviewer has looked at a line with its evidence; another determination of the line has to be looked at again.

    `in_bulk`: marked together with the other clean lines, not opened.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    line = models.ForeignKey(ClaimLine, on_delete=models.PROTECT, related_name="looks")
    determination = models.ForeignKey(Determination, on_delete=models.PROTECT, related_name="+")
    in_bulk = models.BooleanField(_("批量核对"), default=False)
    looked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    looked_key = models.CharField(max_length=64)
    looked_at = models.DateTimeField(_("核对时间"))

    class Meta:
        ordering = ["line", "looked_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["line", "determination"], name="a_determination_is_looked_at_once"),
        ]
        triggers = [
            pgtrigger.Protect(name="look_is_kept", operation=pgtrigger.Delete | pgtrigger.Update),
        ]
