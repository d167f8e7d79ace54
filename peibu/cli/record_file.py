"""Reads files of dated records (insurance months, work periods, certificates, timetables ...) of many people or classes.

Every problem of a file is told at once, with sheet, row and column; a file with a problem gives nothing.
"""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from peibu.cli.fact_table import Case, Cell, find_header, plain_header, read_rows
from peibu.cli.fact_template import HELP_MARK
from peibu.rulebook import FactError, FactSpec, Policy
from peibu.rulebook.derived import KINDS, Column, RecordKind, Records, derive_facts
from peibu.rulebook.derived.derive import specs_of
from peibu.rulebook.derived.kinds import PERSON, TRAINING
from peibu.rulebook.schema import yuan_to_fen

if TYPE_CHECKING:
    from peibu.rulebook.derived.frames import RecordTable

FORMATS = (".csv", ".xlsx", ".xls", ".parquet")
KEY_HEADERS = {
    PERSON: ("证件号码", "身份证号", "身份证号码", "person", "id"),
    TRAINING: ("培训编号", "班级编号", "课程编号", "training", "id"),
}
KEY = "@key"
ONGOING = ("至今", "present")
_NOTHING = ("无", "none")
_MAX_SHOWN = 50
_MAX_WHOLE = 2**53  # a spreadsheet's number beyond this has lost digits


class RecordFile:
    """The records of one kind, by person or class."""

    def __init__(self, path: Path, kind: RecordKind, policy: Policy):
        self.path, self.kind = path, kind
        specs = specs_of(policy)
        self._readers = {column.name: column.spec(specs) for column in kind.columns}
        self._rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
        rows = _cells(path)
        names = headers(kind)
        header = find_header(rows, names)
        targets = [names.get(plain_header(value)) for value in rows[header].values]
        self.keyed = KEY in targets
        problems = list(column_problems(kind, rows[header], targets))
        if not problems:
            for row in rows[header + 1 :]:
                problems += self._add(row, targets)
        self._refuse(problems)
        self.covered = self._coverage()

    def _add(self, row: Cell, targets: list[str | None]) -> Iterable[str]:
        cells = {name: value for name, value in zip(targets, row.values, strict=False) if name and not _empty(value)}
        if not cells or str(row.values[0]).startswith(HELP_MARK):
            return
        record, problems = {}, []
        for column in self.kind.columns:
            try:
                record |= self._read(column, cells.get(column.name))
            except ValueError as error:
                problems.append(f"{row.where}“{column.label}”列：“{cells.get(column.name, '')}”不能识别，{error}")
        try:
            key = _text(cells.get(KEY))
            if self.keyed and not key:
                problems.append(f"{row.where}“{KEY_HEADERS[self.kind.key][0]}”列：须填写")
        except ValueError as error:
            problems.append(f"{row.where}“{KEY_HEADERS[self.kind.key][0]}”列：{error}")
        if not problems and (told := self.kind.check(record)):
            problems.append(f"{row.where}：{told}")
        if problems:
            yield from problems
        else:
            self._rows[key].append(record)

    def _read(self, column: Column, value: Any) -> dict[str, Any]:
        """Return the value in its type; the few words offices write beside it are understood."""
        word = value.strip() if isinstance(value, str) else value
        if value is None:
            if column.required:
                raise ValueError("须填写")
            return {} if column.name == "ongoing" else {column.name: None}  # the end may have said "until today"
        if column.type == "date" and word in ONGOING and "ongoing" in self._readers:
            return {column.name: None, "ongoing": True}
        return {column.name: read_value(self._readers[column.name], word)}

    def _refuse(self, problems: list[str]) -> None:
        told = [f"“{self.path.name}”{problem}" for problem in problems[:_MAX_SHOWN]]
        if len(problems) > _MAX_SHOWN:
            told.append(f"“{self.path.name}”另有{len(problems) - _MAX_SHOWN}处问题")
        if told:
            raise FactError(told)

    def _coverage(self) -> tuple[date, date] | None:
        """A register of months answers from its first to its last month; other files hold all there is."""
        if not any(column.type == "month" for column in self.kind.columns):
            return None
        months = [row["month"] for rows in self._rows.values() for row in rows]
        return (min(months), max(months)) if months else None

    def of(self, case: Case, alone: bool) -> Records:
        """Return the records of a case. FactError when it cannot be told which ones are its own."""
        own = case.key.get("training") if self.kind.key == TRAINING else None
        key = _text(own or case.key.get("id"))
        if self.keyed and not key and alone and len(self._rows) == 1:
            key = next(iter(self._rows))
        if self.keyed and not key:
            raise FactError([f"{case.where}须有{KEY_HEADERS[self.kind.key][0]}，才能查找“{self.path.name}”中的记录"])
        if not self.keyed and not alone:
            raise FactError([f"“{self.path.name}”须有“{KEY_HEADERS[self.kind.key][0]}”列，才能分清各件的记录"])
        return Records(self._rows.get(key if self.keyed else "", []), self.covered)

    def table(self) -> RecordTable:
        """Return the same records for `derive_frame`."""
        import polars as pl

        from peibu.rulebook.derived.frames import RecordTable, schema_of

        rows = [{self.kind.key: key} | row for key, own in self._rows.items() for row in own]
        return RecordTable(pl.LazyFrame(rows, schema=schema_of(self.kind)), self.covered)


