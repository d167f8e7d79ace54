"""The timetable of a class: typed row by row or read from Excel (QD97.3.2)."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from peibu.accounts.access import only
from peibu.accounts.enums import Role
from peibu.portal.forms_provider import timetable_form
from peibu.portal.views.provider_classes import check_sheet, editable, own_class
from peibu.training.actions.cohorts import require_editable, set_timetable
from peibu.training.models import Cohort
from peibu.training.queries.clashes import clashes
from peibu.training.queries.filing import days_of
from peibu.training.timetable_file import read_timetable

MAX_BYTES = 5 * 1024 * 1024


def _context(request: HttpRequest, cohort: Cohort, form, **more) -> dict:
    sessions = list(cohort.sessions.select_related("teacher", "base", "room__venue").order_by("starts_at"))
    sheet = check_sheet(cohort, on=request.today) | {"clashes": clashes(cohort, sessions)}
    return sheet | {"form": form, "days": days_of(sessions), "sessions": sessions, "max_bytes": MAX_BYTES, **more}


@only(Role.PROVIDER, writes=True)
def edit(request: HttpRequest, cohort_id: UUID) -> HttpResponse:
    """Rows to type; saving replaces the whole timetable, or nothing."""
    cohort = own_class(request, cohort_id)
    if not editable(cohort) and request.method != "POST":
        return redirect("class-page", cohort_id=cohort.pk)
    sessions = cohort.sessions.select_related("teacher", "base", "room__venue").order_by("starts_at")
    data = request.POST if request.method == "POST" else None
    form = timetable_form(cohort.plan, data=data, lessons=list(sessions))
    status = 200
    if data is not None:
        if form.is_valid():
            rows = set_timetable(cohort=cohort, lessons=form.lessons(), by=request.actor, at=request.now)
            told = _("课程表已保存，共%(n)s节。") % {"n": len(rows)}
            if not request.htmx:
                messages.success(request, told)
                return redirect("class-timetable", cohort_id=cohort.pk)
            form = timetable_form(cohort.plan, lessons=list(sessions.all()))
            return render(request, "portal/provider/parts/saved.html", _context(request, cohort, form, told=told))
        status = 422
    template = "portal/provider/parts/timetable_form.html" if request.htmx else "portal/provider/timetable.html"
    return render(request, template, _context(request, cohort, form), status=status)


@only(Role.PROVIDER, writes=True)
@require_POST
def check(request: HttpRequest, cohort_id: UUID) -> HttpResponse:
    """What the rows as they stand in the form clash with elsewhere; asked for while they are typed. Saves nothing."""
    cohort = own_class(request, cohort_id)
    form = timetable_form(cohort.plan, data=request.POST)
    whole = [
        (number, row.lesson())
        for number, row in enumerate(form.forms, start=1)
        if row.has_changed() and row.is_valid()
    ]
    found = clashes(cohort, [lesson for _number, lesson in whole], [number for number, _lesson in whole])
    return render(request, "portal/provider/parts/clashes.html", {"clashes": found, "asked": True})


@only(Role.PROVIDER, writes=True)
@require_POST
def read(request: HttpRequest, cohort_id: UUID) -> HttpResponse:
    """Read an Excel file into the editor as a preview; it counts only once it is saved there."""
    cohort = own_class(request, cohort_id)
    require_editable(cohort, request.actor)
    upload = request.FILES.get("file")
    if upload is None:
        messages.error(request, _("没有选择文件，请选择按模板填写的 Excel 文件。"))
        return redirect("class-timetable", cohort_id=cohort.pk)
    lessons, problems = read_timetable(upload.name, upload.read(), cohort.plan)
    if problems:
        sessions = cohort.sessions.select_related("teacher", "base", "room__venue").order_by("starts_at")
        form = timetable_form(cohort.plan, lessons=list(sessions))
        context = _context(request, cohort, form, found=problems)
        return render(request, "portal/provider/timetable.html", context, status=422)
    form = timetable_form(cohort.plan, lessons=lessons)
    context = _context(request, cohort, form, imported=len(lessons))
    return render(request, "portal/provider/timetable.html", context)
