"""The final examination: paper, supervisors, graders, scores, survey (QD97.3.5 to 3.8)."""

import pghistory
import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from peibu.accounts.models import Unit, User
from peibu.accounts.owned import Owned
from peibu.casework.models import Case, Document
from peibu.kernel.ids import uuid7
from peibu.registry.practitioner_models import on_register
from peibu.training.enums import ItemKind, ScoreOrigin, SupervisorSide
from peibu.training.models.cohort import Cohort, Enrolment

# I12: once the sheet is sealed no score is added, changed or removed.
SEALED = pgtrigger.Trigger(
    name="sealed_scores_never_change",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
    func="""
        IF EXISTS (SELECT 1 FROM training_exam x WHERE x.sealed_at IS NOT NULL
                   AND x.id = COALESCE(NEW.exam_id, OLD.exam_id)) THEN
            RAISE EXCEPTION 'sealed_scores_never_change' USING ERRCODE = 'check_violation',
                CONSTRAINT = 'sealed_scores_never_change';
        END IF;
        RETURN COALESCE(NEW, OLD);
    """,
)

# What the machine counted is not typed over by hand; a correction is a row of its own.
COUNTED = pgtrigger.Protect(
    name="an_online_score_is_not_typed_over",
    operation=pgtrigger.Update,
    condition=pgtrigger.Condition("OLD.origin = 'online' AND OLD.points IS DISTINCT FROM NEW.points"),
)

# Where the document names a body that examines, nobody else's marks come into the sheet (WH63.2.6).
ONLY_BODY = pgtrigger.Trigger(
    name="only_the_examining_body_marks",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.Update,
    func="""
        IF EXISTS (SELECT 1 FROM training_exam x WHERE x.id = NEW.exam_id AND x.body_id IS NOT NULL
                   AND x.body_id IS DISTINCT FROM NEW.by_unit_id) THEN
            RAISE EXCEPTION 'only_the_examining_body_marks' USING ERRCODE = 'check_violation',
                CONSTRAINT = 'only_the_examining_body_marks';
        END IF;
        RETURN NEW;
    """,
)

# QD97.3.8: whoever taught the class does not grade it.
NOT_TAUGHT = pgtrigger.Trigger(
    name="grader_did_not_teach_the_class",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.Update,
    func="""
        IF EXISTS (SELECT 1 FROM training_session s JOIN training_exam x ON x.cohort_id = s.cohort_id
                   WHERE x.id = NEW.exam_id AND s.teacher_key = NEW.person_key AND s.kind <> 'exam') THEN
            RAISE EXCEPTION 'grader_did_not_teach_the_class' USING ERRCODE = 'check_violation',
                CONSTRAINT = 'grader_did_not_teach_the_class';
        END IF;
        RETURN NEW;
    """,
)


@pghistory.track()
class Exam(Owned):
    """The class's final exam; `case` is the filing of its paper. `body`: who examines, null = the provider of the class.
    `paper_by_unit`: for which unit the paper was written."""

    cohort = models.OneToOneField(Cohort, on_delete=models.PROTECT, related_name="exam")
    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="exam")
    body = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("考核单位")
    )
    paper_by_unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("命题单位")
    )
    held_from = models.DateTimeField(_("考试开始"), null=True, blank=True)
    held_until = models.DateTimeField(_("考试结束"), null=True, blank=True)
    place = models.CharField(_("考场"), max_length=200, blank=True)
    sample = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    survey_token = models.CharField(max_length=32, unique=True)
    sealed_at = models.DateTimeField(_("封存时间"), null=True, blank=True)
    sealed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    seal = models.CharField(_("成绩单指纹"), max_length=64, blank=True)

    class Meta(Owned.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(held_until__isnull=True) | Q(held_until__gt=F("held_from")),
                name="exam_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(sealed_at__isnull=True) | (Q(sealed_by__isnull=False) & ~Q(seal="")),
                name="a_sealed_exam_has_its_fingerprint",
            ),
        ]
        triggers = [
            *Owned.Meta.triggers,
            pgtrigger.Protect(
                name="a_seal_is_not_broken",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__sealed_at__isnull=False),
            ),
        ]


