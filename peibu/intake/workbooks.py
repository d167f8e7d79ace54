"""Cells of a workbook or text table, without knowing what they mean. Runs in the child."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import date, datetime, time, timedelta
from typing import Any

import python_calamine

from peibu.intake import archives, sheet_xml
from peibu.intake.kinds import decode
from peibu.intake.limits import Limits

_SPARE_ROWS = 200
"""Titles, blank rows and sign-off lines that do not count as rows of the table."""


def read_cells(content: bytes, options: dict[str, Any], limits: Limits) -> dict[str, Any]:
    """Sheets with their cells. Options: kind (xlsx, xls or csv), rows (how many the caller wants at most).

    A cell is text, number, bool, None, or {"date": iso} / {"datetime": iso} / {"other": text}.
    """
    rows = int(options["rows"]) + _SPARE_ROWS
    if options["kind"] == "csv":
        return {"sheets": [_text_table(content, rows, limits)]}
    marks: dict[str, sheet_xml.SheetMarks] = {}
    if options["kind"] == "xlsx":
        archives.check(content, limits)
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name, member in list(sheet_xml.sheet_members(archive).items())[: limits.sheets]:
                if member.startswith("xl/worksheets/"):
                    marks[name] = sheet_xml.marks_of(archive, member, limits, rows)
    return {"sheets": _sheets(content, marks, rows, limits)}


def _sheets(content: bytes, marks: dict[str, sheet_xml.SheetMarks], rows: int, limits: Limits) -> list[dict[str, Any]]:
    found = []
    try:
        with python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content)) as book:
            for data in book.sheets_metadata[: limits.sheets]:
                if data.typ != python_calamine.SheetTypeEnum.WorkSheet:
                    continue
                known = marks.get(data.name)
                sheet: dict[str, Any] = {
                    "name": data.name,
                    "hidden": data.visible != python_calamine.SheetVisibleEnum.Visible,
                    "marks": known.cells if known else {},
                    "too_long": bool(known and known.last_row > rows),
                    "rows": [],
                }
                if not sheet["too_long"]:
                    _fill(sheet, book.get_sheet_by_name(data.name), rows, limits)
                found.append(sheet)
    except python_calamine.PasswordError:
        raise archives.refuse("文件设置了密码，无法读取", "file_encrypted_office", "请取消密码保护后重新上传")
    except (python_calamine.CalamineError, OSError, ValueError):
        raise archives.refuse("表格文件不完整或已损坏，无法读取", "table_broken")
    return found


def _fill(sheet: dict[str, Any], table: python_calamine.CalamineSheet, rows: int, limits: Limits) -> None:
    if table.start is None:
        return
    if table.total_width > limits.columns:
        raise archives.refuse(
            f"工作表“{table.name}”超过 {limits.columns} 列", "too_many_columns", "请只保留模板中的列后重新上传"
        )
    if table.total_height > rows:
        sheet["too_long"] = True
        return
    top, left = table.start
    pad = [None] * left
    sheet["rows"] = [[]] * top + [
        pad + [_plain(cell) for cell in row] for row in table.to_python(skip_empty_area=True)
    ]


def _plain(cell: Any) -> Any:
    if cell == "" or cell is None:
        return None
    if isinstance(cell, bool | str | int | float):
        return cell
    if isinstance(cell, datetime):
        return {"datetime": cell.isoformat()}
    if isinstance(cell, date):
        return {"date": cell.isoformat()}
    return {"other": cell.isoformat() if isinstance(cell, time) else str(cell) if isinstance(cell, timedelta) else ""}


def _text_table(content: bytes, rows: int, limits: Limits) -> dict[str, Any]:
    text = decode(content) or ""
    head = text[:8192]
    delimiter = max("\t,;，", key=head.count) if any(mark in head for mark in "\t,;，") else ","
    csv.field_size_limit(1 << 16)
    table: list[list[str | None]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            if len(row) > limits.columns:
                raise archives.refuse(f"第 {len(table) + 1} 行超过 {limits.columns} 列", "too_many_columns")
            table.append([_unwrapped(cell) or None for cell in row])
            if len(table) > rows:
                break
    except csv.Error:
        raise archives.refuse(
            f"文本表格第 {len(table) + 1} 行的引号或分隔符有误", "table_broken", "请另存为 Excel 工作簿（.xlsx）后上传"
        )
    too_long = len(table) > rows
    return {"name": "", "hidden": False, "marks": {}, "too_long": too_long, "rows": [] if too_long else table}


def _unwrapped(cell: str) -> str:
    # Exporting programs write ="370..." so that Excel keeps the digits; only this literal form is opened.
    inner = cell[2:-1] if cell.startswith('="') and cell.endswith('"') else None
    return inner if inner is not None and '"' not in inner else cell
