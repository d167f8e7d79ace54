"""The candidate's pages: before, during and after an online test; the admission ticket; asking for a review."""

import secrets
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from peibu.accounts.access import only
from peibu.accounts.enums import Role
from peibu.examining.actions.reviews import ask_review, last_review_day
from peibu.examining.actions.sittings import save_answer, start_sitting, submit_sitting, take_over
from peibu.examining.models import PaperItem, Seat, Sitting
from peibu.examining.permissions import candidate_of, exams_sat_by
from peibu.examining.queries.sittings import online_test, shown_paper
from peibu.examining.tickets import tickets_pdf
from peibu.portal.devices import mark_of, marked
from peibu.training.models import Enrolment, Exam
from peibu.training.queries.exams import candidates, exam_day, pass_mark


def _exam(request: HttpRequest, exam_id: UUID) -> tuple[Exam, Enrolment]:
    exam = get_object_or_404(exams_sat_by(request.actor), pk=exam_id)
    return exam, candidate_of(request.actor, exam)


def _sitting(exam: Exam, enrolment: Enrolment) -> Sitting | None:
    rows = Sitting.objects.select_related("exam__online", "exam__cohort")
    return rows.filter(exam=exam, enrolment=enrolment).first()


@only(Role.TRAINEE)
def show(request: HttpRequest, exam_id: UUID) -> HttpResponse:
    """One exam of mine: when, where, whether it can be begun now, what came of it."""
    exam, enrolment = _exam(request, exam_id)
    sitting = _sitting(exam, enrolment)
    seat = Seat.objects.filter(plan__exam=exam, plan__released_at__isnull=False, enrolment=enrolment).first()
    context = {
        "exam": exam,
        "cohort": exam.cohort,
        "test": online_test(exam),
        "items": exam.items.all(),
        "sitting": sitting,
        "live": sitting is not None and sitting.submitted_at is None and request.now < sitting.ends_at,
        "here": sitting is not None and sitting.device == mark_of(request),
        "open": exam.held_from <= request.now < exam.held_until,
        "seat": seat,
        **_result(request, exam, enrolment),
    }
    return marked(request, render(request, "portal/sitting/show.html", context))


def _result(request: HttpRequest, exam: Exam, enrolment: Enrolment) -> dict:
    """The score once the sheet is sealed, and whether a review may still be asked for."""
    if exam.sealed_at is None:
        return {}
    own = next((row for row in candidates(exam) if row.enrolment.pk == enrolment.pk), None)
    last = last_review_day(exam)
    review = exam.reviews.filter(enrolment=enrolment).select_related("correction").first()
    return {
        "own": own,
        "mark": pass_mark(exam.cohort, on=exam_day(exam)),
        "review": review,
        "last_review_day": last,
        "may_ask": review is None and last is not None and request.today <= last,
        "resits": enrolment.resit_scores.select_related("resit").order_by("resit__number"),
    }


@only(Role.TRAINEE, writes=True)
@require_POST
def start(request: HttpRequest, exam_id: UUID) -> HttpResponse:
    """Begin, or go on."""
    exam, _enrolment = _exam(request, exam_id)
    start_sitting(exam=exam, by=request.actor, at=request.now, device=mark_of(request))
    return redirect("trainee-exam-paper", exam_id=exam.pk)


@only(Role.TRAINEE, writes=True)
@require_POST
def move_here(request: HttpRequest, exam_id: UUID) -> HttpResponse:
    """Go on with this device."""
    exam, enrolment = _exam(request, exam_id)
    sitting = get_object_or_404(Sitting, exam=exam, enrolment=enrolment)
    take_over(sitting=sitting, by=request.actor, at=request.now, device=mark_of(request))
    return redirect("trainee-exam-paper", exam_id=exam.pk)


@only(Role.TRAINEE)
def paper(request: HttpRequest, exam_id: UUID) -> HttpResponse:
    """All questions in my order with what is kept so far; the way back after any interruption."""
    exam, enrolment = _exam(request, exam_id)
    sitting = _sitting(exam, enrolment)
    over = sitting is None or sitting.submitted_at is not None or request.now >= sitting.ends_at
    if over or sitting.device != mark_of(request):
        return redirect("trainee-exam", exam_id=exam.pk)
    rows = shown_paper(sitting)
    left = (sitting.ends_at - request.now).total_seconds()
    context = {
        "exam": exam,
        "cohort": exam.cohort,
        "sitting": sitting,
        "rows": rows,
        "done": sum(row.answered for row in rows),
        "left_ms": int(left * 1000),
        "key": secrets.token_hex(8),
    }
    answer = render(request, "portal/sitting/paper.html", context)
    answer["Cache-Control"] = "no-store"
    return answer


@only(Role.TRAINEE, writes=True)
@require_POST
def answer(request: HttpRequest, exam_id: UUID, item_id: UUID) -> HttpResponse:
    """Keep what is marked in one question. Without scripts the same form is sent by its button."""
    exam, enrolment = _exam(request, exam_id)
    sitting = get_object_or_404(Sitting, exam=exam, enrolment=enrolment)
    item = get_object_or_404(PaperItem.objects.select_related("version", "paper"), pk=item_id, paper__exam=exam)
    places = [int(value) for value in request.POST.getlist("place") if value.isdecimal() and len(value) < 3]
    kept = save_answer(
        sitting=sitting,
        item=item,
        places=places,
        key=request.POST.get("key") or secrets.token_hex(8),
        by=request.actor,
        at=request.now,
        device=mark_of(request),
    )
    if not request.htmx:
        return redirect("trainee-exam-paper", exam_id=exam.pk)
    return render(request, "portal/sitting/_saved.html", {"kept": kept})


@only(Role.TRAINEE, writes=True)
@require_POST
def submit(request: HttpRequest, exam_id: UUID) -> HttpResponse:
    """Hand in."""
    exam, enrolment = _exam(request, exam_id)
    sitting = get_object_or_404(Sitting, exam=exam, enrolment=enrolment)
    submit_sitting(sitting=sitting, by=request.actor, at=request.now)
    messages.success(request, _("已交卷，答案已全部保存。"))
    return redirect("trainee-exam", exam_id=exam.pk)


@only(Role.TRAINEE, writes=True)
@require_POST
def review(request: HttpRequest, exam_id: UUID) -> HttpResponse:
    """Ask to look at my score again."""
    exam, _enrolment = _exam(request, exam_id)
    ask_review(exam=exam, reason=request.POST.get("reason", ""), by=request.actor, at=request.now)
    messages.success(request, _("复核申请已提交，答复会显示在本页。"))
    return redirect("trainee-exam", exam_id=exam.pk)


@only(Role.TRAINEE)
def ticket(request: HttpRequest, exam_id: UUID) -> HttpResponse:
    """My admission ticket as PDF."""
    exam, enrolment = _exam(request, exam_id)
    seat = get_object_or_404(Seat, plan__exam=exam, plan__released_at__isnull=False, enrolment=enrolment)
    response = HttpResponse(tickets_pdf(exam, [seat], on=request.today), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="ticket-{seat.ticket}.pdf"'
    return response