class ExamItem(models.Model):
    """One block of the paper: so many items of a kind, so many points each."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    exam = models.ForeignKey(Exam, on_delete=models.CASCADE, related_name="items")
    position = models.PositiveIntegerField()
    kind = models.CharField(_("题型"), max_length=12, choices=ItemKind.choices)
    count = models.PositiveIntegerField(_("题数"))
    points_each = models.DecimalField(_("每题分值"), max_digits=5, decimal_places=1)

    class Meta:
        ordering = ["exam", "position"]
        constraints = [
            models.CheckConstraint(condition=Q(count__gt=0) & Q(points_each__gt=0), name="exam_items_have_points"),
        ]


class ExamSupervisor(models.Model):
    """Who watched the exam: one of each bureau, or a third party (QD97.3.7)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    exam = models.ForeignKey(Exam, on_delete=models.PROTECT, related_name="supervisors")
    side = models.CharField(_("来自"), max_length=12, choices=SupervisorSide.choices)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(_("姓名"), max_length=60)
    person_key = models.CharField(max_length=64)
    by_unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("指定单位")
    )
    signed_at = models.DateTimeField(_("监考确认时间"), null=True, blank=True)
    remark = models.TextField(_("监考记录"), blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["exam", "person_key"], name="a_supervisor_stands_once_per_exam")
        ]
        triggers = [on_register()]


class ExamGrader(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    exam = models.ForeignKey(Exam, on_delete=models.PROTECT, related_name="graders")
    name = models.CharField(_("姓名"), max_length=60)
    person_key = models.CharField(max_length=64)
    by_unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("指定单位")
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["exam", "person_key"], name="a_grader_stands_once_per_exam")]
        triggers = [NOT_TAUGHT, on_register()]


