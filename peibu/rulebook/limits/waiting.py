"""The waiting list of a quota: who was refused for want of a place only, in the order in which they came."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from peibu.rulebook.judgement import Status
from peibu.rulebook.limits.facts import limits_of
from peibu.rulebook.limits.model import Limit
from peibu.rulebook.plan import SOFT_REASONS, slots_of

if TYPE_CHECKING:
    from peibu.rulebook.policy import Policy
    from peibu.rulebook.rules_reader import Rule

WAITING = "waiting_place"


def with_waiting_places(policy: Policy, subject: str, folded: pl.DataFrame) -> pl.DataFrame:
    """Add `waiting_place`: 1 for the first refused claim that only lacks a place, null for everybody else.

    folded: what `fold` returned. One list for each quota (the first one that refuses), key and year of its window.
    """
    quotas = {slot: limit for limit in limits_of(policy, subject) if not limit.of_person for slot in limit.slots}
    rules = [rule for rule in policy.rules if rule.mark.kind == "rule" and subject in rule.mark.subjects]
    full = {rule.name: _quota(rule, quotas) for rule in rules if _quota(rule, quotas)}
    other = [_refuses(rule, folded) for rule in rules if rule.name not in full]
    lacks = (pl.col("decision") == Status.FAIL.value) & ~pl.any_horizontal(pl.lit(False), *other)
    place = pl.lit(None, pl.Int64)
    # the first quota that refuses keeps the list: written last, it is the outermost branch
    for rule in reversed([rule for rule in rules if rule.name in full]):
        earlier = [_refuses(one, folded) for one in rules[: rules.index(rule)] if one.name in full]
        mine = lacks & _refuses(rule, folded) & ~pl.any_horizontal(pl.lit(False), *earlier)
        number = mine.cast(pl.Int64).cum_sum().over(_list_of(full[rule.name]))
        place = pl.when(mine).then(number).otherwise(place)
    return folded.with_columns(place.alias(WAITING))


def _quota(rule: Rule, quotas: dict[str, Limit]) -> Limit | None:
    looked_at = [quotas[slot] for slot in slots_of(rule.expr) if slot in quotas]
    return looked_at[0] if looked_at else None


def _refuses(rule: Rule, folded: pl.DataFrame) -> pl.Expr:
    refused = ~pl.col(rule.name).fill_null(True)
    if not rule.mark.soft or SOFT_REASONS not in folded.columns:
        return refused
    return refused & ~pl.col(SOFT_REASONS).list.contains(rule.name).fill_null(False)


def _list_of(limit: Limit) -> list[pl.Expr]:
    year = pl.col("at").dt.year() if limit.window == "calendar_year" else pl.lit(0)
    return [year, *(pl.col(column) for column in limit.same)]
