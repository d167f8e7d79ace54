"""What an officer sees of a change after the filing: old and new side by side, the check sheet of the proposal."""

import datetime as dt

from peibu.accounts.actor import Actor
from peibu.casework.models import Case
from peibu.training.models import ClassChange
from peibu.training.queries.changes import changes_of, given_reasons, kept_sheet, pairs
from peibu.training.queries.filing import days_of
from peibu.training.queries.papers import papers_of_joining

TEMPLATE = "desk/panels/filing_change.html"


def context(case: Case, actor: Actor, on: dt.date) -> dict:
    """The change, what it does, the judgement kept when it was handed in, earlier changes of the class."""
    change = ClassChange.objects.select_related("cohort__provider", "cohort__case", "created_by").get(case=case)
    sessions = list(change.cohort.sessions.select_related("teacher", "base").order_by("starts_at"))
    return {
        "change": change,
        "cohort": change.cohort,
        "pairs": pairs(change),
        "people": change.people.select_related("enrolment__person", "enrolment__enterprise", "line__person"),
        "judgement": kept_sheet(change),
        "reasons": given_reasons(change),
        "papers": papers_of_joining(change),
        "sessions": sessions,
        "days": days_of(sessions),
        "others": changes_of(change.cohort).exclude(pk=change.pk),
    }
