"""Writes the Excel template of a subject's facts: Chinese headers with units, a row of help, drop-downs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import xlsxwriter

from peibu.rulebook import Policy
from peibu.rulebook.schema import Column, columns

KEY_COLUMNS = ("姓名", "证件号码")
KEY_HINTS = ("必填其一，用于区分各行", "文本格式")
HELP_MARK = "填写说明"
_ROWS = 5000
_FORMATS = {"date": "yyyy-mm-dd", "month": "yyyy-mm", "text": "@", "fen": "#,##0.00", "integer": "0"}


def write_template(policy: Policy, subject: str, path: Path) -> None:
    """Write the template. Row 1: title; row 2: headers; row 3: help; data from row 4."""
    workbook = xlsxwriter.Workbook(str(path))
    sheet, lists = workbook.add_worksheet("填报"), workbook.add_worksheet("选项")
    title = workbook.add_format({"bold": True, "font_size": 14})
    head = workbook.add_format({"bold": True, "bg_color": "#DCE6F5", "border": 1, "text_wrap": True, "valign": "top"})
    help_ = workbook.add_format({"font_color": "#666666", "italic": True, "text_wrap": True, "valign": "top"})
    text = workbook.add_format({"num_format": "@"})
    label = policy.subjects[subject]["label"]
    sheet.write_string(0, 0, f"{policy.card['document_number']} {policy.card['title']} {label}", title)
    for index, (name, hint) in enumerate(zip(KEY_COLUMNS, KEY_HINTS, strict=True)):
        sheet.write_string(1, index, name, head)
        sheet.write_string(2, index, f"{HELP_MARK}：{hint}" if index == 0 else hint, help_)
        sheet.set_column(index, index, 20, text)
    for index, column in enumerate(columns(policy, subject), start=len(KEY_COLUMNS)):
        sheet.write_string(1, index, column.header, head)
        sheet.write_string(2, index, column.hint, help_)
        _column(workbook, sheet, lists, index, column)
    sheet.freeze_panes(3, len(KEY_COLUMNS))
    lists.hide()
    workbook.close()


def _column(workbook: xlsxwriter.Workbook, sheet: Any, lists: Any, index: int, column: Column) -> None:
    spec = column.spec
    sheet.set_column(index, index, 18, workbook.add_format({"num_format": _FORMATS.get(spec.type, "General")}))
    choices = ["是", "否"] if spec.type == "boolean" else list(spec.choices.values())
    if spec.type not in ("boolean", "code"):
        return
    lists.write_column(0, index, choices)
    letter = xlsxwriter.utility.xl_col_to_name(index)
    source = f"=选项!${letter}$1:${letter}${len(choices)}"
    sheet.data_validation(3, index, _ROWS, index, {"validate": "list", "source": source})
