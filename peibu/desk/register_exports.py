"""Objections, re-checks, registers and decisions as Excel: each function takes the rows its page shows, all of them."""

from collections.abc import Iterable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from peibu.accreditation.enums import ExpertField
from peibu.casework.models import CaseEvent
from peibu.claims.enums import RecheckCause
from peibu.claims.models import Override
from peibu.claims.overrides import EXPIRED, state_on
from peibu.kernel.identity import mask_account
from peibu.papers.office_tables import Column
from peibu.theme.exports import day_of, excel

ARCHIVE_STATES = {"archived": "已归档", "late": "超期未归档", "waiting": "待归档"}


def _minute(moment) -> str:
    return timezone.localtime(moment).strftime("%Y-%m-%d %H:%M") if moment else ""


def objections(request: HttpRequest, rows: Iterable) -> HttpResponse:
    """Who objected stays on the case; here is what about, since when and with what result."""
    columns = [
        Column("受理编号", width=22), Column("公示编号", width=22), Column("针对", width=24), Column("提出日期", "date"),
        Column("结果"), Column("处理意见", width=36), Column("办理期限", "date"), Column("办结日期", "date"),
    ]  # fmt: skip

    def cells(row) -> list:
        about = f"序号 {row.line.position} {row.line.columns.get('name', '')}" if row.line else "整个公示"
        return [row.number, row.notice.number, about, day_of(row.raised_at), row.get_state_display(), row.answer,
                row.case and row.case.due_on, day_of(row.decided_at)]  # fmt: skip

    return excel(request, "异议处理一览表", columns, rows, cells)


def rechecks(request: HttpRequest, rows: Iterable) -> HttpResponse:
    """What later evidence would change, in money where both sides are known."""
    columns = [
        Column("姓名", width=12), Column("业务编号", width=20), Column("企业", width=28), Column("差异", width=40),
        Column("差额（元）", "money"), Column("起因", width=20), Column("发现日期", "date"), Column("状态"),
        Column("处理结果"), Column("理由", width=30),
    ]  # fmt: skip
    return excel(request, "结论复核一览表", columns, rows, lambda row: [
        row.line.name, row.line.claim.case.number, row.line.claim.claimant_name, row.sentence, row.delta_fen,
        "、".join(str(RecheckCause(code).label) for code in row.causes), day_of(row.found_at), row.get_state_display(),
        row.get_settlement_display(), row.reason,
    ])  # fmt: skip


def overrides(request: HttpRequest, rows: Iterable) -> HttpResponse:
    """Exceptions to limits 'in principle': for whom, why, who agreed, until when."""
    columns = [
        Column("姓名", width=12), Column("业务编号", width=20), Column("申领人", width=28), Column("条款", width=14),
        Column("条件", width=30), Column("例外理由", width=40), Column("有效期至", "date"), Column("提出人", width=12),
        Column("提出日期", "date"), Column("状态"), Column("确认人", width=12), Column("确认意见", width=30),
        Column("撤销理由", width=30),
    ]  # fmt: skip
    return excel(request, "例外一览表", columns, rows, lambda row: [
        row.line.name, row.line.claim.case.number, row.line.claim.claimant_name, row.clause, row.title, row.reason,
        row.expires_on, row.proposed_by.name, day_of(row.proposed_at), _state_of(row, request),
        row.judged_by.name if row.judged_by else "", row.judged_words, row.revoked_why,
    ])  # fmt: skip


def _state_of(row: Override, request: HttpRequest) -> str:
    state = state_on(row, request.today)
    return "已到期" if state == EXPIRED else row.get_state_display()


def archive(request: HttpRequest, rows: Iterable) -> HttpResponse:
    """Certified classes and their archive packages."""
    columns = [
        Column("班次", width=30), Column("承接单位", width=30), Column("区（市）"), Column("发证日期", "date"),
        Column("状态"), Column("保存至", "date"),
    ]  # fmt: skip
    return excel(request, "班次档案一览表", columns, rows, lambda row: [
        row.cohort.name, row.cohort.provider.name, row.cohort.division.name, row.certified_on,
        ARCHIVE_STATES[row.state], row.package and row.package.retained_until,
    ])  # fmt: skip


def credits_of(request: HttpRequest, rows: Iterable) -> HttpResponse:
    """Providers with what their classes said of them."""
    columns = [
        Column("承接单位", width=34), Column("平均满意度", align="right"), Column("班次", "count"),
        Column("评价份数", "count"), Column("待查看线索", "count"), Column("认定弄虚作假", "count"),
    ]  # fmt: skip
    return excel(request, "承接单位信用一览表", columns, rows, lambda row: [
        row.unit.name, row.mean, row.classes, row.answers, row.open_findings, row.frauds,
    ])  # fmt: skip


