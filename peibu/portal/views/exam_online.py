"""The examining body draws the paper, sets the exam online, watches it, takes the results over."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from peibu.accounts.access import only
from peibu.examining.actions.papers import draw_paper, is_reproducible
from peibu.examining.actions.sittings import cancel_test, count_test, set_up_test
from peibu.examining.assembly import Line
from peibu.examining.enums import DrawnThing
from peibu.examining.models import Paper
from peibu.examining.papers import answer_text
from peibu.examining.queries.bank import holdings, topics_of
from peibu.examining.queries.sittings import monitor, online_test
from peibu.portal.bank_forms import BlueprintForm, MinutesForm, blueprint_initial
from peibu.training.models import Exam
from peibu.training.permissions.exam import BODIES, can_edit, can_examine, exams_of

POLLED = "portal/exams/_watch.html"


def _mine(request: HttpRequest, exam_id: UUID) -> Exam:
    return get_object_or_404(exams_of(request.actor), pk=exam_id)


def _examined(request: HttpRequest, exam_id: UUID) -> Exam:
    """An exam the actor examines: whoever only taught or asked for it never sees a question (WH63.2.6)."""
    exam = _mine(request, exam_id)
    if not can_examine(request.actor, exam):
        raise Http404
    return exam


@only(*BODIES, writes=True)
def draw(request: HttpRequest, exam_id: UUID) -> HttpResponse:
    """The blueprint and the paper drawn from it; the questions are shown to the body that writes the paper only."""
    exam = _examined(request, exam_id)
    topics = topics_of(request.actor.unit, exam.cohort.policy)
    paper = Paper.objects.filter(exam=exam).first()
    if request.method == "POST":
        form = BlueprintForm(request.POST, topics=topics)
        if form.is_valid():
            draw_paper(exam=exam, lines=form.lines(), by=request.actor, at=request.now, seed=form.cleaned_data["seed"])
            messages.success(request, _("已组卷，试卷结构和样卷已填入考试申报"))
            return redirect("provider-exam-draw", exam_id=exam.pk)
    else:
        lines = [Line.from_dict(told) for told in paper.blueprint] if paper else []
        form = BlueprintForm(topics=topics, initial=blueprint_initial(lines))
    return _drawn(request, exam, paper, form)


def _drawn(request: HttpRequest, exam: Exam, paper: Paper | None, form: BlueprintForm) -> HttpResponse:
    items = paper.items.select_related("version").order_by("position") if paper else []
    context = {
        "exam": exam,
        "cohort": exam.cohort,
        "form": form,
        "paper": paper,
        "lines": [(item, answer_text(item.version)) for item in items],
        "again": is_reproducible(paper) if paper else None,
        "drawings": exam.drawings.filter(what=DrawnThing.PAPER).select_related("drawn_by"),
        "editable": bool(can_edit(request.actor, exam)),
        "held": holdings(request.actor.unit, exam.cohort.policy),
        "test": online_test(exam),
        "minutes_form": MinutesForm(initial={"minutes": test.minutes} if (test := online_test(exam)) else None),
    }
    return render(request, "portal/exams/draw.html", context, status=422 if form.errors else 200)


@only(*BODIES, writes=True)
@require_POST
def online(request: HttpRequest, exam_id: UUID) -> HttpResponse:
    """Let the exam be sat online, or on paper after all."""
    exam = _examined(request, exam_id)
    if request.POST.get("cancel"):
        cancel_test(exam=exam, by=request.actor, at=request.now)
        messages.success(request, _("已改为纸笔考试"))
        return redirect("provider-exam-draw", exam_id=exam.pk)
    form = MinutesForm(request.POST)
    if form.is_valid():
        set_up_test(exam=exam, minutes=form.cleaned_data["minutes"], by=request.actor, at=request.now)
        messages.success(request, _("已设为在线考试"))
    else:
        messages.error(request, _("答题时长须为5至360分钟的整数"))
    return redirect("provider-exam-draw", exam_id=exam.pk)


@only(*BODIES)
def watch(request: HttpRequest, exam_id: UUID) -> HttpResponse:
    """Who sits, how far, how long still; asks again by itself."""
    exam = _mine(request, exam_id)
    get_object_or_404(Exam, pk=exam.pk, online__isnull=False)
    rows = monitor(exam, at=request.now)
    context = {
        "exam": exam,
        "cohort": exam.cohort,
        "test": online_test(exam),
        "items": Paper.objects.get(exam=exam).items.count(),
        "rows": rows,
        "over": request.now >= exam.held_until,
        "kpis": watch_counts(rows),
    }
    return render(request, POLLED if request.htmx else "portal/exams/watch.html", context)


def watch_counts(rows: list) -> list[dict]:
    """How many sit, have handed in, have not begun."""
    begun = [row.sitting for row in rows if row.sitting]
    done = sum(sitting.submitted_at is not None for sitting in begun)
    return [
        {"label": _("考生"), "unit": _("人"), "value": len(rows)},
        {"label": _("答题中"), "unit": _("人"), "value": len(begun) - done, "tone": "mine"},
        {"label": _("已交卷"), "unit": _("人"), "value": done},
        {"label": _("未开始"), "unit": _("人"), "value": len(rows) - len(begun), "tone": "rest"},
    ]


@only(*BODIES, writes=True)
@require_POST
def count(request: HttpRequest, exam_id: UUID) -> HttpResponse:
    """Take the results over now instead of waiting for the job."""
    exam = _examined(request, exam_id)
    get_object_or_404(Exam, pk=exam.pk, online__isnull=False)
    added = count_test(exam=exam, by=request.actor, at=request.now)
    messages.success(request, _("已汇总%(number)d人的机考成绩") % {"number": added})
    return redirect("provider-exam-scores", exam_id=exam.pk)
