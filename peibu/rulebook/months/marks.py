"""Months as bits counted back from the reference month (bit 0), and the facts that follow from them."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import NamedTuple

import numpy as np
import polars as pl

from peibu.rulebook.months.calendar import first_days
from peibu.rulebook.months.claims import Claims

SETS = ("normal", "arrears", "undetermined", "unknown", "in_time", "dated_late")
LOOKBACK_MAX = 62
COUNTS = tuple(
    f"{name}_{end}" for name in ("insured_months", "arrears_months", "late_arrears_months") for end in ("low", "high")
)
LATE = frozenset({"late_arrears_months_low", "late_arrears_months_high"})
MONTHS = ("run_first_month", "run_last_month", "insurance_gap_month", "last_paid_month_low", "last_paid_month_high")
SCHEMA: dict[str, pl.DataType] = {name: pl.Int64() for name in COUNTS} | {name: pl.Date() for name in MONTHS}
_CHUNK = 1 << 14  # claims at a time: the temporary arrays stay in the processor's cache
_ONE = np.uint64(1)
_NONE = np.uint64(0)
_ALL = ~_NONE
_FULL = np.uint64(64)
_NEVER = np.iinfo(np.int32).min  # no month: becomes null


class Marks:
    """One word per claim and set of months (see `records`), and the earliest month of the person's whole extract."""

    def __init__(self, size: int):
        self.sets = {name: np.zeros(size, dtype=np.uint64) for name in SETS}
        self.earliest = np.full(size, np.iinfo(np.int16).max, dtype=np.int16)


def facts_of(marks: Marks, claims: Claims, lookback: int, wanted: Collection[str] = tuple(SCHEMA)) -> pl.DataFrame:
    """Return the wanted insurance facts (columns of SCHEMA), one row per claim in the order of the given table.

    A claim without person, employer or reference month has no facts (null).
    """
    columns = {
        name: np.empty(claims.size, dtype=np.int64 if name in COUNTS else np.int32)
        for name in SCHEMA
        if name in wanted
    }
    for start in range(0, claims.size, _CHUNK):
        part = slice(start, start + _CHUNK)
        outside = _outside(marks.earliest[part], claims, part, lookback)
        words = {name: marks.sets[name][part] for name in SETS}
        facts = _facts(words, outside, claims.reference[part].astype(np.int64), lookback)
        for name, column in columns.items():
            column[part] = facts[name]()
    data = {name: claims.in_order(column) for name, column in columns.items()}
    frame = pl.DataFrame(data)
    months = [pl.col(name) for name in MONTHS if name in data]
    frame = frame.with_columns(pl.when(month != _NEVER).then(month).cast(pl.Date) for month in months)
    if claims.is_named.all():
        return frame
    named = pl.lit(pl.Series(claims.in_order(claims.is_named)))
    return frame.select(pl.when(named).then(pl.all()))


def _below(count: np.ndarray) -> np.ndarray:
    """Return words with the lowest `count` bits set (0 to 63)."""
    return (_ONE << count.astype(np.uint64)) - _ONE


def _outside(earliest: np.ndarray, claims: Claims, part: slice, lookback: int) -> np.ndarray:
    """Return the months the extract does not answer for."""
    reference, covered = claims.reference[part].astype(np.int64), claims.is_covered[part]
    oldest = np.where(covered, reference - claims.covered_from[part], reference - earliest)
    newest = np.where(covered, reference - claims.covered_to[part], 0)
    answered = _below(np.clip(oldest + 1, 0, lookback)) & ~_below(np.clip(newest, 0, lookback))
    return _below(np.full(len(reference), lookback)) & ~answered


def _trailing_zeros(word: np.ndarray) -> np.ndarray:
    return np.bitwise_count(~word & (word - _ONE))


def _ones_from(word: np.ndarray, start: np.ndarray) -> np.ndarray:
    """Return how many set bits follow each other from bit `start` on."""
    return _trailing_zeros(~(word >> start))


def width(word: np.ndarray) -> np.ndarray:
    """Return the number of the highest set bit, counted from 1; 0 where none is set."""
    word = word.copy()
    for step in (1, 2, 4, 8, 16, 32):
        word |= word >> np.uint64(step)
    return np.bitwise_count(word)


class _Run(NamedTuple):
    """The run of months at the enterprise, as in `records._run`: words of months, and ages and lengths as numbers."""

    certain: np.ndarray
    reach: np.ndarray
    last: np.ndarray
    length: np.ndarray
    reach_length: np.ndarray
    other: np.ndarray
    broken: np.ndarray


def _run(paid: np.ndarray, unknown: np.ndarray) -> _Run:
    possible = paid | unknown
    last = np.where(paid == _NONE, _NONE, _trailing_zeros(paid)).astype(np.uint64)
    length = _ones_from(paid, last).astype(np.uint64)
    after = _below(last)
    start = width(~possible & after).astype(np.uint64)
    reach_length = _ones_from(possible, start).astype(np.uint64)
    return _Run(
        certain=_below(last + length) & ~after,
        reach=_below(start + reach_length) & ~_below(start),
        last=last.astype(np.int64),
        length=length.astype(np.int64),
        reach_length=reach_length,
        other=np.bitwise_count(unknown & _below(start)),
        # an unknown month after the last paid one may itself be the last paid
        broken=(unknown & (after >> _ONE)) != _NONE,
    )


def _facts(
    words: dict[str, np.ndarray], outside: np.ndarray, reference: np.ndarray, lookback: int
) -> dict[str, Callable[[], np.ndarray]]:
    """Return how to compute each fact: the same steps as `records._run`, on words instead of sets."""
    normal, in_time = words["normal"], words["in_time"]
    arrears = words["arrears"] & ~normal
    undetermined = words["undetermined"] & ~normal & ~arrears
    paid = normal | arrears | undetermined
    unknown, none = (words["unknown"] | outside) & ~paid, paid == _NONE
    run, worst, possible = _run(paid, unknown), arrears | undetermined, paid | unknown
    short, elsewhere = none | run.broken, none | (run.other > 0)
    last, gap = reference - run.last, run.last + run.length

    def low(value: np.ndarray) -> np.ndarray:
        return np.where(short, ~none, value)

    def high(word: np.ndarray) -> np.ndarray:
        return np.where(elsewhere, 0, np.bitwise_count(run.reach & word))

    def month(number: np.ndarray, never: np.ndarray = none) -> np.ndarray:
        return np.where(never, _NEVER, first_days(number))

    return {
        "insured_months_low": lambda: low(run.length),
        "insured_months_high": lambda: np.where(
            none, np.bitwise_count(unknown), np.maximum(run.reach_length, run.other)
        ),
        "arrears_months_low": lambda: low(np.bitwise_count(run.certain & worst)),
        "arrears_months_high": lambda: high(arrears),
        "late_arrears_months_low": lambda: low(np.bitwise_count(run.certain & worst & ~in_time)),
        "late_arrears_months_high": lambda: high(words["dated_late"] & arrears & ~in_time),
        "run_first_month": lambda: month(last - run.length + 1),
        "run_last_month": lambda: month(last),
        "insurance_gap_month": lambda: month(reference - gap, none | (gap >= lookback)),
        "last_paid_month_low": lambda: month(last),
        "last_paid_month_high": lambda: month(reference - _trailing_zeros(possible), possible == _NONE),
    }
