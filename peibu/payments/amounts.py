"""How much of a case's approved sum is left to pay, and whether money of it is on its way.

Lines held by an objection wait while the others are paid; what was set off (the book knows) leaves no cash to pay.
"""

from django.db.models import Exists, OuterRef, QuerySet, Sum

from peibu.casework.models import Case
from peibu.claims.enums import LineState
from peibu.ledger.queries import set_off_of
from peibu.payments.enums import PaymentState
from peibu.payments.models import Payment

SUBSIDY = "subsidy"
SETTLED = (PaymentState.PAID, PaymentState.RETURNED)


def payable_fen(case: Case) -> int:
    """Fen approved, less what is held, paid or meant to be paid already, and set off. 0 before an approval."""
    claim = case.claim
    held = claim.lines.filter(state=LineState.HELD).aggregate(fen=Sum("amount_fen"))["fen"] or 0
    paid = case.payments.exclude(state=PaymentState.RETURNED).aggregate(fen=Sum("amount_fen"))["fen"] or 0
    return (claim.approved_fen or 0) - held - paid - set_off_of(case.pk)


def open_returns(rows: QuerySet[Payment]) -> QuerySet[Payment]:
    """Payments the bank sent back whose purpose no later attempt has served, the latest attempt of each."""
    others = Payment.objects.filter(case=OuterRef("case"), purpose=OuterRef("purpose"))
    served = others.exclude(state=PaymentState.RETURNED)
    later = others.filter(attempt__gt=OuterRef("attempt"))
    return rows.filter(~Exists(served), ~Exists(later), state=PaymentState.RETURNED)


def under_way(case: Case) -> bool:
    """Is money of the case with the bank, about to go there, or back from it and not issued again?"""
    rows = case.payments.all()
    return rows.exclude(state__in=SETTLED).exists() or open_returns(rows).exists()


def purpose_of_next(case: Case) -> str:
    """The first payment is the subsidy; each later one (of people an objection had held) has a number of its own (I4)."""
    done = case.payments.filter(state=PaymentState.PAID).count()
    return SUBSIDY if done == 0 else f"{SUBSIDY}_{done + 1}"
