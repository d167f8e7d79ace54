"""Score sheets as Excel: the template with the class's names, and reading one back with every error at once."""

import dataclasses
from decimal import Decimal, InvalidOperation

from django.utils import timezone

from peibu import intake
from peibu.kernel.errors import Problem
from peibu.kernel.identity import mask_id
from peibu.papers.office_tables import Column, OfficeTable, office_table
from peibu.training.models import Exam
from peibu.training.queries.exams import Candidate, candidates

TITLE = "结业考核成绩表"
NUMBER, NAME, POINTS, ABSENT = "考号", "姓名", "成绩", "缺考"
LONGEST_NAME = 60


def score_template(exam: Exam) -> bytes:
    """The sheet to fill in: one line per candidate, with what has been entered so far."""
    rows = [
        (
            str(row.number),
            row.enrolment.person.name,
            mask_id(row.enrolment.person.id_number),
            row.enrolment.enterprise.name,
            "" if row.points is None else f"{row.points:f}",
            "是" if row.absent else "",
        )
        for row in candidates(exam)
    ]
    held = timezone.localtime(exam.held_from)
    columns = (
        Column(NUMBER, width=8, align="center"),
        Column(NAME, width=12, align="center"),
        Column("身份证号码", width=22, align="center"),
        Column("所在企业", width=34, align="left"),
        Column(POINTS, width=10, align="center"),
        Column(ABSENT, width=8, align="center"),
    )
    return office_table(
        OfficeTable(
            title=f"{exam.cohort.name}{TITLE}",
            columns=columns,
            rows=rows,
            subtitle=(f"考试时间：{held:%Y-%m-%d %H:%M}", f"考场：{exam.place}"),
            notes=("说明：成绩填0至100，最多一位小数；缺考的在“缺考”栏填“是”，成绩留空。考号和姓名请勿改动。",),
            sign_off=("填表人：", "复核人："),
            totals=False,
            dated=held.date(),
        )
    )


def _spec() -> intake.TableSpec:
    return intake.TableSpec(
        title=TITLE,
        columns=[
            intake.Column(name="number", label=NUMBER, kind="int", unique=True),
            intake.Column(name="name", label=NAME, kind="text", max_length=LONGEST_NAME),
            intake.Column(name="points", label=POINTS, aliases=("分数", "得分"), kind="text", required=False),
            intake.Column(name="absent", label=ABSENT, aliases=("是否缺考",), kind="bool", required=False),
        ],
    )


@dataclasses.dataclass(frozen=True)
class ScoreSheet:
    """Marks by candidate number (None = absent); with problems nothing is to be used."""

    marks: dict[int, Decimal | None]
    problems: list[Problem]


def read_score_sheet(exam: Exam, name: str, content: bytes, *, full: int) -> ScoreSheet:
    """Read an uploaded sheet against the class: every line, every error, nothing saved."""
    table = intake.read_table(name, content, _spec())
    marks: dict[int, Decimal | None] = {}
    problems = list(table.problems)
    known = {row.number: row for row in candidates(exam)}
    seen = set()
    for line, row in zip(table.rows, table.row_numbers, strict=True):
        number = line.get("number")
        seen.add(number)
        found = _line_problems(known.get(number), line, full)
        problems += [Problem(table.sheet, row, column, what, why, todo, value=value)
                     for column, what, why, todo, value in found]  # fmt: skip
        if not found and number in known:
            marks[number] = None if line.get("absent") else Decimal(line["points"])
    if table.rows:
        problems += [
            Problem(table.sheet, None, NUMBER, f"缺少考号{number}（{row.enrolment.person.name}）", "", "请补上这一行")
            for number, row in known.items()
            if number not in seen and not _row_failed(table, number)
        ]
    return ScoreSheet(marks if not problems else {}, problems)


def _row_failed(table: intake.TableResult, number: int) -> bool:
    """Was the line of this number read with an error of its own? Then it is not missing."""
    return any(told.get(NUMBER, "").split(".")[0] == str(number) for told in table.originals.values())


def _line_problems(candidate: Candidate | None, line: dict, full: int) -> list[tuple[str, str, str, str, str]]:
    """(column, what, why, what to do, value) of one line."""
    if candidate is None:
        if line.get("number") is None:
            return []  # already told by the reader
        value = str(line["number"])
        return [(NUMBER, f"本班没有考号{value}", "考号与班级名单不符", "请使用下载的模板填写", value)]
    found = []
    name = line.get("name")
    if name is not None and name != candidate.enrolment.person.name:
        told = candidate.enrolment.person.name
        found.append((NAME, f"考号{candidate.number}应为{told}", "姓名与考号不符", "请核对后改正考号或姓名", name))
    return found + _points_problems(line.get("points"), bool(line.get("absent")), full)


def _points_problems(text: str | None, absent: bool, full: int) -> list[tuple[str, str, str, str, str]]:
    if absent:
        both = (POINTS, "既填了成绩又填了缺考", "两者只能有一个", "请删去成绩或缺考", str(text))
        return [both] if text else []
    if not text:
        return [(POINTS, "没有成绩", "也没有标明缺考", "请填写成绩，缺考的在“缺考”栏填“是”", "")]
    why = points_problem(text, full)
    return [(POINTS, f"成绩“{text[:20]}”不能使用", why, "请核对答卷后重新填写", text)] if why else []


def points_problem(text: str, full: int) -> str:
    """Why a typed score cannot be taken; empty when it can."""
    try:
        points = Decimal(text.strip())
    except InvalidOperation:
        return "不是数字"
    if not points.is_finite() or not 0 <= points <= full:
        return f"不在0至{full}分之间"
    return "超过一位小数" if points % Decimal("0.1") else ""
