"""The officers' lists as Excel: each function takes the rows its page shows, already in the officer's scope."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from peibu.casework.models import Case
from peibu.casework.queries import state_label
from peibu.claims.enums import LineState
from peibu.kernel.identity import mask_id
from peibu.papers.office_tables import Column
from peibu.theme.exports import day_of, excel
from peibu.training.models import Cohort, Enrolment
from peibu.training.queries.attendance import Rate
from peibu.training.queries.callbacks import Callbacks
from peibu.training.queries.exams import Candidate


def _state(request: HttpRequest, case: Case) -> str:
    return state_label(case, on=request.today, for_applicant=False).label


def tasks(request: HttpRequest, rows: Iterable) -> HttpResponse:
    """What is to do, with the day it is due."""
    columns = [
        Column("业务编号", width=20), Column("事项", width=34), Column("申请单位", width=28), Column("状态"),
        Column("收到日期", "date"), Column("办理期限", "date"),
    ]  # fmt: skip
    return excel(request, "待办事项一览表", columns, rows, lambda row: [
        row.case.number, row.case.subject, row.case.applicant_name, _state(request, row.case),
        day_of(row.opened_at), row.due_on,
    ])  # fmt: skip


def cases(request: HttpRequest, rows: Iterable) -> HttpResponse:
    """Cases of every process."""
    columns = [
        Column("业务编号", width=20), Column("事项", width=34), Column("申请单位", width=28), Column("状态"),
        Column("收件日期", "date"), Column("办理期限", "date"), Column("办结日期", "date"),
    ]  # fmt: skip
    return excel(request, "业务一览表", columns, rows, lambda row: [
        row.number, row.subject, row.applicant_name, _state(request, row), day_of(row.opened_at),
        row.due_on, day_of(row.closed_at),
    ])  # fmt: skip


def claims(request: HttpRequest, rows: Iterable) -> HttpResponse:
    """Claims with people and money."""
    columns = [
        Column("业务编号", width=20), Column("企业", width=30), Column("班次", width=26), Column("申报人数", "count"),
        Column("拟补贴人数", "count"), Column("申请金额（元）", "money"), Column("状态"), Column("办理期限", "date"),
    ]  # fmt: skip

    def cells(row) -> list:
        lines = list(row.lines.all())
        paid = sum(line.state in (LineState.INCLUDED, LineState.PAID) for line in lines)
        return [row.case.number, row.claimant_name, row.about, len(lines), paid, row.amount_fen,
                _state(request, row.case), row.case.due_on]  # fmt: skip

    return excel(request, "补贴申领一览表", columns, rows, cells)


def overdue(request: HttpRequest, rows: Iterable[Mapping]) -> HttpResponse:
    """Claims that are late or fall due, with whose turn it is."""
    columns = [
        Column("业务编号", width=20), Column("申领人", width=30), Column("状态"), Column("受理机构", width=28),
        Column("办理岗位", width=20), Column("办理期限", "date"), Column("超期工作日", "count"),
    ]  # fmt: skip
    return excel(request, "补贴申领超期情况一览表", columns, rows, lambda row: [
        row["claim"].case.number, row["claim"].claimant_name, _state(request, row["claim"].case),
        row["claim"].case.agency.name, str(row["role"]), row["claim"].case.due_on, row["late"],
    ])  # fmt: skip


def exams(request: HttpRequest, rows: Iterable) -> HttpResponse:
    """Exams with when and where."""
    columns = [
        Column("班次", width=28), Column("培训承接单位", width=30), Column("考试时间", width=18), Column("考场", width=20),
        Column("监考人", width=18), Column("状态"),
    ]  # fmt: skip

    def cells(row) -> list:
        held = timezone.localtime(row.held_from).strftime("%Y-%m-%d %H:%M") if row.held_from else ""
        watching = "、".join(one.name for one in row.supervisors.all())
        return [row.cohort.name, row.cohort.provider.name, held, row.place, watching, _state(request, row.case)]

    return excel(request, "考核一览表", columns, rows, cells)


def certificate_batches(request: HttpRequest, rows: Iterable) -> HttpResponse:
    """Batches of certificates with their numbers."""
    columns = [
        Column("班次", width=28), Column("培训承接单位", width=30), Column("起始编号", width=22), Column("截止编号", width=22),
        Column("证书数", "count"), Column("状态"),
    ]  # fmt: skip

    def cells(row) -> list:
        first, last = (f"{row.series}-{row.first}", f"{row.series}-{row.last}") if row.first else ("", "")
        given = row.last - row.first + 1 if row.first else 0
        return [row.cohort.name, row.cohort.provider.name, first, last, given, _state(request, row.case)]

    return excel(request, "证书批次一览表", columns, rows, cells)


def payment_batches(request: HttpRequest, rows: Iterable) -> HttpResponse:
    """Batches for the bank."""
    columns = [
        Column("批次号", width=22), Column("拨付单位", width=30), Column("笔数", "count"), Column("金额（元）", "money"),
        Column("状态"), Column("生成日期", "date"), Column("放行日期", "date"),
    ]  # fmt: skip
    return excel(request, "拨付批次一览表", columns, rows, lambda row: [
        row.number, row.agency.name, row.count, row.total_fen, row.get_state_display(), day_of(row.prepared_at),
        day_of(row.released_at),
    ])  # fmt: skip


def notices(request: HttpRequest, rows: Iterable) -> HttpResponse:
    """Public notices with their period; the people stay on the notice itself."""
    columns = [
        Column("公示编号", width=22), Column("标题", width=40), Column("发布单位", width=30), Column("公示开始", "date"),
        Column("公示截止", "date"), Column("公示人数", "count"), Column("状态"),
    ]  # fmt: skip
    return excel(request, "公示一览表", columns, rows, lambda row: [
        row.number, row.title, row.agency.name, day_of(row.opened_at), row.ends_on, row.lines.count(),
        row.get_state_display(),
    ])  # fmt: skip


def findings(request: HttpRequest, rows: Iterable) -> HttpResponse:
    """Findings and how they ended."""
    columns = [
        Column("线索", width=24), Column("所在区（市）"), Column("发现日期", "date"), Column("状态"), Column("核查情况", width=44),
    ]  # fmt: skip
    return excel(request, "风险线索一览表", columns, rows, lambda row: [
        row.title, row.division.name, day_of(row.found_at), row.get_state_display(), row.conclusion,
    ])  # fmt: skip


def callbacks(request: HttpRequest, rows: Iterable[Cohort], figures: Mapping[UUID, Callbacks]) -> HttpResponse:
    """Classes with what their call-backs gave; no people and no answers of a single person."""
    columns = [
        Column("班次", width=28), Column("培训承接单位", width=30), Column("应回访人数", "count"), Column("接通人数", "count"),
        Column("未接通", "count"), Column("号码有误", "count"), Column("待回访", "count"), Column("需了解", "count"),
    ]  # fmt: skip

    def cells(row: Cohort) -> list:
        own = figures[row.pk]
        return [row.name, row.provider.name, own.wanted, own.reached, own.not_reached, own.wrong_number, own.open,
                own.concerns]  # fmt: skip

    return excel(request, "电话回访一览表", columns, rows, cells)


def class_people(request: HttpRequest, cohort: Cohort, rows: Iterable[tuple[Enrolment, Rate]]) -> HttpResponse:
    """The people of a class with their attendance; identity numbers masked as on the page."""
    columns = [
        Column("姓名", width=12), Column("公民身份号码", width=22), Column("所在企业", width=32), Column("应到次数", "count"),
        Column("实到次数", "count"), Column("到课率", "percent"),
    ]  # fmt: skip

    def cells(row: tuple[Enrolment, Rate]) -> list:
        person, rate = row[0].person, row[1]
        share = Decimal(rate.present) / rate.due if rate.due else None
        return [person.name, mask_id(person.id_number), row[0].enterprise.name, rate.due, rate.present, share]

    return excel(request, f"{cohort.name}学员到课一览表", columns, rows, cells)


def scores(request: HttpRequest, cohort: Cohort, rows: Iterable[Candidate]) -> HttpResponse:
    """The sealed scores of an exam."""
    columns = [Column("姓名", width=12), Column("所在企业", width=34), Column("成绩", align="right"), Column("备注")]
    return excel(request, f"{cohort.name}考核成绩表", columns, rows, lambda row: [
        row.enrolment.person.name, row.enrolment.enterprise.name, row.points, "缺考" if row.absent else "",
    ])  # fmt: skip


def budget(request: HttpRequest, scope, rows: Iterable) -> HttpResponse:
    """How a fund's year was used, item by item, at the end of a day."""
    columns = [
        Column("列支项目", width=36), Column("依据条款", width=14), Column("已占用（元）", "money"), Column("已支付（元）", "money"),
        Column("合计使用（元）", "money"), Column("已追回（元）", "money"), Column("占比", "percent"),
    ]  # fmt: skip
    return excel(request, f"{scope.fund.name}{scope.told}执行情况表", columns, rows, lambda row: [
        row.of.name, row.of.clause, row.figures.committed, row.figures.paid, row.used, row.figures.recovered, row.share,
    ])  # fmt: skip


