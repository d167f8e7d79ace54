"""The fold: each claim is judged with what the earlier ones left. Exact first, fast where nobody meets anybody.

Order: (at, id). A refused claim uses nothing up; an undecided one counts as possible, not as certain. Whoever has one claim
and no grant is judged by columns; the others, and everybody under a quota, one after the other: for them the rules
that look at no limit are judged by columns as well, and only the rest is asked claim by claim.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl

from peibu.rulebook.facts import FactSpec
from peibu.rulebook.frame_judge import frame_type
from peibu.rulebook.judgement import Status
from peibu.rulebook.limits.facts import companions
from peibu.rulebook.limits.matching import Test, matcher
from peibu.rulebook.limits.model import Limit
from peibu.rulebook.limits.table import DAY, ROW, Frame, Table, prepare
from peibu.rulebook.limits.tally import Tally
from peibu.rulebook.plan import SOFT_REASONS, slots_of

if TYPE_CHECKING:
    from peibu.rulebook.policy import Policy

_STATUS = {True: Status.PASS, False: Status.FAIL, None: Status.UNKNOWN}
_PASS, _FAIL, _UNKNOWN = (status.value for status in (Status.PASS, Status.FAIL, Status.UNKNOWN))


def fold(policy: Policy, subject: str, claims: Frame, grants: Frame | None = None) -> pl.DataFrame:
    """Judge many claims of one subject together, each on the law of its own day.

    claims: columns of ADR 0011 (id, at, person needed) and the facts of the subject. grants: what stands before them.
    Returns the claims in the order (at, id) with both ends of every limit, a column per rule, `decision`,
    `amount_fen`, outcomes, and the companion facts (earlier grants in words) a subject asks for.
    FactError lists everything wrong with the tables; NotInForce when a claim lies before the document's first day.
    """
    table = prepare(policy, subject, claims, grants)
    if len(table.claims):
        policy.in_force(table.claims[DAY].min())
    if any(limit.ranks for limit in table.limits):
        from peibu.rulebook.limits.ranking import with_places  # ranking asks this module for the candidates

        table = with_places(policy, subject, table)
    results = judge_in_order(policy, subject, table)
    fresh = [name for name in results.columns if name not in (ROW, DAY)]
    kept = [name for name in table.claims.columns if name not in (*fresh, ROW, DAY)]
    return table.claims.select(kept).hstack(results.sort(ROW).select(fresh))


def judge_in_order(policy: Policy, subject: str, table: Table, *, keep: bool = True) -> pl.DataFrame:
    """Return the results by row number. keep=False: each claim alone against the given grants."""
    limits = table.counting
    if not limits:
        return _judged(policy, subject, table.claims, table)
    alone = _alone(table, limits)
    parts = [_judged(policy, subject, _with_nothing_counted(table.claims.filter(alone), limits), table)]
    rest = table.claims.filter(~alone)
    if len(rest):
        parts.append(_Sequence(policy, subject, table, keep=keep).judge(rest))
    whole = pl.concat(parts, how="diagonal_relaxed")
    words = _companions(policy, subject, limits)
    return whole.with_columns(
        pl.lit(None, kind).alias(name) for name, kind in words.items() if name not in whole.columns
    )


def _companions(policy: Policy, subject: str, limits: list[Limit]) -> dict[str, Any]:
    """The facts beside the numbers that a subject asks for, with their column types."""
    asked = {spec.name for spec in policy.facts_of(subject)}
    notes = {limit.note: pl.String for limit in limits if limit.note in asked}
    return notes | {limit.free_on: pl.Date for limit in limits if limit.free_on in asked}


def _alone(table: Table, limits: list[Limit]) -> pl.Series:
    """Who meets nobody: one claim, no grant, and no limit that counts everybody."""
    if not all(limit.of_person for limit in limits):
        return pl.Series([False], dtype=pl.Boolean).new_from_index(0, len(table.claims))
    person = table.claims["person"]
    return ~person.is_duplicated() & ~person.is_in(table.grants["person"].unique().drop_nulls().implode())


def _with_nothing_counted(claims: pl.DataFrame, limits: list[Limit]) -> pl.DataFrame:
    return claims.with_columns(pl.lit(0, pl.Int64).alias(slot) for limit in limits for slot in limit.slots)


def periods(policy: Policy, days: pl.Series) -> list[int]:
    """Return the number of the stretch of unchanged law each day lies in."""
    number = {day: bisect_right(policy._breakpoints, day) for day in days.unique()}
    return [number[day] for day in days]


def by_law(policy: Policy, subject: str, claims: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Yield the claims judged, one stretch of unchanged law after the other."""
    numbered = claims.with_columns(pl.Series("_period", periods(policy, claims[DAY]), dtype=pl.Int64))
    for part in numbered.partition_by("_period", include_key=False):
        yield policy.judge_frame(subject, part, on=part[DAY][0]).collect()


