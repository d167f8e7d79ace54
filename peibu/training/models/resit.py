"""Sitting an exam again: agreed to by the district, held, sealed; the first score stays what it was."""

import datetime as dt

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from peibu.accounts.models import Unit, User
from peibu.accounts.owned import Owned
from peibu.kernel.ids import uuid7
from peibu.training.models.cohort import Enrolment
from peibu.training.models.exam import Exam

RESIT_SEALED = pgtrigger.Trigger(
    name="sealed_resit_scores_never_change",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
    func="""
        IF EXISTS (SELECT 1 FROM training_resit r WHERE r.sealed_at IS NOT NULL
                   AND r.id = COALESCE(NEW.resit_id, OLD.resit_id)) THEN
            RAISE EXCEPTION 'sealed_resit_scores_never_change' USING ERRCODE = 'check_violation',
                CONSTRAINT = 'sealed_resit_scores_never_change';
        END IF;
        RETURN COALESCE(NEW, OLD);
    """,
)


# Where the document names a body that examines, nobody else's marks come into a re-sit either (WH63.2.6).
ONLY_BODY = pgtrigger.Trigger(
    name="only_the_examining_body_marks",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.Update,
    func="""
        IF NEW.entered_at IS NOT NULL AND EXISTS (
            SELECT 1 FROM training_resit r JOIN training_exam x ON x.id = r.exam_id
            WHERE r.id = NEW.resit_id AND x.body_id IS NOT NULL AND x.body_id IS DISTINCT FROM NEW.by_unit_id) THEN
            RAISE EXCEPTION 'only_the_examining_body_marks' USING ERRCODE = 'check_violation',
                CONSTRAINT = 'only_the_examining_body_marks';
        END IF;
        RETURN NEW;
    """,
)


class Resit(Owned):
    """One more sitting of an exam for those who failed or did not come. One that was not agreed to before it was to
    begin has lapsed. `supervision`: the record of who watched it."""

    exam = models.ForeignKey(Exam, on_delete=models.PROTECT, related_name="resits")
    number = models.PositiveSmallIntegerField(_("第几次补考"))
    held_from = models.DateTimeField(_("补考开始"))
    held_until = models.DateTimeField(_("补考结束"))
    place = models.CharField(_("考场"), max_length=200)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_key = models.CharField(max_length=64)
    asked_at = models.DateTimeField(_("申请时间"))
    agreed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    agreed_key = models.CharField(max_length=64, blank=True)
    agreed_at = models.DateTimeField(_("同意时间"), null=True, blank=True)
    supervised_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    supervised_at = models.DateTimeField(_("监考确认时间"), null=True, blank=True)
    supervision = models.CharField(_("监考记录"), max_length=500, blank=True)
    sealed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    sealed_at = models.DateTimeField(_("封存时间"), null=True, blank=True)

    class Meta(Owned.Meta):
        ordering = ["exam", "number"]
        constraints = [
            models.UniqueConstraint(fields=["exam", "number"], name="resits_are_numbered_once"),
            models.CheckConstraint(condition=Q(held_until__gt=F("held_from")), name="a_resit_ends_after_it_starts"),
            models.CheckConstraint(
                condition=Q(agreed_key="") | ~Q(agreed_key=F("asked_key")), name="a_resit_is_agreed_by_another_person"
            ),
            models.CheckConstraint(
                condition=Q(sealed_at__isnull=True) | Q(agreed_at__isnull=False), name="a_sealed_resit_was_agreed"
            ),
            models.CheckConstraint(
                condition=Q(agreed_at__isnull=True) | Q(agreed_at__lt=F("held_from")),
                name="a_resit_is_agreed_before_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(sealed_at__isnull=True)
                | (Q(supervised_at__isnull=False, supervised_by__isnull=False) & ~Q(supervision="")),
                name="a_sealed_resit_was_supervised",
            ),
        ]
        triggers = [
            *Owned.Meta.triggers,
            pgtrigger.Protect(name="a_resit_is_kept", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="a_sealed_resit_never_changes",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__sealed_at__isnull=False),
            ),
        ]

    def has_lapsed(self, at: dt.datetime) -> bool:
        """Nobody agreed to it in time."""
        return self.agreed_at is None and at >= self.held_from


class ResitScore(models.Model):
    """Points of somebody admitted to a re-sit; `entered_at` null = nothing entered yet, `points` null then = absent."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    resit = models.ForeignKey(Resit, on_delete=models.PROTECT, related_name="scores")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="resit_scores")
    points = models.DecimalField(_("成绩"), max_digits=5, decimal_places=1, null=True, blank=True)
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    entered_at = models.DateTimeField(null=True, blank=True)
    by_unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("登分单位")
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["resit", "enrolment"], name="a_candidate_resits_once_per_resit"),
            models.CheckConstraint(
                condition=Q(points__isnull=True) | Q(points__gte=0, points__lte=100, entered_at__isnull=False),
                name="resit_points_are_between_0_and_100",
            ),
        ]
        triggers = [RESIT_SEALED, ONLY_BODY]
