"""Supervisors watch the room; officers decide corrections of scores and re-sits."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from peibu.accounts.access import officers, only
from peibu.accounts.enums import Role
from peibu.examining.actions.reviews import decide_and_answer
from peibu.examining.actions.seating import is_recomputable
from peibu.examining.models import Paper, SeatPlan
from peibu.examining.queries.seating import rooms_of
from peibu.examining.queries.sittings import monitor, online_test
from peibu.training.actions.resits import agree_resit, confirm_resit
from peibu.training.models import Exam, ScoreCorrection
from peibu.training.permissions.exam import APPROVED, exams_of
from peibu.training.queries.effective import effective_points

DECIDING = (Role.AGENCY_REVIEWER, Role.HRSS_APPROVER)


def _exam(request: HttpRequest, exam_id: UUID) -> Exam:
    return get_object_or_404(exams_of(request.actor), pk=exam_id)


@officers()
def watch(request: HttpRequest, exam_id: UUID) -> HttpResponse:
    """Seats and, when the exam is sat online, who is how far; asks again by itself."""
    exam = get_object_or_404(exams_of(request.actor), pk=exam_id, case__state=APPROVED)
    plan = SeatPlan.objects.filter(exam=exam).first()
    test = online_test(exam)
    context = {
        "exam": exam,
        "cohort": exam.cohort,
        "test": test,
        "rows": monitor(exam, at=request.now) if test else [],
        "items": Paper.objects.get(exam=exam).items.count() if test else 0,
        "rooms": rooms_of(plan) if plan else [],
        "plan": plan,
        "again": is_recomputable(plan) if plan else None,
        "over": request.now >= exam.held_until,
    }
    return render(request, "theme/exams/watch.html" if request.htmx else "desk/exams/watch.html", context)


@only(*DECIDING, writes=True)
@require_POST
def correction(request: HttpRequest, exam_id: UUID, correction_id: UUID) -> HttpResponse:
    """Agree to a correction of a sealed score, or not."""
    exam = _exam(request, exam_id)
    row = get_object_or_404(ScoreCorrection, pk=correction_id, score__exam=exam)
    accept, opinion = bool(request.POST.get("accept")), request.POST.get("opinion", "")
    decide_and_answer(correction=row, accept=accept, opinion=opinion, by=request.actor, at=request.now)
    messages.success(request, _outcome(row) if accept else _("未同意更正，原成绩不变"))
    return redirect("desk-exam", exam_id=exam.pk)


def _outcome(row: ScoreCorrection) -> str:
    """What is in force now: where another sitting counts, the corrected points are not it."""
    points = effective_points(row.score.exam)[row.score.enrolment_id]
    if points == row.points:
        return _("已同意更正，新成绩生效")
    told = _("缺考") if points is None else f"{points.normalize():f}"
    return _("已同意更正；按本项目的补考规定，有效成绩为%(points)s") % {"points": told}


@only(*DECIDING, writes=True)
@require_POST
def resit(request: HttpRequest, exam_id: UUID, resit_id: UUID) -> HttpResponse:
    """Let a re-sit be held."""
    exam = _exam(request, exam_id)
    agree_resit(resit=get_object_or_404(exam.resits, pk=resit_id), by=request.actor, at=request.now)
    messages.success(request, _("已同意补考"))
    return redirect("desk-exam", exam_id=exam.pk)


@officers(writes=True)
@require_POST
def watched_resit(request: HttpRequest, exam_id: UUID, resit_id: UUID) -> HttpResponse:
    """Confirm having watched a re-sit, with the record."""
    exam = _exam(request, exam_id)
    remark = request.POST.get("remark", "")
    confirm_resit(resit=get_object_or_404(exam.resits, pk=resit_id), remark=remark, by=request.actor, at=request.now)
    messages.success(request, _("监考记录已确认"))
    return redirect("desk-exam", exam_id=exam.pk)
