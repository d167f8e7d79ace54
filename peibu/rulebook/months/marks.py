"""Months as bits counted back from the reference month (bit 0), and the facts that follow from them."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import cache
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
        facts = _facts(words, outside, claims.reference[part], lookback)
        for name, column in columns.items():
            column[part] = facts[name]()
    # series by series: planning a query costs more than all of a small table
    frame = pl.DataFrame([_series(name, claims.in_order(column)) for name, column in columns.items()])
    if claims.is_named.all():
        return frame
    named = pl.lit(pl.Series(claims.in_order(claims.is_named)))
    return frame.select(pl.when(named).then(pl.all()))


def _series(name: str, column: np.ndarray) -> pl.Series:
    if name in COUNTS:
        return pl.Series(name, column)
    never = column == _NEVER
    months = pl.Series(name, column)
    return (months.set(pl.Series(never), None) if never.any() else months).cast(pl.Date)


@cache
def _lowest(most: int) -> np.ndarray:
    """Return words with the lowest 0, 1, ... `most` bits set."""
    return (_ONE << np.arange(most + 1, dtype=np.uint64)) - _ONE


def _outside(earliest: np.ndarray, claims: Claims, part: slice, lookback: int) -> np.ndarray:
    """Return the months the extract does not answer for."""
    reference, covered = claims.reference[part], claims.is_covered[part]
    oldest, newest = reference - claims.covered_from[part], reference - claims.covered_to[part]
    if not covered.all():
        oldest, newest = np.where(covered, oldest, reference - earliest), np.where(covered, newest, 0)
    words = _lowest(lookback)  # a place outside the table counts as its first or last
    answered = words.take(oldest + 1, mode="clip") & ~words.take(newest, mode="clip")
    return words[-1] & ~answered


def _trailing_zeros(word: np.ndarray) -> np.ndarray:
    return np.bitwise_count(~word & (word - _ONE))


def _filled(word: np.ndarray) -> np.ndarray:
    """Return words with every bit set up to the highest set bit."""
    word = word.copy()
    for step in (1, 2, 4, 8, 16, 32):
        word |= word >> np.uint64(step)
    return word


def width(word: np.ndarray) -> np.ndarray:
    """Return the number of the highest set bit, counted from 1; 0 where none is set."""
    return np.bitwise_count(_filled(word))


class _Run(NamedTuple):
    """The run of months at the enterprise, as in `records._run`: words of months, and ages and lengths as small numbers."""

    certain: np.ndarray
    reach: np.ndarray
    last: np.ndarray
    length: np.ndarray
    reach_length: np.ndarray
    other: np.ndarray
    broken: np.ndarray


def _run(paid: np.ndarray, unknown: np.ndarray, none: np.ndarray) -> _Run:
    # adding the lowest bit of a stretch of ones to it carries through the stretch: what the sum lacks is the stretch
    possible = paid | unknown
    newest = paid & (~paid + _ONE)
    certain, reach = paid & ~(paid + newest), possible & ~(possible + newest)
    after = newest - ~none
    later = unknown & after
    # unknown months right after the last paid one lengthen the reach, those beyond a gap do not
    near = np.flatnonzero(later & (newest >> _ONE))
    other = later
    if len(near):
        joined = after[near] & ~_filled(~possible[near] & after[near])
        reach[near] |= joined
        other = later.copy()
        other[near] &= ~joined
    return _Run(
        certain=certain,
        reach=reach,
        last=np.bitwise_count(after),
        length=np.bitwise_count(certain),
        reach_length=np.bitwise_count(reach),
        other=np.bitwise_count(other),
        # an unknown month after the last paid one may itself be the last paid
        broken=(later & (after >> _ONE)) != _NONE,
    )


def _facts(
    words: dict[str, np.ndarray], outside: np.ndarray, reference: np.ndarray, lookback: int
) -> dict[str, Callable[[], np.ndarray]]:
    """Return how to compute each fact: the same steps as `records._run`, on words instead of sets."""
    normal, in_time = words["normal"], words["in_time"]
    arrears = words["arrears"] & ~normal
    undetermined = words["undetermined"] & ~normal & ~arrears
    worst = arrears | undetermined
    paid = normal | worst
    unknown, none = (words["unknown"] | outside) & ~paid, paid == _NONE
    run, possible = _run(paid, unknown, none), paid | unknown
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
