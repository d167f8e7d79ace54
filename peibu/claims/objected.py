"""Which open objections stop what is to be paid of a claim now."""

from django.db.models import QuerySet

from peibu.casework.enums import Holds
from peibu.casework.models import Case, Objection
from peibu.casework.queries import open_objections
from peibu.claims.enums import LineState
from peibu.claims.models import ClaimLine

NOT_PAID_NOW = (LineState.HELD, LineState.REMOVED)


def stopping_objections(case: Case) -> QuerySet[Objection]:
    """Those to the whole, and those to people who are not held (I6)."""
    waiting = ClaimLine.objects.filter(claim__case=case, state__in=NOT_PAID_NOW).values("pk")
    return open_objections(case).exclude(holds=Holds.LINE, line__subject_id__in=waiting)
