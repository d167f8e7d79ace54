"""Reads record files of any size (`--records KIND=FILE`) column by column, every bad cell told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from peibu.cli.batch.cells import read_column, read_text
from peibu.cli.batch.source import Source, open_source
from peibu.cli.batch.table import Problems, filled
from peibu.cli.fact_table import IGNORED, KEYS, plain_header
from peibu.rulebook import FactError, Policy
from peibu.rulebook.derived import KINDS, RecordKind
from peibu.rulebook.derived.derive import specs_of
from peibu.rulebook.derived.frames import TYPES

CHUNK = 500_000
_TRAININGS = {"培训编号": "training", "班级编号": "training", "training": "training"}


def parse_words(words: list[str]) -> dict[str, Path]:
    """Read `KIND=FILE` words. FactError for a kind that there is not, or a file that there is not."""
    found: dict[str, Path] = {}
    for word in words:
        kind, equals, path = word.partition("=")
        if not equals or kind not in KINDS:
            raise FactError([f"“{word}”应写作 种类=文件，种类可选：{'、'.join(KINDS)}"])
        if kind in found:
            raise FactError([f"“{kind}”只能给一个文件"])
        if not Path(path).is_file():
            raise FactError([f"找不到文件“{path}”"])
        found[kind] = Path(path)
    return found


class RecordReader:
    """Reads one record file chunk by chunk. `months`: first and last month seen, for the kinds that have months."""

    def __init__(self, kind: RecordKind, path: Path, policy: Policy):
        self.kind, self.problems, self._name = kind, Problems(), path.name
        self._specs = {column.name: column.spec(specs_of(policy)) for column in kind.columns}
        known = self._names()
        self.source: Source = open_source(path, known)
        plain = [plain_header(value) for value in self.source.header.values]
        strange = [name for name in plain if name and name not in known and name not in IGNORED]
        if strange:
            raise FactError([f"“{path.name}”{self.source.header.where}：列名“{name}”不能识别" for name in strange])
        self._columns = {known[name]: f"c{index}" for index, name in enumerate(plain) if name in known}
        self._yuan = {known[name] for name in plain if name.endswith("（元）")}
        needed = [kind.key, *(column.name for column in kind.columns if column.required)]
        absent = [self._label(name) for name in needed if name not in self._columns]
        if absent:
            raise FactError([f"“{path.name}”缺少列：{'、'.join(absent)}（都须有）"])
        self._needed = needed
        self.months: tuple[date | None, date | None] = (None, None)

    def _names(self) -> dict[str, str]:
        known = {name: "person" for name, key in KEYS.items() if key == "id"} if self.kind.key == "person" else {}
        known |= _TRAININGS if self.kind.key == "training" else {}
        for column in self.kind.columns:
            known |= dict.fromkeys((column.name, plain_header(column.label), *column.also), column.name)
        return known

    def _label(self, name: str) -> str:
        return self._specs[name].label if name in self._specs else {"person": "证件号码"}.get(name, "培训编号")

    def chunks(self) -> Iterator[pl.DataFrame]:
        """Yield typed chunks with the columns of the kind, its key first."""
        for number, raw in self.source.chunks(CHUNK):
            numbers = pl.int_range(number, number + len(raw), eager=True)
            kept = filled(raw)
            yield self._read(numbers.filter(kept), raw.filter(kept))

    def _read(self, numbers: pl.Series, raw: pl.DataFrame) -> pl.DataFrame:
        columns = []
        for name, place in self._columns.items():
            if name == self.kind.key:
                column = read_text(raw[place])
            else:
                column, wrong = read_column(raw[place], self._specs[name], is_yuan=name in self._yuan)
                self.problems.add(numbers, wrong, self._label(name))
            columns.append(column.alias(name))
            if name in self._needed and column.null_count():
                self.problems.add_empty(
                    numbers.filter(column.is_null() & (read_text(raw[place]).is_null())), self._label(name)
                )
        table = pl.DataFrame(columns)
        self._note(numbers, table)
        return table

    def _note(self, numbers: pl.Series, table: pl.DataFrame) -> None:
        if RecordKind.__dataclass_fields__["check"].default is not self.kind.check:
            for number, row in zip(numbers, table.iter_rows(named=True), strict=True):
                told = self.kind.check(row)
                if told:
                    self.problems.add_told(number, told)
        if "month" in table.columns and len(table):
            seen = [month for month in (*self.months, table["month"].min(), table["month"].max()) if month]
            self.months = (min(seen), max(seen)) if seen else (None, None)

    def refuse(self) -> None:
        """Raise TableError when a cell cannot be read."""
        self.problems.refuse(self.source, f"“{self._name}”")

    @property
    def covered(self) -> tuple[date | None, date | None] | None:
        """What the file answers for: from its first to its last month; a kind without months answers for all time."""
        return self.months if "month" in self._specs and self.months[0] else None

    def schema(self) -> dict[str, Any]:
        """Polars types of the columns in the file."""
        return {name: pl.String if name == self.kind.key else TYPES[self._specs[name].type] for name in self._columns}
