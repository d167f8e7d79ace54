"""What a visitor has on the way as Excel: applications, plans, rooms, exams, questions, the own attendance."""

from collections.abc import Iterable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from peibu.examining.papers import answer_text
from peibu.papers.office_tables import Column
from peibu.theme.exports import day_of, excel

ARCHIVE_STATES = {"archived": "已归档", "late": "超期未归档", "waiting": "待归档"}
CALL_STATES = {"open": "征集中", "coming": "未开始", "closed": "已截止"}
PRESENCE = {
    "present": "已签到", "made_up": "已补课", "on_leave": "已准假", "absent": "未签到", "open": "待签到",
    "running": "上课中", "coming": "未开始",
}  # fmt: skip


def applications(request: HttpRequest, rows: Iterable) -> HttpResponse:
    """A unit's applications: (application, state)."""
    columns = [
        Column("业务编号", width=20), Column("征集", width=40), Column("申报名称", width=28), Column("牵头部门", width=28),
        Column("状态"), Column("办理期限", "date"),
    ]  # fmt: skip
    return excel(request, "征集申请一览表", columns, rows, lambda told: [
        told[0].case.number, told[0].call.title, told[0].name, told[0].call.bureau.name, told[1].label,
        told[0].case.due_on,
    ])  # fmt: skip


def calls(request: HttpRequest, rows: Iterable) -> HttpResponse:
    """Public calls: (call, state)."""
    columns = [
        Column("征集编号", width=22), Column("标题", width=44), Column("牵头部门", width=30), Column("开始日期", "date"),
        Column("截止日期", "date"), Column("状态"),
    ]  # fmt: skip
    return excel(request, "征集公告一览表", columns, rows, lambda told: [
        told[0].number, told[0].title, told[0].bureau.name, told[0].opens_on, told[0].closes_on, CALL_STATES[told[1]],
    ])  # fmt: skip


def agreements(request: HttpRequest, rows: Iterable) -> HttpResponse:
    """Agreements on entrusted training."""
    columns = [
        Column("协议编号", width=20), Column("委托企业", width=32), Column("受托单位", width=32),
        Column("生效日期", "date"), Column("截止日期", "date"), Column("补贴付给"), Column("状态", width=18),
    ]  # fmt: skip

    def cells(row) -> list:
        state = "双方已确认" if row.accepted_at else "已撤回或退回" if row.closed_at else "待受托单位确认"
        parties = [row.number, row.enterprise.name, row.provider.name]
        return [*parties, row.valid.lower, row.last_day, row.get_payee_display(), state]

    return excel(request, "委托培训协议一览表", columns, rows, cells)


def archive(request: HttpRequest, rows: Iterable) -> HttpResponse:
    """A provider's certified classes."""
    columns = [
        Column("班次", width=34), Column("结业日期", "date"), Column("发证日期", "date"), Column("状态"),
        Column("保存至", "date"),
    ]  # fmt: skip
    return excel(request, "班次档案一览表", columns, rows, lambda row: [
        row.cohort.name, row.cohort.ends_on, row.certified_on, ARCHIVE_STATES[row.state],
        row.package and row.package.retained_until,
    ])  # fmt: skip


def certificate_batches(request: HttpRequest, rows: Iterable) -> HttpResponse:
    """Examined classes with their numbers: (class, batch or None, state or None)."""
    columns = [
        Column("班次", width=34), Column("结业日期", "date"), Column("起始编号", width=26), Column("截止编号", width=12),
        Column("证书数", "count"), Column("状态"),
    ]  # fmt: skip

    def cells(told) -> list:
        cohort, batch, state = told
        given = batch is not None and batch.first is not None
        numbers = [f"{batch.series}-{batch.first}", str(batch.last), batch.last - batch.first + 1] if given else []
        return [cohort.name, cohort.ends_on, *(numbers or ["", "", 0]), state.label if state else "待上报"]

    return excel(request, "结业证书批次一览表", columns, rows, cells)


def exams(request: HttpRequest, rows: Iterable) -> HttpResponse:
    """Classes and their exams: (class, exam or None, state or None)."""
    columns = [
        Column("班次", width=34), Column("开班日期", "date"), Column("结业日期", "date"), Column("考试时间", width=18),
        Column("考场", width=22), Column("状态"),
    ]  # fmt: skip

    def cells(told) -> list:
        cohort, exam, state = told
        when = timezone.localtime(exam.held_from).strftime("%Y-%m-%d %H:%M") if exam and exam.held_from else ""
        word = "未建立" if exam is None else "成绩已封存" if exam.sealed_at else state.label
        return [cohort.name, cohort.opens_on, cohort.ends_on, when, exam and exam.place, word]

    return excel(request, "结业考核一览表", columns, rows, cells)


