"""Expressions: what a rule of a policy folder returns. One tree, read by `scalar` (one case) and `frame` (a file).

Logic has three values: true, false and unknown (None / null). Every word here keeps an unknown unknown.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NoReturn

_HUNDRED = 100  # the definition of per cent
_TEN_THOUSAND = 10_000  # the definition of a basis point
_MONTHS_A_YEAR = 12
_SECONDS_A_MINUTE = 60


class Misused(TypeError):
    """Python's own words were used on an expression: `problem` says why they cannot be, `remedy` what to write."""

    def __init__(self, problem: str, remedy: str):
        self.problem, self.remedy = problem, remedy
        super().__init__(f"{problem}: {remedy}")


def _no_truth(_self: Any) -> NoReturn:
    raise Misused(
        "an expression has no truth value while the rule is being read",
        "write `a & b` or all_of(a, b) for `and`, `a | b` or any_of(a, b) for `or`, `~a` for `not`, "
        "when(c).then(a).otherwise(b) for `if`, least()/greatest() for min()/max(), is_in(a, codes) for `in`, "
        "and between(b, a, c) for `a < b < c`",
    )


def _no_loop(_self: Any, _item: Any = None) -> NoReturn:
    remedy = "write is_in(code, codes) for one code; count_of(), has_all(), has_any() or missing_from() for a list"
    raise Misused("an expression is not a list: no `in`, `for`, len(), sum() or [..]", remedy)


def _no_fraction(_self: Any, _other: Any) -> NoReturn:
    remedy = "write a // b for whole numbers, percent_of(amount, percent) for money, ratio_at_least() to compare"
    raise Misused("numbers are whole: there is no `/`", remedy)


def _no_number(_self: Any, *_more: Any) -> NoReturn:
    remedy = "facts have their type already; write 0 - a for -a, greatest(a, 0 - a) for abs(a)"
    raise Misused("an expression is no number yet: no int(), float(), round(), abs(), -a", remedy)


class _Guarded:
    """Turns away what Python would do to an expression by itself, with what to write instead."""

    __slots__ = ()

    __bool__ = _no_truth
    __iter__ = __contains__ = __len__ = __getitem__ = __reversed__ = _no_loop
    __truediv__ = __rtruediv__ = __pow__ = __divmod__ = _no_fraction
    __int__ = __float__ = __index__ = __round__ = __abs__ = __neg__ = _no_number


class Expr(_Guarded):
    """A node: an operation, its arguments, and (for facts, parameters and literals) a payload."""

    __slots__ = ("args", "data", "op")

    def __init__(self, op: str, *args: Expr, data: Any = None):
        self.op, self.args, self.data = op, args, data

    __hash__ = object.__hash__

    def __repr__(self) -> str:
        inside = ", ".join(map(repr, self.args))
        return f"{self.op}({inside}{self.data!r})" if self.data is not None else f"{self.op}({inside})"

    def _two(self, op: str, other: Any) -> Any:
        if other is None:
            raise Misused("nothing equals an unknown, not even another", "write is_known(f.fact) or ~is_known(f.fact)")
        if isinstance(other, Pair):
            return Pair(Expr(op, self, other.low), Expr(op, self, other.high))
        return Expr(op, self, wrap(other))

    def __eq__(self, other: Any) -> Any:
        return self._two("eq", other)

    def __ne__(self, other: Any) -> Any:
        return self._two("ne", other)

    def __lt__(self, other: Any) -> Any:
        return self._two("lt", other)

    def __le__(self, other: Any) -> Any:
        return self._two("le", other)

    def __gt__(self, other: Any) -> Any:
        return self._two("gt", other)

    def __ge__(self, other: Any) -> Any:
        return self._two("ge", other)

    def __add__(self, other: Any) -> Any:
        return self._two("add", other)

    def __sub__(self, other: Any) -> Any:
        return self._two("sub", other)

    def __mul__(self, other: Any) -> Any:
        return self._two("mul", other)

    def __floordiv__(self, other: Any) -> Any:
        return self._two("floordiv", other)

    def __mod__(self, other: Any) -> Any:
        return self._two("mod", other)

    def __radd__(self, other: Any) -> Expr:
        return wrap(other) + self

    def __rsub__(self, other: Any) -> Expr:
        return wrap(other) - self

    def __rmul__(self, other: Any) -> Expr:
        return wrap(other) * self

    def __and__(self, other: Any) -> Expr:
        return all_of(self, other)

    def __or__(self, other: Any) -> Expr:
        return any_of(self, other)

    def __invert__(self) -> Expr:
        return Expr("not", self)

    def walk(self) -> Iterator[Expr]:
        """Yield this node and every node below it."""
        yield self
        for arg in self.args:
            yield from arg.walk()


