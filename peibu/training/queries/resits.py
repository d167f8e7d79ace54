"""Questions about sitting an exam again."""

import datetime as dt

from peibu.training.models import CertificateBatch, Exam, Resit

# States of the report of those who passed in which it can still change.
UNREPORTED = ("draft", "returned")


def live_resits(exam: Exam, *, at: dt.datetime) -> list[Resit]:
    """Asked for and neither sealed nor lapsed."""
    return [row for row in exam.resits.filter(sealed_at__isnull=True) if not row.has_lapsed(at)]


def is_reported(exam: Exam) -> bool:
    """Are those who passed reported to the bureau? A report that was returned can still change."""
    batch = CertificateBatch.objects.filter(cohort=exam.cohort_id).select_related("case").first()
    return batch is not None and batch.case.state not in UNREPORTED


def resits_of(exam: Exam, *, at: dt.datetime) -> list[tuple[Resit, bool]]:
    """Every re-sit with its scores and whether it has lapsed, the first one first."""
    rows = exam.resits.prefetch_related("scores__enrolment__person", "scores__enrolment__score").order_by("number")
    return [(row, row.has_lapsed(at)) for row in rows]
