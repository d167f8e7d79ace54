"""Tables that offices and providers send: found, read and checked whole, every error with its cell."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from peibu.intake import kinds
from peibu.intake.headers import Header, cell_at, find_header, letter_of
from peibu.intake.limits import DEFAULT, Limits
from peibu.intake.sandbox import run_confined
from peibu.intake.spec import EXACT_KINDS, Column, TableSpec
from peibu.intake.values import convert, is_blank, shown
from peibu.kernel.errors import Problem, Refused
from peibu.kernel.text import compact

MAX_PROBLEMS = 1000
_TOTAL = re.compile(r"(本页|本表)?(合计|总计|小计|共计)(人数|金额)?[:：]?.{0,20}")
_SIGN_OFF = re.compile(
    r"(填表|制表|填报|审核|复核|经办|负责|联系|单位|报送|培训|机构|备注|说明|注)[^:：]{0,12}[:：].*|(说明|备注|注)[:：]?"
)


@dataclass(slots=True)
class TableResult:
    """`rows` holds what could be read, `row_numbers` their rows in the file. Save nothing while there are problems.

    `originals` maps a row number to {heading: text as typed}, for the list of errors; `notes` are remarks such as
    ignored columns. `sheet` is empty and `header_row` 0 when no table was found.
    """

    rows: list[dict[str, Any]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    sheet: str = ""
    header_row: int = 0
    row_numbers: list[int] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    originals: dict[int, dict[str, str]] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether everything was read without a problem."""
        return not self.problems


def read_table(
    name: str, content: bytes, spec: TableSpec, limits: Limits = DEFAULT, *, on: date | None = None
) -> TableResult:
    """Read an uploaded table by its description; never raises for the file's sake, all problems come at once.

    `name` is the file's name for the sentences, `on` the day on which identity numbers are judged (required when the
    table has such a column, else ValueError). The file is parsed in a confined child process.
    """
    if on is None and any(column.kind == "id_number" for column in spec.columns):
        raise ValueError("a table with identity numbers needs on=")
    try:
        sheets = _cells(name, content, spec, limits)
    except Refused as refused:
        return TableResult(problems=[_file_problem(refused)])
    visible = [sheet for sheet in sheets if not sheet["hidden"]]
    found = [(header, sheet) for sheet in visible if (header := find_header(sheet["rows"], spec))]
    if not found:
        return TableResult(problems=[_no_table(sheets, visible, spec)])
    header, sheet = max(found, key=lambda pair: len(pair[0].places))
    result = TableResult(sheet=sheet["name"], header_row=header.row)
    result.notes = _notes(header, visible, found)
    _check_header(result, header, spec)
    if not result.problems:
        _read_rows(result, header, sheet, spec, on)
    _cap(result)
    return result


def _cells(name: str, content: bytes, spec: TableSpec, limits: Limits) -> list[dict[str, Any]]:
    if len(content) > limits.file_bytes:
        raise Refused(
            f"文件超过 {limits.file_bytes >> 20} MB", code="file_size", remedy="请删去无关内容或分成几个文件上传"
        )
    kind = kinds.sniff(content)
    if kind not in kinds.TABLE_KINDS:
        raise kinds.refusal(name, kind)
    return run_confined("cells", content, {"kind": kind, "rows": spec.max_rows}, limits)["sheets"]


def _file_problem(refused: Refused) -> Problem:
    return Problem("", None, "", refused.message, "", refused.remedy, code=refused.code)


def _too_many(sheet: str, spec: TableSpec) -> Problem:
    return Problem(sheet, None, "", f"行数超过 {spec.max_rows} 行", "", "请分成几个文件上传", code="too_many_rows")


def _no_table(sheets: list[dict[str, Any]], visible: list[dict[str, Any]], spec: TableSpec) -> Problem:
    for sheet in visible:
        if sheet["too_long"]:
            return _too_many(sheet["name"], spec)
    hidden = next((sheet["name"] for sheet in sheets if sheet["hidden"] and find_header(sheet["rows"], spec)), "")
    why = f"表格在隐藏的工作表“{hidden}”里" if hidden else "前 30 行里没有与模板一致的列名"
    todo = "请取消隐藏后重新上传" if hidden else "请下载模板，按模板的列名填写后上传"
    return Problem("", None, "", "没有找到表头", why, todo, code="no_header")


def _notes(header: Header, visible: list[dict[str, Any]], found: list[tuple[Header, Any]]) -> list[str]:
    notes = [f"多余的列“{label}”未导入" for label in header.extra if compact(label) != "序号"]
    if len(found) > 1:
        notes.append(f"文件有 {len(found)} 个工作表都像名单，只读取了其中一个，请核对")
    elif sum(any(not is_blank(c) for row in sheet["rows"] for c in row) for sheet in visible) > 1:
        notes.append("其他工作表未导入")
    return notes


