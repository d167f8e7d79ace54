"""From raw chunks to typed ones: every cell checked, every problem kept with its row and column."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from datetime import date
from functools import reduce
from typing import Any

import polars as pl

from peibu.cli.batch.cells import Wrong, read_column, read_text
from peibu.cli.batch.source import Source
from peibu.cli.fact_table import KEYS, match_columns, plain_header
from peibu.cli.fact_template import HELP_MARK
from peibu.rulebook import FactError, FactSpec, NotInForce, Policy
from peibu.rulebook.batch.partition import CLAIM_COLUMNS, ON, PEOPLE, REASONS, ROW, TRAINING
from peibu.rulebook.derived import KINDS
from peibu.rulebook.derived.derive import specs_of
from peibu.rulebook.judge import SOFT_REASONS
from peibu.rulebook.limits import limits_of

DAYS = ("claimed_on", "enrolled_on", "applied_on")
_SHOWN = 1_000


class TableError(FactError):
    """A file with bad cells: `problems` says the first thousand, `count` is how many there are."""

    def __init__(self, problems: list[str], count: int):
        super().__init__(problems)
        self.count = count


class Problems:
    """What is wrong with a file: the first thousand in full, and how many there are."""

    def __init__(self) -> None:
        self.total = 0
        self._kept: list[tuple[int, str]] = []
        self._by_column: Counter[str] = Counter()

    def add(self, rows: pl.Series, wrong: Wrong, label: str) -> None:
        """Note the cells of a column that cannot be read; rows: the numbers of the chunk's rows."""
        self.total += len(wrong)
        self._by_column[label] += len(wrong)
        for row, value, reason in wrong.first(_SHOWN - len(self._kept)):
            self._kept.append((rows[row], f"“{label}”列：“{value}”不能识别，{reason}"))

    def add_days(self, early: pl.DataFrame, policy: Policy) -> None:
        """Note the rows (row, day) whose day lies before the policy."""
        self.total += len(early)
        self._by_column["判定日"] += len(early)
        for row, given in early.head(_SHOWN - len(self._kept)).iter_rows():
            try:
                policy.in_force(given)
            except NotInForce as error:
                self._kept.append((row, f"：{error}"))

    def add_empty(self, rows: pl.Series, label: str) -> None:
        """Note the rows in which a column that must be filled is empty."""
        self._add(rows, label, f"“{label}”列为空，须填写")

    def add_told(self, row: int, told: str) -> None:
        """Note what is wrong with a whole row."""
        self._add(pl.Series([row]), "整行", f"：{told}")

    def _add(self, rows: pl.Series, label: str, told: str) -> None:
        self.total += len(rows)
        self._by_column[label] += len(rows)
        self._kept += [(row, told) for row in rows.head(_SHOWN - len(self._kept)).to_list()]

    def refuse(self, source: Source, name: str = "") -> None:
        """Raise TableError when there are any."""
        if not self.total:
            return
        told = [f"{name}{source.where(row)}{problem}" for row, problem in sorted(self._kept)]
        if self.total > len(told):
            columns = "、".join(f"{label} {count}处" for label, count in self._by_column.most_common() if count)
            told.append(f"……另有{self.total - len(told)}处问题。合计：{columns}")
        raise TableError(told, self.total)


