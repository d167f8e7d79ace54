"""Reads record files of any size (`--records KIND=FILE`) column by column; a small file is read by `record_file`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl

from peibu.cli.batch.cells import read_column, read_text
from peibu.cli.batch.source import Source, open_source
from peibu.cli.batch.table import Problems, filled
from peibu.cli.fact_table import plain_header
from peibu.cli.record_file import (
    FORMATS,
    KEY,
    KEY_HEADERS,
    ONGOING,
    column_problems,
    headers,
    parse_option,
    read_value,
)
from peibu.rulebook import FactError, Policy
from peibu.rulebook.derived import KINDS, RecordKind
from peibu.rulebook.derived.derive import specs_of
from peibu.rulebook.derived.frames import TYPES

CHUNK = 500_000


def open_records(policy: Policy, words: Iterable[str]) -> dict[str, RecordReader]:
    """Open the files of `KIND=FILE` words. FactError with the problems of all their headers."""
    readers: dict[str, RecordReader] = {}
    problems: list[str] = []
    for kind, path in map(parse_option, words):
        try:
            if kind not in KINDS or kind in readers:
                told = "给了两个文件，请合并成一个" if kind in readers else f"不是记录种类，可用：{'、'.join(KINDS)}"
                raise FactError([f"“{kind}”{told}"])
            readers[kind] = RecordReader(KINDS[kind], path, policy)
        except FactError as error:
            problems += error.problems
    if problems:
        raise FactError(problems)
    return readers


class RecordReader:
    """Reads one record file chunk by chunk. `covered`, once all is read: its first and last month."""

    def __init__(self, kind: RecordKind, path: Path, policy: Policy):
        if path.suffix.lower() not in FORMATS or not path.is_file():
            told = f"找不到文件“{path}”" if path.suffix.lower() in FORMATS else f"不支持的文件类型“{path.name}”"
            raise FactError([told])
        self.kind, self.problems, self._name = kind, Problems(), path.name
        self._specs = {column.name: column.spec(specs_of(policy)) for column in kind.columns}
        self._required = {column.name for column in kind.columns if column.required}
        names = headers(kind)
        self.source: Source = open_source(path, names)
        targets = [names.get(plain_header(value)) for value in self.source.header.values]
        told = list(column_problems(kind, self.source.header, targets))
        if KEY not in targets and not told:
            told = [f"须有“{KEY_HEADERS[kind.key][0]}”列，才能分清各件的记录"]
        if told:
            raise FactError([f"“{path.name}”{problem}" for problem in told])
        self._places = {target: f"c{index}" for index, target in enumerate(targets) if target}
        self.covered: tuple[date, date] | None = None

    def chunks(self) -> Iterator[pl.DataFrame]:
        """Yield typed chunks with the columns of the kind, its key first."""
        for number, raw in self.source.chunks(CHUNK):
            kept = filled(raw)
            numbers = pl.int_range(number, number + len(raw), eager=True).filter(kept)
            yield self._read(numbers, raw.filter(kept))

    def _read(self, numbers: pl.Series, raw: pl.DataFrame) -> pl.DataFrame:
        label = KEY_HEADERS[self.kind.key][0]
        columns = {self.kind.key: read_text(raw[self._places[KEY]])}
        self._need(numbers, columns[self.kind.key].is_null(), label)
        for name, spec in self._specs.items():
            given = raw[self._places[name]] if name in self._places else None
            columns[name] = self._column(numbers, given, name, spec, len(raw))
        if "ongoing" in self._specs:
            columns["ongoing"] = self._ongoing(raw, columns["ongoing"])
        table = pl.DataFrame([column.alias(name) for name, column in columns.items()])
        self._check(numbers, table)
        self._cover(table)
        return table

    def _column(self, numbers: pl.Series, raw: pl.Series | None, name: str, spec: Any, rows: int) -> pl.Series:
        if raw is None:
            return pl.Series([None] * rows, dtype=TYPES[spec.type])
        read = partial(_until_today if self._may_go_on(spec) else read_value, spec)
        # money in these files is written in yuan, whatever the type of the column
        column, wrong = read_column(raw, spec, read=read, is_yuan=spec.type == "fen")
        self.problems.add(numbers, wrong, spec.label)
        if name in self._required and column.null_count():
            self._need(numbers, read_text(raw).is_null(), spec.label)
        return column

    def _may_go_on(self, spec: Any) -> bool:
        return spec.type == "date" and "ongoing" in self._specs

    def _ongoing(self, raw: pl.DataFrame, given: pl.Series) -> pl.Series:
        """“至今” in place of an end says what the column `ongoing` says."""
        for name, spec in self._specs.items():
            if self._may_go_on(spec) and name in self._places:
                today = read_text(raw[self._places[name]]).is_in(list(ONGOING)).fill_null(False)
                given = given.zip_with(given.is_not_null() | ~today, pl.repeat(True, len(given), eager=True))
        return given

    def _need(self, numbers: pl.Series, empty: pl.Series, label: str) -> None:
        if empty.any():
            self.problems.add_empty(numbers.filter(empty), label)

    def _check(self, numbers: pl.Series, table: pl.DataFrame) -> None:
        if RecordKind.__dataclass_fields__["check"].default is self.kind.check:
            return
        for number, row in zip(numbers, table.iter_rows(named=True), strict=True):
            if told := self.kind.check(row):
                self.problems.add_told(number, told)

    def _cover(self, table: pl.DataFrame) -> None:
        if any(spec.type == "month" for spec in self._specs.values()) and table["month"].null_count() < len(table):
            months = [table["month"].min(), table["month"].max(), *(self.covered or ())]
            self.covered = (min(months), max(months))

    def refuse(self) -> None:
        """Raise TableError when a cell cannot be read."""
        self.problems.refuse(self.source, f"“{self._name}”")

    def schema(self) -> dict[str, Any]:
        """Polars types of the columns, the key first."""
        return {self.kind.key: pl.String} | {name: TYPES[spec.type] for name, spec in self._specs.items()}


def _until_today(spec: Any, value: Any) -> Any:
    return None if isinstance(value, str) and value.strip() in ONGOING else read_value(spec, value)
