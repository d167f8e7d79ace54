"""Work for the queue: each calls one action."""

import datetime as dt
from uuid import UUID

from django.urls import reverse
from procrastinate.contrib.django import app

from peibu.accounts.actor import Actor
from peibu.accounts.models import Assignment
from peibu.casework import progress
from peibu.casework.models import Document
from peibu.kernel.errors import PeibuError
from peibu.oversight.actions.archive import archive_class
from peibu.oversight.actions.findings import look_for_near_duplicates
from peibu.training.models import Cohort


@app.task(name="oversight.build_archive")
def build_archive(cohort: str, assignment: str, at: str, bar: str) -> None:
    """Build the archive package of a class for whoever asked for it."""
    row = Assignment.objects.select_related("user", "unit__division").get(pk=assignment)
    by = Actor(user=row.user, role=row.role, unit=row.unit)
    subject = Cohort.objects.get(pk=cohort)
    try:
        archive_class(cohort=subject, by=by, at=dt.datetime.fromisoformat(at), progress_id=UUID(bar))
    except PeibuError as error:
        progress.finish(UUID(bar), problem=error.sentence())
        return
    progress.finish(UUID(bar), result_url=reverse("class-archive", args=[subject.pk]))


@app.task(name="oversight.look_at_photo")
def look_at_photo(document: str, at: str) -> None:
    """Compare a new photo with those of other classes."""
    look_for_near_duplicates(document=Document.objects.get(pk=document), at=dt.datetime.fromisoformat(at))
