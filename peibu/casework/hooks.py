"""What rooms above add to a move: guards that may refuse it, effects that happen with it, in the same transaction.

A room registers its hooks when it starts (`apps.ready` imports its `hooks` shelf), so whoever makes the move, from
whatever page, the same checks and consequences apply. Guards return a Verdict; effects return nothing.
"""

from collections import defaultdict
from collections.abc import Callable

from peibu.kernel.verdict import Verdict

Guard = Callable[..., Verdict]
Effect = Callable[..., None]

_guards: dict[tuple[str, str], list[Guard]] = defaultdict(list)
_effects: dict[tuple[str, str], list[Effect]] = defaultdict(list)


def guard(process: str, *moves: str) -> Callable[[Guard], Guard]:
    """Register a guard for moves of a process; called as guard(case=, by=, at=)."""

    def register(function: Guard) -> Guard:
        for move in moves:
            _guards[process, move].append(function)
        return function

    return register


def effect(process: str, *moves: str) -> Callable[[Effect], Effect]:
    """Register an effect of moves of a process; called as effect(case=, by=, at=, reason=) after the log."""

    def register(function: Effect) -> Effect:
        for move in moves:
            _effects[process, move].append(function)
        return function

    return register


def guards_of(process: str, move: str) -> list[Guard]:
    return _guards.get((process, move), [])


def effects_of(process: str, move: str) -> list[Effect]:
    return _effects.get((process, move), [])
