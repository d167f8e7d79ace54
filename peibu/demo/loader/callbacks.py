"""Call-backs of taught classes: the draw, the calls that were made, one that is still open (WH63.4.1)."""

import datetime as dt

from peibu.demo.city import NOW
from peibu.demo.loader.classes import ClassStory
from peibu.training.actions.callbacks import commit_callbacks, draw_callbacks, record_call
from peibu.training.models import CallbackTask

GOOD = {"attended": "yes", "as_planned": "yes", "signed_self": "yes", "charged": "no", "satisfied": "yes"}
# What some trainees say that gives a reason to look; in the order in which classes are played.
ODD = ({}, {"as_planned": "unsure"}, {"signed_self": "no"}, {}, {"satisfied": "unsure"}, {"charged": "yes"})
HOUR = dt.timedelta(hours=1)


def phone(story: ClassStory) -> None:
    """Commit when the teaching is over, draw an hour later, phone on the next day. The last one drawn does not answer:
    in a class that is archived a substitute does, in the others the call stays open."""
    taught = story.reached("taught")
    if taught is None or taught + 2 * HOUR > NOW:
        return
    reviewer = story.players.of("agency_reviewer", story.cohort.case.agency)
    commit_callbacks(cohort=story.cohort, by=reviewer, at=taught + HOUR)
    row = draw_callbacks(cohort=story.cohort, caller=reviewer.user, by=reviewer, at=taught + 2 * HOUR)
    at = taught + 16 * HOUR
    if at > NOW:
        return
    for task in row.tasks.order_by("position"):
        if task.position < row.wanted:
            odd = ODD[(story.cohort.seats_taken + task.position) % len(ODD)]
            record_call(task=task, outcome="reached", answers=GOOD | odd, remark="", by=reviewer, at=at)
        else:
            record_call(task=task, outcome="not_reached", answers={}, remark="无人接听", by=reviewer, at=at)
        at += dt.timedelta(minutes=6)
    if story.reached("archived"):
        _finish(row.tasks.get(position=row.wanted), reviewer, at)


def _finish(task: CallbackTask, reviewer, at: dt.datetime) -> None:
    """The number turns out to be wrong; whoever comes next in the draw answers."""
    record_call(task=task, outcome="wrong_number", answers={}, remark="机主称不是本人", by=reviewer, at=at)
    following = task.round.tasks.get(position=task.position + 1)
    record_call(task=following, outcome="reached", answers=GOOD, remark="", by=reviewer, at=at + HOUR)
