"""Places among candidates: the highest score first, ties settled by what the policy states and by nothing else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import polars as pl

from peibu.rulebook.judgement import Status
from peibu.rulebook.limits.facts import count
from peibu.rulebook.limits.folding import judge_in_order
from peibu.rulebook.limits.matching import Row, Test, matcher
from peibu.rulebook.limits.model import NONE, Limit
from peibu.rulebook.limits.table import DAY, ROW, Table

if TYPE_CHECKING:
    from peibu.rulebook.policy import Policy

_CANDIDATE = "_candidate"


def with_places(policy: Policy, subject: str, table: Table) -> Table:
    """Return the table with the place of every claim under every ranking limit.

    A candidate is who would pass in the first place against the grants given; who is undecided then is a possible
    candidate. Places already given in the window stay given.
    """
    ranking = [limit for limit in table.limits if limit.ranks]
    first = table.claims.with_columns(pl.lit(1, pl.Int64).alias(slot) for limit in ranking for slot in limit.slots)
    judged = judge_in_order(policy, subject, replace(table, claims=first), keep=False)
    status = judged.sort(ROW)["decision"].alias(_CANDIDATE)
    rows = table.claims.with_columns(status).to_dicts()
    grants = table.grants.to_dicts()
    columns = []
    for limit in ranking:
        found = places_of(policy, limit, rows, grants)
        columns += [pl.Series(slot, [pair[end] for pair in found], pl.Int64) for end, slot in enumerate(limit.slots)]
    return replace(table, claims=table.claims.with_columns(columns))


def places_of(policy: Policy, limit: Limit, rows: Sequence[Row], grants: Sequence[Row]) -> list[tuple[int, int]]:
    """Return the best and the worst place of each claim.

    rows: claims with `_candidate` (pass, unknown, fail). A tie that the stated rule does not settle, a score that is
    not known and a possible candidate leave a range.
    """
    tests: dict[Any, Test] = {}
    groups: dict[Any, list[Row]] = defaultdict(list)
    for row in rows:
        groups[_group(limit, row)].append(row)
    everybody = [row for row in rows if row[_CANDIDATE] != Status.FAIL]
    found = []
    for row in rows:
        matches = tests.setdefault(row[DAY], matcher(policy, limit, row[DAY]))
        key = _group(limit, row)
        near = everybody if key is None else [*groups[key], *groups.get(None, ())]
        taken = count(matches, row, grants)
        low, high = _before(limit, matches, row, near)
        found.append((1 + taken.low + low, 1 + taken.high + high))
    return found


def _group(limit: Limit, row: Row) -> tuple | None:
    """Rows of different groups never meet; None: a column is unknown, the row may belong anywhere."""
    key = tuple(row.get(column) for column in limit.same)
    year = row["at"].year if limit.window == "calendar_year" else 0
    return None if None in key else (*key, year)


def _before(limit: Limit, matches: Test, row: Row, others: Sequence[Row]) -> tuple[int, int]:
    sure = possible = 0
    for other in others:
        if other[ROW] == row[ROW] or other[_CANDIDATE] == Status.FAIL:
            continue
        ahead, same = is_ahead(limit, other, row), matches(row, other)
        if ahead is False or same is False:
            continue
        possible += 1
        sure += bool(ahead and same and other[_CANDIDATE] == Status.PASS)
    return sure, possible


def is_ahead(limit: Limit, other: Row, row: Row) -> bool | None:
    """Does the other candidate come first? None when a value is not known, or nothing stated settles the tie."""
    if NONE in (other.get(limit.ranks), row.get(limit.ranks)):
        return None
    for column, larger_first in ((limit.ranks, True), *((tie.column, tie.descending) for tie in limit.ties)):
        one, two = other.get(column), row.get(column)
        if one is None or two is None:
            return None
        if one != two:
            return (one > two) is larger_first
    return None
