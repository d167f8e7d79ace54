"""The satisfaction survey on the phone (QD97.3.7)."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from peibu.accounts.access import signed_in
from peibu.papers.qr import qr_svg
from peibu.portal.exam_forms import SurveyForm
from peibu.training.actions.survey import answer_survey, has_answered, why_closed
from peibu.training.models import Exam
from peibu.training.permissions.exam import is_candidate


@signed_in(writes=True)
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """Answer once; after that the page only says thank you."""
    exam = get_object_or_404(Exam.objects.select_related("cohort", "case"), survey_token=token)
    mine, done = is_candidate(request.actor, exam), has_answered(exam, request.actor)
    closed = why_closed(exam, at=request.now)
    form = SurveyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        comment = form.cleaned_data["comment"]
        answer_survey(exam=exam, marks=form.marks(), comment=comment, by=request.actor, at=request.now)
        messages.success(request, _("谢谢，您的评价已匿名提交"))
        return redirect("survey", token=token)
    context = {"exam": exam, "cohort": exam.cohort, "form": form, "mine": mine, "done": done, "closed": closed}
    return render(request, "portal/exams/survey.html", context, status=422 if form.errors else 200)


@signed_in()
def qr(request: HttpRequest, token: str) -> HttpResponse:
    """The code to show in the room."""
    get_object_or_404(Exam, survey_token=token)
    address = settings.BASE_URL + reverse("survey", args=[token])
    return HttpResponse(qr_svg(address, 6, border=4), content_type="image/svg+xml")
