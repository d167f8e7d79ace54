"""Learning sessions: one live one per person, on one device, in the server's time; and the checks of presence in them."""

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from peibu.courses.enums import CheckOutcome, SessionEnd
from peibu.courses.models.learner import Registration
from peibu.kernel.ids import uuid7


class LearningSession(models.Model):
    """A stretch of learning on one device. `budget`: milliseconds of video that the time passed still allows; `beats`:
    number of the last report taken; `last_at`: when anything was last heard."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    registration = models.ForeignKey(Registration, on_delete=models.PROTECT, related_name="sessions")
    person_key = models.CharField(max_length=64)
    device = models.CharField(max_length=64)
    started_at = models.DateTimeField(_("开始时间"))
    last_at = models.DateTimeField(_("最近一次记录"))
    beats = models.PositiveIntegerField(default=0)
    budget = models.PositiveBigIntegerField(default=0)
    next_check_at = models.DateTimeField()
    ended_at = models.DateTimeField(_("结束时间"), null=True, blank=True)
    ended_by = models.CharField(_("结束原因"), max_length=10, choices=SessionEnd.choices, blank=True)

    class Meta:
        ordering = ["-started_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["person_key"], condition=Q(ended_at__isnull=True), name="one_live_learning_session_per_person"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by="") | (Q(ended_at__gte=F("started_at")) & ~Q(ended_by="")),
                name="an_ended_session_says_why",
            ),
            models.CheckConstraint(
                condition=Q(last_at__gte=F("started_at")), name="a_session_is_heard_of_after_its_start"
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="learning_sessions_are_kept", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="an_ended_learning_session_never_changes",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__ended_at__isnull=False),
            ),
            pgtrigger.ReadOnly(
                name="a_session_keeps_its_beginning", fields=["registration", "person_key", "device", "started_at"]
            ),
        ]


class PresenceCheck(models.Model):
    """The question whether somebody is there, asked at a moment nobody knows beforehand."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    session = models.ForeignKey(LearningSession, on_delete=models.PROTECT, related_name="checks")
    asked_at = models.DateTimeField(_("提问时间"))
    due_at = models.DateTimeField(_("应答期限"))
    answered_at = models.DateTimeField(_("应答时间"), null=True, blank=True)
    outcome = models.CharField(_("结果"), max_length=10, choices=CheckOutcome.choices, blank=True)

    class Meta:
        ordering = ["asked_at"]
        constraints = [
            models.UniqueConstraint(fields=["session"], condition=Q(outcome=""), name="one_open_check_in_a_session"),
            models.CheckConstraint(condition=Q(due_at__gt=F("asked_at")), name="a_check_leaves_time"),
            models.CheckConstraint(
                condition=~Q(outcome="passed") | Q(answered_at__gte=F("asked_at"), answered_at__lte=F("due_at")),
                name="a_check_is_passed_in_time",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="checks_are_kept", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="a_decided_check_never_changes",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__outcome__gt=""),
            ),
        ]
