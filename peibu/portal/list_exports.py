"""The applicants' lists as Excel: each function takes the rows its page shows, which are the visitor's own."""

from collections.abc import Iterable

from django.http import HttpRequest, HttpResponse

from peibu.casework.queries import state_label
from peibu.papers.office_tables import Column
from peibu.theme.exports import day_of, excel


def signups(request: HttpRequest, rows: Iterable) -> HttpResponse:
    """An enterprise's sign-ups."""
    columns = [
        Column("建立日期", "date"), Column("承接单位", width=32), Column("名单人数", "count"), Column("已报名人数", "count"),
        Column("报名日期", "date"), Column("状态"),
    ]  # fmt: skip
    return excel(request, "培训报名一览表", columns, rows, lambda row: [
        day_of(row.created_at), row.provider and row.provider.name, row.people, row.sent, day_of(row.committed_at),
        row.get_state_display(),
    ])  # fmt: skip


def classes(request: HttpRequest, rows: Iterable) -> HttpResponse:
    """A provider's classes."""
    columns = [
        Column("班次", width=30), Column("开班日期", "date"), Column("结业日期", "date"), Column("地点", width=28),
        Column("学员数", "count"), Column("阶段"), Column("备案状态"),
    ]  # fmt: skip
    return excel(request, "培训班次一览表", columns, rows, lambda row: [
        row.name, row.opens_on, row.ends_on, row.venue, row.seats_taken, row.get_stage_display(),
        state_label(row.case, on=request.today, for_applicant=True).label,
    ])  # fmt: skip


def claims(request: HttpRequest, rows: Iterable) -> HttpResponse:
    """An enterprise's claims."""
    columns = [
        Column("业务编号", width=20), Column("培训班次", width=30), Column("申请金额（元）", "money"),
        Column("核定金额（元）", "money"), Column("状态"), Column("办理期限", "date"),
    ]  # fmt: skip
    return excel(request, "补贴申领一览表", columns, rows, lambda row: [
        row.case.number, row.about, row.amount_fen, row.approved_fen,
        state_label(row.case, on=request.today, for_applicant=True).label, row.case.due_on,
    ])  # fmt: skip


def certificates(request: HttpRequest, rows: Iterable) -> HttpResponse:
    """Certificates of an enterprise's people."""
    columns = [
        Column("姓名", width=12), Column("班次", width=30), Column("培训承接单位", width=30), Column("证书编号", width=24),
        Column("发证日期", "date"), Column("状态"),
    ]  # fmt: skip
    return excel(request, "职工结业证书一览表", columns, rows, lambda row: [
        row.enrolment.person.name, row.enrolment.cohort.name, row.enrolment.cohort.provider.name, row.serial,
        row.issued_on, "已作废" if getattr(row, "revocation", None) else "有效",
    ])  # fmt: skip


def notices(request: HttpRequest, rows: Iterable) -> HttpResponse:
    """Public notices with their period; the people stay on the notice itself."""
    columns = [
        Column("公示编号", width=22), Column("标题", width=44), Column("公示开始", "date"), Column("公示截止", "date"),
        Column("公示人数", "count", summed=False), Column("状态"),
    ]  # fmt: skip
    return excel(request, "公示公告一览表", columns, rows, lambda row: [
        row.number, row.title, day_of(row.opened_at), row.ends_on, row.lines.count(), row.get_state_display(),
    ])  # fmt: skip


def offers(request: HttpRequest, rows: Iterable[dict]) -> HttpResponse:
    """What may be chosen now."""
    columns = [
        Column("班次（方案）", width=32), Column("承接单位", width=30), Column("所在区（市）"), Column("开班日期", "date"),
        Column("结业日期", "date"), Column("地点", width=26), Column("收费（元/人）", "money", summed=False),
    ]  # fmt: skip
    return excel(request, "可报名培训班次一览表", columns, rows, lambda row: [
        row["name"], row["provider"], row["division"], row.get("opens_on"), row.get("ends_on"), row["venue"],
        row["fee_fen"],
    ])  # fmt: skip
