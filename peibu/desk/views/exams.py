"""Officers: exams to watch, their surveys and scores; certificates given."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from peibu.accounts.access import officers, only
from peibu.accounts.enums import Role
from peibu.casework.queries import state_label
from peibu.desk import list_exports
from peibu.theme.exports import excel_asked
from peibu.training.actions.certificates import revoke_certificate
from peibu.training.actions.scores import confirm_supervision
from peibu.training.actions.survey import why_closed
from peibu.training.models import CertificateBatch, Resit
from peibu.training.permissions.exam import (
    APPROVED,
    OF_DISTRICT,
    SUPERVISORS,
    can_confirm,
    can_confirm_resit,
    certificates_of,
    exams_of,
)
from peibu.training.queries.exams import (
    candidates,
    exam_corrections,
    exam_day,
    is_intact,
    pass_mark,
    score_chart,
)
from peibu.training.queries.resits import resits_of
from peibu.training.queries.surveys import survey_panel

PAGE = 30


@officers()
def index(request: HttpRequest) -> HttpResponse:
    """The exams I watch, or those of my district, the next one first."""
    rows = exams_of(request.actor).order_by("-held_from", "-id")
    if excel_asked(request):
        return list_exports.exams(request, rows.prefetch_related("supervisors"))
    page = Paginator(rows.prefetch_related("supervisors"), PAGE).get_page(request.GET.get("page"))
    mine = request.actor.role in SUPERVISORS
    lines = [
        (exam, state_label(exam.case, on=request.today, for_applicant=False), _to_do(request, exam)) for exam in page
    ]
    return render(request, "desk/exams/index.html", {"page": page, "lines": lines, "mine": mine})


def _to_do(request: HttpRequest, exam) -> bool:
    """Is a confirmation of mine due?"""
    if exam.case.state != APPROVED or request.now < exam.held_until:
        return False
    return any(row.signed_at is None and can_confirm(request.actor, row) for row in exam.supervisors.all())


@officers()
def show(request: HttpRequest, exam_id: UUID) -> HttpResponse:
    """One exam: who watches, how it went, what the class thought, the sealed scores."""
    exam = get_object_or_404(exams_of(request.actor), pk=exam_id)
    if excel_asked(request) and exam.sealed_at:
        return list_exports.scores(request, exam.cohort, candidates(exam))
    people = exam.supervisors.select_related("unit").order_by("side", "id")
    over = exam.case.state == APPROVED and request.now >= exam.held_until
    context = {
        "exam": exam,
        "cohort": exam.cohort,
        "state": state_label(exam.case, on=request.today, for_applicant=False),
        "supervisors": [
            (row, over and row.signed_at is None and bool(can_confirm(request.actor, row))) for row in people
        ],
        "over": over,
        "survey_open": not why_closed(exam, at=request.now),
        "lines": candidates(exam) if exam.sealed_at else [],
        "room_open": exam.case.state == APPROVED,
        "drawings": exam.drawings.select_related("drawn_by"),
        **survey_panel(exam),
    }
    if exam.sealed_at:
        mark = pass_mark(exam.cohort, on=exam_day(exam))
        points = [row.points for row in context["lines"]]
        context |= {
            "corrections": exam_corrections(exam),
            "resits": [(row, lapsed, _may_confirm(request, row)) for row, lapsed in resits_of(exam, at=request.now)],
            "deciding": request.actor.role in OF_DISTRICT,
        }
        context |= {"mark": mark, "intact": is_intact(exam), "score_chart": score_chart(points, mark)}
    return render(request, "desk/exams/show.html", context)


def _may_confirm(request: HttpRequest, resit: Resit) -> bool:
    """Is a confirmation of a re-sit due, and mine?"""
    due = resit.agreed_at is not None and resit.supervised_at is None and request.now >= resit.held_until
    return due and bool(can_confirm_resit(request.actor, resit))


@officers(writes=True)
def confirm(request: HttpRequest, exam_id: UUID, supervisor_id: UUID) -> HttpResponse:
    """Confirm the supervision with its record."""
    exam = get_object_or_404(exams_of(request.actor), pk=exam_id)
    supervisor = get_object_or_404(exam.supervisors, pk=supervisor_id)
    if request.method == "POST":
        remark = request.POST.get("remark", "")
        confirm_supervision(supervisor=supervisor, remark=remark, by=request.actor, at=request.now)
        messages.success(request, _("监考记录已确认"))
    return redirect("desk-exam", exam_id=exam.pk)


@officers()
def certificates(request: HttpRequest) -> HttpResponse:
    """Batches of my district with their numbers; single certificates by number or name."""
    batches = CertificateBatch.objects.select_related("cohort__provider", "case", "division")
    if not request.actor.whole_city:
        batches = batches.filter(division_id__in=request.actor.division_ids())
    text = request.GET.get("q", "").strip()
    found = None
    if text:
        found = certificates_of(request.actor).filter(Q(serial__icontains=text) | Q(enrolment__person__name=text))[:50]
    if excel_asked(request):
        return list_exports.certificate_batches(request, batches.order_by("-id"))
    page = Paginator(batches.order_by("-id"), PAGE).get_page(request.GET.get("page"))
    rows = [(batch, state_label(batch.case, on=request.today, for_applicant=False)) for batch in page]
    context = {"page": page, "rows": rows, "q": text, "found": found}
    return render(request, "desk/exams/certificates.html", context)


@only(Role.HRSS_APPROVER, writes=True)
def revoke(request: HttpRequest, certificate_id: UUID) -> HttpResponse:
    """Declare a certificate void, with the reason."""
    row = get_object_or_404(certificates_of(request.actor), pk=certificate_id)
    if request.method == "POST":
        reason = request.POST.get("reason", "")
        revoke_certificate(certificate=row, reason=reason, by=request.actor, at=request.now)
        messages.success(request, _("证书已作废，编号不再使用"))
    return redirect("desk-case", case_id=row.batch.case_id)