def deeds(request: HttpRequest, rows: Iterable) -> HttpResponse:
    """Who did what to which case."""
    columns = [
        Column("时间", width=18), Column("经办人", width=12), Column("动作"), Column("业务编号", width=20),
        Column("事项", width=34), Column("理由", width=30), Column("规则版本", width=16),
    ]  # fmt: skip

    def cells(step: CaseEvent) -> list:
        return [_minute(step.at), step.actor_name, step.label, step.case.number, step.case.subject, step.reason,
                step.rule_version[:12]]  # fmt: skip

    return excel(request, "办理动作一览表", columns, rows, cells)


def account_changes(request: HttpRequest, rows: Iterable) -> HttpResponse:
    """Changed accounts, masked as on the page."""
    columns = [
        Column("收款单位", width=32), Column("开户银行", width=28), Column("新账户", width=22), Column("原因", width=30),
        Column("申请人", width=12), Column("申请日期", "date"), Column("冷静期截止", "date"), Column("状态"),
    ]  # fmt: skip
    return excel(request, "收款账户变更一览表", columns, rows, lambda row: [
        row.unit.name, row.bank_name, mask_account(row.number), row.reason, row.proposed_by.name,
        day_of(row.proposed_at), row.cooling_ends, row.get_state_display(),
    ])  # fmt: skip


def waiting_payments(request: HttpRequest, rows: Iterable) -> HttpResponse:
    """Decided claims that wait for their money."""
    columns = [
        Column("业务编号", width=20), Column("收款单位", width=32), Column("开户银行", width=28),
        Column("收款账户", width=22), Column("核定金额（元）", "money"), Column("办理期限", "date"),
    ]  # fmt: skip

    def cells(case) -> list:
        account = case.claim.account
        return [case.number, case.claim.enterprise.name, account and account.bank_name,
                account and mask_account(account.number), case.claim.approved_fen, case.due_on]  # fmt: skip

    return excel(request, "待拨付业务一览表", columns, rows, cells)


def records(request: HttpRequest, rows: Iterable) -> HttpResponse:
    """Facts an officer entered: (row, label, value)."""
    columns = [
        Column("事项", width=34), Column("对象"), Column("内容", width=24), Column("生效日期", "date"),
        Column("依据", width=36),
    ]  # fmt: skip
    return excel(request, "事项登记一览表", columns, rows, lambda told: [
        told[1], told[0].get_kind_display(), told[2], told[0].valid_from, told[0].source,
    ])  # fmt: skip


def held_certificates(request: HttpRequest, rows: Iterable) -> HttpResponse:
    """Certificates of other bodies, as looked up or last entered."""
    columns = [
        Column("姓名", width=12), Column("证书种类", width=20), Column("证书编号", width=26), Column("发证机构", width=30),
        Column("等级"), Column("职业（工种）", width=20), Column("发证日期", "date"), Column("有效期至", "date"),
        Column("依据", width=30), Column("状态"),
    ]  # fmt: skip
    return excel(request, "证书登记一览表", columns, rows, lambda row: [
        row.person.name, row.get_kind_display(), row.number, row.issuer, row.get_level_display() if row.level else "",
        row.occupation, row.issued_on, row.valid_until, row.source, "已撤回" if row.withdrawn_at else "有效登记",
    ])  # fmt: skip


def calls(request: HttpRequest, rows: Iterable) -> HttpResponse:
    """Calls with how many answered: (call, count, panel)."""
    columns = [
        Column("征集编号", width=22), Column("标题", width=44), Column("牵头部门", width=28), Column("开始日期", "date"),
        Column("截止日期", "date"), Column("已提交件数", "count"), Column("专家抽取"),
    ]  # fmt: skip
    return excel(request, "征集一览表", columns, rows, lambda told: [
        told[0].number, told[0].title, told[0].bureau.name, told[0].opens_on, told[0].closes_on, told[1],
        "已抽取" if told[2] and told[2].drawn_at else "未抽取",
    ])  # fmt: skip


def listings(request: HttpRequest, rows: Iterable) -> HttpResponse:
    """Listed units."""
    columns = [
        Column("单位名称", width=34), Column("名称", width=28), Column("类别"), Column("批次", width=10),
        Column("列入日期", "date"), Column("退出日期", "date"),
    ]  # fmt: skip
    return excel(request, "名单内单位一览表", columns, rows, lambda row: [
        row.unit.name, row.name, row.published.get_role_display(), row.published.batch, row.valid_from, row.valid_until,
    ])  # fmt: skip


def experts(request: HttpRequest, rows: Iterable) -> HttpResponse:
    """The library of experts."""
    columns = [
        Column("专家编号", width=16), Column("姓名", width=12), Column("职称", width=16), Column("专业", width=34),
        Column("所在单位", width=34), Column("入库日期", "date"), Column("出库日期", "date"),
    ]  # fmt: skip
    labels = dict(ExpertField.choices)
    return excel(request, "专家库一览表", columns, rows, lambda row: [
        row.number, row.name, row.title, "、".join(str(labels[code]) for code in row.fields),
        "、".join(one.unit.name for one in row.affiliations.all()), row.active_from, row.active_until,
    ])  # fmt: skip
