"""How much of a case's approved sum is left to pay, and whether money of it is on its way.

Lines held by an objection wait while the others are paid; what was set off (the book knows) leaves no cash to pay.
"""

from django.db.models import Exists, Max, OuterRef, QuerySet, Sum

from peibu.casework.models import Case
from peibu.claims.enums import LineState
from peibu.ledger.queries import set_off_of
from peibu.payments.enums import PaymentState
from peibu.payments.lifecycle import VOID
from peibu.payments.models import Payment

SUBSIDY = "subsidy"
SETTLED = (PaymentState.PAID, *VOID)


def payable_fen(case: Case) -> int:
    """Fen approved, less what is held, paid or meant to be paid already, and set off. 0 before an approval."""
    claim = case.claim
    held = claim.lines.filter(state=LineState.HELD).aggregate(fen=Sum("amount_fen"))["fen"] or 0
    paid = case.payments.exclude(state__in=VOID).aggregate(fen=Sum("amount_fen"))["fen"] or 0
    return (claim.approved_fen or 0) - held - paid - set_off_of(case.pk)


def outstanding_fen(case: Case) -> int:
    """Fen approved that have neither arrived nor been set off, whoever waits for them and why."""
    arrived = case.payments.filter(state=PaymentState.PAID).aggregate(fen=Sum("amount_fen"))["fen"] or 0
    return (case.claim.approved_fen or 0) - arrived - set_off_of(case.pk)


def open_returns(rows: QuerySet[Payment]) -> QuerySet[Payment]:
    """Payments the bank sent back whose purpose no later attempt has served, the latest attempt of each; not those for
    whose claim nothing is left to pay."""
    others = Payment.objects.filter(case=OuterRef("case"), purpose=OuterRef("purpose"))
    served = others.exclude(state__in=VOID)
    later = others.filter(attempt__gt=OuterRef("attempt"), state=PaymentState.RETURNED)
    rows = rows.exclude(case__claim__approved_fen=0)
    return rows.filter(~Exists(served), ~Exists(later), state=PaymentState.RETURNED)


def under_way(case: Case) -> bool:
    """Is money of the case with the bank, about to go there, or back from it and not issued again?"""
    rows = case.payments.all()
    return rows.exclude(state__in=SETTLED).exists() or open_returns(rows).exists()


def purpose_of_next(case: Case) -> str:
    """The first payment is the subsidy; each later one (of people an objection had held) has a number of its own (I4)."""
    done = case.payments.filter(state=PaymentState.PAID).count()
    return SUBSIDY if done == 0 else f"{SUBSIDY}_{done + 1}"


def next_attempt(case: Case, purpose: str) -> int:
    """One more than the last of the purpose, whatever became of that: no key is used twice."""
    return (case.payments.filter(purpose=purpose).aggregate(last=Max("attempt"))["last"] or 0) + 1
