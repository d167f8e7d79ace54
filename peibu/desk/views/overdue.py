"""Claims whose step should have been done by now, and those that fall due next: page and Excel (QD97.5.2)."""

import datetime as dt

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from peibu.accounts.access import officers
from peibu.accounts.enums import Role
from peibu.casework.processes import process_of
from peibu.casework.queries import state_label
from peibu.claims.models import Claim
from peibu.claims.queries import falling_due
from peibu.desk import list_exports
from peibu.kernel.errors import PeibuError
from peibu.kernel.workdays import default_calendar
from peibu.theme.exports import excel_asked

AHEAD = 2  # working days: what falls due within them is a warning


@officers()
def overdue(request: HttpRequest) -> HttpResponse:
    """The longest overdue first; whose turn it is stands beside."""
    rows = [_row(claim, request.today) for claim in falling_due(request.actor, until=_ahead(request.today))]
    if excel_asked(request):
        return list_exports.overdue(request, rows)
    late = sum(row["late"] > 0 for row in rows)
    return render(request, "desk/claims/overdue.html", {"rows": rows, "late": late, "soon": len(rows) - late})


def _ahead(today: dt.date) -> dt.date:
    try:
        return default_calendar().deadline(today, AHEAD)
    except PeibuError:  # the calendar of that year has not been published: what is late is told all the same
        return today


def _row(claim: Claim, today: dt.date) -> dict:
    case = claim.case
    role = process_of(case.policy, case.process, on=today).states[case.state].deadline_role
    return {
        "claim": claim,
        "state": state_label(case, on=today, for_applicant=False),
        "late": _late(case.due_on, today),
        "role": Role(role).label if role in Role.values else "",
    }


def _late(due_on: dt.date, today: dt.date) -> int:
    """Working days since the last day; 0 while it has not passed, and calendar days where no calendar was published."""
    if due_on >= today:
        return 0
    try:
        return default_calendar().workdays_between(due_on, today)
    except PeibuError:
        return (today - due_on).days
