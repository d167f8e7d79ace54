"""Evaluates the same expressions on whole columns with Polars, lazily."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import polars as pl

from peibu.rulebook.expr import Expr

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
    "floordiv": lambda a, b: a // b,
    "add_days": lambda day, days: day.dt.offset_by(pl.format("{}d", days)),
    "add_months": lambda day, months: day.dt.offset_by(pl.format("{}mo", months)),
    "months_between": lambda start, end: _month_number(end) - _month_number(start),
    "days_between": lambda start, end: (end - start).dt.total_days(),
}


def _month_number(day: pl.Expr) -> pl.Expr:
    return day.dt.year().cast(pl.Int64) * 12 + day.dt.month().cast(pl.Int64)


def compile_frame(expr: Expr) -> pl.Expr:
    """Turn a bound expression into a Polars expression over the fact columns; null is unknown."""
    if expr.op == "lit":
        return _literal(expr.data)
    if expr.op == "fact":
        return pl.col(expr.data)
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
    "missing": _missing,
    "count": lambda _data, values: values.list.len().cast(pl.Int64),
    "month_of": lambda _data, day: day.dt.month_start(),
}
