"""Reports as files: JSON as in a push, or an Excel table with one row per record (photos come as JSON only)."""

import dataclasses
import datetime as dt
from collections.abc import Sequence

from peibu.intake import Column, TableSpec, read_table
from peibu.kernel.errors import Problem
from peibu.learning.reports.kinds import TITLES
from peibu.learning.statement.errors import Invalid
from peibu.learning.statement.package import parse

MAX_ROWS = 5000
_CLASS = Column(name="classCode", label="班级编号", max_length=60, example="JN-2020-001")
_PERSON = Column(name="identity", label="身份证号码", aliases=("公民身份号码", "身份证号"), kind="id_number")
_TIME = "例：2020-05-06 09:00:00"


def _moment(name: str, label: str, *, required: bool = True) -> Column:
    return Column(name=name, label=label, required=required, help=_TIME, max_length=30, example="2020-05-06 09:00:00")


COLUMNS: dict[str, tuple[Column, ...]] = {
    "classes": (
        _CLASS,
        Column(name="className", label="班级名称", max_length=120, example="电工中级工线上班"),
        Column(name="learnHour", label="学时", kind="int", example="40"),
        Column(name="startDate", label="开班日期", kind="date", example="2020-05-06"),
        Column(name="name", label="姓名", kind="name", example="王建国"),
        _PERSON,
    ),
    "hours": (
        _CLASS,
        _PERSON,
        _moment("startTime", "登录时间"),
        _moment("endTime", "退出时间"),
        Column(name="ip", label="IP 地址", aliases=("IP",), max_length=45, example="203.0.113.7"),
        Column(name="chapterCode", label="章节编号", required=False, max_length=60),
    ),
    "exams": (
        _CLASS,
        _PERSON,
        Column(name="examCode", label="考试编号", max_length=60, example="KS01"),
        Column(name="examName", label="考试名称", required=False),
        _moment("startTime", "开考时间"),
        _moment("endTime", "交卷时间"),
        Column(name="score", label="得分", kind="int", example="85"),
        Column(name="fullScore", label="满分", kind="int", example="100"),
        Column(name="passed", label="是否合格", kind="bool", example="是"),
    ),
    "questions": (
        _CLASS,
        _PERSON,
        Column(name="questionCode", label="提问编号", max_length=60, example="TW01"),
        _moment("askTime", "提问时间"),
        Column(name="question", label="提问内容", max_length=2000),
        _moment("replyTime", "答复时间", required=False),
        Column(name="reply", label="答复内容", required=False, max_length=4000),
        Column(name="replier", label="答复教师", required=False, max_length=60),
    ),
}


def spec_of(kind: str) -> TableSpec:
    """The table of one kind."""
    return TableSpec(title=f"学习记录上报表（{TITLES[kind]}）", columns=COLUMNS[kind], max_rows=MAX_ROWS)


@dataclasses.dataclass(frozen=True)
class ReportFile:
    """The items of a file in the shape of a push; for a table also its sheet and each item's (first) row in it."""

    items: list[object] = dataclasses.field(default_factory=list)
    problems: list[Problem] = dataclasses.field(default_factory=list)
    sheet: str = ""
    rows: list[int] = dataclasses.field(default_factory=list)

    def in_place(self, problem: Problem) -> Problem:
        """A problem of an item, said of the row that the item stands in."""
        if not self.rows or problem.row is None:
            return problem
        return dataclasses.replace(problem, sheet=self.sheet, row=self.rows[problem.row - 1])


def read_file(kind: str, name: str, content: bytes, *, on: dt.date) -> ReportFile:
    """Read a file of one kind; every problem of reading it at once."""
    if name.lower().endswith(".json"):
        return _json(name, content)
    if kind not in COLUMNS:
        return _wrong(f"{TITLES[kind]}没有 Excel 表格", "", "请以 JSON 文件或接口上报")
    table = read_table(name, content, spec_of(kind), on=on)
    if table.problems:
        return ReportFile(problems=table.problems)
    told = [{name: _plain(value) for name, value in row.items() if value not in (None, "")} for row in table.rows]
    if kind == "classes":
        return _classes(told, table.row_numbers, table.sheet)
    return ReportFile([_sitting(row) if kind == "hours" else row for row in told], [], table.sheet, table.row_numbers)


def _wrong(what: str, why: str, todo: str) -> ReportFile:
    return ReportFile(problems=[Problem("", None, "", what, why, todo)])


def _json(name: str, content: bytes) -> ReportFile:
    try:
        told = parse(content)
    except Invalid as fault:
        return _wrong(f"文件“{name}”{fault.why}", "", fault.todo)
    items = told if isinstance(told, list) else [told]
    if not 0 < len(items) <= MAX_ROWS:
        return _wrong(f"文件有 {len(items)} 条", f"应有 1 到 {MAX_ROWS} 条", "请分成几个文件上传")
    return ReportFile(items)


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, dt.date) else value


def _classes(told: Sequence[dict], numbers: Sequence[int], sheet: str) -> ReportFile:
    """One row per learner becomes one item per class."""
    found: dict[str, dict] = {}
    first: dict[str, int] = {}
    for number, row in zip(numbers, told, strict=True):
        student = {"name": row.pop("name"), "identity": row.pop("identity")}
        about = repr(sorted(row.items()))
        first.setdefault(about, number)
        found.setdefault(about, row | {"studentList": []})["studentList"].append(student)
    return ReportFile(list(found.values()), [], sheet, list(first.values()))


def _sitting(row: dict) -> dict:
    """One row per sitting: the rest of the item is the list with this one."""
    return {
        "classCode": row.pop("classCode"),
        "identity": row.pop("identity"),
        "loginList": [row],
    }
