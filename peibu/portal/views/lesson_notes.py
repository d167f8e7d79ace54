"""Lesson notes: handed in on the session's page, seen together on the page of the class."""

from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from peibu.accounts.access import only
from peibu.accounts.enums import Role
from peibu.training.actions.lesson_notes import write_lesson_note
from peibu.training.permissions.attendance import LOGGING
from peibu.training.queries.classrooms import classes_run_by, sessions_run_by
from peibu.training.queries.lesson_notes import note_files_seen_by, prepared

TEACHING = (Role.TEACHER, Role.PROVIDER)


@only(*TEACHING, writes=True)
@require_POST
def write(request: HttpRequest, session_id: UUID) -> HttpResponse:
    row = get_object_or_404(sessions_run_by(request.actor), pk=session_id)
    file = request.FILES.get("note")
    done = write_lesson_note(
        session=row,
        text=request.POST.get("text", ""),
        name=file.name if file else "",
        content=file.read() if file else b"",
        by=request.actor,
        at=request.now,
    )
    told = _("教案第%(n)d版已提交，开课后提交的记为补交。") if done.late else _("教案第%(n)d版已提交。")
    messages.success(request, told % {"n": done.version})
    return redirect("teaching-session", session_id=row.pk)


@only(*TEACHING)
def overview(request: HttpRequest, cohort_id: UUID) -> HttpResponse:
    """Every session of the class with its notes; my own open to be written."""
    cohort = get_object_or_404(classes_run_by(request.actor), pk=cohort_id)
    rows = prepared(cohort)
    context = {
        "cohort": cohort,
        "rows": rows,
        "missing": sum(not row.notes for row in rows),
        "late": sum(row.late for row in rows),
        "own": set(sessions_run_by(request.actor).filter(cohort=cohort).values_list("pk", flat=True)),
        "may_write": cohort.stage in LOGGING,
    }
    return render(request, "portal/teaching/lesson_notes.html", context)


@only(*TEACHING)
def show(request: HttpRequest, document_id: UUID) -> HttpResponse:
    row = get_object_or_404(note_files_seen_by(request.actor), pk=document_id)
    answer = FileResponse(row.file.open("rb"), as_attachment=True, filename=row.name)
    answer["Cache-Control"] = "private, no-store"
    return answer
