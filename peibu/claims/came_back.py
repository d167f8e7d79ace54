"""Money of a claim that the bank sent back: the book knows, payments stand above this room."""

from django.db.models import Sum

from peibu.claims.enums import LineState
from peibu.claims.models import Claim
from peibu.ledger.queries import commitment_of

WITH_MONEY = (LineState.INCLUDED, LineState.HELD)


def is_back(claim: Claim) -> bool:
    """Does the book hold more for the claim than for those who wait? Then money of people told as paid came back."""
    commitment = commitment_of(claim.case_id)
    if commitment is None:
        return False
    rows = claim.lines.filter(state__in=WITH_MONEY)
    return commitment.committed_fen > (rows.aggregate(fen=Sum("amount_fen"))["fen"] or 0)
