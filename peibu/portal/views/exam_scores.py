"""Scores: typed into a grid or read from a file, looked at once more, saved, sealed."""

import dataclasses
from collections.abc import Mapping
from decimal import Decimal
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from peibu.accounts.access import only
from peibu.portal.exam_forms import ScoreFileForm
from peibu.rulebook import load_policy
from peibu.training.actions.scores import enter_scores, seal_scores
from peibu.training.models import Exam
from peibu.training.permissions.exam import APPROVED, BODIES, can_examine, exams_of
from peibu.training.queries.exams import (
    Candidate,
    candidates,
    exam_day,
    is_intact,
    pass_mark,
    photos_of_class,
    score_chart,
)
from peibu.training.queries.score_sheets import points_problem, read_score_sheet, score_template
from peibu.training.queries.surveys import survey_panel

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclasses.dataclass
class Line:
    """One line of the grid: the candidate, what was typed, what is wrong with it, what it would mean."""

    candidate: Candidate
    text: str
    absent: bool
    problem: str = ""

    @property
    def filled(self) -> bool:
        return self.absent or bool(self.text)

    @property
    def points(self) -> Decimal | None:
        return Decimal(self.text) if self.text and not self.problem and not self.absent else None


def scored_exam(request: HttpRequest, exam_id: UUID) -> Exam:
    """An exam of mine that was approved; 404 for any other."""
    exam = get_object_or_404(exams_of(request.actor), pk=exam_id)
    if exam.case.state != APPROVED:
        raise Http404
    return exam


def _stored(exam: Exam) -> list[Line]:
    rows = candidates(exam)
    return [Line(row, "" if row.points is None else f"{row.points:f}", row.absent) for row in rows]


def typed_lines(exam: Exam, data: Mapping, full: int) -> list[Line]:
    """The grid as it was typed, each line with what is wrong with it."""
    lines = []
    for row in candidates(exam):
        text = (data.get(f"points-{row.number}") or "").strip().replace("．", ".")
        absent = bool(data.get(f"absent-{row.number}"))
        problem = ""
        if text and absent:
            problem = _("既填了成绩又标了缺考，请留一项")
        elif text and (why := points_problem(text, full)):
            problem = _("成绩%(why)s，请核对答卷") % {"why": why}
        lines.append(Line(row, text, absent, problem))
    return lines


@only(*BODIES, writes=True)
def sheet(request: HttpRequest, exam_id: UUID) -> HttpResponse:
    """The grid; a first POST shows everything once more, a second one (step=save) keeps it."""
    exam = scored_exam(request, exam_id)
    if request.method != "POST":
        return _grid(request, exam, _stored(exam))
    full = load_policy(exam.cohort.policy).value("full_mark", on=exam_day(exam))
    lines = typed_lines(exam, request.POST, full)
    if any(line.problem for line in lines) or request.POST.get("step") == "edit":
        return _grid(request, exam, lines, status=422 if any(line.problem for line in lines) else 200)
    if request.POST.get("step") == "save":
        marks = {line.candidate.enrolment.pk: line.points for line in lines if line.filled}
        changed = enter_scores(exam=exam, marks=marks, by=request.actor, at=request.now)
        messages.success(request, _("已保存，%(number)d人的成绩有变化") % {"number": changed})
        return redirect("provider-exam-scores", exam_id=exam.pk)
    return _preview(request, exam, lines)