def column_problems(kind: RecordKind, header: Cell, targets: list[str | None]) -> Iterable[str]:
    """Yield what is wrong with the columns of a record file; targets: what each stands for, see `headers`."""
    labels = {column.name: column.label for column in kind.columns}
    keyed = KEY in targets
    absent = [column.label for column in kind.columns if column.required and column.name not in targets]
    if absent or (not keyed and kind.key == PERSON):
        needed = [] if keyed or kind.key != PERSON else [KEY_HEADERS[PERSON][0]]
        yield f"缺少列：{'、'.join([*needed, *absent])}"
    for name in sorted({target for target in targets if target and targets.count(target) > 1}):
        yield f"{header.where}：列“{labels.get(name, KEY_HEADERS[kind.key][0])}”重复，请只保留一列"
    known = [column.label for column in kind.columns]
    for value, target in zip(header.values, targets, strict=True):
        near = difflib.get_close_matches(plain_header(value), known, n=1, cutoff=0.75) if target is None else []
        if near and near[0] not in {labels.get(name or "") for name in targets}:
            yield f"{header.where}：列名“{value}”不能识别，是否想填“{near[0]}”"


def headers(kind: RecordKind) -> dict[str, str]:
    """Return {header: column} of a kind: by name, label, either language, and by what offices call it."""
    names = {plain_header(header): KEY for header in KEY_HEADERS[kind.key]}
    for column in kind.columns:
        for header in (column.name, column.label, column.label_en, *column.also):
            names[plain_header(header)] = column.name
    return names


def read_record_files(policy: Policy, given: Iterable[tuple[str, Path]]) -> dict[str, RecordFile]:
    """Return the files by kind. FactError with the problems of all of them."""
    files, problems = {}, []
    for name, path in given:
        try:
            if name not in KINDS:
                raise FactError([f"没有名为“{name}”的记录种类，可用：{'、'.join(KINDS)}"])
            if name in files:
                raise FactError([f"“{KINDS[name].label}”（{name}）给了两个文件，请合并成一个"])
            files[name] = RecordFile(path, KINDS[name], policy)
        except FactError as error:
            problems += error.problems
    if problems:
        raise FactError(problems)
    return files


def parse_option(text: str) -> tuple[str, Path]:
    """Split KIND=FILE of the command line. FactError otherwise."""
    name, mark, path = text.partition("=")
    if not (name and mark and path):
        raise FactError([f"“--records {text}”应写作 种类=文件，如 work_periods=经历.xlsx；种类：{'、'.join(KINDS)}"])
    return name, Path(path)


def with_records(
    policy: Policy, subject: str, case: Case, files: Mapping[str, RecordFile], *, on: date, employer: str, alone: bool
) -> Case:
    """Return the case with the facts that its records give; facts that were given stay. FactError with its place."""
    employer = str(case.key.get("employer") or employer or "")
    unnamed = [file.kind.label for file in files.values() if file.kind.by_employer and not employer]
    if unnamed:
        raise FactError([f"{case.where}须有企业名称，才能查找{unnamed[0]}（也可用 --employer 指定企业）"])
    records = {name: file.of(case, alone) for name, file in files.items()}
    try:
        facts = derive_facts(policy, subject, case.facts, records, on=on, employer=employer)
    except FactError as error:
        raise FactError([f"{case.where}{problem}" for problem in error.problems]) from None
    return case._replace(facts=facts)


def _cells(path: Path) -> list[Cell]:
    if path.suffix.lower() not in FORMATS:
        raise FactError([f"不支持的文件类型“{path.name}”，请用 {'、'.join(FORMATS)}"])
    if not path.is_file():
        raise FactError([f"找不到文件“{path}”"])
    return read_rows(path)


def read_value(spec: FactSpec, value: Any) -> Any:
    """Return a cell in the type of its column; money is in yuan, lengths may be 时:分:秒. ValueError in Chinese."""
    if spec.type == "text":
        return _text(value) or None
    if spec.type == "codes" and value in _NOTHING and not set(_NOTHING) & {*spec.choices, *spec.choices.values()}:
        return ()
    if spec.type == "fen":
        return yuan_to_fen(value)
    if spec.unit == "seconds" and isinstance(value, str) and ":" in value.replace("：", ":"):
        return _clock(value.replace("：", ":"))
    return spec.read(value)


def _clock(text: str) -> int:
    parts = text.strip().split(":")
    if len(parts) not in (2, 3) or not all(part.isdecimal() for part in parts) or any(int(p) > 59 for p in parts[1:]):
        raise ValueError("应填整数秒，或 时:分:秒，如 0:41:20")
    seconds = 0
    for part in parts:
        seconds = seconds * 60 + int(part)
    return seconds


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool) or (isinstance(value, float) and not value.is_integer()):
        raise ValueError("应为文字")
    if isinstance(value, int | float):
        if abs(value) > _MAX_WHOLE:
            raise ValueError("数字过长，已丢失末尾几位，请把单元格设为文本格式后重新填写")
        return str(int(value))
    return str(value).strip()


def _empty(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())
