"""Points of objective answers: all or nothing, exact. Pure functions, no database."""

from collections.abc import Iterable
from decimal import Decimal

NOTHING = Decimal(0)


def points_of(chosen: Iterable[int], answer: Iterable[int], points: Decimal) -> Decimal:
    """Full points when exactly the right options were chosen, else none (also for a part of them)."""
    return points if set(chosen) == set(answer) and set(answer) else NOTHING


def total(rows: Iterable[tuple[Iterable[int], Iterable[int], Decimal]]) -> Decimal:
    """Sum over (chosen, right answer, points) of every item of the paper; an unanswered item has chosen nothing."""
    return sum((points_of(chosen, answer, points) for chosen, answer, points in rows), NOTHING)
