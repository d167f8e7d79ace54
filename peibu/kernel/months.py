"""Month arithmetic. A month is the date of its first day."""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Iterator
from datetime import date


def first_of(day: date) -> date:
    """The month of a day."""
    return date(day.year, day.month, 1)


def last_day(month: date) -> date:
    """The last day of the month in which `month` lies."""
    return date(month.year, month.month, calendar.monthrange(month.year, month.month)[1])


def add_months(month: date, count: int) -> date:
    """The month `count` months later (earlier when negative)."""
    year, index = divmod(month.year * 12 + month.month - 1 + count, 12)
    return date(year, index + 1, 1)


def same_day(day: date, months: int) -> date:
    """The same day of the month `months` later; a day the month lacks becomes its last (31 Jan + 1 = 28 or 29 Feb)."""
    end = last_day(add_months(day, months))
    return end if day.day > end.day else end.replace(day=day.day)


def months_between(earlier: date, later: date) -> int:
    """Number of month steps from the month of `earlier` to that of `later`; negative when it lies before."""
    return (later.year - earlier.year) * 12 + later.month - earlier.month


def month_range(first: date, last: date) -> Iterator[date]:
    """Every month from `first` to `last`, both included; nothing when `last` is earlier."""
    return (add_months(first, step) for step in range(months_between(first, last) + 1))


def longest_run(months: Iterable[date]) -> int:
    """Length of the longest unbroken run among the given months, whatever their order."""
    known = {first_of(month) for month in months}
    best = 0
    for month in known:
        if add_months(month, -1) not in known:
            length = 1
            while add_months(month, length) in known:
                length += 1
            best = max(best, length)
    return best


def age_on(birth: date, on: date) -> int:
    """Full years of life on a day; a birthday counts from its own day, 29 February from 1 March in common years."""
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))


def month_text(month: date) -> str:
    """A month for people: 2020年3月."""
    return f"{month.year}年{month.month}月"