class Pair(_Guarded):
    """A quantity on two readings of incomplete records: `low` on what is certain, `high` on what is possible."""

    __slots__ = ("high", "low")

    def __init__(self, low: Expr, high: Expr):
        self.low, self.high = low, high

    __hash__ = object.__hash__

    def _compare(self, _other: Any) -> NoReturn:
        remedy = "write at_least(quantity, minimum) or at_most(quantity, maximum)"
        raise Misused("a quantity known only within bounds is not compared directly", remedy)

    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = _compare

    def __add__(self, other: Any) -> Pair:
        low, high = ends(other)
        return Pair(self.low + low, self.high + high)

    def __sub__(self, other: Any) -> Pair:
        low, high = ends(other)
        return Pair(self.low - low, self.high - high)


def wrap(value: Any) -> Expr:
    """Make a literal of a plain value; leave an expression as it is."""
    return value if isinstance(value, Expr) else Expr("lit", data=value)


def ends(value: Any) -> tuple[Expr, Expr]:
    """Return the (certain, possible) expressions of a value; a plain expression is both."""
    return (value.low, value.high) if isinstance(value, Pair) else (wrap(value), wrap(value))


def _spread(op: str, items: tuple[Any, ...], data: Any = None) -> Any:
    if any(isinstance(item, Pair) for item in items):
        both = [ends(item) for item in items]
        low = Expr(op, *(pair[0] for pair in both), data=data)
        return Pair(low, Expr(op, *(pair[1] for pair in both), data=data))
    return Expr(op, *map(wrap, items), data=data)


def all_of(*conditions: Any) -> Expr:
    """True when every condition is true; false when one is false; else unknown."""
    return Expr("and", *map(wrap, conditions))


def any_of(*conditions: Any) -> Expr:
    """True when one condition is true; false when all are false; else unknown."""
    return Expr("or", *map(wrap, conditions))


def is_known(value: Expr) -> Expr:
    """True when the fact is there. Never unknown."""
    return Expr("known", value)


def least(*values: Any) -> Any:
    """The smallest value; unknown when one of them is unknown (an unknown fee never pays the cap)."""
    return _spread("least", values)


def greatest(*values: Any) -> Any:
    """The largest value; unknown when one of them is unknown."""
    return _spread("greatest", values)


def between(value: Expr, low: Any, high: Any) -> Expr:
    """True when low <= value <= high."""
    return all_of(value >= low, value <= high)


def at_least(*terms: Any) -> Expr:
    """at_least(quantity, n) or at_least(low, high, n): true when low >= n, false when high < n, else unknown."""
    *quantity, minimum = terms
    low, high = quantity if len(quantity) == 2 else ends(quantity[0])
    return Expr("at_least", wrap(low), wrap(high), wrap(minimum))


def at_most(quantity: Any, maximum: Any) -> Expr:
    """True when both readings are <= maximum, false when both exceed it, else unknown."""
    low, high = ends(quantity)
    return Expr("at_most", low, high, wrap(maximum))


def pick(reading: Expr, **options: Any) -> Any:
    """The option named by a recorded interpretation. Every reading of it must have an option."""
    if any(isinstance(option, Pair) for option in options.values()):
        both = {name: ends(option) for name, option in options.items()}
        low = pick(reading, **{name: pair[0] for name, pair in both.items()})
        return Pair(low, pick(reading, **{name: pair[1] for name, pair in both.items()}))
    return Expr("pick", reading, *map(wrap, options.values()), data=tuple(options))


def is_in(value: Expr, codes: Any) -> Expr:
    """True when the code is one of `codes` (a tuple of codes or a code list of the policy)."""
    return Expr("is_in", value, data=tuple(codes))


def has_all(values: Expr, codes: Any) -> Expr:
    """True when the list of codes holds every one of `codes`."""
    return Expr("has_all", values, data=tuple(codes))


def has_any(values: Expr, codes: Any) -> Expr:
    """True when the list of codes holds at least one of `codes`."""
    return Expr("has_any", values, data=tuple(codes))


def rank_of(code: Expr, codes: Any) -> Expr:
    """The position of a code in a code list, from 0; unknown for a code that the list does not have."""
    return Expr("rank_of", code, data=tuple(codes))


def missing_from(values: Expr, codes: Any) -> Expr:
    """Those of `codes` that the list does not hold."""
    return Expr("missing", values, data=tuple(codes))


