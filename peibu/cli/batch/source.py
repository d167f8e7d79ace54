"""Opens a table file of any size: its header row now, its rows later, chunk by chunk, as raw columns."""

from __future__ import annotations

import csv
import io
import itertools
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from peibu.cli.fact_table import Cell, find_header
from peibu.rulebook import FactError

SUFFIXES = (".csv", ".xlsx", ".xls", ".parquet")
_SEARCHED = 10
_BLOCK = 1 << 22
_HEAD_BYTES = 1 << 20


class Source:
    """A table file. `header`: its header row; `total`: how many rows follow (about, for a CSV with line breaks in cells)."""

    header: Cell
    total: int

    def chunks(self, size: int) -> Iterator[tuple[int, pl.DataFrame]]:
        """Yield (number of the first row as a person counts, columns c0, c1 ... of at most `size` rows)."""
        raise NotImplementedError

    def where(self, row: int) -> str:
        """Say where a row stands."""
        return f"第{row}行"

    def close(self) -> None:
        """Throw away what was only made for reading."""


def open_source(path: Path, known: dict[str, Any]) -> Source:
    """Open a file; `known` are the names its header may have. FactError with a Chinese sentence when it cannot be read."""
    kinds = {".parquet": _Parquet, ".csv": _Csv}
    return kinds.get(path.suffix.lower(), _Excel)(path, known)


class _Parquet(Source):
    def __init__(self, path: Path, _known: dict[str, Any]):
        self._path = path
        try:
            self._lazy = pl.scan_parquet(path)
            names = self._lazy.collect_schema().names()
            self.total = self._lazy.select(pl.len()).collect().item()
        except (pl.exceptions.PolarsError, OSError):
            raise self._broken() from None
        self.header = Cell("表头", names)

    def _broken(self) -> FactError:
        return FactError([f"“{self._path.name}”不是可以读取的 Parquet 文件"])

    def chunks(self, size: int) -> Iterator[tuple[int, pl.DataFrame]]:
        number = 1
        try:
            for part in self._lazy.collect_batches(chunk_size=size, maintain_order=True, lazy=True):
                yield number, part.rename(dict(zip(part.columns, _columns(part.width), strict=True)))
                number += len(part)
        except (pl.exceptions.PolarsError, OSError):
            raise self._broken() from None


class _Csv(Source):
    def __init__(self, path: Path, known: dict[str, Any]):
        self._name, self._copy = path.name, None
        encoding = _encoding(path)
        if encoding == "gb18030":
            self._copy = path = _in_utf8(path)
        self._path = path
        lines, quotes, last = _census(path)
        if quotes % 2:
            raise FactError([f"“{self._name}”不是正确的 CSV：引号不成对，请检查引号"])
        self._broken_lines = False
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES).decode("utf-8-sig", errors="ignore")
        rows = csv.reader(io.StringIO(head))
        first = [Cell(f"第{rows.line_num}行", row) for row in itertools.islice(rows, _SEARCHED)]
        at = find_header(first, known)
        self.header = first[at]
        self._skip = int(self.header.where[1:-1])
        self.total = max(lines + last - self._skip, 0)

    def chunks(self, size: int) -> Iterator[tuple[int, pl.DataFrame]]:
        width = len(self.header.values)
        schema = dict.fromkeys(_columns(width), pl.String)
        options: dict[str, Any] = {"has_header": False, "infer_schema": False, "truncate_ragged_lines": True}
        lazy = pl.scan_csv(self._path, schema=schema, skip_lines=self._skip, **options)
        number = self._skip + 1
        try:
            for part in lazy.collect_batches(chunk_size=size, maintain_order=True, lazy=True):
                yield number, part
                number += len(part)
        except pl.exceptions.NoDataError:
            return
        except (pl.exceptions.PolarsError, OSError):
            raise FactError([f"“{self._name}”不是正确的 CSV，请检查引号"]) from None
        # a line break inside a cell: lines and rows are no longer the same thing
        self._broken_lines = number - self._skip - 1 < self.total

    def where(self, row: int) -> str:
        return f"第{row - self._skip}条数据" if self._broken_lines else f"第{row}行"

    def close(self) -> None:
        if self._copy is not None:
            self._copy.unlink(missing_ok=True)


class _Excel(Source):
    def __init__(self, path: Path, known: dict[str, Any]):
        from python_calamine import CalamineError, CalamineWorkbook

        try:
            sheet = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0)
            self._rows = sheet.iter_rows()
            first = [
                Cell(f"工作表“{sheet.name}”第{number}行", row)
                for number, row in enumerate(itertools.islice(self._rows, _SEARCHED), start=1)
            ]
        except (CalamineError, OSError, IndexError):
            raise FactError([f"“{path.name}”不是可以读取的 Excel 文件（可能已损坏或加密）"]) from None
        at = find_header(first, known)
        self._sheet, self.header, self._begin = sheet.name, first[at], at + 2
        self._early = [cell.values for cell in first[at + 1 :]]
        self.total = max(sheet.total_height + 1 - (at + 1), 0)

    def chunks(self, size: int) -> Iterator[tuple[int, pl.DataFrame]]:
        rows, number = itertools.chain(self._early, self._rows), self._begin
        names = _columns(len(self.header.values))
        while part := list(itertools.islice(rows, size)):
            # what a cell holds differs from row to row: numbers, dates and text stand in one column
            columns = zip(*part, strict=True)
            yield number, pl.DataFrame([pl.Series(n, c, dtype=pl.Object) for n, c in zip(names, columns, strict=True)])
            number += len(part)

    def where(self, row: int) -> str:
        return f"工作表“{self._sheet}”第{row}行"


def _columns(width: int) -> list[str]:
    return [f"c{index}" for index in range(width)]


def _encoding(path: Path) -> str:
    for encoding in ("utf-8", "gb18030"):
        try:
            with path.open(encoding=encoding, newline="") as file:
                while file.read(_BLOCK):
                    pass
        except UnicodeDecodeError:
            continue
        return encoding
    raise FactError([f"“{path.name}”的文字编码不能识别，请另存为 UTF-8"])


def _in_utf8(path: Path) -> Path:
    with (
        path.open(encoding="gb18030", newline="") as old,
        tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".csv", newline="", delete=False) as new,
    ):
        while text := old.read(_BLOCK):
            new.write(text)
    return Path(new.name)


def _census(path: Path) -> tuple[int, int, bool]:
    """Return the number of line ends, of quotation marks, and whether text follows the last line end."""
    lines = quotes = 0
    block = b""
    with path.open("rb") as file:
        while more := file.read(_BLOCK):
            block = more
            lines, quotes = lines + block.count(b"\n"), quotes + block.count(b'"')
    return lines, quotes, not block.endswith(b"\n") and bool(block)
