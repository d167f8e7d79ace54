"""The bank's record of a day is kept as it came, then compared with our book line by line, in the job queue."""

import datetime as dt
import hashlib

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from procrastinate.exceptions import AlreadyEnqueued

from peibu.accounts.actor import SYSTEM, Actor
from peibu.accounts.enums import Role
from peibu.accounts.models import Unit
from peibu.casework import progress
from peibu.casework.actions import keep_document
from peibu.casework.refusals import refusing
from peibu.gateways.bank import BankFileRefused, problem
from peibu.gateways.bank.statements import StatementFile, statement_format
from peibu.intake import inspect_upload
from peibu.kernel.errors import Refused
from peibu.kernel.money import yuan
from peibu.payments.channels import terms_of
from peibu.payments.enums import RunState
from peibu.payments.models import Difference, Reconciliation, Statement, StatementLine
from peibu.payments.reconciling import Outcome, compare


def import_statement(*, agency: Unit, name: str, content: bytes, by: Actor, at: dt.datetime) -> Statement:
    """Keep the bank's statement of a day. The same file again gives back what stands.

    Refused with every problem: unreadable, unbalanced, another account, a day to come, an opening balance that is not the
    closing balance before, another file for a day that stands.
    """
    _may(by, agency)
    terms = terms_of(agency)
    layout = statement_format(terms.statement_format)
    verdict = inspect_upload(name, content, allow=(layout.kind,))
    if verdict.problems:
        raise BankFileRefused("对账单不能接收，没有保存任何内容", verdict.problems)
    told = layout.read(content)
    with refusing():
        row = Unit.objects.select_for_update().get(pk=agency.pk)
        standing = Statement.objects.filter(agency=row, on=told.on).select_related("document").first()
        if standing is not None and standing.document.sha256 == hashlib.sha256(content).hexdigest():
            return standing
        _check(row, told, terms.payer_account, standing, timezone.localdate(at))
        return _keep(row, told, name or f"{told.on:%Y%m%d}-对账单", layout.ending, content, by, at)


def _check(agency: Unit, told: StatementFile, account: str, standing: Statement | None, today: dt.date) -> None:
    found = []
    if account and told.account != account:
        found.append(
            problem("不是本机构的付款账户", "账号与银行通道设置不同", "核对是否选错了对账单", row=1, column="账号")
        )
    if told.on > today:
        found.append(problem("日期在今天之后", f"今天是{today:%Y-%m-%d}", "核对对账单日期", row=1, column="日期"))
    if standing is not None:
        why = "该日已有一份内容不同的对账单"
        found.append(problem("同一天有两份对账单", why, "请银行说明哪一份有效", row=1, column="日期"))
    before = Statement.objects.filter(agency=agency, on__lt=told.on).order_by("-on").first()
    if before is not None and before.closing_fen != told.opening_fen:
        why = f"{before.on:%Y-%m-%d}的期末余额为{yuan(before.closing_fen)}元，本日期初为{yuan(told.opening_fen)}元"
        found.append(problem("期初余额与上一份对账单不衔接", why, "补齐中间各日的对账单", row=1, column="期初余额"))
    if found:
        raise BankFileRefused("对账单不能导入，没有保存任何内容", found)


def _keep(
    agency: Unit, told: StatementFile, name: str, ending: str, content: bytes, by: Actor, at: dt.datetime
) -> Statement:
    kept = {"division": agency.division, "purpose": "bank_reply", "by": by, "at": at}
    document = keep_document(**kept, subject_id=agency.pk, name=name, kind=ending, content=content)
    statement = Statement.objects.create(
        division=agency.division,
        agency=agency,
        on=told.on,
        opening_fen=told.opening_fen,
        closing_fen=told.closing_fen,
        document=document,
        imported_by=by.user,
        imported_at=at,
    )
    StatementLine.objects.bulk_create(
        StatementLine(
            statement=statement,
            row=line.row or serial,
            kind=line.kind,
            amount_fen=line.amount_fen,
            key=line.key,
            reference=line.reference,
            name=line.name,
            text=line.text,
        )
        for serial, line in enumerate(told.lines, start=1)
    )
    return statement


def start_reconciliation(*, statement: Statement, by: Actor, at: dt.datetime) -> Reconciliation:
    """Put the comparison of a day into the job queue. Refused while one of the same day is waiting."""
    from peibu.payments.tasks import reconcile  # the task calls run_reconciliation of this module

    _may(by, statement.agency)
    total = max(1, statement.lines.count())
    try:
        with transaction.atomic():
            bar = progress.begin(title=f"对账 {statement.on:%Y-%m-%d}", total=total, by=by, at=at)
            run = Reconciliation.objects.create(
                division=statement.division, statement=statement, progress=bar, started_by=by.user, started_at=at
            )
            lock = f"reconcile/{statement.pk}"
            reconcile.configure(queueing_lock=lock, lock=lock).defer(run=str(run.pk), role=str(by.role))
    except AlreadyEnqueued:
        raise Refused("这一天正在对账", "reconciling", "请稍候刷新页面查看")
    return run


def run_reconciliation(*, run: Reconciliation, by: Actor, at: dt.datetime) -> Reconciliation:
    """Compare, settle what the statement proves, keep every difference; all or nothing. Done once, it stands."""
    with refusing():
        row = Reconciliation.objects.select_for_update(of=("self",)).select_related("statement__agency").get(pk=run.pk)
        if row.state == RunState.DONE:
            return row
        told = compare(row.statement, by=by, at=at, step=lambda done: progress.step(row.progress_id, done))
        _replace_older(row, at)
        Difference.objects.bulk_create(Difference(run=row, **one) for one in told.differences)
        _write(row, told)
    return row


def _write(row: Reconciliation, told: Outcome) -> None:
    row.matched, row.settled = told.matched, told.settled
    row.bank_net_fen, row.book_net_fen = told.bank_net_fen, told.book_net_fen
    row.differences_fen = sum(one["amount_fen"] for one in told.differences)
    row.state = RunState.DONE
    row.save()
    day = f"{row.statement.on:%Y-%m-%d}"
    address = f"{reverse('desk-reconciliation')}?on={day}&agency={row.statement.agency_id}"
    progress.finish(row.progress_id, result_url=address)


def _replace_older(row: Reconciliation, at: dt.datetime) -> None:
    """What an earlier run of the day left open is judged anew by this one."""
    older = Difference.objects.filter(run__statement=row.statement, closed_at__isnull=True).exclude(run=row)
    older.update(closed_at=at, explanation="已重新对账，以新的结果为准")


def close_difference(*, difference: Difference, explanation: str, by: Actor, at: dt.datetime) -> Difference:
    """Somebody has found out where a difference comes from and says it. Repeated, the first words stand."""
    with refusing():
        row = (
            Difference.objects.select_for_update(of=("self",))
            .select_related("run__statement__agency")
            .get(pk=difference.pk)
        )
        _may(by, row.run.statement.agency)
        if row.closed_at is not None:
            return row
        if not explanation.strip():
            raise Refused("须写明差异的原因和处理情况", "a_difference_is_closed_with_words", "请填写后再提交")
        row.closed_at, row.closed_by, row.explanation = at, by.user, explanation.strip()[:300]
        row.save(update_fields=["closed_at", "closed_by", "explanation"])
        return row


def _may(by: Actor, agency: Unit) -> None:
    if by.role == SYSTEM.role:
        return  # fetched over the direct line by night
    if by.role != Role.FINANCE or not by.covers(agency.division_id):
        raise Refused("只有本区（市）的资金拨付岗可以对账", "not_your_money", "请由资金拨付岗办理")
