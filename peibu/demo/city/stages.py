"""When things happen: from the stage a class shall have reached on NOW back to its opening day, by working days."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from peibu.demo.city.plans import Event
from peibu.demo.city.records import CHINA, NOW
from peibu.kernel.workdays import default_calendar

# The first day that a class can open after publication, and the last of the policy.
FARTHEST = dt.date(2020, 12, 31)
EARLIEST = dt.date(2020, 9, 23)


def shift(day: dt.date, workdays: int) -> dt.date:
    """Return the day so many working days later, or earlier when negative; the day itself is not counted."""
    return default_calendar().add_workdays(day, workdays)


def moment(day: dt.date, hour: int, minute: int = 0) -> dt.datetime:
    return dt.datetime(day.year, day.month, day.day, hour, minute, tzinfo=CHINA)


@dataclass(frozen=True, slots=True)
class Schedule:
    """A class that opens on a day: its training days and its exam day."""

    days: tuple[dt.date, ...]
    exam: dt.date


# Working days after the opening on which there is training.
PATTERNS = ((0, 1, 2, 3, 4), (0, 1, 2, 4, 5), (0, 1, 3, 4, 5, 6), (0, 2, 3, 5, 6))
SPAN_TOO_LONG = (0, 3, 6, 9, 12)
TOO_SHORT = (0, 1, 2, 3)
_EXAM_AFTER = 4


def schedule(opens: dt.date, pattern: Sequence[int]) -> Schedule:
    days = tuple(shift(opens, step) for step in pattern)
    return Schedule(days, shift(days[-1], _EXAM_AFTER))


def class_events(opens: dt.date, plan: Schedule) -> tuple[Event, ...]:
    """All events of a smooth class, in order.

    Filing exactly five working days ahead, the paper exactly three: right in every reading of QD97.3.4 and QD97.3.6.
    """
    exam = plan.exam
    return (
        Event("drafted", moment(shift(opens, -7), 9, 40)),
        Event("submitted", moment(shift(opens, -5), 9, 20)),
        Event("confirmed", moment(shift(opens, -3), 9, 40)),
        Event("opened", moment(opens, 8, 30)),
        Event("running", moment(plan.days[1], 8, 30)),
        Event("taught", moment(plan.days[-1], 17, 10)),
        Event("exam_filed", moment(shift(exam, -3), 9, 30)),
        Event("exam_approved", moment(shift(exam, -1), 9, 15)),
        Event("exam_done", moment(exam, 11, 10)),
        Event("scored", moment(shift(exam, 2), 9, 5)),
        Event("certified", moment(shift(exam, 4), 9, 30)),
    )


def claim_events(start: dt.date) -> tuple[Event, ...]:
    """All events of a smooth claim submitted on the day, in order; the notice stays for five full working days."""
    return (
        Event("draft", moment(shift(start, -1), 16)),
        Event("submitted", moment(start, 9, 10)),
        Event("accepted", moment(shift(start, 1), 9, 20)),
        Event("reviewed", moment(shift(start, 4), 9, 45)),
        Event("approved", moment(shift(start, 6), 9, 15)),
        Event("notice", moment(shift(start, 7), 9)),
        Event("ready", moment(shift(start, 13), 9, 30)),
        Event("paid", moment(shift(start, 15), 9, 50)),
    )


# Side roads: (leaves after, working days after the submission, hour).
_SIDE = {"returned": ("accepted", 2, 9), "objected": ("notice", 9, 9)}


def claim_until(start: dt.date, state: str) -> tuple[Event, ...]:
    """Return the events of a claim up to the state."""
    last, side = state, None
    if state in _SIDE:
        last, days, hour = _SIDE[state]
        side = Event(state, moment(shift(start, days), hour))
    events = until(claim_events(start), last)
    return (*events, side) if side else events


def class_until(opens: dt.date, plan: Schedule, state: str) -> tuple[Event, ...]:
    """Return the events of a class up to the state."""
    if state == "returned":
        return (*until(class_events(opens, plan), "submitted"), Event("returned", moment(shift(opens, -4), 9, 30)))
    return until(class_events(opens, plan), state)


def until(events: tuple[Event, ...], name: str) -> tuple[Event, ...]:
    names = [event.name for event in events]
    return events[: names.index(name) + 1]


def latest(reached: Callable[[dt.date], dt.datetime], by: dt.datetime = NOW) -> dt.date:
    """Return the latest working day from which the event is reached by the moment.

    Raises:
        ValueError: not even from the first possible opening day after publication.
    """
    day = FARTHEST
    while day >= EARLIEST:
        if default_calendar().is_workday(day) and reached(day) <= by:
            return day
        day -= dt.timedelta(days=1)
    raise ValueError(f"no working day since {EARLIEST} reaches the event by {by}")


def class_opening(state: str, pattern: Sequence[int], by: dt.datetime = NOW) -> dt.date:
    """Return the opening day of a class that has just reached the state."""
    return latest(lambda day: class_until(day, schedule(day, pattern), state)[-1].at, by)


def claim_start(state: str, lag: int = 0) -> dt.date:
    """Return the submission day of a claim that reached the state ``lag`` working days before NOW's."""
    by = moment(shift(NOW.date(), -lag), NOW.hour)
    return latest(lambda day: claim_until(day, state)[-1].at, by)
