"""Scores typed by two persons: one's own grid, then the comparison."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from peibu.accounts.access import only
from peibu.examining.actions.double_entry import adopt_entries, hand_over, reopen_hands, type_scores
from peibu.examining.queries.double_entry import both_done, differences, hand_of
from peibu.portal.views.exam_scores import scored_exam, typed_lines
from peibu.rulebook import load_policy
from peibu.training.models import Exam
from peibu.training.permissions.exam import BODIES
from peibu.training.queries.exams import candidates, exam_day


@only(*BODIES, writes=True)
def sheet(request: HttpRequest, exam_id: UUID) -> HttpResponse:
    """My own grid; what the other typed is not shown before both are done."""
    exam = scored_exam(request, exam_id)
    lines, status = None, 200
    if request.method == "POST":
        full = load_policy(exam.cohort.policy).value("full_mark", on=exam_day(exam))
        lines = typed_lines(exam, request.POST, full)
        if not any(line.problem for line in lines):
            marks = {line.candidate.enrolment.pk: line.points for line in lines if line.filled}
            type_scores(exam=exam, marks=marks, by=request.actor, at=request.now)
            messages.success(request, _("已保存您的录入"))
            return redirect("provider-exam-entry", exam_id=exam.pk)
        status = 422
    return _page(request, exam, lines, status)


def _page(request: HttpRequest, exam: Exam, lines: list | None, status: int) -> HttpResponse:
    mine = hand_of(exam, request.actor)
    typed = dict(mine.entries.values_list("enrolment_id", "points")) if mine else {}
    told = {}
    for row in candidates(exam):
        points = typed.get(row.enrolment.pk)
        told[f"points-{row.number}"] = "" if points is None else f"{points:f}"
        if row.enrolment.pk in typed and points is None:
            told[f"absent-{row.number}"] = "1"
    full = load_policy(exam.cohort.policy).value("full_mark", on=exam_day(exam))
    context = {
        "exam": exam,
        "cohort": exam.cohort,
        "lines": lines or typed_lines(exam, told, full),
        "mine": mine,
        "hands": exam.hands.select_related("user"),
        "both": both_done(exam),
        "differing": differences(exam),
        "typed": len(typed),
        "over": request.now >= exam.held_until,
    }
    return render(request, "portal/exams/entry.html", context, status=status)


@only(*BODIES, writes=True)
@require_POST
def finish(request: HttpRequest, exam_id: UUID) -> HttpResponse:
    """Say that I am done."""
    exam = scored_exam(request, exam_id)
    hand_over(exam=exam, by=request.actor, at=request.now)
    messages.success(request, _("已提交录入，两人都提交后自动比对"))
    return redirect("provider-exam-entry", exam_id=exam.pk)


@only(*BODIES, writes=True)
@require_POST
def again(request: HttpRequest, exam_id: UUID) -> HttpResponse:
    """Type again what differs."""
    exam = scored_exam(request, exam_id)
    reopen_hands(exam=exam, by=request.actor, at=request.now)
    messages.info(request, _("不一致的成绩已清空，请两人核对答卷后分别重录"))
    return redirect("provider-exam-entry", exam_id=exam.pk)


@only(*BODIES, writes=True)
@require_POST
def adopt(request: HttpRequest, exam_id: UUID) -> HttpResponse:
    """Fill the score sheet with what both typed."""
    exam = scored_exam(request, exam_id)
    changed = adopt_entries(exam=exam, by=request.actor, at=request.now)
    messages.success(request, _("两次录入一致，已写入成绩单：%(number)d人") % {"number": changed})
    return redirect("provider-exam-scores", exam_id=exam.pk)
