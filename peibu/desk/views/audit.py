"""The auditor and the city's bureau: all districts in figures, search, and the history of every row. Read only."""

from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import Q, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from peibu.accounts.access import only
from peibu.casework.queries import cases_for, state_label
from peibu.desk import register_exports
from peibu.desk.views.archive import visible_claims
from peibu.oversight.history import LABELS, READERS, row_for, title_of, versions_of
from peibu.oversight.permissions import classes_for
from peibu.oversight.queries import deeds_for, district_figures
from peibu.theme.exports import excel_asked
from peibu.training.permissions.exam import certificates_of

PAGE = 50
FOUND = 20


@only(*READERS)
def home(request: HttpRequest) -> HttpResponse:
    """Figures of all districts; a search over cases, classes and people."""
    rows = district_figures(request.actor)
    money = visible_claims(request.actor).aggregate(claimed=Sum("amount_fen"), approved=Sum("approved_fen"))
    text = request.GET.get("q", "").strip()
    context = {
        "rows": rows,
        "kpis": [
            {"label": _("班次"), "value": sum(row.classes for row in rows)},
            {"label": _("参训人员"), "value": sum(row.people for row in rows), "unit": _("人次")},
            {"label": _("已发证书"), "value": sum(row.certificates for row in rows), "unit": _("本")},
            {"label": _("待查看线索"), "value": sum(row.open_findings for row in rows), "tone": "mine"},
        ],
        "money": money,
        "chart": _chart(rows) if rows else None,
        "q": text,
        "found": _search(request, text) if text else None,
    }
    return render(request, "desk/oversight/audit.html", context)


def _chart(rows: list) -> dict:
    return {
        "grid": {"left": 90, "right": 20, "top": 34, "bottom": 24},
        "legend": {"top": 0},
        "xAxis": {"type": "value", "minInterval": 1},
        "yAxis": {"type": "category", "inverse": True, "data": [row.division.name for row in rows]},
        "series": [
            {"name": _("班次"), "type": "bar", "data": [row.classes for row in rows]},
            {"name": _("已归档"), "type": "bar", "data": [row.archived for row in rows]},
        ],
    }


def _search(request: HttpRequest, text: str) -> dict:
    """Cases by number, subject or applicant; classes by name; certificates by number or the person's name."""
    actor = request.actor
    said = Q(number__icontains=text) | Q(subject__icontains=text) | Q(applicant__name__icontains=text)
    cases = cases_for(actor).filter(said).order_by("-state_since")[:FOUND]
    named = Q(serial__icontains=text) | Q(enrolment__person__name=text)
    return {
        "cases": [(case, state_label(case, on=request.today, for_applicant=False)) for case in cases],
        "classes": classes_for(actor).filter(Q(name__icontains=text) | Q(provider__name__icontains=text))[:FOUND],
        "certificates": certificates_of(actor).filter(named)[:FOUND],
    }


@only(*READERS)
def deeds(request: HttpRequest) -> HttpResponse:
    """Who did what, the newest first."""
    text = request.GET.get("q", "").strip()
    rows = deeds_for(request.actor, text=text)
    if excel_asked(request):
        return register_exports.deeds(request, rows)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    return render(request, "desk/oversight/deeds.html", {"page": page, "q": text})


@only(*READERS)
def row(request: HttpRequest, kind: str, pk: UUID) -> HttpResponse:
    """Every version of one row: who changed which field when, from what to what."""
    found = row_for(request.actor, kind, pk)
    if found is None:
        raise Http404
    context = {"name": title_of(found), "kind": LABELS[kind], "versions": versions_of(found)}
    return render(request, "desk/oversight/row.html", context)