class TableReader:
    """Reads the chunks of one file for one subject of one policy.

    required: {key column: label} of what no row may leave empty. A typed chunk has `@row`, `@name`, `@id`, `@employer`, `@on` (the day whose law applies), and a column per fact slot given.
    """

    def __init__(self, source: Source, policy: Policy, subject: str, on: date | None, employer: str):
        self.problems = Problems()
        self.required: dict[str, str] = {}
        self._policy, self._on, self._employer = policy, on, employer
        compared = compared_columns(policy, subject)
        header, told = match_columns(source.header, policy, subject, compared)
        if told:
            raise FactError(told)
        self._facts, self._people, self._training = [], {}, ""
        self._compared: list[tuple[str, FactSpec]] = []
        for index, (name, target) in enumerate(zip(header.plain, header.targets, strict=True)):
            if name in header.names:
                slot, is_yuan, label = header.names[name]
                self._facts.append((f"c{index}", slot, is_yuan, label))
            elif target == "training":
                self._training = f"c{index}"
            elif target is None and name in compared:
                self._compared.append((f"c{index}", compared[name]))
            elif target is not None:
                self._people[PEOPLE[KEYS[name]]] = f"c{index}"

    def read(self, number: int, raw: pl.DataFrame) -> pl.DataFrame:
        """Return the typed rows of a chunk whose first row has this number; lines of help and blank ones left out."""
        raw = raw.insert_column(0, pl.int_range(number, number + len(raw), eager=True).alias(ROW))
        raw = raw.filter(filled(raw))
        columns = [raw[ROW]]
        for name in PEOPLE.values():
            given = read_text(raw[self._people[name]]) if name in self._people else None
            columns.append(pl.Series(name, [None] * len(raw), dtype=pl.String) if given is None else given.alias(name))
        if self._employer:
            columns[-1] = columns[-1].fill_null(self._employer)
        if self._training:
            columns.append(read_text(raw[self._training]).alias(TRAINING))
        for place, spec in self._compared:
            column, wrong = read_column(raw[place], spec)
            self.problems.add(raw[ROW], wrong, spec.label)
            columns.append(column.alias(f"@{spec.name}"))
        slots = self._slots(raw)
        table = pl.DataFrame([*columns, *slots.values()])
        for name, label in self.required.items():
            empty = table[name].is_null() if name in table.columns else pl.repeat(True, len(table), eager=True)
            if empty.any():
                self.problems.add_empty(table[ROW].filter(empty), label)
        return self._with_day(table)

    def _slots(self, raw: pl.DataFrame) -> dict[str, pl.Series]:
        read: dict[str, pl.Series] = {}
        for column, slot, is_yuan, label in self._facts:
            spec = self._policy.fact_specs.get(slot) or self._policy.slots[slot]
            typed, wrong = read_column(raw[column], spec, is_yuan=is_yuan)
            self.problems.add(raw[ROW], wrong, label)
            read[slot] = typed.alias(slot)
            if slot == SOFT_REASONS:
                read[REASONS] = _as_json(raw[column])
        return self._both_ends(read)

    def _both_ends(self, read: dict[str, pl.Series]) -> dict[str, pl.Series]:
        """A quantity written exactly is both of its ends, unless its possible end stands beside it."""
        for slot in [slot for slot in read if slot in self._policy.fact_specs]:
            spec = self._policy.fact_specs[slot]
            if spec.bounds:
                exact, (low, high) = read.pop(slot), spec.slots
                read[low] = _first(exact, read.get(low)).alias(low)
                read[high] = _first(read.get(high), exact).alias(high)
        return read

    def _with_day(self, table: pl.DataFrame) -> pl.DataFrame:
        since = self._policy.card["in_force"]["from"]
        days = [pl.col(name) for name in (*DAYS, "@at") if name in table.columns] if self._on is None else []
        day = pl.coalesce(*days, pl.lit(self._on or since, dtype=pl.Date))
        table = table.with_columns(day.alias(ON))
        self.problems.add_days(table.filter(pl.col(ON) < since).select(ROW, ON), self._policy)
        return table


def compared_columns(policy: Policy, subject: str) -> dict[str, FactSpec]:
    """Return {header: column} by which the limits of a subject compare claims, beyond person and enterprise."""
    if not limits_of(policy, subject):
        return {}
    specs = specs_of(policy)
    found: dict[str, FactSpec] = {}
    for column in KINDS["grants"].columns:
        if column.name in CLAIM_COLUMNS:
            names = (column.name, column.label, column.label_en, *column.also)
            found |= dict.fromkeys(map(plain_header, names), column.spec(specs))
    return found


def _first(one: pl.Series | None, other: pl.Series | None) -> pl.Series:
    given = [series for series in (one, other) if series is not None]
    return reduce(lambda a, b: a.zip_with(a.is_not_null(), b), given)


def filled(raw: pl.DataFrame) -> pl.Series:
    """Return which rows of a raw chunk hold anything; lines of help do not."""
    help_line = pl.Series([False] * len(raw))
    filled = []
    for name in raw.columns:
        column = raw[name]
        if name[0] == "@":
            continue
        if column.dtype == pl.Object:
            column = pl.Series([None if value is None else str(value) for value in column], dtype=pl.String)
        if column.dtype == pl.String:
            text = column.str.strip_chars()
            filled.append((text != "").fill_null(False))
            if name == "c0":
                help_line = column.str.starts_with(HELP_MARK).fill_null(False)
        else:
            filled.append(column.is_not_null())
    return reduce(lambda a, b: a | b, filled) & ~help_line


def _as_json(raw: pl.Series) -> pl.Series:
    texts = [
        json.dumps(_without_nulls(value), ensure_ascii=False) if isinstance(value, Mapping) else None for value in raw
    ]
    return pl.Series(REASONS, texts, dtype=pl.String)


def _without_nulls(value: Mapping[str, Any]) -> dict[str, Any]:
    return {name: item for name, item in value.items() if item is not None}
