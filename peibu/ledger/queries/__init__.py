"""Questions to the book: as of any day, and as it was known at any moment."""

from peibu.ledger.queries.balances import (
    Figures,
    Spent,
    balances,
    by_district,
    by_item,
    by_month,
    by_year,
    figures,
    trial_balance,
)
from peibu.ledger.queries.entries import entries, history_of
from peibu.ledger.queries.funds import (
    Candidate,
    candidates,
    commitment_of,
    first_fund,
    funds,
    funds_for,
    holder_of,
    kept_by,
    place_of,
    set_off_of,
)

__all__ = [
    "Candidate",
    "Figures",
    "Spent",
    "balances",
    "by_district",
    "by_item",
    "by_month",
    "by_year",
    "candidates",
    "commitment_of",
    "entries",
    "figures",
    "first_fund",
    "funds",
    "funds_for",
    "history_of",
    "holder_of",
    "kept_by",
    "place_of",
    "set_off_of",
    "trial_balance",
]