def _grid(request: HttpRequest, exam: Exam, lines: list[Line], status: int = 200, **more) -> HttpResponse:
    policy = load_policy(exam.cohort.policy)
    photos, least = photos_of_class(exam.cohort).count(), policy.value("training_photos_min", on=exam_day(exam))
    open_scores = sum(line.candidate.score is None for line in lines)
    silent = [row.name for row in exam.supervisors.all() if row.signed_at is None]
    checks = [
        (not open_scores, _("全部考生已有成绩或标记缺考"), _("还差%(n)d人") % {"n": open_scores}),
        (not silent, _("监考人已确认监考记录"), _("未确认：%(names)s") % {"names": "、".join(silent)}),
        (photos >= least, _("培训现场照片不少于%(n)d张") % {"n": least}, _("现有%(n)d张") % {"n": photos}),
    ]
    mark = pass_mark(exam.cohort, on=exam_day(exam))
    points = [line.candidate.points for line in lines]
    context = {
        "exam": exam,
        "cohort": exam.cohort,
        "lines": lines,
        "mark": mark,
        "checks": checks,
        "can_seal": all(done for done, _label, _rest in checks),
        "barred": can_examine(request.actor, exam).reason,
        "over": request.now >= exam.held_until,
        "file_form": ScoreFileForm(),
        "chart": score_chart(points, mark) if any(value is not None for value in points) else None,
        "intact": is_intact(exam) if exam.sealed_at else None,
        "kpis": _counts(points, [line.candidate.absent for line in lines], mark),
    }
    if exam.sealed_at:
        context |= survey_panel(exam)
    return render(request, "portal/exams/scores.html", context | more, status=status)


def _counts(points: list[Decimal | None], absent: list[bool], mark: int) -> list[dict]:
    good = sum(value is not None and value >= mark for value in points)
    weak = sum(value is not None and value < mark for value in points)
    return [
        {"label": _("考生"), "unit": _("人"), "value": len(points)},
        {"label": _("合格"), "unit": _("人"), "value": good, "tone": "mine"},
        {"label": _("不合格"), "unit": _("人"), "value": weak, "tone": "due" if weak else "rest"},
        {"label": _("缺考"), "unit": _("人"), "value": sum(absent)},
    ]


def _preview(request: HttpRequest, exam: Exam, lines: list[Line]) -> HttpResponse:
    mark = pass_mark(exam.cohort, on=exam_day(exam))
    points = [line.points for line in lines]
    context = {
        "exam": exam,
        "cohort": exam.cohort,
        "lines": lines,
        "mark": mark,
        "left": sum(not line.filled for line in lines),
        "kpis": _counts(points, [line.absent for line in lines], mark),
        "chart": score_chart(points, mark),
    }
    return render(request, "portal/exams/preview.html", context)


@only(*BODIES, writes=True)
def import_file(request: HttpRequest, exam_id: UUID) -> HttpResponse:
    """Read a sheet; without problems it is shown for a second look, with problems all of them are listed."""
    exam = scored_exam(request, exam_id)
    form = ScoreFileForm(request.POST or None, request.FILES or None)
    if not form.is_valid():
        return _grid(request, exam, _stored(exam), 422 if form.is_bound else 200, file_form=form)
    file = form.cleaned_data["file"]
    full = load_policy(exam.cohort.policy).value("full_mark", on=exam_day(exam))
    read = read_score_sheet(exam, file.name, file.read(), full=full)
    if read.problems:
        return _grid(request, exam, _stored(exam), 422, problems_found=read.problems)
    lines = [
        Line(
            row,
            "" if read.marks[row.number] is None else f"{read.marks[row.number]:f}",
            read.marks[row.number] is None,
        )
        for row in candidates(exam)
    ]
    return _preview(request, exam, lines)


@only(*BODIES)
def template(request: HttpRequest, exam_id: UUID) -> HttpResponse:
    """The Excel sheet with the class's names."""
    exam = scored_exam(request, exam_id)
    response = HttpResponse(score_template(exam), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="scores-{exam.case.number}.xlsx"'
    return response


@only(*BODIES, writes=True)
def seal(request: HttpRequest, exam_id: UUID) -> HttpResponse:
    """Seal the sheet for good."""
    exam = scored_exam(request, exam_id)
    if request.method == "POST":
        seal_scores(exam=exam, by=request.actor, at=request.now)
        messages.success(request, _("成绩单已封存，可以上报合格名单"))
    return redirect("provider-exam-scores", exam_id=exam.pk)
