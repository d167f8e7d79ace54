"""The officer's start page: what is to do, until when; and every case of the district."""

import datetime as dt

from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncMonth
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from peibu.accounts.access import officers
from peibu.accounts.enums import Role
from peibu.casework.models import Case
from peibu.casework.processes import process_of
from peibu.casework.queries import cases_for, state_label, to_do
from peibu.claims.enums import RecheckState
from peibu.claims.rechecks import chosen, rechecks_for
from peibu.desk import list_exports
from peibu.theme.exports import excel_asked

PAGE = 30
PRESSING = 12
RECHECKS = 5
MONTHS = 6


@officers()
def show(request: HttpRequest) -> HttpResponse:
    """My desk: open tasks with deadlines and colours, and the figures of the day."""
    tasks = to_do(request.actor)
    today = request.today
    if excel_asked(request):
        return list_exports.tasks(request, tasks)
    mine = cases_for(request.actor)
    context = {
        "kpis": _figures(tasks, mine, today),
        "rows": [(task, state_label(task.case, on=today, for_applicant=False)) for task in tasks[:PRESSING]],
        "recent": _labelled(mine.order_by("-state_since")[:8], today),
        "months_chart": _months_chart(mine, today),
        "rechecks": _rechecks(request),
    }
    return render(request, "desk/home.html", context)


def _rechecks(request: HttpRequest) -> list:
    """What a reviewer has to decide about claims that would come out differently today."""
    if request.actor.role != Role.AGENCY_REVIEWER:
        return []
    return list(chosen(rechecks_for(request.actor), RecheckState.OPEN)[:RECHECKS])


def _figures(tasks: QuerySet, mine: QuerySet, today: dt.date) -> list[dict]:
    month = mine.filter(opened_at__year=today.year, opened_at__month=today.month).count()
    return [
        {"label": _("待我办理（件）"), "value": tasks.count(), "tone": "mine"},
        {"label": _("今日到期（件）"), "value": tasks.filter(due_on=today).count(), "tone": "due"},
        {"label": _("已超期（件）"), "value": tasks.filter(due_on__lt=today).count(), "tone": "due"},
        {"label": _("本月新收业务（件）"), "value": month, "tone": "rest"},
    ]


def _months_chart(mine: QuerySet[Case], today: dt.date) -> dict:
    """Opened and closed cases of the last months as an ECharts option."""
    index = today.year * 12 + today.month - 1
    months = [dt.date((index - back) // 12, (index - back) % 12 + 1, 1) for back in range(MONTHS - 1, -1, -1)]
    series = []
    for label, field in ((_("新收"), "opened_at"), (_("办结"), "closed_at")):
        rows = mine.filter(**{f"{field}__gte": dt.datetime.combine(months[0], dt.time(), tzinfo=dt.UTC)})
        found = {
            month.date(): n
            for month, n in rows.annotate(month=TruncMonth(field))
            .values_list("month")
            .annotate(n=Count("pk"))
            .order_by()
        }
        series.append({"name": label, "type": "bar", "data": [found.get(month, 0) for month in months]})
    names = [_("%(month)d月") % {"month": month.month} for month in months]
    return {
        "xAxis": {"type": "category", "data": names},
        "yAxis": {"type": "value", "name": _("件"), "minInterval": 1},
        "legend": {},
        "series": series,
    }


@officers()
def cases(request: HttpRequest) -> HttpResponse:
    """All cases in my scope, searched by number, subject or applicant, filtered by process and state."""
    rows = cases_for(request.actor)
    text = request.GET.get("q", "").strip()
    if text:
        rows = rows.filter(Q(number__icontains=text) | Q(subject__icontains=text) | Q(applicant__name__icontains=text))
    kinds = cases_for(request.actor).values_list("policy", "process").distinct().order_by("process")
    chosen = request.GET.get("process", "")
    if chosen:
        rows = rows.filter(process=chosen)
    if excel_asked(request):
        return list_exports.cases(request, rows.order_by("-state_since"))
    page = Paginator(rows.order_by("-state_since"), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": _labelled(page, request.today),
        "q": text,
        "processes": [(code, process_of(policy, code, on=request.today).said) for policy, code in kinds],
        "chosen_process": chosen,
    }
    return render(request, "desk/cases.html", context)


def _labelled(rows, today: dt.date) -> list[tuple[Case, object]]:
    return [(row, state_label(row, on=today, for_applicant=False)) for row in rows]
