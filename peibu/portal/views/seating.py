"""Seats: drawn, shown, printed; admission tickets handed out."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from peibu.accounts.access import only
from peibu.accounts.enums import Role
from peibu.examining.actions.seating import draw_seats, is_recomputable, release_tickets
from peibu.examining.enums import DrawnThing
from peibu.examining.models import SeatPlan
from peibu.examining.queries.seating import rooms_of, seats_of
from peibu.examining.tickets import door_list_pdf, tickets_pdf
from peibu.portal.bank_forms import RoomsForm
from peibu.training.models import Exam
from peibu.training.permissions.exam import APPROVED, BODIES, exams_of

ROLES = (*BODIES, Role.AGENCY_REVIEWER, Role.HRSS_SUPERVISOR, Role.INDUSTRY_SUPERVISOR)


def _exam(request: HttpRequest, exam_id: UUID) -> Exam:
    exam = get_object_or_404(exams_of(request.actor), pk=exam_id)
    if exam.case.state != APPROVED:
        raise Http404
    return exam


@only(*BODIES, writes=True)
def show(request: HttpRequest, exam_id: UUID) -> HttpResponse:
    """Rooms and seats; POST draws (again)."""
    exam = _exam(request, exam_id)
    plan = SeatPlan.objects.filter(exam=exam).first()
    form = RoomsForm(request.POST or None, initial=_initial(plan, exam))
    if form.is_bound and form.is_valid():
        draw_seats(exam=exam, rooms=form.rooms(), by=request.actor, at=request.now, seed=form.cleaned_data["seed"])
        messages.success(request, _("已随机编排座位"))
        return redirect("provider-exam-seats", exam_id=exam.pk)
    context = {
        "exam": exam,
        "cohort": exam.cohort,
        "form": form,
        "plan": plan,
        "rooms": rooms_of(plan) if plan else [],
        "again": is_recomputable(plan) if plan else None,
        "drawings": exam.drawings.filter(what=DrawnThing.SEATS).select_related("drawn_by"),
        "open": (plan is None or plan.released_at is None) and request.now < exam.held_from,
        "people": exam.cohort.enrolments.filter(state="active").count(),
    }
    return render(request, "portal/exams/seats.html", context, status=422 if form.errors else 200)


def _initial(plan: SeatPlan | None, exam: Exam) -> dict:
    rooms = plan.rooms if plan else [{"name": exam.place, "seats": exam.cohort.seats}]
    told = {}
    for n, room in enumerate(rooms):
        told |= {f"name-{n}": room["name"], f"seats-{n}": room["seats"]}
    return told


@only(*BODIES, writes=True)
@require_POST
def release(request: HttpRequest, exam_id: UUID) -> HttpResponse:
    """Hand out the tickets."""
    exam = _exam(request, exam_id)
    release_tickets(exam=exam, by=request.actor, at=request.now)
    messages.success(request, _("准考证已发放，考生可以在手机上下载"))
    return redirect("provider-exam-seats", exam_id=exam.pk)


@only(*ROLES)
def tickets(request: HttpRequest, exam_id: UUID) -> HttpResponse:
    """All tickets of the exam in one PDF."""
    exam = _exam(request, exam_id)
    plan = get_object_or_404(SeatPlan, exam=exam)
    return _pdf(tickets_pdf(exam, seats_of(plan), on=request.today), f"tickets-{exam.case.number}.pdf")


@only(*ROLES)
def door_list(request: HttpRequest, exam_id: UUID) -> HttpResponse:
    """The list for the door of one room (?room=n, from 0)."""
    exam = _exam(request, exam_id)
    plan = get_object_or_404(SeatPlan.objects.select_related("exam__cohort"), exam=exam)
    names = [room["name"] for room in plan.rooms]
    asked = request.GET.get("room", "0")
    if not asked.isdecimal() or int(asked[:4]) >= len(names):
        raise Http404
    return _pdf(door_list_pdf(plan, names[int(asked[:4])], on=request.today), f"door-list-{exam.case.number}.pdf")


def _pdf(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}"'
    return response