def count_of(values: Expr) -> Expr:
    """How many entries the list has."""
    return Expr("count", values)


def add_days(day: Expr, days: Any) -> Expr:
    """The date that many days later."""
    return Expr("add_days", day, wrap(days))


def add_months(day: Any, months: Any) -> Any:
    """The same day that many months later, or the last day of a shorter month."""
    return _spread("add_months", (day, months))


def month_of(day: Expr) -> Expr:
    """The month a date lies in (carried as its first day)."""
    return Expr("month_of", day)


def previous_month(month: Expr) -> Expr:
    """The month before."""
    return add_months(month, -1)


def add_years(day: Expr, years: Any) -> Expr:
    """The same day that many years later."""
    return add_months(day, wrap(years) * _MONTHS_A_YEAR)


def months_between(start: Expr, end: Expr) -> Expr:
    """Calendar months from the month of `start` to the month of `end`; negative when it lies before."""
    return Expr("months_between", start, end)


def days_from(start: Expr, end: Expr) -> Expr:
    """Days from start to end, both counted."""
    return Expr("days_between", start, end) + 1


def years_between(start: Expr, end: Expr) -> Expr:
    """Complete years from start to end: n years are complete when add_years(start, n) <= end."""
    return Expr("years_between", wrap(start), wrap(end))


def minutes(count: Any) -> Expr:
    """That many minutes, in seconds."""
    return wrap(count) * _SECONDS_A_MINUTE


def percent_of(amount: Any, percent: Any) -> Expr:
    """So many per cent of an amount in fen, in whole fen, rounded down."""
    return wrap(amount) * percent // _HUNDRED


def share_at_least(part: Expr, whole: Expr, percent: Any) -> Expr:
    """True when part / whole >= percent / 100, in whole numbers; an empty whole fails."""
    return all_of(whole > 0, part * _HUNDRED >= whole * percent)


def share_needed(whole: Expr, percent: Any) -> Expr:
    """The smallest part of `whole` that is at least `percent` per cent."""
    return 0 - (0 - whole * percent) // _HUNDRED


def ratio_at_least(part: Expr, whole: Expr, basis_points: Any) -> Expr:
    """True when part / whole >= basis_points / 10000, in whole numbers; an empty whole fails."""
    return all_of(whole > 0, wrap(part) * _TEN_THOUSAND >= whole * basis_points)


def ratio_at_most(part: Expr, whole: Expr, basis_points: Any) -> Expr:
    """True when part / whole <= basis_points / 10000, in whole numbers; an empty whole fails."""
    return all_of(whole > 0, wrap(part) * _TEN_THOUSAND <= whole * basis_points)


def rate(table: Any, *keys: Any) -> Expr:
    """The amount that a rate table has for these keys on the day of the law; unknown when nobody has entered one."""
    wanted = getattr(table, "keys", None)
    if not isinstance(wanted, dict):
        raise Misused(f"rate() takes a table of rates.yaml first, not {table!r}", "write rate(p.<table>, key, ...)")
    if len(keys) != len(wanted):
        told = f"rate(p.{table.name}, ...) takes {len(wanted)} key(s), not {len(keys)}"
        raise Misused(told, f"give them in this order: {', '.join(wanted)}")
    return Expr("rate", *map(wrap, keys), data=table.name)


class _When:
    def __init__(self, condition: Expr):
        self._condition = condition

    def then(self, value: Any) -> _Then:
        return _Then(self._condition, value)


class _Then:
    def __init__(self, condition: Expr, value: Any):
        self._condition, self._value = condition, value

    def otherwise(self, value: Any) -> Expr:
        return Expr("when", self._condition, wrap(self._value), wrap(value))


def when(condition: Expr) -> _When:
    """when(c).then(a).otherwise(b): a where c is true, b where it is false, unknown where c is unknown."""
    return _When(condition)


def bind(expr: Expr, values: dict[str, Any]) -> Expr:
    """Put the parameters of one day in their places and follow the chosen interpretations."""
    if expr.op == "param":
        return Expr("lit", data=values[expr.data])
    if expr.op == "pick":
        chosen = values[expr.args[0].data]
        return bind(expr.args[1 + expr.data.index(chosen)], values)
    if not expr.args:
        return expr
    if expr.op == "rate":
        return Expr("rate", *(bind(arg, values) for arg in expr.args), data=values[expr.data])
    return Expr(expr.op, *(bind(arg, values) for arg in expr.args), data=expr.data)
