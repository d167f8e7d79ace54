"""A cautious look into the XML of an .xlsx sheet for what the table reader hides: formulas, error values, extent."""

from __future__ import annotations

import contextlib
import re
import zipfile
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

from peibu.intake.archives import refuse
from peibu.intake.limits import Limits

_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_CHUNK = 1 << 16


class _Enough(Exception):
    """Reading may stop early."""


def column_number(letters: str) -> int:
    """A -> 1, XFD -> 16384."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


@dataclass(slots=True)
class SheetMarks:
    """What was found. `cells` maps "C5" to formula, formula_empty or error:#REF! etc."""

    cells: dict[str, str] = field(default_factory=dict)
    last_row: int = 0
    last_column: int = 0


def _parser() -> Any:
    parser = expat.ParserCreate()

    def forbidden(*_: Any) -> None:
        raise refuse("文件内部含有不允许的声明，疑似被动过手脚", "xml_doctype")

    parser.StartDoctypeDeclHandler = forbidden
    parser.EntityDeclHandler = forbidden
    return parser


def _local(tag: str) -> str:
    return tag.rpartition(":")[2]


def elements(archive: zipfile.ZipFile, member: str) -> list[tuple[str, dict[str, str]]]:
    """Tags and attributes of a small part such as the list of sheets."""
    found: list[tuple[str, dict[str, str]]] = []
    parser = _parser()
    parser.StartElementHandler = lambda tag, attributes: found.append((_local(tag), attributes))
    _feed(parser, archive, member)
    return found


def sheet_members(archive: zipfile.ZipFile) -> dict[str, str]:
    """Sheet name -> its member in the archive."""
    targets = {
        attributes.get("Id"): attributes.get("Target", "")
        for tag, attributes in elements(archive, "xl/_rels/workbook.xml.rels")
        if tag == "Relationship"
    }
    found = {}
    for tag, attributes in elements(archive, "xl/workbook.xml"):
        if tag == "sheet":
            key = next((value for name, value in attributes.items() if _local(name) == "id"), "")
            target = targets.get(key, "")
            found[attributes.get("name", "")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return found


def marks_of(archive: zipfile.ZipFile, member: str, limits: Limits, rows: int) -> SheetMarks:
    """Formulas, errors and extent of one sheet; stops at the first cell with content beyond `rows`."""
    marks = SheetMarks()
    reader = _CellReader(marks, limits, rows)
    parser = _parser()
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    with contextlib.suppress(_Enough):
        _feed(parser, archive, member)
    return marks


class _CellReader:
    def __init__(self, marks: SheetMarks, limits: Limits, rows: int) -> None:
        self._marks, self._limits, self._rows = marks, limits, rows
        self._cell = self._kind = self._value = ""
        self._formula = self._content = self._inside = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = _local(tag)
        if name == "c":
            self._cell, self._kind, self._value = attributes.get("r", ""), attributes.get("t", "n"), ""
            self._formula = self._content = False
        elif name in {"v", "is", "f"}:
            self._content = True
            self._formula |= name == "f"
            self._inside = name == "v"

    def text(self, text: str) -> None:
        if self._inside and len(self._value) < 64:
            self._value += text

    def end(self, tag: str) -> None:
        name = _local(tag)
        self._inside = False
        if name != "c" or not self._content:
            return
        match = _REFERENCE.fullmatch(self._cell)
        if match:
            self._extent(column_number(match[1]), int(match[2]))
        if self._kind == "e":
            self._marks.cells[self._cell] = f"error:{self._value}"
        elif self._formula:
            self._marks.cells[self._cell] = "formula" if self._value else "formula_empty"

    def _extent(self, column: int, row: int) -> None:
        if column > self._limits.columns:
            raise refuse(
                f"单元格 {self._cell} 有内容，超出了允许的 {self._limits.columns} 列",
                "too_many_columns",
                "请删除表格右侧的多余列，只保留模板中的列后重新上传",
            )
        self._marks.last_row = max(self._marks.last_row, row)
        self._marks.last_column = max(self._marks.last_column, column)
        if row > self._rows:
            raise _Enough


def _feed(parser: Any, archive: zipfile.ZipFile, member: str) -> None:
    try:
        with archive.open(member) as stream:
            while chunk := stream.read(_CHUNK):
                parser.Parse(chunk, False)
            parser.Parse(b"", True)
    except (expat.ExpatError, KeyError):
        raise refuse("文件内部不完整或已损坏", "xml_broken")
