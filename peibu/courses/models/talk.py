"""Quizzes as they were taken; questions to the teacher and what was answered."""

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from peibu.accounts.models import User
from peibu.courses.models.course import Item
from peibu.courses.models.learner import Registration
from peibu.kernel.ids import uuid7

APPEND_ONLY = pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)


class QuizAttempt(models.Model):
    """One attempt at a quiz. `answers`: question id -> positions chosen, in the question's own order."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    registration = models.ForeignKey(Registration, on_delete=models.PROTECT, related_name="attempts")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField(_("第几次"))
    started_at = models.DateTimeField(_("开始时间"))
    submitted_at = models.DateTimeField(_("交卷时间"), null=True, blank=True)
    answers = models.JSONField(default=dict)
    points = models.DecimalField(_("得分"), max_digits=6, decimal_places=1, null=True, blank=True)
    full = models.DecimalField(_("满分"), max_digits=6, decimal_places=1)
    passed = models.BooleanField(_("合格"), null=True)

    class Meta:
        ordering = ["registration", "item", "number"]
        constraints = [
            models.UniqueConstraint(fields=["registration", "item", "number"], name="quiz_attempts_are_numbered_once"),
            models.UniqueConstraint(
                fields=["registration", "item"],
                condition=Q(submitted_at__isnull=True),
                name="one_open_attempt_at_a_quiz",
            ),
            models.CheckConstraint(
                condition=Q(submitted_at__isnull=True, points__isnull=True, passed__isnull=True)
                | Q(submitted_at__gte=F("started_at"), points__isnull=False, passed__isnull=False),
                name="a_submitted_quiz_is_counted",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="attempts_are_kept", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="a_submitted_quiz_never_changes",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__submitted_at__isnull=False),
            ),
        ]


class CourseQuestion(models.Model):
    """What a learner asks the teacher about an item."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    registration = models.ForeignKey(Registration, on_delete=models.PROTECT, related_name="questions")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(_("问题"))
    asked_at = models.DateTimeField(_("提问时间"))

    class Meta:
        ordering = ["-asked_at"]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="a_question_to_the_teacher_says_something")]
        triggers = [APPEND_ONLY]


class CourseAnswer(models.Model):
    """What the unit answers."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    question = models.ForeignKey(CourseQuestion, on_delete=models.PROTECT, related_name="answers")
    text = models.TextField(_("答复"))
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(_("答复时间"))

    class Meta:
        ordering = ["answered_at"]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="an_answer_says_something")]
        triggers = [APPEND_ONLY]