@pghistory.track()
class Score(models.Model):
    """Points of one candidate; `points` null = absent."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    exam = models.ForeignKey(Exam, on_delete=models.PROTECT, related_name="scores")
    enrolment = models.OneToOneField(Enrolment, on_delete=models.PROTECT, related_name="score")
    points = models.DecimalField(_("成绩"), max_digits=5, decimal_places=1, null=True, blank=True)
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    by_unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("登分单位")
    )
    origin = models.CharField(
        _("来源"), max_length=8, choices=ScoreOrigin.choices, default=ScoreOrigin.TYPED, db_default=ScoreOrigin.TYPED
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(points__isnull=True) | Q(points__gte=0, points__lte=100),
                name="points_are_between_0_and_100",
            )
        ]
        triggers = [SEALED, COUNTED, ONLY_BODY]


# A correction speaks of sealed points only: before the seal the sheet itself is put right.
OF_SEALED = pgtrigger.Trigger(
    name="only_sealed_scores_are_corrected",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    func="""
        IF NOT EXISTS (SELECT 1 FROM training_score s JOIN training_exam x ON x.id = s.exam_id
                       WHERE s.id = NEW.score_id AND x.sealed_at IS NOT NULL)
           OR NEW.resit_score_id IS NOT NULL AND NOT EXISTS (
               SELECT 1 FROM training_resitscore a JOIN training_resit r ON r.id = a.resit_id
               JOIN training_score s ON s.id = NEW.score_id
               WHERE a.id = NEW.resit_score_id AND a.enrolment_id = s.enrolment_id AND r.sealed_at IS NOT NULL) THEN
            RAISE EXCEPTION 'only_sealed_scores_are_corrected' USING ERRCODE = 'check_violation',
                CONSTRAINT = 'only_sealed_scores_are_corrected';
        END IF;
        RETURN NEW;
    """,
)


# What the archive was closed with stays.
NOT_ARCHIVED = pgtrigger.Trigger(
    name="an_archived_class_is_not_corrected",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.Update,
    func="""
        IF NEW.accepted IS NOT FALSE AND EXISTS (
            SELECT 1 FROM training_score s JOIN training_exam x ON x.id = s.exam_id
            JOIN training_cohort c ON c.id = x.cohort_id WHERE s.id = NEW.score_id AND c.stage = 'archived') THEN
            RAISE EXCEPTION 'an_archived_class_is_not_corrected' USING ERRCODE = 'check_violation',
                CONSTRAINT = 'an_archived_class_is_not_corrected';
        END IF;
        RETURN NEW;
    """,
)


class ScoreCorrection(models.Model):
    """New points for a sealed score, with the reason: proposed by one natural person, in force once another one has
    confirmed it. With `resit_score` it corrects the points of that re-sit, else those of the first sitting. The sealed
    points stay as they are; `points` null = absent after all. A wrong correction is corrected by a later one."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    score = models.ForeignKey(Score, on_delete=models.PROTECT, related_name="corrections")
    resit_score = models.ForeignKey(
        "training.ResitScore", on_delete=models.PROTECT, null=True, blank=True, related_name="corrections"
    )
    before = models.DecimalField(_("更正前"), max_digits=5, decimal_places=1, null=True, blank=True)
    points = models.DecimalField(_("更正后"), max_digits=5, decimal_places=1, null=True, blank=True)
    reason = models.CharField(_("更正理由"), max_length=300)
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    proposed_key = models.CharField(max_length=64)
    proposed_at = models.DateTimeField(_("提出时间"))
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_key = models.CharField(max_length=64, blank=True)
    decided_at = models.DateTimeField(_("复核时间"), null=True, blank=True)
    accepted = models.BooleanField(_("是否同意"), null=True)
    opinion = models.CharField(_("复核意见"), max_length=300, blank=True)

    class Meta:
        ordering = ["proposed_at", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="a_correction_has_a_reason"),
            models.CheckConstraint(
                condition=Q(points__isnull=True) | Q(points__gte=0, points__lte=100),
                name="corrected_points_are_between_0_and_100",
            ),
            models.CheckConstraint(
                condition=Q(decided_key="") | ~Q(decided_key=F("proposed_key")),
                name="a_correction_takes_two_persons",
            ),
            models.CheckConstraint(
                condition=Q(accepted__isnull=True, decided_at__isnull=True, decided_by__isnull=True, decided_key="")
                | (
                    Q(accepted__isnull=False, decided_at__isnull=False, decided_by__isnull=False)
                    & ~Q(decided_key="")
                    & ~Q(opinion="")
                ),
                name="a_decided_correction_has_person_time_and_opinion",
            ),
            models.UniqueConstraint(
                fields=["score"], condition=Q(accepted__isnull=True), name="one_open_correction_per_score"
            ),
        ]
        triggers = [
            OF_SEALED,
            NOT_ARCHIVED,
            pgtrigger.Protect(name="a_correction_is_kept", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="a_decided_correction_never_changes",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__accepted__isnull=False),
            ),
            pgtrigger.ReadOnly(
                name="a_proposal_never_changes",
                fields=[
                    "score",
                    "resit_score",
                    "before",
                    "points",
                    "reason",
                    "proposed_by",
                    "proposed_key",
                    "proposed_at",
                ],
            ),
        ]


class SurveyAnswer(models.Model):
    """One anonymous satisfaction answer (QD97.3.7); `voucher` is a one-way hash that stops a second answer."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    exam = models.ForeignKey(Exam, on_delete=models.PROTECT, related_name="answers")
    voucher = models.CharField(max_length=64)
    quality = models.PositiveSmallIntegerField(_("培训质量"))
    teachers = models.PositiveSmallIntegerField(_("师资"))
    organisation = models.PositiveSmallIntegerField(_("组织管理"))
    overall = models.PositiveSmallIntegerField(_("总体满意度"))
    comment = models.CharField(_("意见"), max_length=500, blank=True)
    answered_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["exam", "voucher"], name="one_answer_per_candidate"),
            models.CheckConstraint(
                condition=Q(
                    quality__range=(1, 5), teachers__range=(1, 5), organisation__range=(1, 5), overall__range=(1, 5)
                ),
                name="survey_marks_are_1_to_5",
            ),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]
