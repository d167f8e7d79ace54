"""The words a policy's rules.py is written in: rule, amount, figure, and the namespaces `f` (facts), `p` (numbers)."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from peibu.rulebook.errors import PolicyError
from peibu.rulebook.expr import Expr, Pair
from peibu.rulebook.facts import FactSpec

Author = Callable[..., Any]


@dataclass(frozen=True)
class Mark:
    """What a decorator wrote on a function of rules.py: `kind` is rule, amount or figure."""

    kind: str
    clause: str = ""
    subjects: tuple[str, ...] = ()
    soft: bool = False


def rule(clause: str, *subjects: str, soft: bool = False) -> Callable[[Author], Author]:
    """Mark a function as the rule of one clause for these subjects. Soft: 'in principle', may be excused."""
    return _marking(Mark("rule", clause, subjects, soft))


def amount(clause: str, *subjects: str) -> Callable[[Author], Author]:
    """Mark the function that gives the money of a passed case, in integer fen."""
    return _marking(Mark("amount", clause, subjects))


def figure(function: Author) -> Author:
    """Mark a function as a quantity that sentences may name (how much is short, the earliest month ...)."""
    return _marking(Mark("figure"))(function)


def _marking(mark: Mark) -> Callable[[Author], Author]:
    def write(function: Author) -> Author:
        function.__peibu__ = mark  # type: ignore[attr-defined]
        return function

    return write


class FactNames:
    """`f` in rules.py: `f.contract_starts_on` is that fact; a misspelt name stops the loading."""

    def __init__(self, specs: Mapping[str, FactSpec]):
        self._specs = specs

    def __getattr__(self, name: str) -> Expr | Pair:
        spec = self._specs.get(name)
        if spec is None:
            raise unknown_name("fact", name, self._specs, "declare it in facts.yaml")
        if spec.bounds:
            low, high = spec.slots
            return Pair(Expr("fact", data=low), Expr("fact", data=high))
        return Expr("fact", data=name)


class NumberNames:
    """`p` in rules.py: dated numbers, chosen readings, and code lists."""

    def __init__(self, dated: Mapping[str, Any], codes: Mapping[str, Any]):
        self._dated, self._codes = dated, codes

    def __getattr__(self, name: str) -> Any:
        if name in self._codes:
            return self._codes[name]
        if name not in self._dated:
            known = {**self._dated, **self._codes}
            raise unknown_name("number, reading or code list", name, known, "declare it in parameters.yaml")
        return Expr("param", data=name)


def unknown_name(kind: str, name: str, known: Mapping[str, Any], else_do: str) -> PolicyError:
    """Build the error for a name nobody declared, with the nearest declared one."""
    close = difflib.get_close_matches(name, known, n=1)
    return PolicyError(f"unknown {kind} {name!r}", remedy=f"did you mean {close[0]!r}?" if close else else_do)
