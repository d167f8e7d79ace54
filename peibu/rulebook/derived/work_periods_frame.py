"""Columnar form of `work_periods`: spans of days, sorted and swept per case."""

from __future__ import annotations

import polars as pl

from peibu.rulebook.derived.frames import CASE, RecordTable, add, rows_of
from peibu.rulebook.derived.kinds import Case
from peibu.rulebook.derived.work_periods import KIND


def derive_frame(cases: pl.LazyFrame, table: RecordTable, _case: Case) -> pl.LazyFrame:
    """Return the cases with the work facts. cases: _case, person, occupation_code, _day."""
    since, until = table.covered or (None, None)
    rows = _spans(rows_of(KIND, cases, table))
    sure = rows.filter(pl.col("occupation").is_not_null()).select(CASE, start="_start", end="_sure_end")
    maybe = rows.select(CASE, start="_start", end="_end")
    if until is not None:
        after = pl.lit(until).cast(pl.Int32) + 1
        maybe = pl.concat([maybe, cases.select(CASE, start=after, end=pl.col("_day").cast(pl.Int32))])
    sure, maybe = (spans.filter(pl.col("start") <= pl.col("end")) for spans in (sure, maybe))
    limitless = rows.group_by(CASE).agg(_open=pl.col("starts_on").is_null().any())
    found = add(cases, _days(sure, "low"), ["low"])
    found = add(found, _days(pl.concat([sure, maybe]), "high"), ["high"])
    found = add(found, sure.group_by(CASE).agg(first=pl.col("start").min()))
    found = add(found, maybe.group_by(CASE).agg(first_possible=pl.col("start").min())).pipe(add, limitless)
    endless = pl.lit(not table.complete or since is not None) | pl.col("_open").fill_null(False)
    earlier = endless | (pl.col("first_possible") < pl.col("first")).fill_null(False)
    return found.select(
        CASE,
        occupation_work_days_low="low",
        occupation_work_days_high=pl.when(~endless).then(pl.col("high")),
        occupation_work_from=pl.when(~earlier).then(pl.col("first").cast(pl.Date)),
    )


def _spans(rows: pl.LazyFrame) -> pl.LazyFrame:
    mine = pl.col("occupation").is_null() | (pl.col("occupation") == pl.col("occupation_code"))
    day, start = pl.col("_day"), pl.col("starts_on")
    end = pl.col("ends_on").fill_null(pl.when(pl.col("ongoing")).then(day))
    beginning = start.fill_null(end)
    last = pl.when(start.is_null()).then(end).otherwise(end.fill_null(day))
    sure = pl.when(start.is_null()).then(end).otherwise(end.fill_null(start))
    # An end that nobody knows is certain for the first day only, and only when that day has come.
    return rows.filter(mine).with_columns(
        _start=beginning.cast(pl.Int32),
        _end=pl.min_horizontal(last, day).cast(pl.Int32),
        _sure_end=pl.min_horizontal(sure, day).cast(pl.Int32),
    )


def _days(spans: pl.LazyFrame, name: str) -> pl.LazyFrame:
    reach = pl.col("end").cum_max().shift(1).over(CASE)
    start = pl.max_horizontal(pl.col("start"), reach + 1)
    covered = spans.sort(CASE, "start").with_columns(days=(pl.col("end") - start + 1).clip(0))
    return covered.group_by(CASE).agg(pl.col("days").cast(pl.Int64).sum().alias(name))
