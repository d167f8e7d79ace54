"""Officers: the archives of the district, and everything about one class on one page (QD97.6.2)."""

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from peibu.accounts.access import only
from peibu.accounts.actor import Actor
from peibu.casework.queries import cases_for, state_label, timeline
from peibu.claims.models import Claim
from peibu.desk import list_exports, register_exports
from peibu.oversight.facts import archive_list, archive_parts, cases_of, class_documents
from peibu.oversight.history import READERS as HISTORY_READERS
from peibu.oversight.permissions import READERS, classes_for
from peibu.oversight.queries import filed_classes, findings_for
from peibu.theme.exports import excel_asked
from peibu.training.filing_papers import plan_rows
from peibu.training.models import Cohort
from peibu.training.queries.attendance import class_rate, rates
from peibu.training.queries.callbacks import callbacks_of
from peibu.training.queries.certificates import logs_of
from peibu.training.queries.exams import is_intact
from peibu.training.queries.filing import days_of
from peibu.training.queries.lesson_notes import prepared
from peibu.training.queries.photos import photos_of
from peibu.training.queries.surveys import survey_panel

PAGE = 30
STATES = ("late", "waiting", "archived")


@only(*READERS)
def index(request: HttpRequest) -> HttpResponse:
    """Classes after their certificates: late, to be archived, archived with their dates."""
    rows = filed_classes(request.actor, on=request.today)
    counts = {state: sum(row.state == state for row in rows) for state in STATES}
    text, state = request.GET.get("q", "").strip(), request.GET.get("state", "")
    if text:
        rows = [row for row in rows if text in row.cohort.name or text in row.cohort.provider.name]
    if state in STATES:
        rows = [row for row in rows if row.state == state]
    if excel_asked(request):
        return register_exports.archive(request, rows)
    labels = {"late": _("超期未归档"), "waiting": _("待归档"), "archived": _("已归档")}
    context = {
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "kpis": [
            {"label": labels["late"], "value": counts["late"], "tone": "due", "url": "?state=late"},
            {"label": labels["waiting"], "value": counts["waiting"], "tone": "mine", "url": "?state=waiting"},
            {"label": labels["archived"], "value": counts["archived"], "url": "?state=archived"},
        ],
        "states": labels.items(),
        "state": state,
        "q": text,
    }
    return render(request, "desk/oversight/archive.html", context)


@only(*READERS)
def show(request: HttpRequest, cohort_id: UUID) -> HttpResponse:
    """The whole file of a class of my district."""
    rows = classes_for(request.actor).select_related("archive__document", "exam__case", "certificate_batch__case")
    cohort = get_object_or_404(rows, pk=cohort_id)
    if excel_asked(request):
        return list_exports.class_people(request, cohort, rates(cohort, at=request.now))
    sessions = list(cohort.sessions.select_related("teacher", "base").order_by("starts_at"))
    context = {
        "cohort": cohort,
        "plan": cohort.plan,
        "plan_rows": plan_rows(cohort.plan),
        "bases": cohort.plan.bases.select_related("unit", "signed_by").order_by("unit__name"),
        "sessions": sessions,
        "days": days_of(sessions),
        "people": rates(cohort, at=request.now),
        "rate": class_rate(cohort, at=request.now),
        "photos": photos_of(cohort),
        "logs": logs_of(cohort),
        "parts": archive_parts(cohort, on=request.today),
        "package": getattr(cohort, "archive", None),
        "claims": _claims(request, cohort),
        "cases": _cases(request, cohort),
        "documents": class_documents(cohort),
        "findings": findings_for(request.actor).filter(subject_id=cohort.pk),
        "history": request.actor.role in HISTORY_READERS,
        "callbacks": callbacks_of(cohort),
        "lesson_notes": prepared(cohort),
        "archive_list": archive_list(cohort),
        "ended": getattr(cohort, "teaching_end", None),
        **_exam(cohort),
    }
    return render(request, "desk/oversight/class.html", context)


def _exam(cohort: Cohort) -> dict:
    exam = getattr(cohort, "exam", None)
    batch = getattr(cohort, "certificate_batch", None)
    if exam is None:
        return {"exam": None, "batch": batch}
    people = exam.supervisors.select_related("unit").order_by("side", "id")
    intact = is_intact(exam) if exam.sealed_at else None
    return {"exam": exam, "batch": batch, "supervisors": people, "intact": intact, **survey_panel(exam)}


def _cases(request: HttpRequest, cohort: Cohort) -> list[tuple]:
    """Every case of the class with its state and steps, the claims' included where I may see them."""
    own = [*cases_of(cohort), *(row["claim"].case for row in _claims(request, cohort))]
    return [(case, state_label(case, on=request.today, for_applicant=False), timeline(case)) for case in own]


def _claims(request: HttpRequest, cohort: Cohort) -> list[dict]:
    """Claims for the class: of another district's enterprise only for the city."""
    visible = visible_claims(request.actor).filter(cohort=cohort).select_related("case", "enterprise")
    return [
        {"claim": row, "state": state_label(row.case, on=request.today, for_applicant=False)}
        for row in visible.order_by("created_at")
    ]


def visible_claims(actor: Actor):
    return Claim.objects.filter(case__in=cases_for(actor).values("pk"))
