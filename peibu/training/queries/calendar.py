"""Sessions as a calendar: a week with the hours of its days, or a month with its weeks."""

import calendar
import dataclasses
import datetime as dt
from collections import defaultdict
from collections.abc import Iterable

from django.db.models import QuerySet
from django.utils import timezone

from peibu.accounts.actor import Actor
from peibu.accounts.enums import Role
from peibu.kernel.workdays import CalendarYearMissing, default_calendar
from peibu.training.models import Session
from peibu.training.queries.classrooms import enrolments_of, sessions_attended, sessions_run_by
from peibu.training.queries.filing import FIRST_HOUR, LAST_HOUR

MINUTES = (LAST_HOUR - FIRST_HOUR) * 60
SHORTEST = 45  # minutes; a shorter block could not be read
FIRST_YEAR, LAST_YEAR = 2000, 2099  # no class lies outside; near the ends of the calendar a week has no neighbour


@dataclasses.dataclass(frozen=True)
class Placed:
    """A session in the column of its day: top and height in percent of the hours shown."""

    session: Session
    top: float
    height: float


@dataclasses.dataclass(frozen=True)
class CalendarDay:
    """`off`: offices do not work (None: the year's holidays are not published); `inside`: belongs to the month."""

    on: dt.date
    sessions: list[Placed]
    off: bool | None
    inside: bool = True


@dataclasses.dataclass(frozen=True)
class CalendarPage:
    """`weeks` of seven days from Monday; `view` week or month; `before`, `after`: a day of the neighbouring page."""

    view: str
    first: dt.date
    weeks: list[list[CalendarDay]]
    before: dt.date
    after: dt.date

    @property
    def days(self) -> list[CalendarDay]:
        """Days with sessions, for the list on a phone."""
        return [day for week in self.weeks for day in week if day.sessions and day.inside]


def on_a_page(day: dt.date) -> bool:
    """Can the week or month of a day be shown?"""
    return FIRST_YEAR <= day.year <= LAST_YEAR


def hours() -> list[int]:
    return list(range(FIRST_HOUR, LAST_HOUR + 1))


def calendar_page(sessions: Iterable[Session], *, on: dt.date, view: str) -> CalendarPage:
    """The week or month `on` lies in."""
    by_day: dict[dt.date, list[Placed]] = defaultdict(list)
    for row in sorted(sessions, key=lambda row: (row.starts_at, str(row.pk))):
        by_day[timezone.localdate(row.starts_at)].append(_placed(row))
    if view == "month":
        weeks = calendar.Calendar().monthdatescalendar(on.year, on.month)
        first = on.replace(day=1)
        before, after = first - dt.timedelta(days=1), (first + dt.timedelta(days=31)).replace(day=1)
    else:
        first = on - dt.timedelta(days=on.weekday())
        weeks = [[first + dt.timedelta(days=n) for n in range(7)]]
        before, after = first - dt.timedelta(days=7), first + dt.timedelta(days=7)
    inside = {day for week in weeks for day in week if view == "week" or day.month == on.month}
    days = [[CalendarDay(day, by_day.get(day, []), _off(day), day in inside) for day in week] for week in weeks]
    return CalendarPage(view, first, days, before, after)


def _placed(row: Session) -> Placed:
    start, end = timezone.localtime(row.starts_at), timezone.localtime(row.ends_at)
    top = min(max(0, (start.hour - FIRST_HOUR) * 60 + start.minute), MINUTES - SHORTEST)
    bottom = min(max(top + SHORTEST, (end.hour - FIRST_HOUR) * 60 + end.minute), MINUTES)
    return Placed(row, round(top * 100 / MINUTES, 2), round((bottom - top) * 100 / MINUTES, 2))


def _off(day: dt.date) -> bool | None:
    try:
        return not default_calendar().is_workday(day)
    except CalendarYearMissing:
        return None


def sessions_seen_by(actor: Actor) -> QuerySet[Session]:
    """The actor's own sessions: taught, run by the unit, or attended, also to make up for a missed one."""
    rows = sessions_attended(enrolments_of(actor)) if actor.role == Role.TRAINEE else sessions_run_by(actor)
    return rows.select_related("cohort__provider", "teacher", "base", "room__venue").order_by("starts_at")
