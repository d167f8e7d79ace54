"""Randomness that depends on the seed and a label only, never on the order of calls, of dicts, or on the hash seed."""

import hashlib
import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")
GOLDEN = 0.6180339887498949


def stream(seed: int, *label: object) -> random.Random:
    """Return an own random source for one thing, e.g. ``stream(7, "person", 12)``."""
    text = "|".join(str(part) for part in (seed, *label))
    return random.Random(int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big"))


def offset(seed: int, *label: object) -> float:
    """Return one number in [0, 1) for the label."""
    return stream(seed, *label).random()


def spread(start: float, index: int) -> float:
    """Return the index-th point of an even (golden ratio) sequence in [0, 1).

    Shares of a per cent then turn up in any few hundred neighbours, not only on average.
    """
    return (start + index * GOLDEN) % 1.0


def weighted(point: float, table: Sequence[tuple[T, float]]) -> T:
    """Return the entry of (value, share) pairs in which ``point`` in [0, 1) falls; the last takes the rest."""
    for value, share in table:
        point -= share
        if point < 0:
            return value
    return table[-1][0]
