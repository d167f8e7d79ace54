"""The shape of every row that belongs to a district."""

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from peibu.kernel.ids import uuid7


class Owned(models.Model):
    """A row with a time-ordered key made by the application and an owning division that never changes."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    division = models.ForeignKey(
        "accounts.Division", on_delete=models.PROTECT, related_name="+", verbose_name=_("所属区划")
    )

    class Meta:
        abstract = True
        triggers = [pgtrigger.ReadOnly(name="division_never_changes", fields=["division"])]
