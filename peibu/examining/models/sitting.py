"""Online objective tests: who sits, every answer as it was given, the end. Only the server's clock counts."""

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from peibu.accounts.models import User
from peibu.accounts.owned import Owned
from peibu.examining.enums import SittingDeed, SittingEnd
from peibu.examining.models.paper import PaperItem
from peibu.kernel.ids import uuid7
from peibu.training.models import Enrolment, Exam

APPEND_ONLY = pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)

# Whoever has begun must not find other terms than those begun with.
TERMS_KEPT = pgtrigger.Trigger(
    name="a_test_begun_keeps_its_terms",
    when=pgtrigger.Before,
    operation=pgtrigger.Update | pgtrigger.Delete,
    func="""
        IF EXISTS (SELECT 1 FROM examining_sitting s WHERE s.exam_id = OLD.exam_id)
           AND (TG_OP = 'DELETE' OR NEW.minutes <> OLD.minutes OR NEW.order_seed <> OLD.order_seed) THEN
            RAISE EXCEPTION 'a_test_begun_keeps_its_terms' USING ERRCODE = 'check_violation',
                CONSTRAINT = 'a_test_begun_keeps_its_terms';
        END IF;
        RETURN COALESCE(NEW, OLD);
    """,
)

# What somebody is still writing must not be missing in the sheet.
ALL_IN = pgtrigger.Trigger(
    name="a_test_is_counted_when_all_have_handed_in",
    when=pgtrigger.Before,
    operation=pgtrigger.Update,
    func="""
        IF OLD.counted_at IS NULL AND NEW.counted_at IS NOT NULL AND EXISTS (
            SELECT 1 FROM examining_sitting s WHERE s.exam_id = NEW.exam_id AND s.submitted_at IS NULL) THEN
            RAISE EXCEPTION 'a_test_is_counted_when_all_have_handed_in' USING ERRCODE = 'check_violation',
                CONSTRAINT = 'a_test_is_counted_when_all_have_handed_in';
        END IF;
        RETURN NEW;
    """,
)

# An answer lies between the first and the last moment of a sitting that has not been handed in.
IN_TIME = pgtrigger.Trigger(
    name="no_answer_after_the_end",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    func="""
        IF NOT EXISTS (SELECT 1 FROM examining_sitting s WHERE s.id = NEW.sitting_id AND s.submitted_at IS NULL
                       AND NEW.saved_at >= s.started_at AND NEW.saved_at < s.ends_at) THEN
            RAISE EXCEPTION 'no_answer_after_the_end' USING ERRCODE = 'check_violation',
                CONSTRAINT = 'no_answer_after_the_end';
        END IF;
        RETURN NEW;
    """,
)


class OnlineTest(models.Model):
    """That an exam is sat online: `minutes` for each candidate within the exam's time; `order_seed` mixes items and
    options per candidate."""

    exam = models.OneToOneField(Exam, on_delete=models.PROTECT, primary_key=True, related_name="online")
    minutes = models.PositiveSmallIntegerField(_("答题时长（分钟）"))
    order_seed = models.CharField(max_length=64)
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()
    counted_at = models.DateTimeField(_("成绩汇总时间"), null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(minutes__range=(5, 360)), name="a_test_lasts_5_to_360_minutes"),
            models.CheckConstraint(condition=~Q(order_seed=""), name="a_test_has_its_seed"),
        ]
        triggers = [TERMS_KEPT, ALL_IN]


class Sitting(Owned):
    """One candidate's sitting. `device`: mark of the browser that may answer at the moment."""

    exam = models.ForeignKey(Exam, on_delete=models.PROTECT, related_name="sittings")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="sittings")
    person_key = models.CharField(max_length=64)
    started_at = models.DateTimeField(_("开始时间"))
    ends_at = models.DateTimeField(_("截止时间"))
    device = models.CharField(max_length=64)
    submitted_at = models.DateTimeField(_("交卷时间"), null=True, blank=True)
    ended_by = models.CharField(_("结束方式"), max_length=10, choices=SittingEnd.choices, blank=True)
    points = models.DecimalField(_("得分"), max_digits=5, decimal_places=1, null=True, blank=True)

    class Meta(Owned.Meta):
        indexes = [
            models.Index(fields=["ends_at"], condition=Q(submitted_at__isnull=True), name="sittings_still_open")
        ]
        constraints = [
            models.UniqueConstraint(fields=["exam", "enrolment"], name="a_candidate_sits_once"),
            models.UniqueConstraint(
                fields=["person_key"], condition=Q(submitted_at__isnull=True), name="one_live_sitting_per_person"
            ),
            models.CheckConstraint(condition=Q(ends_at__gt=F("started_at")), name="a_sitting_has_time"),
            models.CheckConstraint(
                condition=Q(submitted_at__isnull=True, points__isnull=True, ended_by="")
                | (Q(submitted_at__isnull=False, points__isnull=False) & ~Q(ended_by="")),
                name="a_submitted_sitting_is_counted",
            ),
            models.CheckConstraint(
                condition=Q(submitted_at__isnull=True)
                | Q(submitted_at__gte=F("started_at"), submitted_at__lte=F("ends_at")),
                name="a_sitting_is_handed_in_within_its_time",
            ),
        ]
        triggers = [
            *Owned.Meta.triggers,
            pgtrigger.Protect(name="a_sitting_is_kept", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="a_submitted_sitting_never_changes",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__submitted_at__isnull=False),
            ),
            pgtrigger.ReadOnly(
                name="a_sitting_keeps_its_times",
                fields=["exam", "enrolment", "person_key", "started_at", "ends_at"],
            ),
        ]


class SittingAnswer(models.Model):
    """An answer as it was given; a later one to the same item counts instead. `chosen` = positions in the question.
    `key` names the click: sent twice, it is kept once."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    sitting = models.ForeignKey(Sitting, on_delete=models.PROTECT, related_name="answers")
    item = models.ForeignKey(PaperItem, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    chosen = models.JSONField(default=list)
    key = models.CharField(max_length=40)
    device = models.CharField(max_length=64)
    saved_at = models.DateTimeField()

    class Meta:
        ordering = ["sitting", "number"]
        constraints = [
            models.UniqueConstraint(fields=["sitting", "key"], name="an_answer_is_kept_once"),
            models.UniqueConstraint(fields=["sitting", "number"], name="answers_are_numbered_once"),
            models.CheckConstraint(condition=~Q(key=""), name="an_answer_has_its_key"),
        ]
        triggers = [APPEND_ONLY, IN_TIME]


class SittingEvent(models.Model):
    """Begin, change of device, end of a sitting."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    sitting = models.ForeignKey(Sitting, on_delete=models.PROTECT, related_name="events")
    deed = models.CharField(max_length=10, choices=SittingDeed.choices)
    device = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]
        triggers = [APPEND_ONLY]
