"""The log of draws."""

import datetime as dt

from peibu.accounts.actor import Actor
from peibu.examining.models import Drawing
from peibu.training.models import Exam


def log_drawing(exam: Exam, what: str, *, seed: str, chosen: bool, pool: str, by: Actor, at: dt.datetime) -> Drawing:
    """Keep that something was drawn; within the transaction of the draw. `chosen`: the seed was typed by a person."""
    return Drawing.objects.create(
        exam=exam, what=what, seed=seed, chosen=chosen, pool=pool, drawn_by=by.user, drawn_at=at
    )
