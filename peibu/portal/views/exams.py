"""The provider prepares and files the examination of a class."""

from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from peibu.accounts.access import only
from peibu.accounts.enums import Role
from peibu.accounts.models import User
from peibu.casework.models import Document
from peibu.casework.queries import state_label, timeline
from peibu.examining.queries.sittings import online_test
from peibu.portal.exam_forms import PaperForm, SampleForm, ThirdPartyForm, TimeForm
from peibu.rulebook import load_policy
from peibu.training.actions.exam import (
    draft_exam,
    file_exam,
    judge_filing,
    keep_sample,
    name_graders,
    name_supervisors,
    name_third_party,
    set_paper,
    set_time,
)
from peibu.training.enums import SupervisorSide
from peibu.training.models import Exam
from peibu.training.permissions.exam import (
    APPROVED,
    BODIES,
    can_edit,
    can_examine,
    can_file,
    can_read_sample,
    cohorts_of,
    exams_of,
)
from peibu.training.queries.bodies import examiner_of
from peibu.training.queries.exams import (
    grader_choices,
    item_rows,
    possible_supervisors,
    structure_chart,
    structure_of,
)


@only(*BODIES)
def index(request: HttpRequest) -> HttpResponse:
    """My classes and where their exams stand; for a body of its own the exams it holds."""
    rows = [
        (exam.cohort, exam, state_label(exam.case, on=request.today, for_applicant=False))
        for exam in exams_of(request.actor).filter(body__isnull=False, body=request.actor.unit).order_by("-held_from")
    ]
    for cohort in cohorts_of(request.actor).select_related("exam__case").order_by("-opens_on", "name"):
        exam = getattr(cohort, "exam", None)
        state = state_label(exam.case, on=request.today, for_applicant=True) if exam else None
        rows.append((cohort, exam, state))
    return render(request, "portal/exams/index.html", {"rows": rows})


def _mine(request: HttpRequest, exam_id: UUID) -> Exam:
    return get_object_or_404(exams_of(request.actor), pk=exam_id)


@only(Role.PROVIDER, writes=True)
def open_exam(request: HttpRequest, cohort_id: UUID) -> HttpResponse:
    """Open the exam of a class."""
    cohort = get_object_or_404(cohorts_of(request.actor), pk=cohort_id)
    if request.method != "POST":
        return redirect("provider-exams")
    exam = draft_exam(cohort=cohort, by=request.actor, at=request.now)
    return redirect("provider-exam", exam_id=exam.pk)


@only(*BODIES)
def show(request: HttpRequest, exam_id: UUID) -> HttpResponse:
    """The whole filing on one page: what is filled in, what is missing, what happened."""
    return _page(request, _mine(request, exam_id))


def _page(request: HttpRequest, exam: Exam, status: int = 200, **forms) -> HttpResponse:
    editable, may_file = bool(can_edit(request.actor, exam)), bool(can_file(request.actor, exam))
    rows = item_rows(exam)
    context = {
        "exam": exam,
        "cohort": exam.cohort,
        "state": state_label(exam.case, on=request.today, for_applicant=True),
        "steps": _steps(exam, request),
        "editable": editable,
        "time_form": TimeForm.of(exam),
        "paper_form": PaperForm.of(exam),
        "sample_form": SampleForm(),
        "third_form": ThirdPartyForm(),
        "structure": _shares(exam, rows, request),
        "paper_chart": structure_chart(rows) if rows else None,
        "items": exam.items.all(),
        "supervisors": exam.supervisors.select_related("unit").order_by("side"),
        "graders": exam.graders.order_by("name"),
        "may_file": may_file,
        "examines": bool(can_examine(request.actor, exam)),
        "sample_open": bool(can_read_sample(request.actor, exam, at=request.now)),
        "body": examiner_of(exam),
        "judgement": judge_filing(exam, day=request.today)[0] if editable or may_file else None,
        "events": timeline(exam.case, for_applicant=True),
        "has_scores": exam.case.state == APPROVED,
        "test": online_test(exam),
    }
    if editable:
        context |= _choices(exam, request)
    return render(request, "portal/exams/show.html", context | forms, status=status)


def _choices(exam: Exam, request: HttpRequest) -> dict:
    chosen = set(exam.supervisors.values_list("user_id", flat=True))
    lists = [
        (SupervisorSide.HRSS, possible_supervisors(exam.cohort, Role.HRSS_SUPERVISOR, on=request.today)),
        (SupervisorSide.INDUSTRY, possible_supervisors(exam.cohort, Role.INDUSTRY_SUPERVISOR, on=request.today)),
    ]
    return {"supervisor_lists": lists, "chosen_supervisors": chosen, "grader_choices": grader_choices(exam)}


def _steps(exam: Exam, request: HttpRequest) -> dict:
    labels = [_("填写"), _("申报"), _("同意开考"), _("考试"), _("登分"), _("封存")]
    state = exam.case.state
    if exam.sealed_at:
        at = len(labels)
    elif state == APPROVED:
        at = 3 if request.now < exam.held_until else 4 if exam.scores.count() == 0 else 5
    else:
        at = 2 if state == "submitted" else 0
    return {"labels": labels, "at": at}