def _check_header(result: TableResult, header: Header, spec: TableSpec) -> None:
    for column in spec.columns:
        if column.name in header.repeated:
            result.problems.append(
                Problem(
                    result.sheet,
                    header.row,
                    column.label,
                    "这一列出现了两次",
                    "",
                    "请只保留一列",
                    code="repeated_column",
                )
            )
        elif column.required and column.name not in header.places:
            todo = "请补上这一列，列名与模板保持一致"
            result.problems.append(
                Problem(result.sheet, header.row, column.label, "缺少这一列", "该列必填", todo, code="missing_column")
            )


def _read_rows(result: TableResult, header: Header, sheet: dict[str, Any], spec: TableSpec, on: date | None) -> None:
    seen: dict[tuple[str, Any], int] = {}
    count = 0
    for number, row in _data_rows(result, header, sheet, spec):
        count += 1
        if count > spec.max_rows:
            result.problems.append(_too_many(result.sheet, spec))
            break
        result.originals[number] = {
            column.label: shown(cell_at(row, header.places.get(column.name))) for column in spec.columns
        }
        reader = _RowReader(result, header, sheet["marks"], seen, number)
        values = {column.name: reader.value(column, row, on) for column in spec.columns}
        if reader.good:
            result.rows.append(values)
            result.row_numbers.append(number)
    if not count:
        todo = "请从表头下一行开始填写后上传"
        result.problems.append(Problem(result.sheet, None, "", "表头下面没有数据", "", todo, code="no_rows"))


def _data_rows(
    result: TableResult, header: Header, sheet: dict[str, Any], spec: TableSpec
) -> Iterator[tuple[int, list[Any]]]:
    places = header.places.values()
    for number, row in enumerate(sheet["rows"][header.last_row :], start=header.last_row + 1):
        filled = [cell for cell in row if not is_blank(cell)]
        first = compact(shown(filled[0])) if filled else ""
        # A broken formula reads as an empty cell: its row is a row all the same.
        marked = any(f"{letter_of(place)}{number}" in sheet["marks"] for place in places)
        if first.startswith("示例") or not (marked or filled):
            continue
        if _is_footer(first, row, header, spec):
            result.notes.append(f"第 {number} 行“{first[:20]}”不是数据，已跳过")
        elif marked or not all(is_blank(cell_at(row, place)) for place in places):
            yield number, row


def _is_footer(first: str, row: list[Any], header: Header, spec: TableSpec) -> bool:
    if not (_TOTAL.fullmatch(first) or _SIGN_OFF.fullmatch(first)):
        return False
    return any(column.required and is_blank(cell_at(row, header.places.get(column.name))) for column in spec.columns)


class _RowReader:
    """Reads the cells of one row and files what is wrong."""

    def __init__(
        self, result: TableResult, header: Header, marks: dict[str, str], seen: dict[Any, int], number: int
    ) -> None:
        self._result, self._header, self._marks, self._seen, self._number = result, header, marks, seen, number
        self.good = True

    def value(self, column: Column, row: list[Any], on: date | None) -> Any:
        """The value of one column, None when it is empty or wrong."""
        place = self._header.places.get(column.name)
        if place is None:
            return None
        cell = cell_at(row, place)
        try:
            self._check_mark(column, self._marks.get(f"{letter_of(place)}{self._number}", ""))
            if is_blank(cell):
                if column.required:
                    raise Refused("没有填写", code="empty", remedy="该列必填，请补上")
                return None
            value = convert(column, cell, on)
            if column.unique:
                self._check_unique(column, value)
        except Refused as refused:
            self.good = False
            self._result.problems.append(
                Problem(
                    self._result.sheet,
                    self._number,
                    column.label,
                    refused.message,
                    "",
                    refused.remedy,
                    letter_of(place),
                    refused.code,
                )
            )
            return None
        return value

    def _check_mark(self, column: Column, mark: str) -> None:
        if mark.startswith("error:"):
            raise Refused(
                f"公式出错，显示为 {mark.removeprefix('error:')}",
                code="formula_error",
                remedy="请改正公式或直接填写结果",
            )
        if mark == "formula_empty" or (mark and column.kind in EXACT_KINDS):
            why = "是公式，但没有保存计算结果" if mark == "formula_empty" else "是公式，不能确定显示的内容是否最新"
            raise Refused(f"单元格{why}", code="formula", remedy="请复制该列，用“选择性粘贴—数值”粘贴后重新上传")

    def _check_unique(self, column: Column, value: Any) -> None:
        first = self._seen.setdefault((column.name, value), self._number)
        if first != self._number:
            raise Refused(f"与第 {first} 行重复", code="duplicate", remedy="请删去重复的一行或更正")


def _cap(result: TableResult) -> None:
    more = len(result.problems) - MAX_PROBLEMS
    if more > 0:
        del result.problems[MAX_PROBLEMS:]
        todo = "请先改正已列出的问题再上传"
        result.problems.append(Problem(result.sheet, None, "", f"还有 {more} 处问题未列出", "", todo, code="more"))
