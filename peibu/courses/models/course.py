"""A course of a unit, its editions with chapters and items. What is published never changes."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from peibu.accounts.models import Unit, User
from peibu.accounts.owned import Owned
from peibu.courses.enums import Audience, EditionState, ItemKind
from peibu.courses.models.media import Media
from peibu.examining.models import QuestionVersion
from peibu.kernel.ids import uuid7


def _stands(name: str, edition: str) -> pgtrigger.Trigger:
    """Refuses every change of what belongs to an edition (an SQL expression) that is no draft any more."""
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        func=f"""
            IF EXISTS (SELECT 1 FROM courses_edition e WHERE e.id = {edition} AND e.state <> 'draft') THEN
                RAISE EXCEPTION 'a_published_edition_stands' USING ERRCODE = 'check_violation',
                    CONSTRAINT = 'a_published_edition_stands';
            END IF;
            RETURN COALESCE(NEW, OLD);
        """,
    )


class Course(Owned):
    """An online course of a unit under a policy (JN6.2, 6.3.1, 6.4a). `hours_reason`: why fewer hours than in general."""

    policy = models.CharField(max_length=80)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="courses")
    title = models.CharField(_("课程名称"), max_length=80)
    about = models.TextField(_("课程简介"), blank=True)
    kind = models.CharField(_("课程类型"), max_length=40)
    audience = models.CharField(_("开放对象"), max_length=20, choices=Audience.choices)
    stated_hours = models.PositiveIntegerField(_("申报的线上课时"))
    practice_hours = models.PositiveIntegerField(_("线下实操课时"), null=True, blank=True)
    hours_reason = models.CharField(_("课时低于一般要求的理由"), max_length=200, blank=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta(Owned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["unit", "policy", "title"], name="a_course_title_is_used_once_by_a_unit")
        ]
        triggers = [
            *Owned.Meta.triggers,
            pgtrigger.ReadOnly(name="a_course_stays_with_its_unit", fields=["policy", "unit"]),
        ]

    def __str__(self) -> str:
        return self.title


class Edition(models.Model):
    """A version of a course. `milliseconds`: all its videos, as measured when it was published."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="editions")
    number = models.PositiveIntegerField(_("版次"))
    state = models.CharField(_("状态"), max_length=10, choices=EditionState.choices, default=EditionState.DRAFT.value)
    milliseconds = models.PositiveBigIntegerField(null=True, blank=True)
    published_at = models.DateTimeField(_("发布时间"), null=True, blank=True)
    published_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["course", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["course", "number"], name="course_editions_are_numbered_once"),
            models.UniqueConstraint(fields=["course"], condition=Q(state="draft"), name="one_draft_of_a_course"),
            models.UniqueConstraint(
                fields=["course"], condition=Q(state="published"), name="one_edition_of_a_course_is_taught"
            ),
            models.CheckConstraint(
                condition=Q(state="draft", published_at__isnull=True, milliseconds__isnull=True)
                | (~Q(state="draft") & Q(published_at__isnull=False, milliseconds__isnull=False)),
                name="a_published_edition_has_time_and_length",
            ),
        ]


class Chapter(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="chapters")
    position = models.PositiveIntegerField()
    title = models.CharField(_("章节名称"), max_length=80)

    class Meta:
        ordering = ["edition", "position"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "position"], name="chapters_are_numbered_once"),
            models.CheckConstraint(condition=~Q(title=""), name="a_chapter_has_its_title"),
        ]
        triggers = [_stands("a_published_edition_stands", "COALESCE(NEW.edition_id, OLD.edition_id)")]


CHAPTERS_EDITION = "(SELECT c.edition_id FROM courses_chapter c WHERE c.id = COALESCE(NEW.chapter_id, OLD.chapter_id))"
ITEMS_EDITION = """(SELECT c.edition_id FROM courses_chapter c JOIN courses_item i ON i.chapter_id = c.id
                    WHERE i.id = COALESCE(NEW.item_id, OLD.item_id))"""


class Item(models.Model):
    """A video, a document or a quiz in a chapter. `pass_percent`: the share of points with which a quiz is passed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    chapter = models.ForeignKey(Chapter, on_delete=models.PROTECT, related_name="items")
    position = models.PositiveIntegerField()
    kind = models.CharField(_("类别"), max_length=10, choices=ItemKind.choices)
    title = models.CharField(_("标题"), max_length=80)
    media = models.ForeignKey(Media, on_delete=models.PROTECT, null=True, blank=True, related_name="items")
    pass_percent = models.PositiveSmallIntegerField(_("合格线（%）"), null=True, blank=True)

    class Meta:
        ordering = ["chapter", "position"]
        constraints = [
            models.UniqueConstraint(fields=["chapter", "position"], name="items_are_numbered_once"),
            models.CheckConstraint(
                condition=Q(kind="quiz", media__isnull=True, pass_percent__range=(1, 100))
                | (~Q(kind="quiz") & Q(media__isnull=False, pass_percent__isnull=True)),
                name="an_item_holds_what_its_kind_says",
            ),
        ]
        triggers = [_stands("a_published_edition_stands", CHAPTERS_EDITION)]

    def __str__(self) -> str:
        return self.title


class QuizQuestion(models.Model):
    """A question of the bank in a quiz, in the version it had."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="questions")
    position = models.PositiveIntegerField()
    version = models.ForeignKey(QuestionVersion, on_delete=models.PROTECT, related_name="+")
    points = models.DecimalField(_("分值"), max_digits=5, decimal_places=1)

    class Meta:
        ordering = ["item", "position"]
        constraints = [
            models.UniqueConstraint(fields=["item", "position"], name="quiz_questions_are_numbered_once"),
            models.UniqueConstraint(fields=["item", "version"], name="a_question_stands_once_in_a_quiz"),
            models.CheckConstraint(condition=Q(points__gt=0), name="quiz_questions_have_points"),
        ]
        triggers = [_stands("a_published_edition_stands", ITEMS_EDITION)]
