"""Working days by the State Council's yearly notices, make-up days included. The days are data (calendars/*.csv).

Rules, the same everywhere: the day of the event is not counted; a period ends at the end of its last day.
A year that nobody has announced is refused, never guessed.
"""

import csv
import datetime as dt
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources

from peibu.kernel.errors import PeibuError

ONE_DAY = dt.timedelta(days=1)


class CalendarYearMissing(PeibuError):
    """The calendar of a year is not known yet."""

    def __init__(self, year: int):
        super().__init__(
            f"{year}年的工作日安排尚未录入，待国务院办公厅通知",
            "calendar_year_missing",
            "请由系统管理员导入该年度放假安排后再办理",
        )


class Calendar:
    """Exceptions to Monday-Friday: `days` maps a date to True (works) or False (rests), for whole `years`."""

    def __init__(self, days: Mapping[dt.date, bool], years: frozenset[int]):
        self.days = dict(days)
        self.years = years

    def overlay(self, days: Mapping[dt.date, bool], *, years: frozenset[int] = frozenset()) -> "Calendar":
        """The same calendar with a region's or a later notice's exceptions on top."""
        return Calendar({**self.days, **days}, self.years | years)

    def is_workday(self, day: dt.date) -> bool:
        if day.year not in self.years:
            raise CalendarYearMissing(day.year)
        return self.days.get(day, day.weekday() < 5)

    def add_workdays(self, day: dt.date, count: int) -> dt.date:
        """The count-th working day after (negative: before) a day; the day itself is not counted. 0 = the day."""
        step = ONE_DAY if count > 0 else -ONE_DAY
        left = abs(count)
        while left:
            day += step
            left -= self.is_workday(day)
        return day

    def deadline(self, start: dt.date, count: int) -> dt.date:
        """The last day of a period of `count` working days after an event; with 0 the next working day or the day."""
        if count:
            return self.add_workdays(start, count)
        return start if self.is_workday(start) else self.add_workdays(start, 1)

    def workdays_between(self, start: dt.date, end: dt.date) -> int:
        """Working days after `start` up to and including `end`; negative when `end` lies before `start`."""
        if end < start:
            return -self.workdays_between(end, start)
        return sum(self.is_workday(start + ONE_DAY * i) for i in range(1, (end - start).days + 1))

    def nth_workday_before(self, day: dt.date, count: int) -> dt.date:
        """The day `count` working days before a day: a paper handed in by then is that far ahead."""
        return self.add_workdays(day, -count)


@lru_cache(maxsize=1)
def default_calendar() -> Calendar:
    """The national calendar shipped with the program (2004-2026)."""
    text = resources.files("peibu.kernel").joinpath("calendars/national.csv").read_text(encoding="utf-8")
    days = {dt.date.fromisoformat(row["day"]): row["kind"] == "work" for row in csv.DictReader(text.splitlines())}
    first, last = min(days).year, max(days).year
    return Calendar(days, frozenset(range(first, last + 1)))
