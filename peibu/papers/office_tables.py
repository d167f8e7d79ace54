"""Excel tables in the habit of the office: title, filling-in line, merged grey heads, thin grid, bold 合计, sign-off.

Written with XlsxWriter. Sums are formulas that carry their value, because a reader that does not calculate would
otherwise show 0. Text is written as text and can never become a formula.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from peibu.papers.cell_text import checked_text, lines_needed, sheet_name
from peibu.papers.errors import FieldRefused

Kind = Literal["serial", "text", "count", "money", "percent", "date"]
SUMMED = ("count", "money")
WIDTHS = {"serial": 6, "text": 16, "count": 10, "money": 15, "percent": 10, "date": 13}
NUMBER_FORMATS = {
    "serial": "0",
    "text": "@",
    "count": "#,##0",
    "money": "#,##0.00_ ;-#,##0.00_ ;0.00_ ;@_ ",  # "_ " keeps the figures off the right border
    "percent": "0.0%",
    "date": 'yyyy"年"m"月"d"日"',
}
NOTHING = "—"
TOTAL = "合　计"
LINE_HEIGHT = 15.0


@dataclass(frozen=True)
class Column:
    """A column, or a group of columns under one head when ``under`` is given (its ``kind`` then counts for nothing).

    Values by kind: text str · count int · money int fen · percent Decimal (0.5 is 50 %) · date date; None shows "—"
    for numbers and stays empty for text and dates. ``serial`` is filled by the writer: rows hold no value for it.
    """

    title: str
    kind: Kind = "text"
    width: float | None = None
    under: Sequence["Column"] = ()
    align: Literal["left", "center", "right"] | None = None
    summed: bool = True


@dataclass(frozen=True, kw_only=True)
class OfficeTable:
    """One table. ``subtitle`` and ``sign_off`` are spread over the width: ``("填报单位（盖章）：…", "统计期：…")``."""

    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Any]]
    subtitle: Sequence[str] = ()
    sign_off: Sequence[str] = ()
    notes: Sequence[str] = ()
    totals: bool = True
    landscape: bool = True
    sheet: str = ""
    dated: date = field(default=date(2020, 1, 1))


def office_table(table: OfficeTable) -> bytes:
    """The table as .xlsx. Raises FieldRefused naming row and column of the first value of a wrong kind."""
    return office_workbook([table])


def office_workbook(tables: Sequence[OfficeTable]) -> bytes:
    """Several tables, a sheet each, in one .xlsx. The same tables give the same bytes."""
    if not tables:
        raise FieldRefused("没有可导出的表格。")
    sink = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(sink, options)
    made = max(table.dated for table in tables)
    book.set_properties({"title": tables[0].title, "created": datetime(made.year, made.month, made.day)})  # noqa: DTZ001
    taken: set[str] = set()
    for table in tables:
        _Sheet(book, book.add_worksheet(sheet_name(table.sheet or table.title, taken)), table).write()
    book.close()
    return sink.getvalue()


class _Sheet:
    """Writes one table from top to bottom; ``self.row`` is the next free row."""

    def __init__(self, book: xlsxwriter.Workbook, sheet: Worksheet, table: OfficeTable):
        self.book, self.sheet, self.table = book, sheet, table
        self.leaves = [leaf for column in table.columns for leaf in _leaves(column)]
        self.widths = [leaf.width or WIDTHS[leaf.kind] for leaf in self.leaves]
        self.formats: dict[tuple, Format] = {}
        self.row = 0

    def write(self) -> None:
        for index, width in enumerate(self.widths):
            self.sheet.set_column(index, index, width)
        self._title()
        self._spread(self.table.subtitle)
        first_head = self.row
        self._heads()
        first_body = self.row
        self._body()
        if self.table.totals:
            self._totals(first_body)
        self._spread(self.table.sign_off, above=True)
        for note in self.table.notes:
            self._across(0, len(self.leaves) - 1, checked_text(note), self._plain("left", wrap=True))
            self.sheet.set_row(self.row, LINE_HEIGHT * lines_needed(note, sum(self.widths)) + 4)
            self.row += 1
        self._page(first_head, first_body)

    def _format(self, **properties: Any) -> Format:
        key = tuple(sorted(properties.items()))
        if key not in self.formats:
            self.formats[key] = self.book.add_format({"font_name": "宋体", "font_size": 10, **properties})
        return self.formats[key]

    def _cell(self, leaf: Column, *, bold: bool = False) -> Format:
        align = leaf.align or {"text": "left", "money": "right"}.get(leaf.kind, "center")
        return self._format(
            border=1,
            indent=1 if align == "left" else 0,
            bold=bold,
            valign="vcenter",
            text_wrap=leaf.kind == "text",
            align=align,
            num_format=NUMBER_FORMATS[leaf.kind],
        )

    def _plain(self, align: str, *, wrap: bool = False) -> Format:
        return self._format(align=align, valign="vcenter", text_wrap=wrap)

    def _across(self, first: int, last: int, text: str, style: Format) -> None:
        if first == last:
            self.sheet.write_string(self.row, first, text, style)
        else:
            self.sheet.merge_range(self.row, first, self.row, last, "", style)
            self.sheet.write_string(self.row, first, text, style)

    def _title(self) -> None:
        style = self._format(font_name="黑体", font_size=16, align="center", valign="vcenter", text_wrap=True)
        # The title is about 1.7 times as wide as body text.
        lines = lines_needed(self.table.title, sum(self.widths) / 1.7)
        self.sheet.set_row(self.row, 10 + 24 * lines)
        self._across(0, len(self.leaves) - 1, checked_text(self.table.title), style)
        self.row += 1

    def _spread(self, texts: Sequence[str], *, above: bool = False) -> None:
        """Texts side by side over the width, the first at the left, the last at the right edge."""
        if not texts:
            return
        self.sheet.set_row(self.row, 24 if above else 20)
        spans = _spans(self.widths, len(texts))
        if len(spans) < len(texts):
            texts = ["　　".join(texts)]
        for index, ((first, last), text) in enumerate(zip(spans, texts, strict=True)):
            align = "left" if above or index == 0 else "right" if index == len(texts) - 1 else "center"
            self._across(first, last, checked_text(text), self._plain(align))
        self.row += 1

    def _heads(self) -> None:
        depth = max(_depth(column) for column in self.table.columns)
        style = self._format(bold=True, border=1, bg_color="#F2F2F2", align="center", valign="vcenter", text_wrap=True)
        heights = [22.0] * depth
        first = 0
        for column in self.table.columns:
            first = self._head(column, first, (0, depth), heights, style)
        for level, height in enumerate(heights):
            self.sheet.set_row(self.row + level, height)
        self.row += depth

    def _head(self, column: Column, first: int, levels: tuple[int, int], heights: list[float], style: Format) -> int:
        level, depth = levels
        last = first + len(_leaves(column)) - 1
        bottom = level if column.under else depth - 1
        text = checked_text(column.title)
        if (level, first) == (bottom, last):
            self.sheet.write_string(self.row + level, first, text, style)
        else:
            self.sheet.merge_range(self.row + level, first, self.row + bottom, last, "", style)
            self.sheet.write_string(self.row + level, first, text, style)
        needed = 7 + LINE_HEIGHT * lines_needed(text, sum(self.widths[first : last + 1]), bold=True)
        already = sum(heights[level : bottom + 1])
        if needed > already:
            heights[bottom] += needed - already
        for inner in column.under:
            first = self._head(inner, first, (level + 1, depth), heights, style)
        return last + 1

    def _body(self) -> None:
        given = [leaf for leaf in self.leaves if leaf.kind != "serial"]
        for number, values in enumerate(self.table.rows, start=1):
            if len(values) != len(given):
                raise FieldRefused(
                    f"表格第 {number} 行有 {len(values)} 个值，表头需要 {len(given)} 个，文件未生成；请检查数据。"
                )
            remaining = iter(values)
            lines = 1
            for index, leaf in enumerate(self.leaves):
                value = number if leaf.kind == "serial" else next(remaining)
                self._value(index, leaf, value, number)
                if isinstance(value, str):
                    lines = max(lines, lines_needed(value, self.widths[index] - 2))
            self.sheet.set_row(self.row, 5 + LINE_HEIGHT * lines)
            self.row += 1

    def _value(self, index: int, leaf: Column, value: Any, number: int) -> None:
        style = self._cell(leaf)
        if value is None:
            self.sheet.write_string(self.row, index, "" if leaf.kind in ("text", "date") else NOTHING, style)
        elif leaf.kind == "text" and isinstance(value, str):
            self.sheet.write_string(self.row, index, checked_text(value, f"第 {number} 行“{leaf.title}”"), style)
        elif leaf.kind == "date" and type(value) is date:
            self.sheet.write_datetime(self.row, index, value, style)
        elif leaf.kind == "percent" and isinstance(value, Decimal):
            self.sheet.write_number(self.row, index, value, style)
        elif leaf.kind in ("serial", "count", "money") and type(value) is int:
            self.sheet.write_number(self.row, index, _number(leaf, value), style)
        else:
            raise FieldRefused(
                f"表格第 {number} 行“{leaf.title}”的值类型不对（{type(value).__name__}），"
                f"应为“{leaf.kind}”；文件未生成。"
            )

    def _totals(self, first_body: int) -> None:
        summed = [index for index, leaf in enumerate(self.leaves) if leaf.summed and leaf.kind in SUMMED]
        label_end = (summed[0] if summed else len(self.leaves)) - 1
        bold = self._format(border=1, bold=True, align="center", valign="vcenter")
        if label_end >= 0:
            self._across(0, label_end, TOTAL, bold)
        given = [index for index, leaf in enumerate(self.leaves) if leaf.kind != "serial"]
        for index in range(label_end + 1, len(self.leaves)):
            style = self._cell(self.leaves[index], bold=True)
            if index not in summed:
                self.sheet.write_blank(self.row, index, None, style)
                continue
            place = given.index(index)
            total = sum(row[place] or 0 for row in self.table.rows)
            self._sum(index, first_body, _number(self.leaves[index], total), style)
        self.sheet.set_row(self.row, 22)
        self.row += 1

    def _sum(self, index: int, first_body: int, value: int | Decimal, style: Format) -> None:
        if not self.table.rows:
            self.sheet.write_number(self.row, index, value, style)
            return
        name = xl_col_to_name(index)
        # ROUND, because a spreadsheet adds cents as binary fractions.
        formula = f"=ROUND(SUM({name}{first_body + 1}:{name}{self.row}),2)"
        self.sheet.write_formula(self.row, index, formula, style, value)

    def _page(self, first_head: int, first_body: int) -> None:
        sheet = self.sheet
        if self.table.landscape:
            sheet.set_landscape()
        else:
            sheet.set_portrait()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
        sheet.center_horizontally()
        sheet.print_area(0, 0, self.row - 1, len(self.leaves) - 1)
        sheet.repeat_rows(first_head, first_body - 1)
        sheet.freeze_panes(first_body, 0)
        sheet.set_footer("&C第 &P 页 共 &N 页")
        sheet.hide_gridlines(2)


def _leaves(column: Column) -> list[Column]:
    return [leaf for inner in column.under for leaf in _leaves(inner)] if column.under else [column]


def _depth(column: Column) -> int:
    return 1 + max((_depth(inner) for inner in column.under), default=0)


def _number(leaf: Column, value: int) -> int | Decimal:
    """Fen become yuan as an exact decimal; everything else stays whole."""
    return Decimal(value).scaleb(-2) if leaf.kind == "money" else value


def _spans(widths: Sequence[float], parts: int) -> list[tuple[int, int]]:
    """Cut the columns into ``parts`` neighbouring spans of about equal width; one span when there are too few."""
    if len(widths) < parts:
        return [(0, len(widths) - 1)]
    total, spans, first = sum(widths), [], 0
    for part in range(1, parts + 1):
        last = first
        while len(widths) - last - 1 > parts - part and sum(widths[: last + 1]) < total * part / parts - 0.01:
            last += 1
        spans.append((first, len(widths) - 1 if part == parts else last))
        first = last + 1
    return spans
