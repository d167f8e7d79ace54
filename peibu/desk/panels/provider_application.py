"""What an officer sees of an application: conditions then and now, holdings, questions, scores once all are in."""

import datetime as dt

from peibu.accounts.actor import Actor
from peibu.accreditation.actions.decisions import words_of
from peibu.accreditation.checks import checks_of
from peibu.accreditation.facts import judge_application, terms_for
from peibu.accreditation.models import Application
from peibu.accreditation.permissions import can_manage
from peibu.accreditation.results import open_scores, result_of
from peibu.casework.models import Case
from peibu.training.facts.known import end_of

TEMPLATE = "desk/panels/application.html"


def context(case: Case, actor: Actor, on: dt.date) -> dict:
    """The application judged at the end of the day of the page."""
    row = Application.objects.select_related("call", "unit__division", "case").get(case=case)
    terms = terms_for(row, on=on)
    return {
        "application": row, "judgement": judge_application(row, at=end_of(on)), "checks": checks_of(row, on=on),
        "holdings": row.holdings.all(), "questions": row.clarifications.select_related("asked_by"),
        "result": result_of(row), "scores": open_scores(row),
        "second": row.scores.filter(round=2).select_related("seat__entry__expert") if result_of(row).complete else [],
        "words": [word for word in words_of(row, terms).values() if word],
        "may_ask": bool(can_manage(actor, row.call, terms)) and case.state == "submitted",
    }  # fmt: skip
