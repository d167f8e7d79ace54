"""The lists of online learning as Excel."""

from collections.abc import Sequence
from decimal import Decimal

from django.http import HttpRequest, HttpResponse

from peibu.learning.enums import Grade
from peibu.learning.hours.facts import TRACES
from peibu.learning.queries.timeline import DayRow
from peibu.papers.office_tables import Column
from peibu.rulebook import Policy
from peibu.theme.exports import day_of, excel

HOUR = Decimal(3600)


def trace_words(policy: Policy | None, codes: Sequence[str], *, english: bool = False) -> list[str]:
    """Names of traces as the policy calls them."""
    listed = policy.codes.get("learning_traces") if policy else None
    items = {} if listed is None else listed.items_en if english else listed.items
    return [items.get(code, code) for code in TRACES if code in codes]


def classes(request: HttpRequest, lines: Sequence[tuple]) -> HttpResponse:
    """Online classes with their figures: (class, platform's name, figures)."""
    columns = [
        Column("平台", width=28), Column("班级", width=34), Column("开班日期", "date"), Column("学员数", "count"),
        Column("计入学习时间（小时）", "count"), Column("待查看信号", "count"), Column("最近收到", "date"),
    ]  # fmt: skip
    return excel(request, "线上班级学习情况一览表", columns, lines, lambda line: [
        line[1], line[0].title or line[0].course, line[0].begins_on, line[2].learners,
        int(line[2].seconds / HOUR), line[2].signals, day_of(line[2].last),
    ])  # fmt: skip


def learners(request: HttpRequest, title: str, lines: Sequence[dict], policy: Policy | None) -> HttpResponse:
    """Learners of a class with hours, what is missing, and signals."""
    columns = [
        Column("学员", width=16), Column("计入时间（分钟）", "count"), Column("折算课时", "count"), Column("考试"),
        Column("缺少的记录", width=26), Column("待查看信号", "count"),
    ]  # fmt: skip
    return excel(request, f"{title}学员学习情况表", columns, lines, lambda line: [
        line["name"], int(line["learned"].seconds / 60), line["learned"].hours or 0,
        {True: "合格", False: "不合格", None: "未考试"}[line["learned"].passed],
        "、".join(trace_words(policy, line["learned"].missing)), line["open"],
    ])  # fmt: skip


def timeline(request: HttpRequest, name: str, days: Sequence[DayRow], painter) -> HttpResponse:
    """One learner's stretches and marks, a row each, with the statements they rest on."""
    columns = [
        Column("日期", "date"), Column("开始"), Column("结束"), Column("内容", width=30), Column("班级", width=30),
        Column("证据"), Column("计入（分钟）", "count"), Column("重叠（分钟）", "count"), Column("起始记录编号", width=38),
        Column("终止记录编号", width=38),
    ]  # fmt: skip
    rows = []
    for day in days:
        for bar in day.bars:
            row = bar.row
            rows.append([
                day.day, f"{bar.begins:%H:%M:%S}", f"{bar.ends:%H:%M:%S}", "学习", painter.name(row.tenant, row.course),
                Grade(row.grade).label, int(row.seconds / 60), int(row.lost / 60), row.first_id, row.last_id,
            ])  # fmt: skip
        for mark in day.marks:
            rows.append([
                day.day, painter.mark(mark).words[:5], "", painter.mark(mark).words[6:],
                painter.name(mark.tenant, mark.course), "", 0, 0, mark.id, "",
            ])  # fmt: skip
    return excel(request, f"{name}线上学习时间表", columns, rows, lambda row: row)
