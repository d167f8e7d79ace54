"""Days and running month numbers of whole columns (days since 1970-01-01, as Polars stores a date)."""

from __future__ import annotations

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
    """Return the first day of each date's month: `dt.month_start` by table, twice as fast."""
    numbers = days.to_physical().fill_null(0).to_numpy()
    if len(days) and not _FIRST_DAYS[0] <= numbers.min() <= numbers.max() < _FIRST_DAYS[-1]:
        return days.dt.month_start()
    starts = pl.Series(days.name, first_days(months_of(numbers))).cast(pl.Date)
    return starts.set(days.is_null(), None) if days.null_count() else starts


def add_months(days: pl.Series, months: int) -> pl.Series | None:
    """Return each date so many months later, at most the last day of that month; None when the tables do not reach."""
    numbers = days.to_physical().fill_null(0).to_numpy()
    month = months_of(numbers).astype(np.int32)
    aim = month - _BASE + months
    if (
        not len(days)
        or month.min() <= _BASE
        or aim.min() < 0
        or max(month.max() - _BASE, aim.max()) >= len(_LENGTHS) - 1
    ):
        return None
    moved = _FIRST_DAYS[aim] + np.minimum(numbers - _FIRST_DAYS[month - _BASE], _LENGTHS[aim] - 1)
    later = pl.Series(days.name, moved).cast(pl.Date)
    return later.set(days.is_null(), None) if days.null_count() else later
