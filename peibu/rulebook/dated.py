"""Numbers and readings that have a day from which they hold."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from peibu.rulebook.errors import NotInForce, PolicyError
from peibu.rulebook.yaml_reader import Lined

UNITS = ("fen", "month", "months", "days", "working_days", "percent", "persons", "points", "items", "times", "years")
UNITS = (*UNITS, "date", "places", "photos", "hours", "minutes", "seconds", "class_hours", "basis_points", "projects")
UNITS = (*UNITS, "bases", "grade", "certificates", "courses", "classes", "topics", "teachers", "seminars", "parts")
UNITS = (*UNITS, "weeks", "enterprises", "institutions", "platforms", "reports", "square_metres", "metres", "copies")


@dataclass(frozen=True)
class Parameter:
    """A number of the document: its unit, its clause, and its values by first day."""

    name: str
    label: str
    label_en: str
    unit: str
    clause: str
    starts: tuple[date, ...]
    ends: tuple[date | None, ...]
    values: tuple[Any, ...]
    note: str = ""

    def value(self, on: date) -> Any:
        """Return the value in force on that day. NotInForce when there is none."""
        index = bisect_right(self.starts, on) - 1
        end = self.ends[index] if index >= 0 else None
        if index < 0 or self.values[index] is None or (end is not None and on > end):
            raise NotInForce(f"“{self.label}”（{self.name}，{self.clause}）在{on.isoformat()}没有生效的数值")
        return self.values[index]


@dataclass(frozen=True)
class Interpretation(Parameter):
    """A passage with more than one reading: the readings, the one chosen, since when, on whose word."""

    readings: Mapping[str, str] = None  # type: ignore[assignment]
    readings_en: Mapping[str, str] = None  # type: ignore[assignment]
    words: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    question: str = ""


def read_parameters(path: Path, content: Mapping[str, Lined]) -> dict[str, Parameter]:
    """Read parameters.yaml."""
    found = {}
    for name, item in content.get("parameters", {}).items():
        _need(path, item, name, ("label", "label_en", "unit", "clause", "values"))
        if item["unit"] not in UNITS:
            told = f"{name}: unknown unit {item['unit']!r}"
            raise PolicyError(told, file=path, line=item.line, remedy=f"one of {', '.join(UNITS)}")
        starts, ends = _days(path, name, item, item["values"])
        values = tuple(_number(path, name, item, row.get("value")) for row in item["values"])
        head = (name, item["label"], item["label_en"], item["unit"], item["clause"])
        found[name] = Parameter(*head, starts, ends, values, item.get("note", ""))
    return found


def read_interpretations(path: Path, content: Mapping[str, Lined]) -> dict[str, Interpretation]:
    """Read interpretations.yaml."""
    found = {}
    for name, item in content.get("interpretations", {}).items():
        _need(path, item, name, ("label", "label_en", "clause", "question", "readings", "chosen"))
        readings = {code: text["zh"] for code, text in item["readings"].items()}
        readings_en = {code: text["en"] for code, text in item["readings"].items()}
        for row in item["chosen"]:
            _need(path, row, name, ("reading", "from", "on_whose_word", "why"))
            if row["reading"] not in readings:
                told = f"{name}: the chosen reading {row['reading']!r} is not among the readings"
                raise PolicyError(
                    told, file=path, line=row.line, clause=item["clause"], remedy=f"one of {[*readings]}"
                )
        starts, ends = _days(path, name, item, item["chosen"])
        head = (name, item["label"], item["label_en"], "reading", item["clause"], starts, ends)
        chosen = tuple(row["reading"] for row in item["chosen"])
        words = tuple(row["on_whose_word"] for row in item["chosen"])
        reasons = tuple(row["why"] for row in item["chosen"])
        tail = (readings, readings_en, words, reasons, item["question"])
        found[name] = Interpretation(*head, chosen, item.get("note", ""), *tail)
    return found


def breakpoints(items: Iterable[Parameter]) -> tuple[date, ...]:
    """Every day on which some value begins or has just ended: between two of them nothing changes."""
    days = {start for item in items for start in item.starts}
    days |= {date.fromordinal(end.toordinal() + 1) for item in items for end in item.ends if end is not None}
    return tuple(sorted(days))


def _need(path: Path, item: Any, name: str, keys: tuple[str, ...]) -> None:
    absent = [key for key in keys if key not in item] if isinstance(item, dict) else list(keys)
    if absent:
        told = f"{name}: without {', '.join(absent)}"
        raise PolicyError(told, file=path, line=getattr(item, "line", 0), remedy="add it")


def _days(path: Path, name: str, item: Lined, rows: list[Lined]) -> tuple[tuple[date, ...], tuple[date | None, ...]]:
    starts = tuple(row.get("from") for row in rows)
    ends = tuple(row.get("to") for row in rows)
    if not starts or not all(isinstance(day, date) for day in starts) or list(starts) != sorted(set(starts)):
        told = f"{name}: every value needs a 'from' date, in rising order"
        raise PolicyError(told, file=path, line=item.line, clause=item["clause"], remedy="write from: 2020-09-15")
    return starts, ends


def _number(path: Path, name: str, item: Lined, value: Any) -> Any:
    good = value is None or isinstance(value, date if item["unit"] == "date" else int)
    if not good or isinstance(value, bool):
        told = f"{name}: {value!r} is not a whole number or date of unit {item['unit']}"
        raise PolicyError(
            told, file=path, line=item.line, clause=item["clause"], remedy="money in whole fen, no floats"
        )
    return value
