"""After the seal: reviews asked for, corrections proposed, sitting again."""

from decimal import Decimal
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from peibu.accounts.access import only
from peibu.examining.actions.reviews import correct_after_review, keep_score, last_review_day
from peibu.examining.models import ScoreReview
from peibu.kernel.errors import Refused
from peibu.portal.exam_forms import TimeForm
from peibu.portal.views.exam_scores import scored_exam
from peibu.rulebook import load_policy
from peibu.training.actions.corrections import propose_correction
from peibu.training.actions.resits import ask_resit, enter_resit_scores, seal_resit
from peibu.training.models import Exam, ResitScore, Score
from peibu.training.permissions.exam import BODIES
from peibu.training.queries.effective import resit_reading
from peibu.training.queries.exams import candidates, exam_corrections, exam_day, failed, pass_mark
from peibu.training.queries.resits import is_reported, live_resits, resits_of
from peibu.training.queries.score_sheets import points_problem


def _sealed(request: HttpRequest, exam_id: UUID) -> Exam:
    exam = scored_exam(request, exam_id)
    if exam.sealed_at is None:
        raise Http404
    return exam


@only(*BODIES)
def show(request: HttpRequest, exam_id: UUID) -> HttpResponse:
    """Sealed scores with what became of them."""
    return _page(request, _sealed(request, exam_id))


def _page(request: HttpRequest, exam: Exam, status: int = 200, **more) -> HttpResponse:
    context = {
        "exam": exam,
        "cohort": exam.cohort,
        "lines": candidates(exam),
        "mark": pass_mark(exam.cohort, on=exam_day(exam)),
        "reviews": exam.reviews.select_related("enrolment__person", "enrolment__score", "correction"),
        "corrections": exam_corrections(exam),
        "last_review_day": last_review_day(exam),
        "resits": resits_of(exam, at=request.now),
        "failed": failed(exam).count(),
        "reading": resit_reading(exam),
        "may_resit": not is_reported(exam) and not live_resits(exam, at=request.now),
        "time_form": TimeForm(initial={"place": exam.place}),
    }
    return render(request, "portal/exams/after.html", context | more, status=status)


def _points(exam: Exam, text: str, absent: bool) -> Decimal | None:
    if absent:
        return None
    full = load_policy(exam.cohort.policy).value("full_mark", on=exam_day(exam))
    if why := points_problem(text, full):
        told = _("成绩“%(text)s”不能使用：%(why)s") % {"text": text[:20], "why": why}
        raise Refused(told, "points", _("请核对答卷后重新填写"))
    return Decimal(text.strip())


def _resit_score(score: Score, chosen: str) -> ResitScore:
    rows = ResitScore.objects.filter(resit__exam=score.exam_id, enrolment=score.enrolment_id)
    found = {str(row.pk): row for row in rows}.get(chosen)
    if found is None:
        raise Http404
    return found


@only(*BODIES, writes=True)
@require_POST
def correct(request: HttpRequest, exam_id: UUID, score_id: UUID) -> HttpResponse:
    """Propose other points for a sealed score; with `review`, as the answer to a request."""
    exam = _sealed(request, exam_id)
    score = get_object_or_404(Score, pk=score_id, exam=exam)
    chosen = request.POST.get("resit_score")
    told = {
        "points": _points(exam, request.POST.get("points", ""), bool(request.POST.get("absent"))),
        "reason": request.POST.get("reason", ""),
        "resit_score": _resit_score(score, chosen) if chosen else None,
        "by": request.actor,
        "at": request.now,
    }
    review = ScoreReview.objects.filter(exam=exam, enrolment=score.enrolment_id, state="open").first()
    if review is not None and review.correction_id is None:
        correct_after_review(review=review, **told)
    else:
        propose_correction(score=score, **told)
    messages.success(request, _("更正已提出，等待区（市）另一位工作人员复核"))
    return redirect("provider-exam-after", exam_id=exam.pk)


@only(*BODIES, writes=True)
@require_POST
def keep(request: HttpRequest, exam_id: UUID, review_id: UUID) -> HttpResponse:
    """Answer a request: the score stays."""
    exam = _sealed(request, exam_id)
    review = get_object_or_404(ScoreReview, pk=review_id, exam=exam)
    keep_score(review=review, opinion=request.POST.get("opinion", ""), by=request.actor, at=request.now)
    messages.success(request, _("已答复考生"))
    return redirect("provider-exam-after", exam_id=exam.pk)


@only(*BODIES, writes=True)
@require_POST
def resit(request: HttpRequest, exam_id: UUID) -> HttpResponse:
    """Ask for a re-sit of everybody who failed."""
    exam = _sealed(request, exam_id)
    form = TimeForm(request.POST)
    if not form.is_valid():
        return _page(request, exam, 422, time_form=form)
    start, end = form.moments()
    place = form.cleaned_data["place"]
    ask_resit(exam=exam, held_from=start, held_until=end, place=place, by=request.actor, at=request.now)
    messages.success(request, _("补考申请已提交，等待区（市）同意"))
    return redirect("provider-exam-after", exam_id=exam.pk)


@only(*BODIES, writes=True)
@require_POST
def resit_scores(request: HttpRequest, exam_id: UUID, resit_id: UUID) -> HttpResponse:
    """Enter the scores of a re-sit, or seal it."""
    exam = _sealed(request, exam_id)
    row = get_object_or_404(exam.resits, pk=resit_id)
    if request.POST.get("seal"):
        seal_resit(resit=row, by=request.actor, at=request.now)
        messages.success(request, _("补考成绩已封存"))
        return redirect("provider-exam-after", exam_id=exam.pk)
    marks = {}
    for score in row.scores.all():
        text, absent = request.POST.get(f"points-{score.pk}", ""), bool(request.POST.get(f"absent-{score.pk}"))
        if text.strip() or absent:
            marks[score.enrolment_id] = _points(exam, text, absent)
    enter_resit_scores(resit=row, marks=marks, by=request.actor, at=request.now)
    messages.success(request, _("补考成绩已保存"))
    return redirect("provider-exam-after", exam_id=exam.pk)
