"""Workbooks that go out so that good files come back: the template to fill in, and the list of what was wrong."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import Path

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from peibu.intake.headers import letter_of
from peibu.intake.spec import Column, TableSpec
from peibu.kernel.errors import Problem

_HEADER = 2
_EXAMPLE = 3
_INLINE_CHOICES = 255
_DANGEROUS = tuple("=+-@\t\r\n＝＋－＠")
_HINTS = {
    "text": "文字",
    "name": "与身份证一致的姓名，间隔号用“·”",
    "id_number": "18 位身份证号码，单元格须为文本格式",
    "mobile": "11 位手机号码",
    "date": "日期，如 2020-03-02",
    "month": "月份，如 2020-03",
    "int": "整数",
    "fen": "金额（元），最多两位小数",
    "choice": "从下拉列表中选择",
    "bool": "填“是”或“否”",
    "uscc": "18 位统一社会信用代码",
}
_EXAMPLES = {
    "text": "示例文字",
    "name": "张三",
    "id_number": "11010519491231002X",
    "mobile": "13800138000",
    "date": "2020-03-02",
    "month": "2020-03",
    "int": "1",
    "fen": "1234.50",
    "bool": "是",
    "uscc": "91350100M000100Y43",
}
_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


class _Sheets:
    """A workbook in memory with the few formats used here."""

    def __init__(self) -> None:
        self.sink = io.BytesIO()
        self.book = xlsxwriter.Workbook(self.sink, _OPTIONS)
        self.title = self.book.add_format({"bold": True, "font_size": 16, "align": "center", "valign": "vcenter"})
        self.help = self.book.add_format({"font_color": "#5a6270", "text_wrap": True, "valign": "top"})
        self.head = self.book.add_format(
            {"bold": True, "bg_color": "#f5f7fa", "border": 1, "align": "center", "text_wrap": True}
        )
        self.text = self.book.add_format({"num_format": "@"})
        self.quoted = self.book.add_format({"num_format": "@", "quote_prefix": True})
        self.example = self.book.add_format({"num_format": "@", "italic": True, "font_color": "#8a8f99"})
        self.wrong = self.book.add_format({"num_format": "@", "bg_color": "#fff1f0", "quote_prefix": True})

    def put(self, sheet: Worksheet, row: int, place: int, text: str, style: Format | None = None) -> None:
        """Text as text: what looks like a formula also gets the quote prefix, for programs that would run it."""
        kind = style or (self.quoted if text.startswith(_DANGEROUS) else self.text)
        sheet.write_string(row, place, text, kind)

    def done(self) -> bytes:
        self.book.close()
        return self.sink.getvalue()


def write_template(spec: TableSpec, path: Path | None = None) -> bytes:
    """An .xlsx to fill in: title, instructions, headings (* = required), an example row that read_table skips.

    Every column is text, so that Excel keeps all digits; choices and yes/no come as drop-down lists. The bytes are
    returned and, with `path`, also written there.
    """
    sheets = _Sheets()
    sheet = sheets.book.add_worksheet("填写")
    lists = sheets.book.add_worksheet("选项")
    lists.hide()
    last = len(spec.columns)
    _merge(sheet, 0, last, spec.title, sheets.title)
    _merge(sheet, 1, last, _instructions(spec), sheets.help)
    sheet.set_row(0, 30)
    sheet.set_row(1, 48)
    sheets.put(sheet, _HEADER, 0, "序号", sheets.head)
    sheets.put(sheet, _EXAMPLE, 0, "示例（导入时跳过）", sheets.example)
    sheet.set_column(0, 0, 18, sheets.text)
    for place, column in enumerate(spec.columns, start=1):
        sheet.set_column(place, place, _width(column), sheets.text)
        sheets.put(sheet, _HEADER, place, f"{column.label}*" if column.required else column.label, sheets.head)
        sheet.write_comment(_HEADER, place, _hint(column))
        sheets.put(sheet, _EXAMPLE, place, _example(column), sheets.example)
        _drop_down(sheet, lists, place, column, spec.max_rows)
    sheet.freeze_panes(_HEADER + 1, 0)
    content = sheets.done()
    if path is not None:
        path.write_bytes(content)
    return content


def _merge(sheet: Worksheet, row: int, last: int, text: str, style: Format) -> None:
    sheet.merge_range(row, 0, row, last, "", style)
    sheet.write_string(row, 0, text, style)


def _instructions(spec: TableSpec) -> str:
    return (
        f"填写说明：从第 {_EXAMPLE + 2} 行开始填写，不要改动列名；带 * 的列必填；全部单元格保持文本格式；"
        f"最多 {spec.max_rows} 行；灰色示例行导入时跳过，可以删除。"
    )


def _hint(column: Column) -> str:
    need = "必填" if column.required else "选填"
    once = "，不得重复" if column.unique else ""
    return f"{need}{once}。{column.help or _HINTS[column.kind]}"


def _example(column: Column) -> str:
    return column.example or (next(iter(column.choices)) if column.choices else _EXAMPLES[column.kind])


def _width(column: Column) -> int:
    return 22 if column.kind in {"id_number", "uscc"} else max(12, 2 * len(column.label) + 4)


def _drop_down(sheet: Worksheet, lists: Worksheet, place: int, column: Column, rows: int) -> None:
    words = list(column.choices) if column.choices else ["是", "否"] if column.kind == "bool" else []
    if not words:
        return
    source: list[str] | str = words
    if len(",".join(words)) > _INLINE_CHOICES or any("," in word for word in words):
        for row, word in enumerate(words):
            lists.write_string(row, place, word)
        letter = letter_of(place)
        source = f"=选项!${letter}$1:${letter}${len(words)}"
    rule = {
        "validate": "list",
        "source": source,
        "error_title": "不在选项中",
        "error_message": "请从下拉列表中选择",
    }
    sheet.data_validation(_EXAMPLE, place, _EXAMPLE + rows, place, rule)


def write_problems(rows: Mapping[int, Mapping[str, str]], problems: Sequence[Problem]) -> bytes:
    """An .xlsx for download: sheet 错误清单 lists every problem, sheet 出错的行 repeats the rows as they were typed.

    `rows` is TableResult.originals: row number -> {heading: text}. Wrong cells are marked red.
    """
    sheets = _Sheets()
    _list_problems(sheets, problems)
    wrong = {problem.row for problem in problems if problem.row in rows}
    if wrong:
        _repeat_rows(sheets, {row: rows[row] for row in sorted(wrong)}, problems)
    return sheets.done()


def _list_problems(sheets: _Sheets, problems: Sequence[Problem]) -> None:
    sheet = sheets.book.add_worksheet("错误清单")
    heads = (("序号", 6), ("工作表", 14), ("行", 8), ("列", 20), ("问题", 50), ("原因", 30), ("怎么办", 50))
    for place, (label, width) in enumerate(heads):
        sheet.set_column(place, place, width)
        sheets.put(sheet, 0, place, label, sheets.head)
    for number, problem in enumerate(problems, start=1):
        column = f"{problem.column}（{problem.letter} 列）" if problem.letter else problem.column
        row = "" if problem.row is None else str(problem.row)
        cells = (str(number), problem.sheet, row, column, problem.what, problem.why, problem.todo)
        for place, text in enumerate(cells):
            sheets.put(sheet, number, place, text)
    sheet.freeze_panes(1, 0)


def _repeat_rows(sheets: _Sheets, rows: Mapping[int, Mapping[str, str]], problems: Sequence[Problem]) -> None:
    sheet = sheets.book.add_worksheet("出错的行")
    labels = list(next(iter(rows.values())))
    sheet.set_column(0, len(labels) + 1, 20)
    for place, label in enumerate(["原行号", *labels, "问题"]):
        sheets.put(sheet, 0, place, label, sheets.head)
    marked = {(problem.row, problem.column) for problem in problems}
    for line, (number, row) in enumerate(rows.items(), start=1):
        sheets.put(sheet, line, 0, str(number))
        for place, label in enumerate(labels, start=1):
            style = sheets.wrong if (number, label) in marked else None
            sheets.put(sheet, line, place, row.get(label, ""), style)
        told = "；".join(f"{problem.column}：{problem.what}" for problem in problems if problem.row == number)
        sheets.put(sheet, line, len(labels) + 1, told)