def _judged(policy: Policy, subject: str, claims: pl.DataFrame, table: Table) -> pl.DataFrame:
    parts = [_results(policy, subject, part, table) for part in by_law(policy, subject, claims)]
    if parts:
        return pl.concat(parts)
    empty = policy.judge_frame(subject, claims, on=policy.card["in_force"]["from"]).collect()
    return _results(policy, subject, empty, table)


def _results(policy: Policy, subject: str, frame: pl.DataFrame, table: Table) -> pl.DataFrame:
    slots = [slot for limit in table.limits for slot in limit.slots]
    rules = [rule.name for rule in policy.rules if rule.mark.kind == "rule" and subject in rule.mark.subjects]
    outcomes = [name for name in frame.columns if name.startswith("outcome_")]
    return frame.select(ROW, *slots, *rules, "decision", "amount_fen", *outcomes)


def _fact(frame: pl.DataFrame, slot: str, spec: FactSpec) -> pl.Expr:
    """A fact's column as rules read it; a quantity given exactly stands for both of its ends."""
    source = next((name for name in (slot, spec.name) if name in frame.columns), None)
    column = pl.lit(None) if source is None else pl.col(source)
    if source is not None and spec.type == "month":
        column = column.dt.month_start()
    return column.cast(frame_type(spec)).alias(slot)


@dataclass(frozen=True)
class _Law:
    """What holds in one stretch of unchanged law: a test for each limit, and the rules that look at a limit."""

    matchers: dict[str, Test]
    tests: tuple[tuple[str, bool, Callable[[Any], bool | None]], ...]


