"""An objection as the district settles it. Who raised it is shown to the reviewer only (T19)."""

import datetime as dt

from peibu.accounts.actor import Actor
from peibu.accounts.enums import Role
from peibu.casework.models import Case
from peibu.casework.queries import open_objections

TEMPLATE = "desk/panels/objection.html"


def context(case: Case, actor: Actor, on: dt.date) -> dict:
    """The text, the published line it is about, and the cases it holds."""
    objection = case.objection
    held = Case.objects.filter(notice_lines__notice=objection.notice)
    held = held.filter(pk=objection.line.case_id) if objection.line_id else held
    return {
        "objection": objection,
        "held": [(row, open_objections(row).count()) for row in held.distinct().select_related("applicant")],
        "may_see_name": actor.role == Role.AGENCY_REVIEWER,
    }
