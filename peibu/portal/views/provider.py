"""The provider's desk: what is to do, who waits for a class, where each class stands."""

import datetime as dt
from uuid import UUID

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from peibu.accounts.access import only
from peibu.accounts.enums import Role
from peibu.accounts.models import Unit
from peibu.casework.models import Task
from peibu.casework.queries import state_label, to_do
from peibu.programmes.queries import is_listed, running_policies
from peibu.rulebook import Policy
from peibu.training.enums import CohortStage
from peibu.training.models import Cohort
from peibu.training.queries.filing import STEPS, classes_of, filing_time, plans_of, step_of, waiting_lines

CLOSED = (CohortStage.ARCHIVED, CohortStage.CANCELLED)
SHOWN = 6
# process of a case -> relation to the class, name of the page
PAGES = {
    "class_filing": ("cohort", "class-page"),
    "filing_change": ("class_change", "class-change"),
    "exam_filing": ("exam", "provider-exam"),
    "certificate_batch": ("certificate_batch", "provider-certificate-batch"),
}


def card(cohort: Cohort, *, on: dt.date) -> dict:
    """A class as the lists show it: state, step on the road, until when to file."""
    editable = cohort.case.state in ("draft", "returned")
    return {
        "cohort": cohort,
        "state": state_label(cohort.case, on=on, for_applicant=True),
        "step": step_of(cohort, on=on),
        "editable": editable,
        "time": filing_time(cohort, on=on) if editable else None,
    }


def page_of(task: Task) -> str:
    """The page on which a task is done; empty when that page does not exist."""
    relation, url_name = PAGES.get(task.case.process, ("", ""))
    row = getattr(task.case, relation, None) if relation else None
    if row is None:
        return ""
    return address_of(url_name, row.cohort_id if relation == "certificate_batch" else row.pk)


def address_of(url_name: str, key: UUID | None = None) -> str:
    """The address of a page of another stretch; empty when there is no such page."""
    try:
        return reverse(url_name, args=[key] if key else [])
    except NoReverseMatch:
        return ""


@only(Role.PROVIDER)
def home(request: HttpRequest) -> HttpResponse:
    """My tasks, classes by stage, people waiting for a class, plans."""
    unit, today = request.actor.unit, request.today
    classes = list(classes_of(unit).exclude(stage__in=CLOSED))
    waiting = waiting_lines(unit).order_by().values("signup__enterprise__name").annotate(people=Count("pk"))
    waiting = list(waiting.order_by("-people", "signup__enterprise__name"))
    tasks = [(t, state_label(t.case, on=today, for_applicant=True), page_of(t)) for t in to_do(request.actor)]
    cards = [card(row, on=today) for row in classes]
    unlisted = [p for p in _own_policies(unit) if not is_listed(unit, p.path, p.delivery.list, on=today)]
    context = {
        "steps": STEPS,
        "tasks": tasks[:SHOWN],
        "cards": cards[:SHOWN],
        "waiting": waiting,
        "waiting_people": sum(row["people"] for row in waiting),
        "plans": plans_of(unit)[:SHOWN],
        "kpis": _figures(cards, waiting, len(tasks)),
        "deadlines": sorted((c for c in cards if c["time"] and c["time"].last), key=lambda c: c["time"].last),
        "unlisted": unlisted,
    }
    return render(request, "portal/provider/home.html", context)


def _own_policies(unit: Unit) -> list[Policy]:
    """The running policies a unit was ever listed under; all of them when it never was."""
    running = running_policies()
    listed = set(unit.listings.values_list("published__policy", flat=True))
    return [policy for policy in running if policy.path in listed] or running


def _figures(cards: list[dict], waiting: list[dict], tasks: int) -> list[dict]:
    running = [c for c in cards if c["cohort"].stage != CohortStage.FILING]
    return [
        {"label": _("待我办理（件）"), "value": tasks, "tone": "mine"},
        {"label": _("待编班人员（人）"), "value": sum(row["people"] for row in waiting), "tone": "mine"},
        {"label": _("备案中班次（个）"), "value": len(cards) - len(running), "url": reverse("provider-classes")},
        {"label": _("已开班未归档（个）"), "value": len(running), "url": reverse("provider-classes")},
    ]