def _shares(exam: Exam, rows: list, request: HttpRequest) -> dict:
    policy = load_policy(exam.cohort.policy)
    paper = structure_of(rows)
    asks = "objective_share_min" in policy.parameters
    least = policy.value("objective_share_min", on=request.today) if asks else None
    full = policy.value("full_mark", on=request.today)
    bars = [
        (
            _("按题数"),
            paper.share_of_items,
            _("客观题%(a)d题，共%(b)d题") % {"a": paper.objective_items, "b": paper.items},
        ),
        (
            _("按分值"),
            paper.share_of_points,
            _("客观题%(a)s分，共%(b)s分")
            % {"a": f"{paper.objective_points.normalize():f}", "b": f"{paper.points.normalize():f}"},
        ),
    ]
    lines = [
        (label, share, told, least is None or share is not None and share >= least) for label, share, told in bars
    ]
    total = f"{paper.points.normalize():f}"
    return {"total": total, "lines": lines, "least": least, "full": full, "total_fits": paper.points == full}


@only(*BODIES, writes=True)
def share(request: HttpRequest, exam_id: UUID) -> HttpResponse:
    """The shares of what is typed at the moment; nothing is saved."""
    exam = _mine(request, exam_id)
    form = PaperForm(request.POST or None)
    form.is_valid()
    rows = form.items() if form.is_bound else item_rows(exam)
    return render(request, "portal/exams/_share.html", {"structure": _shares(exam, rows, request)})


@only(*BODIES, writes=True)
def time(request: HttpRequest, exam_id: UUID) -> HttpResponse:
    """Save time and place."""
    exam = _mine(request, exam_id)
    form = TimeForm(request.POST or None)
    if not form.is_valid():
        return _page(request, exam, 422 if form.is_bound else 200, time_form=form)
    start, end = form.moments()
    set_time(
        exam=exam,
        held_from=start,
        held_until=end,
        place=form.cleaned_data["place"],
        by=request.actor,
        at=request.now,
    )
    return _saved(request, exam, "time")


@only(*BODIES, writes=True)
def paper(request: HttpRequest, exam_id: UUID) -> HttpResponse:
    """Save the structure of the paper."""
    exam = _mine(request, exam_id)
    form = PaperForm(request.POST or None)
    if not form.is_valid():
        return _page(request, exam, 422 if form.is_bound else 200, paper_form=form)
    set_paper(exam=exam, items=form.items(), by=request.actor, at=request.now)
    return _saved(request, exam, "paper")


@only(*BODIES, writes=True)
def sample(request: HttpRequest, exam_id: UUID) -> HttpResponse:
    """Keep the sample paper."""
    exam = _mine(request, exam_id)
    form = SampleForm(request.POST or None, request.FILES or None)
    if not form.is_valid():
        return _page(request, exam, 422 if form.is_bound else 200, sample_form=form)
    file = form.cleaned_data["file"]
    keep_sample(exam=exam, name=file.name, content=file.read(), by=request.actor, at=request.now)
    return _saved(request, exam, "sample")


@only(*BODIES, writes=True)
def supervisors(request: HttpRequest, exam_id: UUID) -> HttpResponse:
    """Name the officers who watch."""
    exam = _mine(request, exam_id)
    if request.method == "POST":
        chosen = [value for value in request.POST.getlist("user") if value]
        users = list(User.objects.filter(pk__in=[value for value in chosen if _is_uuid(value)]))
        name_supervisors(exam=exam, users=users, by=request.actor, at=request.now)
        return _saved(request, exam, "supervisors")
    return redirect("provider-exam", exam_id=exam.pk)


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


@only(*BODIES, writes=True)
def third_party(request: HttpRequest, exam_id: UUID) -> HttpResponse:
    """Name an entrusted third party instead."""
    exam = _mine(request, exam_id)
    form = ThirdPartyForm(request.POST or None)
    if not form.is_valid():
        return _page(request, exam, 422 if form.is_bound else 200, third_form=form)
    name_third_party(exam=exam, **form.cleaned_data, by=request.actor, at=request.now)
    return _saved(request, exam, "supervisors")


@only(*BODIES, writes=True)
def graders(request: HttpRequest, exam_id: UUID) -> HttpResponse:
    """Name who grades."""
    exam = _mine(request, exam_id)
    if request.method == "POST":
        chosen = set(request.POST.getlist("grader"))
        people = {str(row.teacher.pk): row.teacher.person_key for row in grader_choices(exam)}
        keys = [people.get(value, value) for value in sorted(chosen)]
        name_graders(exam=exam, person_keys=keys, by=request.actor, at=request.now)
        return _saved(request, exam, "graders")
    return redirect("provider-exam", exam_id=exam.pk)


def _saved(request: HttpRequest, exam: Exam, part: str) -> HttpResponse:
    messages.success(request, _("已保存"))
    response = redirect("provider-exam", exam_id=exam.pk)
    response["Location"] += f"#{part}"
    return response


@only(Role.PROVIDER, writes=True)
def file(request: HttpRequest, exam_id: UUID) -> HttpResponse:
    """File with the agency."""
    exam = _mine(request, exam_id)
    if request.method == "POST":
        case = file_exam(exam=exam, by=request.actor, at=request.now)
        messages.success(request, state_label(case, on=request.today, for_applicant=True).label)
    return redirect("provider-exam", exam_id=exam.pk)


@only(*BODIES)
def document(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """A file of one of my exams or classes. Samples hold answers: whoever does not examine reads them when it is over."""
    open_exams = [exam.pk for exam in exams_of(request.actor) if can_read_sample(request.actor, exam, at=request.now)]
    classes = cohorts_of(request.actor).values("pk")
    row = get_object_or_404(Document, Q(subject_id__in=open_exams) | Q(subject_id__in=classes), pk=document_id)
    inline = row.kind in {"png", "jpg", "pdf"}
    return FileResponse(row.file.open("rb"), as_attachment=not inline, filename=row.name)
