"""How far a long piece of work is. The page polls it; the job writes it."""

import datetime as dt
from uuid import UUID

from peibu.accounts.actor import Actor
from peibu.casework.models import Progress


def begin(*, title: str, total: int, by: Actor, at: dt.datetime) -> Progress:
    """Open a progress bar for a job about to be queued."""
    return Progress.objects.create(title=title, total=total, started_by=by.user, started_at=at)


def step(progress_id: UUID, done: int) -> None:
    Progress.objects.filter(pk=progress_id).update(done=done)


def finish(progress_id: UUID, *, result_url: str = "", problem: str = "") -> None:
    """Close the bar: with where the result is, or with the sentence that says why there is none."""
    row = Progress.objects.get(pk=progress_id)
    row.done = row.total if not problem else row.done
    row.result_url, row.problem, row.finished = result_url, problem, True
    row.save()
