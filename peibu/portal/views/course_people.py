"""The unit's view of its learners: roster with progress, who counts as its own, questions and answers."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from peibu.accounts.access import only
from peibu.courses.actions.registrations import name_learner
from peibu.courses.actions.talk import answer_learner
from peibu.courses.enums import Audience
from peibu.courses.models import CourseQuestion
from peibu.courses.permissions import MAKERS
from peibu.courses.queries.progress import roster_of
from peibu.kernel.errors import Refused
from peibu.portal import course_lists
from peibu.portal.forms_courses import NamedLearnerForm
from peibu.portal.views.own_courses import UNPROCESSABLE, own
from peibu.theme.exports import excel_asked

PAGE = 50


@only(*MAKERS)
def roster(request: HttpRequest, course_id: UUID) -> HttpResponse:
    """Everybody registered, with what each has done; `?as=xlsx` the same as a file."""
    return _roster(request, course_id)


def _roster(request: HttpRequest, course_id: UUID, status: int = 200, **more) -> HttpResponse:
    course = own(request, course_id)
    lines = roster_of(course)
    if excel_asked(request):
        return course_lists.roster_excel(request, course, lines)
    context = {
        "course": course,
        "page": Paginator(lines, PAGE).get_page(request.GET.get("page")),
        "kpis": course_lists.roster_kpis(lines),
        "chart": course_lists.roster_chart(lines),
        "own_people": course.audience != Audience.ALL_WORKERS,
        "named": course.named.select_related("person").order_by("-named_at"),
        "form": NamedLearnerForm(),
    }
    return render(request, "portal/courses/roster.html", context | more, status=status)


@only(*MAKERS, writes=True)
@require_POST
def name(request: HttpRequest, course_id: UUID) -> HttpResponse:
    """Name somebody as one of the unit's own."""
    form = NamedLearnerForm(request.POST)
    if form.is_valid():
        try:
            name_learner(course=own(request, course_id), by=request.actor, at=request.now, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, refused.sentence())
    if form.errors:
        return _roster(request, course_id, UNPROCESSABLE, form=form)
    messages.success(request, _("已登记，本人登录后可以报名。"))
    return redirect("own-course-roster", course_id=course_id)


@only(*MAKERS)
def questions(request: HttpRequest, course_id: UUID) -> HttpResponse:
    """What learners ask; unanswered first."""
    course = own(request, course_id)
    rows = CourseQuestion.objects.filter(registration__course=course)
    rows = rows.select_related("item", "registration__person").prefetch_related("answers__answered_by")
    ordered = sorted(rows, key=lambda row: (bool(row.answers.all()), -row.asked_at.timestamp()))
    if excel_asked(request):
        return course_lists.questions_excel(request, course, ordered)
    page = Paginator(ordered, PAGE).get_page(request.GET.get("page"))
    return render(request, "portal/courses/questions.html", {"course": course, "page": page})


@only(*MAKERS, writes=True)
@require_POST
def answer(request: HttpRequest, course_id: UUID, question_id: UUID) -> HttpResponse:
    rows = CourseQuestion.objects.select_related("item")
    row = get_object_or_404(rows, pk=question_id, registration__course=own(request, course_id))
    answer_learner(question=row, text=request.POST.get("text", ""), by=request.actor, at=request.now)
    messages.success(request, _("已答复，学员在课程页面可以看到。"))
    return redirect("own-course-questions", course_id=course_id)