class _Sequence:
    """Judges claims one after the other."""

    def __init__(self, policy: Policy, subject: str, table: Table, *, keep: bool):
        self._policy, self._subject, self._table, self._keep = policy, subject, table, keep
        self._limits = table.counting
        self._slots = {slot for limit in self._limits for slot in limit.slots}
        mine = [rule for rule in policy.rules if subject in rule.mark.subjects]
        self._rules = {rule.name for rule in mine if rule.mark.kind == "rule"}
        self._looking = [rule for rule in mine if self._slots & set(slots_of(rule.expr))]
        self._still = [rule for rule in mine if rule not in self._looking]
        self._pays = any(rule.mark.kind == "amount" for rule in self._still)
        self._asked = {spec.name for spec in policy.facts_of(subject)}
        self._laws: dict[int, _Law] = {}
        self._tally = Tally(policy, self._limits, table.grants.iter_rows(named=True))

    def judge(self, claims: pl.DataFrame) -> pl.DataFrame:
        """Return the results by row number."""
        still_decides = any(rule.mark.kind == "rule" for rule in self._still)
        if still_decides and all(rule.mark.kind == "rule" for rule in self._looking):
            frame, one = self._judged_still(claims), self._quick
        else:
            frame, one = claims, self._whole  # money or an outcome looks at a limit itself
        numbers = periods(self._policy, frame[DAY])
        found = [
            self._next(row, number, one) for row, number in zip(frame.iter_rows(named=True), numbers, strict=True)
        ]
        return self._as_frame(frame, found)

    def _judged_still(self, claims: pl.DataFrame) -> pl.DataFrame:
        """Judge by columns what looks at no limit, and read the facts of the rules that do."""
        policy = replace(self._policy, rules=self._still, _plans={})
        frame = pl.concat(by_law(policy, self._subject, claims)).sort(ROW)
        wanted = {slot for rule in self._looking for slot in slots_of(rule.expr)} - self._slots
        return frame.with_columns(_fact(frame, slot, self._policy.slots[slot]) for slot in sorted(wanted))

    def _next(self, row: dict[str, Any], number: int, one: Callable) -> dict[str, Any]:
        law = self._laws.get(number) or self._laws.setdefault(number, self._law(row[DAY]))
        found: dict[str, Any] = {ROW: row[ROW]}
        standing = self._tally.of_person(row)
        for limit in self._limits:
            counted = self._tally.count(limit, law.matchers[limit.name], row)
            found[limit.slots[0]], found[limit.slots[1]] = counted.low, counted.high
            if counted.grants:
                found |= companions(self._policy, limit, row, counted, standing, self._asked, "zh")
        row.update(found)  # the row is this claim's own copy
        found |= one(row, law)
        if self._keep and found["decision"] != _FAIL:
            row["certain"], row["amount_fen"] = found["decision"] == _PASS, found["amount_fen"]
            self._tally.add(row)
        return found

    def _law(self, day: date) -> _Law:
        names = {rule.name for rule in self._looking}
        tests = tuple(
            (rule.name, rule.soft, rule.test)
            for rule in self._policy.plan(self._subject, day).rules
            if rule.name in names
        )
        return _Law({limit.name: matcher(self._policy, limit, day) for limit in self._limits}, tests)

    def _quick(self, row: dict[str, Any], law: _Law) -> dict[str, Any]:
        found, decision = {}, row["decision"]
        for name, soft, test in law.tests:
            found[name] = passed = test(row)
            if passed is None and decision == _PASS:
                decision = _UNKNOWN
            elif passed is False and not (soft and name in (row[SOFT_REASONS] or ())):
                decision = _FAIL
        amount = row["amount_fen"] if decision == _PASS else 0 if decision == _FAIL and self._pays else None
        return found | {"decision": decision, "amount_fen": amount}

    def _whole(self, row: dict[str, Any], _law: _Law) -> dict[str, Any]:
        judgement = self._policy.judge(self._subject, row_facts(self._policy, self._subject, row), on=row[DAY])
        found: dict[str, Any] = {
            one.rule: {Status.PASS: True, Status.FAIL: False}.get(one.status)
            for one in judgement.findings
            if one.rule in self._rules
        }
        found |= {f"outcome_{name}": value for name, value in judgement.outcomes.items()}
        return found | {"decision": judgement.decision.value, "amount_fen": judgement.amount_fen}

    def _as_frame(self, frame: pl.DataFrame, found: list[dict[str, Any]]) -> pl.DataFrame:
        """Put what was asked claim by claim over what was judged by columns."""
        kinds: dict[str, Any] = {ROW: pl.UInt32, "decision": pl.String, "amount_fen": pl.Int64}
        kinds |= dict.fromkeys(self._slots, pl.Int64) | _companions(self._policy, self._subject, self._limits)
        kinds |= {rule.name: pl.Boolean for rule in (*self._looking, *self._still)}
        names = dict.fromkeys(name for row in found for name in row)  # outcomes have the type of their values
        fresh = pl.DataFrame(
            {name: [row.get(name) for row in found] for name in names},
            schema_overrides={name: kind for name, kind in kinds.items() if name in names},
        )
        whole = frame.drop(name for name in fresh.columns if name in frame.columns and name != ROW)
        return self._masked(whole.join(fresh, on=ROW, how="left"), fresh.columns)

    def _masked(self, frame: pl.DataFrame, fresh: list[str]) -> pl.DataFrame:
        """Outcomes belong to a case that passes; what the rules without limits gave is taken back where it does not."""
        outcomes = [name for name in frame.columns if name.startswith("outcome_")]
        passed = pl.col("decision") == _PASS
        frame = frame.with_columns(pl.when(passed).then(pl.col(name)).alias(name) for name in outcomes)
        still = [rule.name for rule in self._still if rule.mark.kind == "rule"]
        ranks = [slot for limit in self._table.limits if limit.ranks for slot in limit.slots]
        return frame.select(*dict.fromkeys((*fresh, *ranks, *still, *outcomes)))


def row_facts(policy: Policy, subject: str, row: dict[str, Any]) -> dict[str, Any]:
    """Return the facts of a table row as the scalar judge takes them."""
    facts = {}
    for spec in policy.facts_of(subject):
        exact = spec.bounds and not any(row.get(slot) is not None for slot in spec.slots)
        for name in (spec.name,) if exact else spec.slots:
            if row.get(name) is not None:
                facts[name] = row[name]
    if SOFT_REASONS in facts:
        facts[SOFT_REASONS] = dict.fromkeys(facts[SOFT_REASONS], "—")
    return facts
