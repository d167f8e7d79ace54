"""One case: its content (panel), what may be done, documents, history."""

from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from peibu.accounts.access import officers
from peibu.casework.actions import move_case
from peibu.casework.models import Case, Document
from peibu.casework.processes import process_of
from peibu.casework.queries import cases_for, possible_moves, state_label, timeline
from peibu.desk.panels import panel_for

INLINE = {"png": "image/png", "jpg": "image/jpeg", "pdf": "application/pdf"}


@officers()
def show(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The case page; a case of another district is not found."""
    case = get_object_or_404(cases_for(request.actor), pk=case_id)
    template, context = panel_for(case, request.actor, on=request.today, asked=request.GET)
    context |= {
        "case": case,
        "process": process_of(case.policy, case.process, on=request.today),
        "state": state_label(case, on=request.today, for_applicant=False),
        "panel": template,
        "moves": possible_moves(request.actor, case, on=request.today),
        "events": timeline(case),
        "documents": case.documents.order_by("uploaded_at"),
    }
    return render(request, "desk/case.html", context)


@officers(writes=True)
def move(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Make one move; a refusal comes back as a sentence."""
    case = get_object_or_404(cases_for(request.actor), pk=case_id)
    moved = move_case(
        case=case,
        move=request.POST.get("move", ""),
        by=request.actor,
        at=request.now,
        reason=request.POST.get("reason", ""),
    )
    label = state_label(moved, on=request.today, for_applicant=False).label
    messages.success(request, _("已办理，当前状态：%(state)s") % {"state": label})
    return redirect("desk-case", case_id=moved.pk)


@officers()
def document(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """A stored file of a case or class in my district, always as a download or inert picture."""
    row = get_object_or_404(Document, pk=document_id)
    if not request.actor.covers(row.division_id) and not _through_case(request.actor, row):
        raise Http404
    # The type comes from what the file is, never from the name somebody gave it.
    kind = INLINE.get(row.kind)
    return FileResponse(
        row.file.open("rb"),
        as_attachment=kind is None,
        filename=row.name,
        content_type=kind or "application/octet-stream",
    )


def _through_case(actor, row: Document) -> bool:
    """A claim's reviewer sees the class documents of another district's provider when a case of hers leads there."""
    return bool(row.case_id) and cases_for(actor).filter(pk=row.case_id).exists() or _claimed(actor, row)


def _claimed(actor, row: Document) -> bool:
    return Case.objects.filter(pk__in=cases_for(actor), claim__cohort_id=row.subject_id).exists()
