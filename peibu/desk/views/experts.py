"""The expert library of the officer's division."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from peibu.accounts.access import only
from peibu.accreditation.actions.panels import add_expert
from peibu.accreditation.conflicts import can_score
from peibu.accreditation.enums import ExpertField
from peibu.accreditation.models import Expert
from peibu.accreditation.permissions import KEEPERS
from peibu.desk import register_exports
from peibu.desk.call_forms import ExpertForm
from peibu.kernel.errors import Refused
from peibu.theme.exports import excel_asked


def _library(request: HttpRequest) -> QuerySet[Expert]:
    return (
        Expert.objects.filter(division=request.actor.unit.division)
        .select_related("user")
        .prefetch_related("affiliations__unit")
    )


def _page(request: HttpRequest, form: ExpertForm, status: int = 200) -> HttpResponse:
    labels = dict(ExpertField.choices)
    rows = [
        (row, [labels[code] for code in row.fields], _active(row, request), can_score(row, on=request.today))
        for row in _library(request)
    ]
    return render(request, "desk/calls/experts.html", {"rows": rows, "form": form}, status=status)


def _active(row: Expert, request: HttpRequest) -> bool:
    return row.active_from <= request.today and (row.active_until is None or row.active_until >= request.today)


@only(*KEEPERS)
def index(request: HttpRequest) -> HttpResponse:
    """Everybody of the library with fields, units and dates."""
    if excel_asked(request):
        return register_exports.experts(request, list(_library(request)))
    return _page(request, ExpertForm())


@only(*KEEPERS, writes=True)
def add(request: HttpRequest) -> HttpResponse:
    """Take somebody into the library."""
    form = ExpertForm(request.POST or None)
    if not form.is_valid():
        return _page(request, form, status=422 if form.is_bound else 200)
    given = form.cleaned_data
    try:
        row = add_expert(
            name=given["name"],
            id_number=given["id_number"],
            title=given["title"],
            fields=given["fields_known"],
            units=[given["unit"]],
            active_until=given["active_until"],
            by=request.actor,
            at=request.now,
        )
    except Refused as refused:
        form.add_error(None, refused.sentence())
        return _page(request, form, status=422)
    messages.success(request, _("已入库，编号%(number)s") % {"number": row.number})
    return redirect("desk-experts")
