"""Days and running month numbers of whole columns (days since 1970-01-01, as Polars stores a date)."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import NamedTuple

import numpy as np
import polars as pl

from peibu.rulebook.records import month_number

_FIRST_YEAR, _LAST_YEAR = 1800, 2299
_MONTHS = np.arange(f"{_FIRST_YEAR}-01", f"{_LAST_YEAR + 1}-02", dtype="datetime64[M]")
_FIRST_DAYS = _MONTHS.astype("datetime64[D]").astype(np.int32)
_BASE = month_number(_MONTHS[0].astype(object))
_LENGTHS = np.diff(_FIRST_DAYS)
_MONTH_OF_DAY = np.repeat(np.arange(_BASE, _BASE + len(_MONTHS) - 1, dtype=np.int16), _LENGTHS)

# far outside every calendar, and far enough from the ends of int32 to be added to
LONG_AGO = -(2**30)  # stands for "no date" where an early day does no harm
FAR_AHEAD = 2**30  # stands for "no limit"


def months_of(days: np.ndarray) -> np.ndarray:
    """Return the running month number (int16) of each day (int32). Days outside 1800-2299 count as its first or last."""
    return _MONTH_OF_DAY.take(days - _FIRST_DAYS[0], mode="clip")


def first_days(months: np.ndarray) -> np.ndarray:
    """Return the first day (int32) of each running month number."""
    return _FIRST_DAYS.take(months - _BASE, mode="clip")


def month_starts(days: pl.Series) -> pl.Series:
    """Return the first day of each date's month: `dt.month_start` by table, several times as fast."""
    starts = _by_table(days, _starts())
    return days.dt.month_start() if starts is None else starts


def add_months(days: pl.Series, months: int) -> pl.Series | None:
    """Return each date so many months later, at most the last day of that month; None when the tables do not reach."""
    return _by_table(days, _moved(months))


class _Table(NamedTuple):
    """An entry for every day from `first` (a series of one number) on."""

    first: pl.Series
    entries: pl.Series


def _by_table(days: pl.Series, table: _Table) -> pl.Series | None:
    """Return the table's entry for each day; None when it lacks one of them."""
    # methods of a Series that Polars plans as a query would cost more than the whole look-up of a small table
    places = days.cast(pl.Int32) - table.first
    low, high = places.min(), places.max()
    if low is None:
        return days
    return table.entries[places.cast(pl.UInt32)].alias(days.name) if 0 <= low <= high < len(table.entries) else None


def _entries(first: int, days: np.ndarray) -> _Table:
    return _Table(pl.Series([first], dtype=pl.Int32), pl.Series(days.astype(np.int32)).cast(pl.Date))


@cache
def _starts() -> _Table:
    return _entries(_FIRST_DAYS[0], np.repeat(_FIRST_DAYS[:-1], _LENGTHS))


@lru_cache(maxsize=32)  # 0.7 MB each; a policy has a handful of such numbers
def _moved(months: int) -> _Table:
    """Return the days so many months later of all days for which that lies within the tables."""
    low, high = max(0, -months), min(len(_LENGTHS), len(_LENGTHS) - months)
    month = np.repeat(np.arange(low, high), _LENGTHS[low:high]) if low < high else np.empty(0, np.int64)
    first = _FIRST_DAYS[min(low, len(_LENGTHS))]
    place = np.arange(first, first + len(month)) - _FIRST_DAYS[month]
    return _entries(first, _FIRST_DAYS[month + months] + np.minimum(place, _LENGTHS[month + months] - 1))
