"""Orders drawn from a seed: anybody with the seed gets the same order again. Pure functions, no database."""

import hashlib
from collections.abc import Iterable


def rank(seed: str, key: object) -> str:
    """The place of a key in the order of a seed: SHA-256 over both, as hex."""
    return hashlib.sha256(f"{seed}\n{key}".encode()).hexdigest()


def shuffled(seed: str, rows: Iterable, key=str) -> list:
    """The rows in the order of a seed; it does not depend on the order they come in. `key(row)` tells rows apart."""
    return sorted(rows, key=lambda row: rank(seed, key(row)))


def option_order(seed: str, item: object, options: int) -> list[int]:
    """At place n of the list stands the position of the option shown n-th."""
    return shuffled(f"{seed}\n{item}", range(options))
