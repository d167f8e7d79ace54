"""The officer's start page: what is to do, until when; and every case of the district."""

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from peibu.accounts.access import officers
from peibu.casework.models import Case
from peibu.casework.queries import cases_for, state_label, to_do

PAGE = 30


@officers()
def show(request: HttpRequest) -> HttpResponse:
    """My desk: open tasks with deadlines and colours, and the figures of the day."""
    tasks = to_do(request.actor)
    today = request.today
    counts = {
        "open": tasks.count(),
        "today": tasks.filter(due_on=today).count(),
        "overdue": tasks.filter(due_on__lt=today).count(),
    }
    mine = cases_for(request.actor)
    counts["month"] = mine.filter(opened_at__year=today.year, opened_at__month=today.month).count()
    page = Paginator(tasks, PAGE).get_page(request.GET.get("page"))
    rows = [(task, state_label(task.case, on=today, for_applicant=False)) for task in page]
    context = {
        "counts": counts,
        "page": page,
        "rows": rows,
        "recent": _labelled(mine.order_by("-state_since")[:8], today),
    }
    return render(request, "desk/home.html", context)


@officers()
def cases(request: HttpRequest) -> HttpResponse:
    """All cases in my scope, searched by number, subject or applicant, filtered by process and state."""
    rows = cases_for(request.actor)
    text = request.GET.get("q", "").strip()
    if text:
        rows = rows.filter(Q(number__icontains=text) | Q(subject__icontains=text) | Q(applicant__name__icontains=text))
    for field in ("process", "state"):
        if request.GET.get(field):
            rows = rows.filter(**{field: request.GET[field]})
    page = Paginator(rows.order_by("-state_since"), PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "rows": _labelled(page, request.today), "q": text}
    return render(request, "desk/cases.html", context)


def _labelled(rows, today) -> list[tuple[Case, object]]:
    return [(row, state_label(row, on=today, for_applicant=False)) for row in rows]
