"""How far from the classroom a phone said it was: a class of distance, never the place itself."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from peibu.kernel.ids import uuid7
from peibu.training.enums import Direction, Nearness
from peibu.training.models.cohort import Enrolment, Session


class Whereabouts(models.Model):
    """What was kept of a position given with consent at one scan. Latitude and longitude are used once and not stored.
    `accuracy_m`: the phone's own estimate of its error in metres; None without a position."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="whereabouts")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="whereabouts")
    direction = models.CharField(max_length=4, choices=Direction.choices)
    nearness = models.CharField(_("位置"), max_length=8, choices=Nearness.choices)
    accuracy_m = models.PositiveIntegerField(_("定位误差（米）"), null=True, blank=True)
    told_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(nearness="unknown") | Q(accuracy_m__isnull=False), name="a_known_place_has_its_accuracy"
            )
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]
