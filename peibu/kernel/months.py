"""Months as dates on day 1."""

import datetime as dt


def month_of(day: dt.date) -> dt.date:
    """The first day of a day's month."""
    return day.replace(day=1)


def add_months(month: dt.date, count: int) -> dt.date:
    """A month so many months later (or earlier), as its first day."""
    index = month.year * 12 + month.month - 1 + count
    return dt.date(index // 12, index % 12 + 1, 1)


def months_between(start: dt.date, end: dt.date) -> int:
    """How many months from start's month to end's month."""
    return (end.year - start.year) * 12 + end.month - start.month
