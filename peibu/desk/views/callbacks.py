"""Officers: the call-backs of the district's classes, the draw, the phone list, one call (WH63.4.1)."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from peibu.accounts.access import only
from peibu.accounts.models import User
from peibu.desk import list_exports
from peibu.desk.callback_words import answer_rows, chart_of
from peibu.kernel.errors import Refused
from peibu.theme.exports import excel_asked
from peibu.theme.policy_words import said
from peibu.training.actions.callbacks import commit_callbacks, draw_callbacks, hand_over_callback, record_call
from peibu.training.callback_terms import callback_terms, questions_of
from peibu.training.enums import CallbackAnswer, CallbackOutcome
from peibu.training.models import CallbackTask, Cohort
from peibu.training.permissions.callbacks import (
    ALIVE,
    CALLING,
    DRAWING,
    READING,
    callers_for,
    can_call,
    can_draw_callbacks,
    classes_seen_by,
    phone_shown,
)
from peibu.training.queries.callbacks import callbacks_of, callbacks_of_all, draw_file, open_calls_of, tasks_of

PAGE = 30
UNPROCESSABLE = 422


@only(*READING)
def index(request: HttpRequest) -> HttpResponse:
    """My open calls first, then the district's classes with what their call-backs gave."""
    rows = classes_seen_by(request.actor).order_by("-opens_on", "name", "pk")
    text = request.GET.get("q", "").strip()
    if text:
        rows = rows.filter(Q(name__icontains=text) | Q(provider__name__icontains=text))
    if excel_asked(request):
        return list_exports.callbacks(request, rows, callbacks_of_all(rows))
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    figures = callbacks_of_all(page.object_list)
    mine = [(task, phone_shown(request.actor, task)) for task in open_calls_of(request.actor)]
    context = {"page": page, "lines": [(row, figures[row.pk]) for row in page], "mine": mine, "q": text}
    return _private(render(request, "desk/callbacks/index.html", context))


def _private(answer: HttpResponse) -> HttpResponse:
    """A page that may show a phone number stays in no cache."""
    answer["Cache-Control"] = "private, no-store"
    return answer


def _cohort(request: HttpRequest, cohort_id: UUID) -> Cohort:
    return get_object_or_404(classes_seen_by(request.actor), pk=cohort_id)


@only(*READING)
def show(request: HttpRequest, cohort_id: UUID) -> HttpResponse:
    """One class: the two steps of the draw, the phone list, the figures."""
    cohort = _cohort(request, cohort_id)
    figures = callbacks_of(cohort)
    row = figures.round
    tasks = tasks_of(row) if row else []
    may_draw = bool(can_draw_callbacks(request.actor, cohort)) and cohort.stage in ALIVE
    context = {
        "cohort": cohort,
        "figures": figures,
        "round": row,
        "terms": callback_terms(cohort.policy, on=request.today),
        "may_draw": may_draw,
        "callers": callers_for(cohort, on=request.today) if may_draw else [],
        "lines": [
            (task, phone_shown(request.actor, task), bool(can_call(request.actor, task)), list(task.results.all()))
            for task in tasks
        ],
        "answers": answer_rows(figures),
        "chart": chart_of(figures) if figures.reached else None,
    }
    return _private(render(request, "desk/callbacks/show.html", context))


@only(*DRAWING, writes=True)
@require_POST
def draw(request: HttpRequest, cohort_id: UUID) -> HttpResponse:
    """Publish the seed's fingerprint, or draw the people to phone."""
    cohort = _cohort(request, cohort_id)
    if request.POST.get("step") == "commit":
        commit_callbacks(cohort=cohort, by=request.actor, at=request.now)
        messages.success(request, _("种子指纹已公布，可以抽取名单。"))
    else:
        caller = _caller(request)
        row = draw_callbacks(cohort=cohort, caller=caller, by=request.actor, at=request.now)
        messages.success(request, _("已抽取%(n)d人，由%(name)s回访。") % {"n": row.wanted, "name": caller.name})
    return redirect("desk-callbacks", cohort_id=cohort.pk)