def venues(request: HttpRequest, rows: Iterable) -> HttpResponse:
    """A line a room; a venue without rooms stands alone."""
    columns = [
        Column("培训场所", width=26), Column("详细地址", width=40), Column("教室", width=18),
        Column("可容纳人数", "count"), Column("核对位置", width=16),
    ]  # fmt: skip

    def lines(venue) -> list[list]:
        fence = f"半径 {venue.radius_m} 米" if venue.radius_m else "不核对"
        rooms = [(room.name, room.seats) for room in venue.rooms.all()] or [("", None)]
        return [[venue.name, venue.address, name, seats, fence] for name, seats in rooms]

    return excel(request, "培训场所一览表", columns, [line for venue in rows for line in lines(venue)], list)


def plans(request: HttpRequest, rows: Iterable) -> HttpResponse:
    """A provider's training plans with their signatures."""
    columns = [
        Column("培训项目", width=36), Column("版本", "count", summed=False), Column("课时", "count", summed=False),
        Column("培训人数", "count"), Column("收费（元/人）", "money", summed=False), Column("实训基地", width=36),
        Column("编写日期", "date"), Column("签署日期", "date"),
    ]  # fmt: skip

    def cells(plan) -> list:
        bases = "、".join(f"{b.unit.name}（{'已会签' if b.signed_at else '待会签'}）" for b in plan.bases.all())
        return [plan.project_name or "未命名方案", plan.version, plan.class_hours, plan.headcount, plan.fee_fen, bases,
                day_of(plan.created_at), day_of(plan.signed_at)]  # fmt: skip

    return excel(request, "培训方案一览表", columns, rows, cells)


def named_plans(request: HttpRequest, rows: Iterable) -> HttpResponse:
    """Plans that name a base: (plan, its signature)."""
    columns = [
        Column("培训项目", width=36), Column("承接单位", width=32), Column("版本", "count", summed=False),
        Column("会签日期", "date"), Column("状态"),
    ]  # fmt: skip
    return excel(request, "会签方案一览表", columns, rows, lambda told: [
        told[0].project_name, told[0].provider.name, told[0].version, day_of(told[1].signed_at),
        "已会签" if told[1].signed_at else "待会签",
    ])  # fmt: skip


def questions(request: HttpRequest, rows: Iterable) -> HttpResponse:
    """The bank's questions as filtered."""
    columns = [
        Column("题型"), Column("题干", width=50), Column("选项", width=40), Column("答案", width=20), Column("分值", width=8),
        Column("知识点", width=18), Column("难度", width=8), Column("版本", "count", summed=False),
    ]  # fmt: skip
    return excel(request, "题库一览表", columns, rows, lambda row: [
        row.get_kind_display(), row.stem, "；".join(map(str, row.options or ())), answer_text(row),
        f"{row.points.normalize():f}", row.topic, row.get_difficulty_display(), row.number,
    ])  # fmt: skip


def own_attendance(request: HttpRequest, classes: Iterable[dict]) -> HttpResponse:
    """A trainee's sessions of all classes and what became of each."""
    columns = [
        Column("班次", width=30), Column("日期", "date"), Column("时间", width=14), Column("课程", width=28),
        Column("地点", width=22), Column("课时", width=8, align="right"), Column("签到时间", width=20), Column("方式"),
        Column("状态"),
    ]  # fmt: skip

    def cells(told) -> list:
        cohort, own = told
        start, end = timezone.localtime(own.session.starts_at), timezone.localtime(own.session.ends_at)
        seen = own.attendance
        signed = timezone.localtime(seen.signed_at).strftime("%Y-%m-%d %H:%M:%S") if seen and seen.signed_at else ""
        return [cohort.name, start.date(), f"{start:%H:%M}–{end:%H:%M}", own.session.subject, own.session.place,
                str(own.session.class_hours), signed, seen and seen.get_method_display(),
                PRESENCE.get(own.state, own.state)]  # fmt: skip

    rows = [(told["cohort"], own) for told in classes for own in told["sessions"]]
    return excel(request, "本人考勤记录表", columns, rows, cells)


def recoveries(request: HttpRequest, rows: Iterable) -> HttpResponse:
    """What a party is asked to give back: (recovery, state)."""
    columns = [
        Column("业务编号", width=20), Column("原申领", width=20), Column("班次", width=32), Column("性质"),
        Column("应追回（元）", "money"), Column("已追回（元）", "money"), Column("状态", width=20), Column("期限", "date"),
    ]  # fmt: skip
    return excel(request, "补贴追回一览表", columns, rows, lambda told: [
        told[0].case.number, told[0].claim.case.number, told[0].claim.cohort.name, told[0].get_nature_display(),
        told[0].owed_fen, told[0].back_fen, told[1].label, told[0].case.due_on,
    ])  # fmt: skip