def ledger_entries(request: HttpRequest, scope, rows: Iterable) -> HttpResponse:
    """The book of a fund, entry by entry."""
    columns = [
        Column("记账日期", "date"), Column("类别"), Column("摘要", width=40), Column("文号", width=20), Column("列支项目", width=30),
        Column("区（市）"), Column("金额（元）", "money", summed=False), Column("经办"),
    ]  # fmt: skip
    return excel(request, f"{scope.fund.name}{scope.told}明细账", columns, rows, lambda row: [
        row.on, row.get_kind_display(), row.memo, row.document_number, row.commitment and row.commitment.item.name,
        row.commitment and row.commitment.division.name, row.amount_fen, row.booked_by and row.booked_by.name,
    ])  # fmt: skip


def recoveries(request: HttpRequest, rows: Iterable) -> HttpResponse:
    """The register of recoveries: what was asked for, what came back, error and fraud told apart."""
    columns = [
        Column("业务编号", width=20), Column("当事人", width=30), Column("原申领", width=20), Column("起因"),
        Column("性质"), Column("定性理由", width=36), Column("应追回（元）", "money"), Column("已追回（元）", "money"),
        Column("状态", width=16), Column("发起日期", "date"), Column("期限", "date"),
    ]  # fmt: skip
    return excel(request, "补贴追回台账", columns, rows, lambda row: [
        row.case.number, row.claim.enterprise.name, row.claim.case.number, row.get_ground_display(),
        row.get_nature_display(), row.nature_reason, row.owed_fen, row.back_fen, _state(request, row.case),
        day_of(row.opened_at), row.case.due_on,
    ])  # fmt: skip
