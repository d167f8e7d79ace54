"""Writes the Excel template of a kind of records: Chinese headers, a row of help, drop-downs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import xlsxwriter

from peibu.cli.fact_template import HELP_MARK
from peibu.cli.record_file import KEY_HEADERS
from peibu.rulebook import FactSpec, Policy
from peibu.rulebook.derived import Column, RecordKind
from peibu.rulebook.derived.derive import specs_of
from peibu.rulebook.derived.kinds import PERSON

_ROWS = 5000
_FORMATS = {"date": "yyyy-mm-dd", "month": "yyyy-mm", "text": "@", "fen": "#,##0.00", "integer": "0"}
_HINTS = {
    "boolean": "是 / 否",
    "integer": "整数",
    "fen": "最多两位小数",
    "date": "日期，如 2020-09-15",
    "month": "月份，如 2020-09",
    "text": "文字",
    "code": "从下拉列表选择",
    "codes": "可多选，用顿号分隔",
}


def record_schema(kind: RecordKind, policy: Policy) -> dict[str, Any]:
    """Return the columns of a kind for programmes: {name: type, labels, choices, whether it must be filled}."""
    specs = specs_of(policy)
    columns = {
        column.name: {"type": column.type, "label": column.label, "label_en": column.label_en}
        | {"required": column.required, "help": _hint(column, column.spec(specs))}
        | ({"choices": dict(column.spec(specs).choices)} if column.spec(specs).choices else {})
        for column in kind.columns
    }
    key = {"type": "text", "label": KEY_HEADERS[kind.key][0], "label_en": kind.key, "required": kind.key == PERSON}
    head = {"kind": kind.name, "label": kind.label, "label_en": kind.label_en, "gives": list(kind.gives)}
    return head | {"columns": {kind.key: key} | columns}


def write_record_template(kind: RecordKind, policy: Policy, path: Path) -> None:
    """Write the template. Row 1: title; row 2: headers; row 3: help; data from row 4."""
    workbook = xlsxwriter.Workbook(str(path))
    sheet, lists = workbook.add_worksheet("填报"), workbook.add_worksheet("选项")
    title = workbook.add_format({"bold": True, "font_size": 14})
    head = workbook.add_format({"bold": True, "bg_color": "#DCE6F5", "border": 1, "text_wrap": True, "valign": "top"})
    help_ = workbook.add_format({"font_color": "#666666", "italic": True, "text_wrap": True, "valign": "top"})
    sheet.write_string(0, 0, f"{policy.card['document_number']} {kind.label}", title)
    sheet.write_string(1, 0, KEY_HEADERS[kind.key][0], head)
    sheet.write_string(2, 0, f"{HELP_MARK}：文本格式，一行一条记录", help_)
    sheet.set_column(0, 0, 20, workbook.add_format({"num_format": "@"}))
    specs = specs_of(policy)
    for index, column in enumerate(kind.columns, start=1):
        spec = column.spec(specs)
        sheet.write_string(1, index, column.label, head)
        sheet.write_string(2, index, _hint(column, spec), help_)
        sheet.set_column(index, index, 18, workbook.add_format({"num_format": _FORMATS.get(column.type, "General")}))
        choices = ["是", "否"] if column.type == "boolean" else list(spec.choices.values())
        if column.type in ("boolean", "code"):
            lists.write_column(0, index, choices)
            letter = xlsxwriter.utility.xl_col_to_name(index)
            source = f"=选项!${letter}$1:${letter}${len(choices)}"
            sheet.data_validation(3, index, _ROWS, index, {"validate": "list", "source": source})
    sheet.freeze_panes(3, 1)
    lists.hide()
    workbook.close()


def _hint(column: Column, spec: FactSpec) -> str:
    hint = column.help or _HINTS[column.type]
    if column.type == "codes":
        hint = f"{hint}；可多选，用顿号分隔：{'、'.join(spec.choices.values())}"
    return f"必填；{hint}" if column.required else hint
