"""Facts: declared once, read strictly. A fact that is not given is unknown (None), never a default."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from peibu.rulebook.errors import FactError

TYPES = ("boolean", "integer", "fen", "date", "month", "text", "code", "codes", "reasons")
_TRUE, _FALSE = {"是", "有", "true", "yes", "1"}, {"否", "无", "false", "no", "0"}
# Without separators only the full number of digits is unambiguous: 2020111 could be two days.
_DATE = re.compile(
    r"(?:(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d{4})(\d{2})(\d{2}))(?:[T ]00:00(?::00)?)?$", re.ASCII
)
_MONTH = re.compile(r"(?:(\d{4})[-/.年](\d{1,2})月?(?:[-/.]0?1)?|(\d{4})(\d{2}))$", re.ASCII)
_LIST = re.compile(r"[,，;；、|]")


@dataclass(frozen=True)
class FactSpec:
    """One question a policy may ask. `bounds`: the answer may be a (certain, possible) pair.

    `derived_by`: the kind of records the fact is computed from when nobody gave it.
    """

    name: str
    type: str
    label: str
    label_en: str
    unit: str = ""
    source: str = ""
    supplied_by: str = ""
    privacy: str = "internal"
    help: str = ""
    bounds: bool = False
    derived_by: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)
    choices_en: Mapping[str, str] = field(default_factory=dict)
    file: str = ""

    @property
    def slots(self) -> tuple[str, ...]:
        """Column names this fact is carried in: itself, or its certain and its possible end."""
        return (f"{self.name}_low", f"{self.name}_high") if self.bounds else (self.name,)

    def read(self, value: Any) -> Any:
        """Return the value in its Python type, None when empty. ValueError with a Chinese sentence otherwise."""
        if value is None or value == "":
            return None
        return _READERS[self.type](self, value)


def _boolean(_spec: FactSpec, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    word = str(value).strip().lower()
    if word in _TRUE | _FALSE:
        return word in _TRUE
    raise ValueError("应填“是”或“否”")


def _integer(_spec: FactSpec, value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str) and re.fullmatch(r"-?\d{1,18}", value.strip()):
        return int(value)
    raise ValueError("应填整数")


def _fen(spec: FactSpec, value: Any) -> int:
    if isinstance(value, float):
        raise ValueError("金额应为以分为单位的整数，不能是小数")
    amount = _integer(spec, value)
    if amount < 0:
        raise ValueError("金额不能为负数")
    return amount


def _date(_spec: FactSpec, value: Any) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    found = _DATE.match(str(value).strip())
    if found:
        try:
            return date(*(int(part) for part in found.groups() if part is not None))
        except ValueError:
            raise ValueError("没有这一天") from None
    raise ValueError("应填日期，如 2020-09-15")


def _month(_spec: FactSpec, value: Any) -> date:
    if isinstance(value, date):
        return date(value.year, value.month, 1)
    found = _MONTH.match(str(value).strip())
    if found:
        year, month = (int(part) for part in found.groups() if part is not None)
        if date.min.year <= year and 1 <= month <= 12:
            return date(year, month, 1)
    raise ValueError("应填月份，如 2020-09")


def _text(_spec: FactSpec, value: Any) -> str:
    if isinstance(value, str):
        return value.strip() or None  # type: ignore[return-value]
    raise ValueError("应为文字")


def _code(spec: FactSpec, value: Any) -> str:
    word = str(value).strip()
    if word in spec.choices:
        return word
    for code, label in spec.choices.items():
        if word in (label, spec.choices_en.get(code)):
            return code
    raise ValueError(f"应从下列选项中选择：{'、'.join(spec.choices.values())}")


def _codes(spec: FactSpec, value: Any) -> tuple[str, ...]:
    items = _LIST.split(value) if isinstance(value, str) else value
    if not isinstance(items, list | tuple | set | frozenset):
        raise ValueError("应为选项列表")
    words = [str(item).strip() for item in items]
    return tuple(dict.fromkeys(_code(spec, word) for word in words if word))


def _reasons(_spec: FactSpec, value: Any) -> Mapping[str, Any]:
    if isinstance(value, Mapping):
        return value
    raise ValueError("应为“规则: 理由”的对应关系")


_READERS: dict[str, Callable[[FactSpec, Any], Any]] = {
    "boolean": _boolean,
    "integer": _integer,
    "fen": _fen,
    "date": _date,
    "month": _month,
    "text": _text,
    "code": _code,
    "codes": _codes,
    "reasons": _reasons,
}


_EXACT = {"boolean": bool, "integer": int, "fen": int, "date": date, "month": date, "code": str, "text": str}
_TESTED = ("fen", "month", "code", "text")
_TYPED_KEPT = 4096


def _test_of(spec: FactSpec) -> tuple[Callable[[Any, Any], bool], Any]:
    """What a value of the right type must pass besides, to be the fact as it is."""
    if spec.type == "code":
        return (lambda value, choices: value in choices), spec.choices
    tests: dict[str, Callable[[Any, Any], bool]] = {
        "fen": lambda value, _more: value >= 0,
        "month": lambda value, _more: value.day == 1,
        "text": lambda value, _more: value != "" and value == value.strip(),
    }
    return tests[spec.type], None


class FactReader:
    """Reads the facts of a case: strict, and quick where every value already has its Python type."""

    def __init__(self, specs: Mapping[str, FactSpec], slots: Mapping[str, FactSpec]):
        self._specs, self._slots = specs, slots
        self._empty: dict[str, Any] = dict.fromkeys(slots)
        self._bounded = [(name, *spec.slots) for name, spec in specs.items() if spec.bounds]
        self._types = [_EXACT.get(spec.type) for spec in slots.values()]
        self._tests = [(slot, *_test_of(spec)) for slot, spec in slots.items() if spec.type in _TESTED]
        self._typed: set[tuple[type, ...]] = set()  # combinations of types already found right

    def read(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return {slot: value or None} for every declared slot. FactError lists all problems at once."""
        values = {**self._empty, **given}
        for name, low, high in self._bounded:
            if name in values:
                value = values.pop(name)
                pair = type(value) is tuple and len(value) == 2
                values[low], values[high] = value if pair else (value, value)
                if low in given or high in given:
                    return self.read_slowly(given)
        if len(values) != len(self._empty) or not self._has_types(values):
            return self.read_slowly(given)
        for slot, test, more in self._tests:
            value = values[slot]
            if value is not None and not test(value, more):
                return self.read_slowly(given)
        return values

    def _has_types(self, values: dict[str, Any]) -> bool:
        """Whether each value is unknown or of exactly the Python type in which its fact is kept."""
        types = tuple(map(type, values.values()))
        if types in self._typed:
            return True
        if not all(kind is type(None) or kind is wanted for kind, wanted in zip(types, self._types, strict=True)):
            return False
        if len(self._typed) < _TYPED_KEPT:
            self._typed.add(types)
        return True

    def read_slowly(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Read one value after the other, in whatever form people and spreadsheets write them."""
        values, problems = self._empty.copy(), []
        for name, value in given.items():
            problems = self._read_one(name, value, values, problems)
        if problems:
            raise FactError(problems)
        return values

    def _read_one(self, name: str, value: Any, values: dict[str, Any], problems: list[str]) -> list[str]:
        spec = self._specs.get(name)
        try:
            if spec is not None and spec.bounds:
                values.update(zip(spec.slots, _both_ends(spec, value), strict=True))
            elif name in self._slots:
                spec = self._slots[name]
                values[name] = spec.read(value)
            else:
                problems.append(_unknown_fact(name, self._slots))
        except ValueError as error:
            problems.append(f"“{spec.label if spec else name}”的值 {value!r} 不能识别：{error}")
        return problems


def read_facts(specs: Mapping[str, FactSpec], slots: Mapping[str, FactSpec], given: Mapping[str, Any]) -> dict:
    """Return {slot: value or None} for every declared slot. FactError lists all problems at once."""
    return FactReader(specs, slots).read(given)


def _both_ends(spec: FactSpec, value: Any) -> tuple[Any, Any]:
    if isinstance(value, Mapping):
        return spec.read(value.get("low")), spec.read(value.get("high"))
    if isinstance(value, list | tuple):
        if len(value) != 2:
            raise ValueError("区间应为两个数：确定值和可能值")
        return spec.read(value[0]), spec.read(value[1])
    exact = spec.read(value)
    return exact, exact


def _unknown_fact(name: str, known: Mapping[str, FactSpec]) -> str:
    close = difflib.get_close_matches(str(name), [*known, *(spec.label for spec in known.values())], n=1)
    hint = f"，是否想填“{close[0]}”" if close else ""
    return f"没有名为“{name}”的事实{hint}；可用的事实见 peibu facts 命令"
