"""Evaluates an expression for one case: the tree becomes nested closures once, then each case costs microseconds."""

from __future__ import annotations

import operator
from calendar import monthrange
from collections.abc import Callable, Mapping
from datetime import MAXYEAR, MINYEAR, date
from typing import Any

from peibu.rulebook.expr import Expr

Values = Mapping[str, Any]
Compiled = Callable[[Values], Any]

_PLAIN = {
    "eq": operator.eq,
    "ne": operator.ne,
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "floordiv": lambda one, two: one // two if two else None,
    "mod": lambda one, two: one % two if two else None,
}


def shift_months(day: date, months: int) -> date:
    """Return the same day `months` later, or the last day of a shorter month; beyond the calendar, its last day."""
    index = day.year * 12 + day.month + months - 1
    year, month, number = index // 12, index % 12 + 1, day.day
    if not MINYEAR <= year <= MAXYEAR:
        return date.max if months > 0 else date.min
    return date(year, month, number if number <= 28 else min(number, monthrange(year, month)[1]))


def shift_days(day: date, days: int) -> date:
    """Return the day `days` later; beyond the calendar, its last day (9999-12-31 is how registers write 'no end')."""
    try:
        return date.fromordinal(day.toordinal() + days)
    except (ValueError, OverflowError):
        return date.max if days > 0 else date.min


def _days_between(start: date, end: date) -> int:
    return (end - start).days


def months_between(start: date, end: date) -> int:
    return (end.year - start.year) * 12 + end.month - start.month


def years_between(start: date, end: date) -> int:
    """Return complete years: the largest n with start + n years <= end (29 February completes a year on the 28th)."""
    years = end.year - start.year
    return years if shift_months(start, years * 12) <= end else years - 1


_FUNCTIONS = (
    _PLAIN
    | {"months_between": months_between, "years_between": years_between}
    | {"add_days": shift_days, "add_months": shift_months, "days_between": _days_between}
)


def compile_scalar(expr: Expr) -> Compiled:
    """Turn a bound expression into a function from fact values (None = unknown) to a value or None."""
    op, data = expr.op, expr.data
    if op == "lit":
        return lambda values: data
    if op == "fact":
        return operator.itemgetter(data)
    if op in _FUNCTIONS:
        return _binary(_FUNCTIONS[op], *expr.args)
    return _SPECIAL[op](data, *map(compile_scalar, expr.args))


def _binary(function: Callable[[Any, Any], Any], left: Expr, right: Expr) -> Compiled:
    if left.op == "fact" and right.op == "lit" and right.data is not None:
        name, constant = left.data, right.data

        def fact_with_literal(values: Values) -> Any:
            value = values[name]
            return None if value is None else function(value, constant)

        return fact_with_literal
    first, second = compile_scalar(left), compile_scalar(right)

    def both(values: Values) -> Any:
        one = first(values)
        if one is None:
            return None
        two = second(values)
        return None if two is None else function(one, two)

    return both


def _and(_data: Any, *conditions: Compiled) -> Compiled:
    def every(values: Values) -> bool | None:
        result: bool | None = True
        for condition in conditions:
            value = condition(values)
            if value is False:
                return False
            if value is None:
                result = None
        return result

    return every


def _or(_data: Any, *conditions: Compiled) -> Compiled:
    def some(values: Values) -> bool | None:
        result: bool | None = False
        for condition in conditions:
            value = condition(values)
            if value is True:
                return True
            if value is None:
                result = None
        return result

    return some


def _not(_data: Any, condition: Compiled) -> Compiled:
    def negated(values: Values) -> bool | None:
        value = condition(values)
        return None if value is None else not value

    return negated


def _when(_data: Any, condition: Compiled, yes: Compiled, no: Compiled) -> Compiled:
    def chosen(values: Values) -> Any:
        value = condition(values)
        return None if value is None else yes(values) if value else no(values)

    return chosen


def _extreme(function: Callable[[list[Any]], Any]) -> Callable[..., Compiled]:
    def build(_data: Any, *items: Compiled) -> Compiled:
        def extreme(values: Values) -> Any:
            found = [item(values) for item in items]
            return None if None in found else function(found)

        return extreme

    return build


def _at_least(_data: Any, low: Compiled, high: Compiled, minimum: Compiled) -> Compiled:
    def reached(values: Values) -> bool | None:
        needed = minimum(values)
        if needed is None:
            return None
        certain, possible = low(values), high(values)
        if certain is not None and certain >= needed:
            return True
        return False if possible is not None and possible < needed else None

    return reached


def _at_most(_data: Any, low: Compiled, high: Compiled, maximum: Compiled) -> Compiled:
    def within(values: Values) -> bool | None:
        limit, one, two = maximum(values), low(values), high(values)
        if limit is None or one is None or two is None:
            return None
        return True if one <= limit and two <= limit else False if one > limit and two > limit else None

    return within


def _one(function: Callable[[Any, Any], Any]) -> Callable[..., Compiled]:
    """Build a word of one argument: unknown stays unknown, otherwise function(value, data)."""

    def build(data: Any, item: Compiled) -> Compiled:
        def applied(values: Values) -> Any:
            value = item(values)
            return None if value is None else function(value, data)

        return applied

    return build


def _rate(table: Any, *keys: Compiled) -> Compiled:
    values_of = table.values

    def looked_up(values: Values) -> Any:
        return values_of.get(tuple(key(values) for key in keys))

    return looked_up


def _known(_data: Any, item: Compiled) -> Compiled:
    return lambda values: item(values) is not None


_SPECIAL: dict[str, Callable[..., Compiled]] = {
    "and": _and,
    "or": _or,
    "not": _not,
    "when": _when,
    "least": _extreme(min),
    "greatest": _extreme(max),
    "at_least": _at_least,
    "at_most": _at_most,
    "known": _known,
    "is_in": _one(lambda value, codes: value in codes),
    "has_all": _one(lambda value, codes: all(code in value for code in codes)),
    "has_any": _one(lambda value, codes: any(code in value for code in codes)),
    "rank_of": _one(lambda value, codes: codes.index(value) if value in codes else None),
    "rate": _rate,
    "missing": _one(lambda value, codes: tuple(code for code in codes if code not in value)),
    "count": _one(lambda value, _data: len(value)),
    "month_of": _one(lambda value, _data: value.replace(day=1)),
}
