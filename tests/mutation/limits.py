"""Mutants of limits.yaml, tried on the cases of tests/policies/limit_cases.yaml (which grants count, and which do not)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from peibu.rulebook import load_policy
from peibu.rulebook.limits.model import WINDOWS, Limit
from tests.mutation.outcome import KILLED, SURVIVED, Outcome
from tests.policies.limit_cases import counted, limit_cases


def limit_outcomes(path: str) -> Iterator[Outcome]:
    """Yield what became of every mutant of the limits that count grants; those that rank are not among them."""
    policy = load_policy(path)
    for name, limit in policy.limits.items():
        cases = [case for case in limit_cases(path) if case.limit == name]
        for told, other in () if limit.ranks else _mutants(limit):
            noticed = any(counted(policy, other, case) is not case.counts for case in cases)
            yield Outcome("limits.yaml", limit.line, name, told, KILLED if noticed else SURVIVED)


def _mutants(limit: Limit) -> Iterator[tuple[str, Limit]]:
    for column in limit.same:
        yield f"same without {column}", replace(limit, same=tuple(one for one in limit.same if one != column))
    for column in limit.differs:
        yield f"differs without {column}", replace(limit, differs=())
    for window in WINDOWS:
        if window not in (limit.window, "months"):
            yield f"window {limit.window} -> {window}", replace(limit, window=window, months="")
    programmes = "own" if limit.programmes == "all" else "all"
    yield f"programmes {limit.programmes} -> {programmes}", replace(limit, programmes=programmes)
    for column, values in (limit.only or {}).items():
        others = {key: kept for key, kept in limit.only.items() if key != column}
        yield f"only without {column}", replace(limit, only=others)
        for value in values:
            rest = tuple(one for one in values if one != value)
            yield f"only {column} without {value}", replace(limit, only={**limit.only, column: rest})
    if limit.above:
        yield "without above", replace(limit, above=None)
