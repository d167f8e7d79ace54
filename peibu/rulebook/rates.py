"""Rate tables: dated amounts by key that another document sets, and that may have to be entered at the desk.

`rates.yaml` declares the table and the rows whose source is known; a rate without a row is unknown, never zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from peibu.rulebook.codes import CodeList
from peibu.rulebook.dated import UNITS, Parameter
from peibu.rulebook.errors import NotInForce, PolicyError, RateError
from peibu.rulebook.phrases import ROLE_LABELS
from peibu.rulebook.yaml_reader import Lined

OPEN_KEY = "text"
CONFIDENCE = ("H", "M", "L")
_TABLE_KEYS = ("label", "label_en", "unit", "clause", "keys", "source", "supplied_by", "rows")
_TABLE_OPTIONS = ("max", "note")
_ROW_KEYS = ("key", "from", "value", "cite")
_ROW_OPTIONS = ("to", "confidence")


class RateEntry(NamedTuple):
    """One amount: of which table, for which key, on which days (both included; end None = open), on whose word.

    value: a whole number in the table's unit. cite: where the number stands. confidence: H, M, L or "".
    """

    table: str
    key: tuple[str, ...]
    start: date
    end: date | None
    value: int
    cite: str
    confidence: str = ""

    def on(self, day: date) -> bool:
        """Whether the entry holds on that day."""
        return self.start <= day and (self.end is None or day <= self.end)

    def meets(self, other: RateEntry) -> bool:
        """Whether both speak of the same key on some day."""
        apart = (self.end is not None and self.end < other.start) or (other.end is not None and other.end < self.start)
        return self.key == other.key and not apart


class DayRates(NamedTuple):
    """A table on one day: what a `rate()` in a bound expression looks at."""

    table: RateTable
    entries: Mapping[tuple[str, ...], RateEntry]
    values: Mapping[tuple[str, ...], int]


@dataclass(frozen=True, eq=False)
class RateTable:
    """A table of rates.yaml. keys: {key: code list or "text"}, in the order in which rate() takes them."""

    name: str
    label: str
    label_en: str
    unit: str
    clause: str
    keys: dict[str, str]
    source: str
    supplied_by: str
    rows: tuple[RateEntry, ...]
    lists: Mapping[str, CodeList]
    limit: Parameter | None = None
    note: str = ""
    line: int = 0

    @property
    def starts(self) -> tuple[date, ...]:
        """First days of the rows (for the days on which something changes)."""
        return tuple(row.start for row in self.rows)

    @property
    def ends(self) -> tuple[date | None, ...]:
        """Last days of the rows."""
        return tuple(row.end for row in self.rows)

    def day(self, on: date) -> DayRates:
        """Return the entries that hold on that day."""
        entries = {row.key: row for row in self.rows if row.on(on)}
        return DayRates(self, entries, {key: row.value for key, row in entries.items()})

    def entry(self, key: Iterable[str], on: date) -> RateEntry | None:
        """Return the entry for a key on a day; None when nobody has entered one."""
        wanted = tuple(key)
        return next((row for row in self.rows if row.key == wanted and row.on(on)), None)

    def key_labels(self, key: Iterable[str], lang: str = "zh") -> tuple[str, ...]:
        """Return what a person reads for each part of a key."""
        return tuple(self._label(kind, part, lang) for kind, part in zip(self.keys.values(), key, strict=True))

    def _label(self, kind: str, part: str, lang: str) -> str:
        codes = self.lists.get(kind)
        return part if codes is None else (codes.items if lang == "zh" else codes.items_en).get(part, part)

    def problems(self, entry: RateEntry) -> Iterator[str]:
        """Yield, in Chinese, what is wrong with an entry of this table, apart from conflicts with other entries."""
        if len(entry.key) != len(self.keys):
            yield f"应有{len(self.keys)}个键（{'、'.join(self.keys)}），现有{len(entry.key)}个"
        else:
            for (name, kind), part in zip(self.keys.items(), entry.key, strict=True):
                codes = self.lists.get(kind)
                if not isinstance(part, str) or not part:
                    yield f"键“{name}”应为文字，现为{part!r}"
                elif codes is not None and part not in codes.items:
                    yield f"键“{name}”没有代码“{part}”，可选：{'、'.join(codes)}"
        if not isinstance(entry.start, date) or not isinstance(entry.end, date | None):
            yield "起止日期应为日期，如 2019-10-21"
        elif entry.end is not None and entry.end < entry.start:
            yield f"截止日期{entry.end}早于起始日期{entry.start}"
        if not isinstance(entry.value, int) or isinstance(entry.value, bool) or entry.value < 0:
            yield f"数值应为非负整数（{'以分为单位' if self.unit == 'fen' else self.unit}），现为{entry.value!r}"
        elif self.limit is not None and isinstance(entry.start, date):
            yield from self._over_limit(entry)
        if not isinstance(entry.cite, str) or not entry.cite.strip():
            yield "缺少依据（写明数值出自哪份文件）"

    def _over_limit(self, entry: RateEntry) -> Iterator[str]:
        most = self.ceiling_on(entry.start)
        if most is not None and entry.value > most:
            yield f"数值{entry.value}超过“{self.limit.label}”{most}（{self.limit.clause}）"  # type: ignore[union-attr]

    def ceiling_on(self, day: date) -> int | None:
        """Return the largest value the policy allows in this table on a day, None when it sets no limit then."""
        try:
            return None if self.limit is None else self.limit.value(day)
        except NotInForce:
            return None


def read_rates(
    path: Path, content: Mapping[str, Any], codes: Mapping[str, CodeList], numbers: Mapping[str, Parameter]
) -> dict[str, RateTable]:
    """Read rates.yaml. PolicyError names file, line, clause and remedy."""
    found = {}
    for name, item in (content.get("rates") or {}).items():
        _check_table(path, name, item, codes, numbers)
        rows = tuple(_row(path, name, item, row) for row in item["rows"] or ())
        head = (name, item["label"], item["label_en"], item["unit"], item["clause"], dict(item["keys"]))
        lists = {kind: codes[kind] for kind in item["keys"].values() if kind != OPEN_KEY}
        tail = (str(item["source"]), item["supplied_by"], rows, lists, numbers.get(item.get("max", "")))
        found[name] = table = RateTable(*head, *tail, item.get("note", ""), item.line)
        _check_rows(path, table, item)
    return found


def _check_table(path: Path, name: str, item: Any, codes: Mapping[str, CodeList], numbers: Mapping) -> None:
    def fail(told: str, remedy: str) -> PolicyError:
        clause = item.get("clause", "") if isinstance(item, dict) else ""
        line = getattr(item, "line", 0)
        return PolicyError(f"rate table {name}: {told}", file=path, line=line, clause=clause, remedy=remedy)

    known = f"keys: {', '.join(_TABLE_KEYS)}; optional: {', '.join(_TABLE_OPTIONS)}"
    if not isinstance(item, dict):
        raise fail("not a mapping", known)
    absent = [key for key in _TABLE_KEYS if key not in item]
    strange = [key for key in item if key not in (*_TABLE_KEYS, *_TABLE_OPTIONS)]
    if absent or strange:
        raise fail(f"without {', '.join(absent)}" if absent else f"unknown key {', '.join(strange)}", known)
    if item["unit"] not in UNITS:
        raise fail(f"unknown unit {item['unit']!r}", f"one of {', '.join(UNITS)}")
    if not isinstance(item["keys"], dict) or not item["keys"]:
        raise fail("keys must be {key: code list, or text}", "write keys: {target_level: qualification_levels}")
    for key, kind in item["keys"].items():
        if kind != OPEN_KEY and kind not in codes:
            raise fail(f"key {key}: no code list {kind!r}", f"text, or one of {', '.join(codes)} (codes.yaml)")
    if item["supplied_by"] not in ROLE_LABELS:
        raise fail(f"unknown supplier {item['supplied_by']!r}", f"one of {', '.join(ROLE_LABELS)}")
    if "max" in item and item["max"] not in numbers:
        raise fail(f"max: {item['max']!r} is not a number of parameters.yaml", "name a parameter")


def _row(path: Path, name: str, item: Lined, row: Any) -> RateEntry:
    known = f"keys: {', '.join(_ROW_KEYS)}; optional: {', '.join(_ROW_OPTIONS)}"
    where = {"file": path, "line": getattr(row, "line", item.line), "clause": item["clause"]}
    if not isinstance(row, dict) or [key for key in _ROW_KEYS if key not in row]:
        raise PolicyError(f"rate table {name}: a row is incomplete", remedy=known, **where)
    strange = [key for key in row if key not in (*_ROW_KEYS, *_ROW_OPTIONS)]
    if strange:
        raise PolicyError(f"rate table {name}: unknown key {', '.join(strange)}", remedy=known, **where)
    if row.get("confidence", "H") not in CONFIDENCE:
        told = f"rate table {name}: confidence {row['confidence']!r}"
        raise PolicyError(told, remedy=f"one of {', '.join(CONFIDENCE)}", **where)
    if not isinstance(row["key"], list):
        told = f"rate table {name}: key must be a list in the order of keys ({', '.join(item['keys'])})"
        raise PolicyError(told, remedy="write key: [senior]; quote codes that look like numbers", **where)
    return RateEntry(
        name, tuple(row["key"]), row["from"], row.get("to"), row["value"], row["cite"], row.get("confidence", "")
    )


def _check_rows(path: Path, table: RateTable, item: Lined) -> None:
    def fail(line: int, told: str, remedy: str) -> PolicyError:
        told = f"rate table {table.name}: {told}"
        return PolicyError(told, file=path, line=line, clause=table.clause, remedy=remedy)

    seen: list[tuple[RateEntry, int]] = []
    for entry, row in zip(table.rows, item["rows"] or (), strict=True):
        for told in table.problems(entry):
            raise fail(row.line, told, "mend the row (whole numbers, dates, codes of the list, a citation)")
        for other, line in seen:
            if entry.meets(other):
                raise fail(
                    row.line, f"two rows for {list(entry.key)} on the same day (line {line})", "end one by `to:`"
                )
        seen.append((entry, row.line))


def add_entries(tables: Mapping[str, RateTable], entries: Iterable[RateEntry]) -> dict[str, RateTable]:
    """Return the tables with entries from the desk added. RateError lists every problem, in Chinese, at once.

    An entry that the table already has is passed over; one that contradicts another for the same key and day is an
    error: a desk never overrides a row of the folder.
    """
    new, problems = dict(tables), []
    for entry in (item._replace(key=tuple(item.key)) for item in entries):
        table = new.get(entry.table)
        where = f"{entry.table}（{'、'.join(map(str, entry.key))}）"
        if table is None:
            problems.append(f"没有名为“{entry.table}”的标准表，可选：{'、'.join(tables) or '（无）'}")
            continue
        if any(_same(entry, row) for row in table.rows):
            continue
        told = [f"{where}：{problem}" for problem in table.problems(entry)]
        if not told:
            told = [_conflict(where, entry, row) for row in table.rows if entry.meets(row)]
        if told:
            problems += told
        else:
            new[entry.table] = replace(table, rows=(*table.rows, entry))
    if problems:
        raise RateError(problems)
    return new


def _same(one: RateEntry, other: RateEntry) -> bool:
    return one[: RateEntry._fields.index("cite")] == other[: RateEntry._fields.index("cite")]


def _conflict(where: str, entry: RateEntry, row: RateEntry) -> str:
    until = "长期" if row.end is None else f"至{row.end}"
    return f"{where}：{entry.start}起与已有标准重叠（{row.start}{until}，{row.value}，{row.cite}）；请改起止日期"
