"""Online courses as lists, files and figures for the unit that gives them."""

from collections.abc import Sequence

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from peibu.accounts.models import Unit
from peibu.courses.models import Course, CourseQuestion
from peibu.courses.permissions import courses_of
from peibu.courses.queries.hours import milliseconds_of
from peibu.courses.queries.progress import Line
from peibu.kernel.identity import mask_id
from peibu.papers.office_tables import Column
from peibu.theme.exports import day_of, excel

STEPS = ((0, 0), (1, 25), (26, 50), (51, 75), (76, 99), (100, 100))  # percent, from and until


def own_courses(unit: Unit) -> list[dict]:
    """Each course with its newest edition, whole seconds of video and the number of learners."""
    rows = courses_of(unit).annotate(people=Count("registrations", distinct=True)).prefetch_related("editions")
    found = []
    for course in rows:
        edition = course.editions.all()[0]
        whole = edition.milliseconds if edition.milliseconds is not None else milliseconds_of(edition)
        found.append({"course": course, "edition": edition, "milliseconds": whole, "people": course.people})
    return found


def own_courses_excel(request: HttpRequest, rows: Sequence[dict]) -> HttpResponse:
    columns = [
        Column("课程名称", width=36), Column("开放对象", width=16), Column("版次", "count", summed=False), Column("状态"),
        Column("视频秒数", "count"), Column("申报课时", "count"), Column("学员人数", "count"),
    ]  # fmt: skip
    return excel(request, "线上课程一览表", columns, rows, lambda row: [
        row["course"].title, row["course"].get_audience_display(), row["edition"].number,
        row["edition"].get_state_display(), row["milliseconds"] // 1000, row["course"].stated_hours, row["people"],
    ])  # fmt: skip


def roster_excel(request: HttpRequest, course: Course, lines: Sequence[Line]) -> HttpResponse:
    columns = [
        Column("姓名", width=12), Column("身份号码", width=22), Column("报名日期", "date"),
        Column("完成项数", "count"), Column("总项数", "count"), Column("已看视频（秒）", "count"),
        Column("测验最高分"), Column("提问次数", "count"), Column("在线确认次数", "count"), Column("未应答次数", "count"),
        Column("学完日期", "date"),
    ]  # fmt: skip
    return excel(request, f"{course.title}学员学习情况表", columns, lines, lambda line: [
        line.registration.person.name, mask_id(line.registration.person.id_number),
        day_of(line.registration.registered_at), line.done, line.items, line.watched // 1000, line.best,
        line.questions, line.checks, line.missed, day_of(line.registration.completed_at),
    ])  # fmt: skip


def questions_excel(request: HttpRequest, course: Course, rows: Sequence[CourseQuestion]) -> HttpResponse:
    columns = [
        Column("学员", width=12), Column("课程内容", width=24), Column("问题", width=50), Column("提问日期", "date"),
        Column("答复", width=50),
    ]  # fmt: skip
    return excel(request, f"{course.title}答疑记录", columns, rows, lambda row: [
        row.registration.person.name, row.item.title, row.text, day_of(row.asked_at),
        "；".join(answer.text for answer in row.answers.all()),
    ])  # fmt: skip


def roster_kpis(lines: Sequence[Line]) -> list[dict]:
    done = sum(line.registration.completed_at is not None for line in lines)
    begun = sum(line.last_at is not None for line in lines)
    return [
        {"label": _("报名学员"), "value": len(lines), "unit": _("人")},
        {"label": _("已开始学习"), "value": begun, "unit": _("人")},
        {"label": _("已学完"), "value": done, "unit": _("人")},
        {"label": _("未应答在线确认"), "value": sum(line.missed for line in lines), "unit": _("次"), "tone": "due"},
    ]


def roster_chart(lines: Sequence[Line]) -> dict:
    """How many learners stand where, as bars."""
    words = [f"{low}%" if low == high else f"{low}–{high}%" for low, high in STEPS]
    counts = [sum(low <= line.percent <= high for line in lines) for low, high in STEPS]
    return {
        "grid": {"left": 8, "right": 8, "top": 24, "bottom": 8, "containLabel": True},
        "xAxis": {"type": "category", "data": words},
        "yAxis": {"type": "value", "minInterval": 1},
        "series": [{"type": "bar", "name": _("学员人数"), "data": counts, "label": {"show": True, "position": "top"}}],
    }
