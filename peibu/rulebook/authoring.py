"""The words a policy's rules.py is written in: rule, amount, outcome, figure, and the namespaces `f` (facts), `p` (numbers)."""

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
    """What a decorator wrote on a function of rules.py: `kind` is rule, amount, outcome or figure."""

    kind: str
    clause: str = ""
    subjects: tuple[str, ...] = ()
    soft: bool = False
    name: str = ""


def rule(clause: str, *subjects: str, soft: bool = False) -> Callable[[Author], Author]:
    """Mark a function as the rule of one clause for these subjects. Soft: 'in principle', may be excused."""
    return _marking(Mark("rule", clause, subjects, soft))


def amount(clause: str, *subjects: str) -> Callable[[Author], Author]:
    """Mark the function that gives the money of a passed case, in integer fen."""
    return _marking(Mark("amount", clause, subjects))


def outcome(clause: str, *subjects: str, name: str = "") -> Callable[[Author], Author]:
    """Mark a function that gives a result of a passed case other than money; `name` is the function's if not given.

    The outcome `payee` says who is paid: person, enterprise, institution, platform, project_host or base.
    """
    return _marking(Mark("outcome", clause, subjects, name=name))


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
    """`p` in rules.py: dated numbers, chosen readings, code lists, and rate tables."""

    def __init__(self, dated: Mapping[str, Any], codes: Mapping[str, Any], rates: Mapping[str, Any] = {}):
        self._dated, self._whole = dated, {**codes, **rates}

    def __getattr__(self, name: str) -> Any:
        if name in self._whole:
            return self._whole[name]
        if name not in self._dated:
            known = {**self._dated, **self._whole}
            told = "number, reading, code list or rate table"
            raise unknown_name(told, name, known, "declare it in parameters.yaml")
        return Expr("param", data=name)


def unknown_name(kind: str, name: str, known: Mapping[str, Any], else_do: str) -> PolicyError:
    """Build the error for a name nobody declared, with the nearest declared one."""
    close = difflib.get_close_matches(name, known, n=1)
    return PolicyError(f"unknown {kind} {name!r}", remedy=f"did you mean {close[0]!r}?" if close else else_do)
