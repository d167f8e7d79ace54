"""A batch of certificates as the district's bureau checks it, line by line (QD97.3.10)."""

import datetime as dt

from peibu.accounts.actor import Actor
from peibu.accounts.enums import Role
from peibu.casework.models import Case
from peibu.training.actions.certificates import judge_batch, series_of
from peibu.training.models import CertificateBatch
from peibu.training.queries.certificates import batch_lines, book_of, logs_of
from peibu.training.queries.exams import exam_day, is_intact, pass_mark, photos_of_class
from peibu.training.queries.surveys import survey_panel

TEMPLATE = "desk/panels/certificate_batch.html"


def context(case: Case, actor: Actor, on: dt.date) -> dict:
    """Every candidate with presence, score and number; photos, log, survey, findings."""
    batch = CertificateBatch.objects.select_related("cohort__exam", "cohort__provider").get(case=case)
    cohort = batch.cohort
    lines = batch_lines(cohort, on=exam_day(cohort.exam))
    return {
        "batch": batch,
        "cohort": cohort,
        "exam": cohort.exam,
        "intact": is_intact(cohort.exam),
        "mark": pass_mark(cohort, on=exam_day(cohort.exam)),
        "lines": lines,
        "passed": sum(line.passed for line in lines),
        "photos": photos_of_class(cohort),
        "logs": logs_of(cohort),
        "judgement": judge_batch(cohort, day=on)[0],
        "series": batch.series or series_of(case.policy, batch.division, on=on),
        "book": book_of(batch),
        "may_revoke": actor.role == Role.HRSS_APPROVER,
        **survey_panel(cohort.exam),
    }
