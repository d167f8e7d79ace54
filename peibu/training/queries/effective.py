"""The score that counts, asked nowhere else: the sealed points, what a correction made of them, a re-sit as the
policy counts it (reading `resit_reading`: the best or the last sitting)."""

import datetime as dt
from decimal import Decimal
from uuid import UUID

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone

from peibu.rulebook import load_policy
from peibu.training.models import Enrolment, Exam, ResitScore, ScoreCorrection

BEST, LAST = "best", "last"


def resit_reading(exam: Exam) -> str:
    """Whether the best or the last sitting counts, by the law of the exam's day; documents without re-sits: best."""
    policy = load_policy(exam.cohort.policy)
    if "resit_reading" not in policy.interpretations or exam.held_from is None:
        return BEST
    return policy.value("resit_reading", on=timezone.localdate(exam.held_from))


def with_effective_points(
    rows: QuerySet[Enrolment], *, reading: str, known_at: dt.datetime | None = None
) -> QuerySet[Enrolment]:
    """Enrolments with `effective`: exact points, None = absent or nothing entered. `known_at`: as known at a moment."""
    corrections, resits = Q(accepted=True), Q(resit__sealed_at__isnull=False)
    if known_at is not None:
        corrections &= Q(decided_at__lte=known_at)
        resits &= Q(resit__sealed_at__lte=known_at)
    decided = ScoreCorrection.objects.filter(corrections).order_by("-decided_at", "-id")
    first = _corrected(decided.filter(score__enrolment=OuterRef("pk"), resit_score=None), F("score__points"))
    again = ResitScore.objects.filter(resits, enrolment=OuterRef("pk"))
    again = again.annotate(counted=_corrected(decided.filter(resit_score=OuterRef("pk")), F("points")))
    again = again.filter(counted__isnull=False)
    if reading == LAST:
        newest = again.order_by("-resit__number").values("counted")[:1]
        return rows.annotate(effective=Coalesce(Subquery(newest), first))
    best = again.order_by("-counted").values("counted")[:1]
    # PostgreSQL's GREATEST passes over NULL
    return rows.annotate(effective=Greatest(first, Subquery(best)))


def _corrected(last: QuerySet[ScoreCorrection], points: F) -> Case:
    """The points of the latest correction, also when they say absent; else `points`."""
    return Case(When(Exists(last), then=Subquery(last.values("points")[:1])), default=points)


def sealed_points(enrolment: Enrolment, *, known_at: dt.datetime) -> tuple[bool, Decimal | None]:
    """(is there a sealed score, its effective points) as known at a moment; absent = (True, None)."""
    exam = Exam.objects.filter(cohort=enrolment.cohort_id, sealed_at__lte=known_at).select_related("cohort").first()
    if exam is None:
        return False, None
    rows = Enrolment.objects.filter(pk=enrolment.pk, score__exam=exam)
    rows = with_effective_points(rows, reading=resit_reading(exam), known_at=known_at)
    found = list(rows.values_list("effective", flat=True))
    return (True, found[0]) if found else (False, None)


def effective_points(exam: Exam) -> dict[UUID, Decimal | None]:
    """Enrolment id -> points in force, for everybody of the class."""
    rows = with_effective_points(Enrolment.objects.filter(cohort=exam.cohort_id), reading=resit_reading(exam))
    return dict(rows.values_list("pk", "effective"))


def corrected_points(exam: Exam) -> dict[UUID, Decimal | None]:
    """Enrolment id -> points after corrections of the first sitting, for those that were corrected."""
    rows = ScoreCorrection.objects.filter(score__exam=exam, resit_score=None, accepted=True).order_by(
        "decided_at", "id"
    )
    return dict(rows.values_list("score__enrolment_id", "points"))


def resit_points(score: ResitScore) -> Decimal | None:
    """Points of a re-sit as last corrected."""
    last = score.corrections.filter(accepted=True).order_by("-decided_at", "-id").first()
    return last.points if last is not None else score.points
