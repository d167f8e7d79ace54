"""What the book tells the rules about a payment: which fact of the policy it answers is data of the folder."""

import datetime as dt
from typing import Any

from peibu.ledger.models import Commitment
from peibu.ledger.queries import candidates
from peibu.rulebook import load_policy


def payment_facts(commitment: Commitment | None, *, on: dt.date) -> dict[str, Any]:
    """Fact -> value, as it stood when the money was set aside. Nothing set aside: nothing known, nothing told.

    A later appropriation to an earlier fund does not unsettle what was chosen rightly.
    """
    if commitment is None:
        return {}
    law = load_policy(commitment.policy)
    order = candidates(law, commitment.division, on=on)
    known = {
        "in_order": any(one.fund == commitment.fund for one in order),
        "fund": commitment.fund.code,
        "item": commitment.item.code,
        "subject": commitment.subject,
        "amount_fen": commitment.amount_fen,
        "free_fen": commitment.free_fen,
        "first_free_fen": commitment.first_free_fen,
    }
    return {fact: known[word] for word, fact in law.funds.facts.items()}
