"""The PDF of a batch of certificates as a job."""

import datetime as dt

from procrastinate.contrib.django import app

from peibu.accounts.actor import SYSTEM
from peibu.casework import progress as bar
from peibu.kernel.errors import PeibuError
from peibu.papers.errors import PaperError
from peibu.training.models import CertificateBatch


@app.task(name="training.certificate_book", queue="papers")
def certificate_book(*, batch: str, progress: str, at: str) -> None:
    """The PDF of a batch of certificates. Running it again hands out what was made."""
    from peibu.training.actions.certificates import keep_book

    row = CertificateBatch.objects.select_related("cohort", "case", "division").get(pk=batch)
    try:
        keep_book(batch=row, by=SYSTEM, at=dt.datetime.fromisoformat(at))
    except (PaperError, PeibuError) as problem:
        bar.finish(progress, problem=str(problem))
        return
    bar.finish(progress, result_url=f"/certificates/book/{row.pk}.pdf")
