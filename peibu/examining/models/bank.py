"""The question bank: a question is a chain of versions; papers hold versions, so that no paper ever changes."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from peibu.accounts.models import Unit, User
from peibu.accounts.owned import Owned
from peibu.examining.enums import Difficulty
from peibu.kernel.ids import uuid7
from peibu.training.enums import OBJECTIVE_ITEMS, ItemKind


class Question(Owned):
    """A question of a body that writes papers; `retired_at`: no new paper takes it."""

    policy = models.CharField(max_length=80)
    owner = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="questions")
    retired_at = models.DateTimeField(_("停用时间"), null=True, blank=True)

    class Meta(Owned.Meta):
        indexes = [models.Index(fields=["owner", "policy"], name="questions_of_a_body")]
        triggers = [*Owned.Meta.triggers, pgtrigger.Protect(name="a_question_is_kept", operation=pgtrigger.Delete)]


class QuestionVersion(models.Model):
    """What a question says since version `number`.

    `options` are the texts offered, `answer` the positions of the right ones (from 0); for a fill-in question
    `answer` holds the accepted texts, for an essay the key points for the grader.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    kind = models.CharField(_("题型"), max_length=12, choices=ItemKind.choices)
    topic = models.CharField(_("知识点"), max_length=60)
    difficulty = models.PositiveSmallIntegerField(_("难度"), choices=Difficulty.choices)
    points = models.DecimalField(_("建议分值"), max_digits=5, decimal_places=1)
    stem = models.TextField(_("题干"))
    options = models.JSONField(_("选项"), default=list, blank=True)
    answer = models.JSONField(_("答案"), default=list, blank=True)
    written_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    class Meta:
        ordering = ["question", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["question", "number"], name="question_versions_are_numbered_once"),
            models.CheckConstraint(condition=Q(points__gt=0), name="a_question_has_points"),
            models.CheckConstraint(condition=~Q(stem="") & ~Q(topic=""), name="a_question_says_something"),
            models.CheckConstraint(
                condition=~Q(kind__in=sorted(OBJECTIVE_ITEMS)) | (~Q(options=[]) & ~Q(answer=[])),
                name="an_objective_question_has_options_and_answer",
            ),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]
