"""Every draw of a paper or of seats, also those that were drawn again: trying until it suits is seen."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from peibu.accounts.models import User
from peibu.examining.enums import DrawnThing
from peibu.kernel.ids import uuid7
from peibu.training.models import Exam


class Drawing(models.Model):
    """One draw, append-only: `seed` and `pool` (fingerprint of what was drawn among) say what came of it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    exam = models.ForeignKey(Exam, on_delete=models.PROTECT, related_name="drawings")
    what = models.CharField(_("抽取内容"), max_length=6, choices=DrawnThing.choices)
    seed = models.CharField(_("随机种子"), max_length=64)
    chosen = models.BooleanField(_("种子由人填写"), default=False)
    pool = models.CharField(max_length=64)
    drawn_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    drawn_at = models.DateTimeField(_("抽取时间"))

    class Meta:
        ordering = ["drawn_at", "id"]
        constraints = [models.CheckConstraint(condition=~Q(seed=""), name="a_drawing_has_its_seed")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]
