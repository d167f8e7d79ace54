"""After the exam: scores typed twice by two persons, and a candidate's request to look at a score again."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from peibu.accounts.models import User
from peibu.accounts.owned import Owned
from peibu.examining.enums import ReviewState
from peibu.kernel.ids import uuid7
from peibu.training.models import Enrolment, Exam, ScoreCorrection

# One hand must not see its own mistake again in the other's: what was handed over stays.
HANDED_OVER = pgtrigger.Trigger(
    name="handed_over_entries_never_change",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
    func="""
        IF EXISTS (SELECT 1 FROM examining_scorehand h WHERE h.finished_at IS NOT NULL
                   AND h.id = COALESCE(NEW.hand_id, OLD.hand_id)) THEN
            RAISE EXCEPTION 'handed_over_entries_never_change' USING ERRCODE = 'check_violation',
                CONSTRAINT = 'handed_over_entries_never_change';
        END IF;
        RETURN COALESCE(NEW, OLD);
    """,
)


class ScoreHand(models.Model):
    """One of the two persons who type the scores of an exam, without seeing what the other typed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    exam = models.ForeignKey(Exam, on_delete=models.PROTECT, related_name="hands")
    number = models.PositiveSmallIntegerField()
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    person_key = models.CharField(max_length=64)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["exam", "number"]
        constraints = [
            models.CheckConstraint(condition=Q(number__in=[1, 2]), name="scores_are_typed_by_two_hands"),
            models.UniqueConstraint(fields=["exam", "number"], name="a_hand_is_taken_once"),
            models.UniqueConstraint(fields=["exam", "person_key"], name="two_hands_are_two_persons"),
        ]


class ScoreEntry(models.Model):
    """What one hand typed for one candidate; `points` null = absent."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    hand = models.ForeignKey(ScoreHand, on_delete=models.PROTECT, related_name="entries")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="+")
    points = models.DecimalField(_("成绩"), max_digits=5, decimal_places=1, null=True, blank=True)
    typed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["hand", "enrolment"], name="a_hand_types_a_score_once"),
            models.CheckConstraint(
                condition=Q(points__isnull=True) | Q(points__gte=0, points__lte=100),
                name="typed_points_are_between_0_and_100",
            ),
        ]
        triggers = [HANDED_OVER]


class ScoreReview(Owned):
    """A candidate's request to look at the score again, and the answer. `correction`: what came of it, if anything."""

    exam = models.ForeignKey(Exam, on_delete=models.PROTECT, related_name="reviews")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="score_reviews")
    reason = models.CharField(_("复核理由"), max_length=300)
    asked_at = models.DateTimeField(_("申请时间"))
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(_("状态"), max_length=10, choices=ReviewState.choices, default=ReviewState.OPEN)
    opinion = models.CharField(_("复核意见"), max_length=300, blank=True)
    decided_at = models.DateTimeField(_("答复时间"), null=True, blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    correction = models.OneToOneField(
        ScoreCorrection, on_delete=models.PROTECT, null=True, blank=True, related_name="review"
    )

    class Meta(Owned.Meta):
        ordering = ["asked_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["exam", "enrolment"], name="a_score_is_reviewed_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="a_review_has_a_reason"),
            models.CheckConstraint(
                condition=Q(state="open", decided_at__isnull=True)
                | (~Q(state="open") & Q(decided_at__isnull=False, decided_by__isnull=False) & ~Q(opinion="")),
                name="a_decided_review_has_person_time_and_opinion",
            ),
            models.CheckConstraint(
                condition=~Q(state="corrected") | Q(correction__isnull=False),
                name="a_corrected_review_has_its_correction",
            ),
        ]
        triggers = [
            *Owned.Meta.triggers,
            pgtrigger.Protect(name="a_review_is_kept", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="a_decided_review_never_changes",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition("OLD.state <> 'open'"),
            ),
        ]
