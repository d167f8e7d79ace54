"""The question bank of a body that examines: look, write, change, retire, import from Excel."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from peibu.accounts.access import only
from peibu.examining.actions.bank import retire_question, rewrite_question, write_question, write_questions
from peibu.examining.bank_file import question_spec, read_questions
from peibu.examining.enums import Difficulty
from peibu.examining.papers import answer_text
from peibu.examining.queries.bank import current_versions, holdings, policies_of, questions_of, topics_of
from peibu.intake import write_template
from peibu.portal import own_exports
from peibu.portal.bank_forms import BankFileForm, QuestionForm
from peibu.portal.views.exam_scores import XLSX
from peibu.theme.exports import excel_asked
from peibu.training.enums import ItemKind
from peibu.training.permissions.exam import BODIES

PAGE = 40


def _policy(request: HttpRequest) -> str:
    """The policy whose questions are looked at: one the unit trains under."""
    known = policies_of(request.actor.unit)
    asked = request.GET.get("policy", "")
    return asked if asked in known else known[0]


@only(*BODIES)
def index(request: HttpRequest) -> HttpResponse:
    """Every question in use, filtered by kind, topic, difficulty and words."""
    return _page(request)


def _page(request: HttpRequest, status: int = 200, **more) -> HttpResponse:
    policy, unit = _policy(request), request.actor.unit
    rows = current_versions(unit, policy)
    chosen = {name: request.GET.get(name, "") for name in ("kind", "topic", "difficulty", "q")}
    if chosen["kind"] in ItemKind.values:
        rows = rows.filter(kind=chosen["kind"])
    if chosen["difficulty"].isdecimal():
        rows = rows.filter(difficulty=int(chosen["difficulty"][:2]))
    if chosen["topic"]:
        rows = rows.filter(topic=chosen["topic"])
    if chosen["q"].strip():
        rows = rows.filter(stem__icontains=chosen["q"].strip())
    if excel_asked(request):
        return own_exports.questions(request, rows)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    held = holdings(unit, policy)
    kpis = [
        {"label": label, "value": sum(row["n"] for row in held if row["kind"] == kind), "unit": _("题")}
        for kind, label in ItemKind.choices
    ]
    context = {
        "page": page,
        "lines": [(row, answer_text(row)) for row in page],
        "chosen": chosen,
        "kinds": ItemKind.choices,
        "levels": Difficulty.choices,
        "topics": topics_of(unit, policy),
        "kpis": [kpi for kpi in kpis if kpi["value"]],
        "file_form": BankFileForm(),
    }
    return render(request, "portal/bank/index.html", context | more, status=status)


@only(*BODIES, writes=True)
def new(request: HttpRequest) -> HttpResponse:
    """Write a question."""
    form = QuestionForm(request.POST or None)
    if form.is_bound and form.is_valid():
        write_question(policy=_policy(request), wording=form.wording(), by=request.actor, at=request.now)
        messages.success(request, _("题目已加入题库"))
        return redirect("provider-questions")
    return render(request, "portal/bank/question.html", {"form": form}, status=422 if form.errors else 200)


@only(*BODIES, writes=True)
def show(request: HttpRequest, question_id: UUID) -> HttpResponse:
    """One question with its versions; POST makes a new version."""
    question = get_object_or_404(questions_of(request.actor.unit), pk=question_id)
    versions = list(question.versions.select_related("written_by"))
    form = QuestionForm(request.POST) if request.method == "POST" else QuestionForm.of(versions[0])
    if form.is_bound and form.is_valid():
        rewrite_question(question=question, wording=form.wording(), by=request.actor, at=request.now)
        messages.success(request, _("已保存为新版本；已组成的试卷不受影响"))
        return redirect("provider-question", question_id=question.pk)
    context = {"question": question, "form": form, "versions": [(row, answer_text(row)) for row in versions]}
    return render(request, "portal/bank/question.html", context, status=422 if form.errors else 200)


@only(*BODIES, writes=True)
@require_POST
def retire(request: HttpRequest, question_id: UUID) -> HttpResponse:
    """Take a question out of future papers."""
    question = get_object_or_404(questions_of(request.actor.unit), pk=question_id)
    retire_question(question=question, by=request.actor, at=request.now)
    messages.success(request, _("题目已停用，以后组卷不再使用"))
    return redirect("provider-questions")


@only(*BODIES)
def template(request: HttpRequest) -> HttpResponse:
    """The Excel sheet to fill in."""
    response = HttpResponse(write_template(question_spec()), content_type=XLSX)
    response["Content-Disposition"] = 'attachment; filename="questions.xlsx"'
    return response


@only(*BODIES, writes=True)
@require_POST
def import_file(request: HttpRequest) -> HttpResponse:
    """Read a file of questions: all of it is kept, or every mistake is listed."""
    form = BankFileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, 422, file_form=form)
    file = form.cleaned_data["file"]
    wordings, problems = read_questions(file.name, file.read())
    if problems:
        return _page(request, 422, problems_found=problems)
    done = write_questions(policy=_policy(request), wordings=wordings, by=request.actor, at=request.now)
    messages.success(request, _("已导入%(number)d题") % {"number": done})
    return redirect("provider-questions")
