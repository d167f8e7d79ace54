"""Evaluates the same expressions on whole columns with Polars, lazily."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import polars as pl

from peibu.rulebook.expr import Expr
from peibu.rulebook.months.calendar import add_months, month_starts

_FAR_DAYS, _FAR_MONTHS = 4_000_000, 120_000  # more than the calendar has; much farther, Polars stops with an error
_PLAIN: dict[str, Callable[[pl.Expr, pl.Expr], pl.Expr]] = {
    "eq": lambda a, b: a == b,
    "ne": lambda a, b: a != b,
    "lt": lambda a, b: a < b,
    "le": lambda a, b: a <= b,
    "gt": lambda a, b: a > b,
    "ge": lambda a, b: a >= b,
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "floordiv": lambda a, b: a // b,  # both of Polars round down like Python's, and give null for a zero divisor
    "mod": lambda a, b: a % b,
    "add_days": lambda day, days: _in_calendar(day.dt.offset_by(pl.format("{}d", days.clip(-_FAR_DAYS, _FAR_DAYS)))),
    "add_months": lambda day, months: _in_calendar(
        day.dt.offset_by(pl.format("{}mo", months.clip(-_FAR_MONTHS, _FAR_MONTHS)))
    ),
    "years_between": lambda start, end: _years_between(start, end),
    "months_between": lambda start, end: _month_number(end) - _month_number(start),
    "days_between": lambda start, end: (end - start).dt.total_days(),
}


def _in_calendar(day: pl.Expr) -> pl.Expr:
    return day.clip(date.min, date.max)


def month_of(day: pl.Expr) -> pl.Expr:
    """Return the first day of the month, by table."""
    return day.map_batches(month_starts, return_dtype=pl.Date, is_elementwise=True)


def _months_later(day: pl.Expr, months: int) -> pl.Expr:
    """Add a number of months that is the same for every row: by table, several times as fast as `offset_by`."""
    slow = _PLAIN["add_months"]

    def add(days: pl.Series) -> pl.Series:
        moved = add_months(days, months)
        return pl.select(slow(pl.lit(days), pl.lit(months, dtype=pl.Int64))).to_series() if moved is None else moved

    return day.map_batches(add, return_dtype=pl.Date, is_elementwise=True)


def _years_between(start: pl.Expr, end: pl.Expr) -> pl.Expr:
    def day_of_year(day: pl.Expr) -> pl.Expr:
        return day.dt.month().cast(pl.Int64) * 32 + day.dt.day().cast(pl.Int64)

    # A year that began on 29 February is complete on the last day of February.
    last_of_february = (end.dt.month() == 2) & (end == end.dt.month_end())
    reached = pl.when(last_of_february).then(pl.lit(2 * 32 + 29, dtype=pl.Int64)).otherwise(day_of_year(end))
    years = end.dt.year().cast(pl.Int64) - start.dt.year().cast(pl.Int64)
    return years - (day_of_year(start) > reached).cast(pl.Int64)


def _month_number(day: pl.Expr) -> pl.Expr:
    return day.dt.year().cast(pl.Int64) * 12 + day.dt.month().cast(pl.Int64)


def compile_frame(expr: Expr) -> pl.Expr:
    """Turn a bound expression into a Polars expression over the fact columns; null is unknown."""
    if expr.op == "lit":
        return _literal(expr.data)
    if expr.op == "fact":
        return pl.col(expr.data)
    if expr.op == "add_months" and expr.args[1].op == "lit" and expr.args[1].data is not None:
        return _months_later(compile_frame(expr.args[0]), expr.args[1].data)
    args = [compile_frame(arg) for arg in expr.args]
    if expr.op in _PLAIN:
        return _PLAIN[expr.op](*args)
    return _SPECIAL[expr.op](expr.data, *args)


def _literal(value: Any) -> pl.Expr:
    if isinstance(value, int) and not isinstance(value, bool):
        return pl.lit(value, dtype=pl.Int64)
    return pl.lit(value)


def _when(_data: Any, condition: pl.Expr, yes: pl.Expr, no: pl.Expr) -> pl.Expr:
    # Polars sends a null condition to `otherwise`; ours stays unknown.
    return pl.when(condition).then(yes).when(~condition).then(no).otherwise(None)


def _guarded(function: Callable[..., pl.Expr]) -> Callable[..., pl.Expr]:
    # min_horizontal(null, 2000) is 2000: an unknown fee would be paid the cap.
    def build(_data: Any, *items: pl.Expr) -> pl.Expr:
        return pl.when(pl.all_horizontal(*(item.is_not_null() for item in items))).then(function(*items))

    return build


def _at_least(_data: Any, low: pl.Expr, high: pl.Expr, minimum: pl.Expr) -> pl.Expr:
    return pl.when(low >= minimum).then(True).when(high < minimum).then(False).otherwise(None)


def _at_most(_data: Any, low: pl.Expr, high: pl.Expr, maximum: pl.Expr) -> pl.Expr:
    within, over = (low <= maximum) & (high <= maximum), (low > maximum) & (high > maximum)
    return pl.when(within).then(True).when(over).then(False).otherwise(None)


def _has_all(codes: tuple[str, ...], values: pl.Expr) -> pl.Expr:
    held = pl.all_horizontal(*(values.list.contains(code) for code in codes)) if codes else pl.lit(True)
    return pl.when(values.is_not_null()).then(held)


def _has_any(codes: tuple[str, ...], values: pl.Expr) -> pl.Expr:
    held = pl.any_horizontal(*(values.list.contains(code) for code in codes)) if codes else pl.lit(False)
    return pl.when(values.is_not_null()).then(held)


def _rank_of(codes: tuple[str, ...], code: pl.Expr) -> pl.Expr:
    return code.replace_strict(list(codes), list(range(len(codes))), default=None, return_dtype=pl.Int64)


_BETWEEN_KEYS = "\x1f"


def _rate(table: Any, *keys: pl.Expr) -> pl.Expr:
    # a key of several parts becomes one text; a null part makes it null, and null has no rate
    key = keys[0] if len(keys) == 1 else pl.concat_str(*keys, separator=_BETWEEN_KEYS)
    names = [_BETWEEN_KEYS.join(parts) for parts in table.values]
    amounts = list(table.values.values())
    return key.cast(pl.String).replace_strict(names, amounts, default=None, return_dtype=pl.Int64)


def _missing(codes: tuple[str, ...], values: pl.Expr) -> pl.Expr:
    absent = [pl.when(~values.list.contains(code)).then(pl.lit(code)) for code in codes]
    return pl.when(values.is_not_null()).then(pl.concat_list(absent).list.drop_nulls())


_SPECIAL: dict[str, Callable[..., pl.Expr]] = {
    "and": lambda _data, *conditions: pl.all_horizontal(*conditions),
    "or": lambda _data, *conditions: pl.any_horizontal(*conditions),
    "not": lambda _data, condition: ~condition,
    "when": _when,
    "least": _guarded(pl.min_horizontal),
    "greatest": _guarded(pl.max_horizontal),
    "at_least": _at_least,
    "at_most": _at_most,
    "known": lambda _data, item: item.is_not_null(),
    "is_in": lambda codes, item: item.is_in(list(codes)),
    "has_all": _has_all,
    "has_any": _has_any,
    "rank_of": _rank_of,
    "rate": _rate,
    "missing": _missing,
    "count": lambda _data, values: values.list.len().cast(pl.Int64),
    "month_of": lambda _data, day: month_of(day),
}
