"""Guards and effects this room adds to moves of cases (see `peibu.casework.hooks`)."""

import datetime as dt

from peibu.accounts.actor import Actor
from peibu.casework.hooks import effect
from peibu.casework.models import Case
from peibu.oversight.actions.findings import look_for_near_duplicates, record_satisfaction
from peibu.training.queries.photos import photos_of


@effect("certificate_batch", "report", "report_again")
def compare_photos(*, case: Case, by: Actor, at: dt.datetime, reason: str) -> None:
    """Before the district checks the batch, its photos are held against those of all other classes (QD97.3.9)."""
    for photo in photos_of(case.certificate_batch.cohort):
        look_for_near_duplicates(document=photo, at=at)


@effect("certificate_batch", "issue")
def rate_provider(*, case: Case, by: Actor, at: dt.datetime, reason: str) -> None:
    """The survey closes with the certificates; its result joins the provider's credit record (QD97.3.7)."""
    cohort = case.certificate_batch.cohort
    if hasattr(cohort, "exam"):
        record_satisfaction(exam=cohort.exam, at=at)
