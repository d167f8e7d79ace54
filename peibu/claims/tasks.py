"""What runs by itself: claims are looked at again when evidence has become known since they were judged."""

import datetime as dt

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from peibu.accounts import clock
from peibu.accounts.actor import SYSTEM
from peibu.casework.progress import finish, step
from peibu.claims.actions.held import release_lines
from peibu.claims.actions.rechecks import recheck_lines
from peibu.claims.enums import LineState
from peibu.claims.models import Claim
from peibu.claims.rechecks import lines_with_an_answer, with_later_evidence

EVERY = 10  # lines between two strokes of the bar


@app.periodic(cron="20 2 * * *")
@app.task(queueing_lock="recheck_claims_at_night")
def recheck_at_night(timestamp: int) -> None:
    """Every line with later evidence, whatever page or import brought it."""
    look_back(at=clock.now())


@app.periodic(cron="25 * * * *")
@app.task(queueing_lock="release_held_lines")
def let_settled_go_on(timestamp: int) -> None:
    """Whoever waited for an objection that is settled goes on, should the moment of its settling have been missed."""
    release_settled(at=clock.now())


def release_settled(*, at: dt.datetime) -> int:
    """Ask again for every claim with people who wait; give back how many go on."""
    waiting = Claim.objects.filter(lines__state=LineState.HELD).distinct()
    gone = 0
    for key in list(waiting.values_list("pk", flat=True)):
        with transaction.atomic():
            claim = Claim.objects.select_for_update(of=("self",)).select_related("case").get(pk=key)
            gone += len(release_lines(claim, by=SYSTEM, at=at))
    return gone


@app.task(name="claims.recheck", queueing_lock="recheck_claims")
def recheck() -> None:
    """The same at once, after evidence came in that concerns claims."""
    look_back(at=clock.now())


@app.task(name="claims.recheck_divisions")
def recheck_divisions(*, divisions: list[str], progress: str, at: str, result: str) -> None:
    """For an officer who asked: the claims of these divisions (none named: all), with a bar that ends at `result`."""
    problem = "复核没有完成，请稍后再试"
    try:
        look_back(at=dt.datetime.fromisoformat(at), divisions=divisions, progress=progress)
        problem = ""
    finally:
        finish(progress, result_url="" if problem else result, problem=problem)


def look_back(*, at: dt.datetime, divisions: list[str] | None = None, progress: str = "") -> int:
    """Re-check what has later evidence; give back how many differences were opened."""
    lines = with_later_evidence(lines_with_an_answer(), at=at)
    if divisions:
        lines = lines.filter(claim__case__division__in=divisions)

    def told(done: int) -> None:
        if progress and done % EVERY == 0:
            step(progress, done)

    return len(recheck_lines(lines.iterator(chunk_size=500), by=SYSTEM, at=at, told=told))


def soon() -> None:
    """Ask for a re-check, unless one is waiting already."""
    try:
        recheck.defer()
    except AlreadyEnqueued:
        return
