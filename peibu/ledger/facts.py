"""What the book tells the rules about a payment: which fact of the policy it answers is data of the folder."""

from typing import Any

from peibu.ledger.enums import EntryKind
from peibu.ledger.models import Commitment
from peibu.ledger.queries import candidates
from peibu.rulebook import load_policy


def payment_facts(commitment: Commitment | None, *, amount_fen: int | None = None) -> dict[str, Any]:
    """Fact -> value, as it stood when the money was set aside. Nothing set aside: nothing known, nothing told.

    amount_fen: what is to be paid (None: all that is set aside and not paid yet). A later appropriation to an earlier fund
    does not unsettle what was chosen rightly, nor does another reading of the order; a fund nobody had opened is unknown.
    """
    if commitment is None:
        return {}
    known = {
        "in_order": commitment.fund.code in _order(commitment),
        "fund": commitment.fund.code,
        "item": commitment.item.code,
        "subject": commitment.subject,
        "amount_fen": commitment.committed_fen if amount_fen is None else amount_fen,
        "free_fen": commitment.free_fen,
        "first_free_fen": commitment.first_free_fen,
    }
    told = {fact: known[word] for word, fact in load_policy(commitment.policy).funds.facts.items()}
    return {fact: value for fact, value in told.items() if value is not None}


def _order(commitment: Commitment) -> list[str]:
    """The codes of the order as it was read then; for what was set aside before readings were kept, as the folder reads
    for that day."""
    if commitment.reading:
        return commitment.reading["order"]
    on = commitment.entries.values_list("on", flat=True).get(kind=EntryKind.COMMITMENT)
    return [one.source.code for one in candidates(load_policy(commitment.policy), commitment.division, on=on)]
