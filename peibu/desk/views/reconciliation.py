"""The bank's day beside ours: statement in, comparison in the queue, the bridge of balances, what nobody has explained."""

import datetime as dt
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from peibu.accounts.access import only
from peibu.accounts.enums import Role
from peibu.accounts.models import Unit
from peibu.desk.views.payments import LOOKERS, MAX_REPLY
from peibu.gateways.bank import BankFileRefused
from peibu.payments.actions import close_difference, fetch_statements, import_statement, start_reconciliation
from peibu.payments.bridges import (
    agencies_for,
    bridge_of,
    days_without_statement,
    differences_of,
    open_differences,
    statements_of,
)
from peibu.payments.channels import terms_of, wire_named
from peibu.payments.enums import LineKind
from peibu.payments.models import Difference, Statement
from peibu.theme.views import bar_of

RECENT = 30


class StatementForm(forms.Form):
    """The bank's statement of one day."""

    statement = forms.FileField(
        label=gettext_lazy("银行对账单（一天一份）"),
        max_length=200,
        error_messages={
            "required": gettext_lazy("没有选择文件。请选择银行的对账单后再上传。"),
            "empty": gettext_lazy("文件是空的。请重新从银行下载后再上传。"),
        },
    )
    statement.max_bytes = MAX_REPLY


def _agency(request: HttpRequest) -> Unit | None:
    mine = agencies_for(request.actor)
    asked = request.POST.get("agency") or request.GET.get("agency", "")
    return next((one for one in mine if str(one.pk) == asked), mine[0] if mine else None)


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


@only(*LOOKERS)
def show(request: HttpRequest) -> HttpResponse:
    """A day of an agency's account; without a day the latest the bank has told of."""
    agency = _agency(request)
    return _page(request, agency, _day(request.GET.get("on", "")))


def _page(
    request: HttpRequest,
    agency: Unit | None,
    on: dt.date | None,
    *,
    form: StatementForm | None = None,
    problems=(),
    status: int = 200,
) -> HttpResponse:
    context = {
        "agencies": agencies_for(request.actor),
        "agency": agency,
        "on": on,
        "form": form or StatementForm(),
        "problems": problems,
        "pays": request.actor.role == Role.FINANCE,
        "wired": agency is not None and wire_named(terms_of(agency).wire) is not None,
    }
    if agency is not None:
        statements = statements_of(agency)
        chosen = statements.filter(on=on).first() if on else statements.first()
        context |= {
            "statements": statements[:RECENT],
            "missing": days_without_statement(agency)[:RECENT],
            "unexplained": open_differences(agency)[:RECENT],
            "on": chosen.on if chosen else on,
            **_of_day(chosen),
        }
    return render(request, "desk/payments/reconciliation.html", context, status=status)


def _of_day(statement: Statement | None) -> dict:
    if statement is None:
        return {"bridge": None}
    bridge = bridge_of(statement)
    waiting = statement.runs.filter(state="queued").select_related("progress").order_by("-started_at").first()
    failed = statement.runs.order_by("-started_at").select_related("progress").first()
    return {
        "bridge": bridge,
        "differences": differences_of(bridge.run) if bridge.run else [],
        "lines": statement.lines.count(),
        "receipts": statement.lines.filter(kind=LineKind.RECEIPT),
        "waiting": waiting,
        "job": bar_of(waiting.progress) if waiting else None,
        "failed": failed if failed and failed.state == "failed" else None,
    }


def _back(agency: Unit, on: dt.date) -> HttpResponse:
    return redirect(f"{reverse('desk-reconciliation')}?on={on:%Y-%m-%d}&agency={agency.pk}")


@only(Role.FINANCE, writes=True)
def upload(request: HttpRequest) -> HttpResponse:
    """Keep the statement of a day and start its comparison; every problem of the file is shown at once."""
    agency = _agency(request)
    if request.method != "POST" or agency is None:
        return redirect("desk-reconciliation")
    form = StatementForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, agency, None, form=form, status=422)
    file = form.cleaned_data["statement"]
    if file.size > MAX_REPLY:
        form.add_error("statement", _("文件太大，对账单最多20MB。请核对是否选错了文件"))
        return _page(request, agency, None, form=form, status=422)
    try:
        told = {"name": file.name, "content": file.read(), "by": request.actor, "at": request.now}
        statement = import_statement(agency=agency, **told)
    except BankFileRefused as refused:
        return _page(request, agency, None, problems=refused.problems, status=422)
    if not statement.runs.exists():
        start_reconciliation(statement=statement, by=request.actor, at=request.now)
    messages.success(request, _("对账单已导入，正在对账"))
    return _back(agency, statement.on)


@only(Role.FINANCE, writes=True)
def fetch(request: HttpRequest) -> HttpResponse:
    """Ask the bank for what it has closed since the last statement."""
    agency = _agency(request)
    if request.method != "POST" or agency is None:
        return redirect("desk-reconciliation")
    try:
        kept = fetch_statements(agency=agency, by=request.actor, at=request.now)
    except BankFileRefused as refused:
        return _page(request, agency, None, problems=refused.problems, status=422)
    if not kept:
        messages.info(request, _("银行还没有新的日终对账单"))
        return redirect(f"{reverse('desk-reconciliation')}?agency={agency.pk}")
    messages.success(request, _("取回%(n)s天的对账单，正在对账") % {"n": len(kept)})
    return _back(agency, kept[-1].on)


@only(Role.FINANCE, writes=True)
def compare(request: HttpRequest, statement_id: UUID) -> HttpResponse:
    """Compare the day once more: replies may have come since."""
    mine = agencies_for(request.actor)
    statement = get_object_or_404(Statement, pk=statement_id, agency__in=mine)
    if request.method == "POST":
        start_reconciliation(statement=statement, by=request.actor, at=request.now)
        messages.success(request, _("已开始对账"))
    return _back(statement.agency, statement.on)


@only(Role.FINANCE, writes=True)
def explain(request: HttpRequest, difference_id: UUID) -> HttpResponse:
    """Close a difference with words."""
    mine = agencies_for(request.actor)
    rows = Difference.objects.select_related("run__statement__agency")
    difference = get_object_or_404(rows, pk=difference_id, run__statement__agency__in=mine)
    if request.method == "POST":
        words = request.POST.get("explanation", "")
        close_difference(difference=difference, explanation=words, by=request.actor, at=request.now)
        messages.success(request, _("差异处理情况已登记"))
    statement = difference.run.statement
    return _back(statement.agency, statement.on)
