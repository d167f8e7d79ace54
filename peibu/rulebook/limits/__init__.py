"""Limits across people, programmes and time (ADR 0011): read, counted for one claim, folded over many, advised on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from peibu.rulebook.limits.advice import Advice, advise_order
from peibu.rulebook.limits.facts import limit_facts, limits_of
from peibu.rulebook.limits.model import COLUMNS, NONE, Limit
from peibu.rulebook.limits.reader import read_limits
from peibu.rulebook.limits.seats import Seat, seats_of

if TYPE_CHECKING:
    import polars as pl

    from peibu.rulebook.policy import Policy

__all__ = [
    "COLUMNS",
    "NONE",
    "Advice",
    "Limit",
    "Seat",
    "advise_order",
    "fold",
    "limit_facts",
    "limits_of",
    "read_limits",
    "seats_of",
]


def fold(policy: Policy, subject: str, claims: pl.DataFrame | pl.LazyFrame, grants: Any = None) -> pl.DataFrame:
    """Judge many claims of one subject together (see `peibu.rulebook.limits.folding.fold`)."""
    from peibu.rulebook.limits.folding import fold as folded  # polars loads only when a table is judged

    return folded(policy, subject, claims, grants)
