"""Reasons to look at somebody's learning, and what people found when they looked. A signal decides nothing."""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from peibu.kernel.ids import uuid7
from peibu.learning.enums import Outcome


class LearningSignal(models.Model):
    """One signal about learners of one class. `code` = the signal in terms.yaml, `version` = the version of that file.

    `evidence` = {"figures": {name: value}, "ids": [statement ids], "from", "until"}. Found again it is written anew, unless
    somebody has looked at it: then it stays as it was looked at.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(_("信号"), max_length=30)
    tenant = models.UUIDField()
    course = models.TextField()
    learners = ArrayField(models.CharField(max_length=64))
    about = models.CharField(max_length=64)
    version = models.CharField(max_length=16)
    found_at = models.DateTimeField(_("发现时间"))
    evidence = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["code", "tenant", "course", "about"], name="a_signal_about_something_once"
            ),
            models.CheckConstraint(condition=Q(learners__len__gt=0), name="a_signal_is_about_somebody"),
        ]
        indexes = [models.Index(fields=["tenant", "course"], name="learning_signal_by_course")]


class SignalReview(models.Model):
    """What somebody who looked found, and why. Added, never changed; the newest one counts."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    signal = models.ForeignKey(LearningSignal, on_delete=models.PROTECT, related_name="reviews")
    outcome = models.CharField(_("结果"), max_length=10, choices=Outcome.choices)
    reason = models.TextField(_("理由"))
    by = models.UUIDField(_("账号"))
    by_name = models.CharField(_("查看人"), max_length=100)
    at = models.DateTimeField(_("时间"))

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="a_review_has_its_reason")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]
