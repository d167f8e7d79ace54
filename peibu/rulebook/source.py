"""Writes an expression as Python source: the fast form of what `scalar` does with closures.

A subtree whose words are all strict (unknown as soon as one argument is unknown) becomes one Python expression and a
list of names to check first: `None if f_score is None else f_score >= 60`. The other words (logic, bounds, when) become
a statement of their own that fills a name. A property test holds this form equal to the closures.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from peibu.rulebook import scalar
from peibu.rulebook.expr import Expr

_INFIX = {"eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}
_INFIX |= {"add": "+", "sub": "-", "mul": "*"}
_DIVISION = {"floordiv": "//", "mod": "%"}
_CALLS: dict[str, Callable[..., Any]] = {
    "add_days": scalar.shift_days,
    "add_months": scalar.shift_months,
    "months_between": scalar.months_between,
    "years_between": scalar.years_between,
}


class Code(NamedTuple):
    """A Python expression, and the names that must not be None for it to have a value (it is None otherwise)."""

    text: str
    guards: tuple[str, ...] = ()

    @property
    def value(self) -> str:
        """The expression with its checks: None where a name it needs is None."""
        if not self.guards or self.guards == (self.text,):
            return self.text
        return f"None if {self.absent} else {self.text}"

    @property
    def absent(self) -> str:
        """The condition under which there is no value."""
        return " or ".join(f"{name} is None" for name in self.guards)

    @property
    def present(self) -> str:
        """The condition under which there is a value."""
        return " and ".join(f"{name} is not None" for name in self.guards) or "True"


class Writer:
    """Collects the lines of one function and the constants they name.

    facts: {fact slot: the local name that holds it}.
    """

    def __init__(self, facts: Mapping[str, str]):
        self.facts = facts
        self.lines: list[str] = []
        self.constants: dict[str, Any] = {}
        self._kept: dict[Any, str] = {}
        self._names = 0
        self._indent = 1

    def line(self, text: str) -> None:
        """Write one line at the present depth."""
        self.lines.append("    " * self._indent + text)

    def block(self, head: str, body: Callable[[], None]) -> None:
        """Write a head that ends in a colon and the lines that `body` writes under it."""
        self.line(head)
        self._indent += 1
        body()
        self._indent -= 1

    def name(self, value: str) -> str:
        """Give a value a local name, unless it is one."""
        if value.isidentifier() and value[0] in "fst":
            return value
        self._names += 1
        self.line(f"t{self._names} = {value}")
        return f"t{self._names}"

    def constant(self, value: Any) -> str:
        """Return what to write for a value that does not change: a literal, or the name of a constant."""
        if value is None or type(value) in (bool, int, str):
            return f"({value!r})" if type(value) is int and value < 0 else repr(value)
        key = value if callable(value) else repr(value)
        name = self._kept.get(key)
        if name is None:
            name = value.__name__ if callable(value) else f"K{len(self.constants)}"
            self._kept[key] = name
            self.constants[name] = value
        return name

    def expression(self, expr: Expr) -> Code:
        """Write what the expression needs, and return it as one Python expression."""
        op, data = expr.op, expr.data
        if op == "lit":
            return Code(self.constant(data), ("None",) if data is None else ())
        if op == "fact":
            return Code(self.facts[data], (self.facts[data],))
        args = [self.expression(arg) for arg in expr.args]
        if op in _LOOSE:
            return _LOOSE[op](self, data, *args)
        guards = tuple(dict.fromkeys(name for arg in args for name in arg.guards))
        return Code(_strict(self, op, data, [arg.text for arg in args]), guards)


def _strict(writer: Writer, op: str, data: Any, args: list[str]) -> str:
    if op in _INFIX:
        return f"({args[0]} {_INFIX[op]} {args[1]})"
    if op in _CALLS:
        return f"{writer.constant(_CALLS[op])}({', '.join(args)})"
    return _STRICT[op](writer, data, *args)


def _extreme(sign: str, word: str) -> Callable[..., str]:
    def write(_writer: Writer, _data: Any, *args: str) -> str:
        if len(args) == 2 and all(arg.isalnum() or arg.isidentifier() for arg in args):
            return f"({args[0]} if {args[0]} {sign} {args[1]} else {args[1]})"
        return f"{word}(({', '.join(args)},))"

    return write


_STRICT: dict[str, Callable[..., str]] = {
    "not": lambda _writer, _data, item: f"(not {item})",
    "least": _extreme("<=", "min"),
    "greatest": _extreme(">=", "max"),
    "days_between": lambda _writer, _data, start, end: f"({end} - {start}).days",
    "month_of": lambda _writer, _data, day: f"{day}.replace(day=1)",
    "is_in": lambda writer, codes, item: f"({item} in {writer.constant(frozenset(codes))})",
    "has_all": lambda writer, codes, items: f"{writer.constant(frozenset(codes))}.issubset({items})",
    "has_any": lambda writer, codes, items: f"(not {writer.constant(frozenset(codes))}.isdisjoint({items}))",
    "missing": lambda writer, codes, items: (
        f"tuple([code for code in {writer.constant(codes)} if code not in {items}])"
    ),
    "count": lambda _writer, _data, items: f"len({items})",
}


def _division(sign: str) -> Callable[..., Code]:
    def write(writer: Writer, _data: Any, one: Code, two: Code) -> Code:
        divisor = two.text if two.text.isalnum() else writer.name(two.value)
        guards = tuple(dict.fromkeys((*one.guards, *two.guards)))
        exact = Code(f"({one.text} {sign} {divisor})", guards)
        if divisor.isdigit() and divisor != "0":
            return exact
        name = writer.name(f"None if not {divisor} else {exact.value}")
        return Code(name, (name,))

    return write


def _filled(writer: Writer, value: str, *, sure: bool) -> Code:
    name = writer.name(value)
    return Code(name, () if sure else (name,))


def _short(writer: Writer, code: Code) -> str:
    """A name or literal for a value that is looked at more than once."""
    return code.text if code.text.isidentifier() or code.text.isalnum() else writer.name(code.value)


def _logic(settles: str, otherwise: str, joins: str) -> Callable[..., Code]:
    def write(writer: Writer, _data: Any, *items: Code) -> Code:
        if not any(item.guards for item in items):
            return Code("(" + joins.join(item.text for item in items) + ")" if items else otherwise)
        names = [_short(writer, item) for item in items]
        settled = " or ".join(f"{name} is {settles}" for name in names)
        unknown = " or ".join(f"{name} is None" for name, item in zip(names, items, strict=True) if item.guards)
        return _filled(writer, f"{settles} if {settled} else None if {unknown} else {otherwise}", sure=False)

    return write


def _when(writer: Writer, _data: Any, condition: Code, yes: Code, no: Code) -> Code:
    test = _short(writer, condition)
    chosen = f"({yes.value}) if {test} else {no.value}"
    sure = not (condition.guards or yes.guards or no.guards)
    return _filled(writer, f"None if {test} is None else {chosen}" if condition.guards else chosen, sure=sure)


def _at_least(writer: Writer, _data: Any, low: Code, high: Code, minimum: Code) -> Code:
    least, certain, possible = _short(writer, minimum), _short(writer, low), _short(writer, high)
    reached = f"{_checked(low, certain)}{certain} >= {least}"
    beyond = f"{_checked(high, possible)}{possible} < {least}"
    unknown = f"None if {least} is None else " if minimum.guards else ""
    return _filled(writer, f"{unknown}True if {reached} else False if {beyond} else None", sure=False)


def _at_most(writer: Writer, _data: Any, low: Code, high: Code, maximum: Code) -> Code:
    names = [_short(writer, item) for item in (low, high, maximum)]
    one, two, most = names
    unknown = " or ".join(
        f"{name} is None" for name, item in zip(names, (low, high, maximum), strict=True) if item.guards
    )
    within, over = f"{one} <= {most} and {two} <= {most}", f"{one} > {most} and {two} > {most}"
    return _filled(
        writer, f"None if {unknown or False} else True if {within} else False if {over} else None", sure=False
    )


def _checked(code: Code, name: str) -> str:
    return f"{name} is not None and " if code.guards else ""


def _known(_writer: Writer, _data: Any, item: Code) -> Code:
    return Code(f"({item.present})")


def _rank_of(writer: Writer, codes: tuple[str, ...], code: Code) -> Code:
    places = writer.constant({name: place for place, name in reversed([*enumerate(codes)])})
    return _filled(writer, f"{places}.get({code.value})", sure=False)


def _rate(writer: Writer, day: Any, *keys: Code) -> Code:
    values = writer.constant(day.values)
    return _filled(writer, f"{values}.get(({', '.join(key.value for key in keys)},))", sure=False)


_LOOSE: dict[str, Callable[..., Code]] = {
    "and": _logic("False", "True", " and "),
    "or": _logic("True", "False", " or "),
    "when": _when,
    "at_least": _at_least,
    "at_most": _at_most,
    "known": _known,
    "rank_of": _rank_of,
    "rate": _rate,
} | {op: _division(sign) for op, sign in _DIVISION.items()}


def write_scalar(expr: Expr) -> scalar.Compiled:
    """Return the same function as `compile_scalar`, made from source (the tests hold the two equal)."""
    slots = {node.data for node in expr.walk() if node.op == "fact"}
    writer = Writer({slot: f"f{index}" for index, slot in enumerate(sorted(slots))})
    for slot, name in writer.facts.items():
        writer.line(f"{name} = values[{slot!r}]")
    writer.line(f"return {writer.expression(expr).value}")
    namespace = dict(writer.constants)
    exec("def evaluate(values):\n" + "\n".join(writer.lines), namespace)
    return namespace["evaluate"]