def _caller(request: HttpRequest) -> User:
    try:
        return User.objects.get(pk=UUID(request.POST.get("caller", "")))
    except (ValueError, User.DoesNotExist):
        raise Refused(_("没有选择回访人员"), "no_caller", _("请从名单中选择一人")) from None


@only(*READING)
def draw_json(request: HttpRequest, cohort_id: UUID) -> HttpResponse:
    """What `python -m peibu.kernel.draw` checks."""
    row = callbacks_of(_cohort(request, cohort_id)).round
    if row is None or row.drawn_at is None:
        raise Http404
    answer = JsonResponse(draw_file(row), json_dumps_params={"indent": 1})
    answer["Content-Disposition"] = "attachment; filename=draw.json"
    return answer


def _task(request: HttpRequest, task_id: UUID) -> CallbackTask:
    rows = CallbackTask.objects.filter(round__cohort__in=classes_seen_by(request.actor).values("pk"))
    rows = rows.select_related(
        "round__cohort__provider", "round__cohort__division", "enrolment__person", "enrolment__enterprise", "caller"
    )
    return get_object_or_404(rows, pk=task_id)


@only(*CALLING, writes=True)
def call(request: HttpRequest, task_id: UUID) -> HttpResponse:
    """One call: number, script, questions, result. Only for the account it was given to, only while it is open."""
    task = _task(request, task_id)
    verdict = can_call(request.actor, task)
    if not verdict:
        messages.info(request, verdict.reason)
        return redirect("desk-callbacks", cohort_id=task.round.cohort_id)
    if request.method != "POST":
        return _call_page(request, task)
    try:
        _record(request, task)
    except Refused as refused:
        return _call_page(request, task, refused)
    messages.success(request, _("%(name)s的通话结果已登记。") % {"name": task.enrolment.person.name})
    return redirect("desk-callbacks", cohort_id=task.round.cohort_id)


def _record(request: HttpRequest, task: CallbackTask) -> None:
    codes = [question.code for question in questions_of(task.round.cohort.policy)]
    record_call(
        task=task,
        outcome=request.POST.get("outcome", ""),
        answers={code: request.POST.get(f"q-{code}", "") for code in codes},
        remark=request.POST.get("remark", ""),
        by=request.actor,
        at=request.now,
    )


def _call_page(request: HttpRequest, task: CallbackTask, refused: Refused | None = None) -> HttpResponse:
    cohort = task.round.cohort
    terms = callback_terms(cohort.policy, on=request.today)
    script = terms.script if terms else None
    context = {
        "task": task,
        "cohort": cohort,
        "phone": phone_shown(request.actor, task),
        "script": said(script, "body") if script else "",
        "questions": [
            (question.code, said(question), request.POST.get(f"q-{question.code}", ""))
            for question in questions_of(cohort.policy)
        ],
        "answers": CallbackAnswer.choices,
        "outcomes": CallbackOutcome.choices,
        "outcome": request.POST.get("outcome", ""),
        "remark": request.POST.get("remark", ""),
        "results": task.results.select_related("called_by"),
        "problem": refused.sentence() if refused else "",
    }
    return _private(render(request, "desk/callbacks/call.html", context, status=UNPROCESSABLE if refused else 200))


@only(*DRAWING, writes=True)
@require_POST
def hand_over(request: HttpRequest, task_id: UUID) -> HttpResponse:
    """Give an open call to a colleague."""
    task = _task(request, task_id)
    caller = _caller(request)
    hand_over_callback(task=task, caller=caller, by=request.actor, at=request.now)
    messages.success(request, _("已交由%(name)s回访。") % {"name": caller.name})
    return redirect("desk-callbacks", cohort_id=task.round.cohort_id)
