"""What is read out of the statements: traces, the classes and learners they belong to, and the time they are worth.

All of it is derived and can be made anew from the statements. Owners are plain ids, as in the store (ADR 0031).
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from peibu.kernel.ids import uuid7
from peibu.learning.enums import Grade, TraceKind


class ReadMark(models.Model):
    """Up to which moment of storing the statements have been read; one row."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    upto = models.DateTimeField(_("已处理到"))


class OnlineClass(models.Model):
    """A class or course of a platform. What the platform told of it; empty where it only sends records of it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant = models.UUIDField(_("平台"))
    course = models.TextField()
    code = models.CharField(_("班级编号"), max_length=200, blank=True)
    title = models.CharField(_("班级名称"), max_length=200, blank=True)
    learn_hours = models.DecimalField(_("学时"), max_digits=7, decimal_places=2, null=True)
    begins_on = models.DateField(_("开班日期"), null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "course"], name="a_course_of_a_platform_once")]


class OnlinePlace(models.Model):
    """A learner in a class. `known` = a natural person by the keyed hash of the identity number (ADR 0008)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant = models.UUIDField(_("平台"))
    course = models.TextField()
    learner = models.CharField(max_length=64, db_index=True)
    known = models.BooleanField()
    reg = models.UUIDField(null=True, db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "course", "learner"], name="a_learner_in_a_course_once")
        ]


class LearningTrace(models.Model):
    """One statement, as far as hours, completeness and signals need it.

    `place`, `came_from` = position in the video in seconds; `played` = segments as a multirange text; `spent` = seconds.
    """

    id = models.UUIDField(primary_key=True)
    stored = models.DateTimeField()
    ts = models.DateTimeField()
    tenant = models.UUIDField()
    learner = models.CharField(max_length=64)
    known = models.BooleanField()
    course = models.TextField()
    reg = models.UUIDField(null=True, db_index=True)
    session = models.CharField(max_length=32)
    kind = models.CharField(max_length=10, choices=TraceKind.choices)
    verb = models.CharField(max_length=40)
    halts = models.BooleanField()
    until = models.DateTimeField(null=True)
    item = models.TextField(blank=True)
    place = models.DecimalField(max_digits=12, decimal_places=3, null=True)
    came_from = models.DecimalField(max_digits=12, decimal_places=3, null=True)
    played = models.TextField(blank=True)
    device = models.CharField(max_length=200, blank=True)
    ip = models.CharField(max_length=60, blank=True)
    success = models.BooleanField(null=True)
    response = models.CharField(max_length=32, blank=True)
    spent = models.DecimalField(max_digits=12, decimal_places=3, null=True)

    class Meta:
        indexes = [
            models.Index(fields=["learner", "stored"], name="learning_trace_by_learner"),
            models.Index(fields=["tenant", "course", "kind"], name="learning_trace_by_course"),
        ]


class LearningStretch(models.Model):
    """A stretch of learning without a break, and the seconds of it that are this course's own.

    `lost` = seconds that another stretch of the same person had already. It rests on the statements from `first_id` to
    `last_id` of its session.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    learner = models.CharField(max_length=64)
    tenant = models.UUIDField()
    course = models.TextField()
    session = models.CharField(max_length=32)
    grade = models.CharField(_("证据等级"), max_length=1, choices=Grade.choices)
    starts = models.DateTimeField(_("开始"))
    ends = models.DateTimeField(_("结束"))
    seconds = models.DecimalField(_("计入秒数"), max_digits=14, decimal_places=6)
    lost = models.DecimalField(_("重叠秒数"), max_digits=14, decimal_places=6)
    records = models.PositiveIntegerField(_("记录数"))
    first_id = models.UUIDField()
    last_id = models.UUIDField()

    class Meta:
        indexes = [models.Index(fields=["learner", "starts"], name="learning_stretch_by_learner")]


class LearningDay(models.Model):
    """Seconds of a learner in a course on a day in China, by grade of evidence, and what is credited of them.

    `credited` <= their sum: time with a video counts no longer than what was played of it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    learner = models.CharField(max_length=64)
    tenant = models.UUIDField()
    course = models.TextField()
    day = models.DateField(_("日期"))
    watched = models.DecimalField(max_digits=14, decimal_places=6)
    live = models.DecimalField(max_digits=14, decimal_places=6)
    reported = models.DecimalField(max_digits=14, decimal_places=6)
    credited = models.DecimalField(_("计入秒数"), max_digits=14, decimal_places=6)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["learner", "tenant", "course", "day"], name="a_day_of_a_learner_in_a_course_once"
            )
        ]
        indexes = [models.Index(fields=["tenant", "course"], name="learning_day_by_course")]
