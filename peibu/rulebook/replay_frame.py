"""Columns of a replay: judges a table by the law and by a draft, and counts who wins, who loses, and by which rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from peibu.rulebook.dated import breakpoints
from peibu.rulebook.difference import difference
from peibu.rulebook.errors import RulebookError
from peibu.rulebook.judgement import Judgement, Status
from peibu.rulebook.plan import SOFT_REASONS
from peibu.rulebook.policy import Policy
from peibu.rulebook.replay import MONEY, OUTCOMES, RESULT, Group, Replay, Sample, Tally, Waiting

ROW, ENTERPRISE, DIVISION, CASE, ON = "_row", "_enterprise", "_division", "_case", "_on"
_SIDES = ("before", "after")
_MOST_RULES = 60  # a signed 64-bit mask holds so many rules beside money and result
_SAMPLES = 10
_RESULTS = "outcome_"
_ALONE = {MONEY: "金额", RESULT: "金额以外的结果"}
_PASS, _FAIL, _UNKNOWN = (status.value for status in (Status.PASS, Status.FAIL, Status.UNKNOWN))


@dataclass(frozen=True)
class Table:
    """What is replayed: a lazy table of fact columns with the columns _row, _case, _enterprise, _division and _on."""

    facts: pl.LazyFrame
    skipped: Mapping[str, int]


def prepare(
    frame: pl.LazyFrame | pl.DataFrame, *, on: date | None, day_columns: Sequence[str], first: date,
    case: str = "", enterprise: str = "", division: str = "",
) -> Table:  # fmt: skip
    """Give a table of facts the columns of a replay.

    on: one day for all; otherwise the first known of `day_columns` of a row, otherwise `first`. case, enterprise,
    division: names of the columns that hold them ('' where there is none).
    """
    lazy = frame.lazy().with_row_index(ROW)
    have = set(lazy.collect_schema().names())
    days = [pl.col(name).cast(pl.Date) for name in day_columns if name in have]
    day = pl.lit(on, dtype=pl.Date) if on else pl.coalesce(*days, pl.lit(first, dtype=pl.Date))
    keys = {CASE: case, ENTERPRISE: enterprise, DIVISION: division}
    named = [
        (pl.col(name).cast(pl.String) if name in have else pl.lit("")).fill_null("").alias(target)
        for target, name in keys.items()
    ]
    return Table(lazy.with_columns(day.alias(ON), *named), {})


def replay_frame(
    base: Policy, draft: Policy, subject: str, table: Table, *, samples: int = _SAMPLES
) -> tuple[Replay, pl.DataFrame]:
    """Judge every row by both policies on its day; return the result and the table of cases.

    The table of cases has: _case, _enterprise, _division, _on, decision and amount before and after, delta_fen,
    outcome, cause. Raises NotInForce for a day on which one of the two is not in force.
    """
    before, after = judge_side(base, subject, table, "before"), judge_side(draft, subject, table, "after")
    names = rule_names(base, draft, subject)
    cases = compared(before.hstack(after.drop(ROW, CASE, ENTERPRISE, DIVISION, ON)), names)
    return summary(base, draft, subject, cases, names, _explained(base, draft, subject, table, samples), table.skipped)


def rule_names(base: Policy, draft: Policy, subject: str) -> list[str]:
    """The rules of a subject in either version; their places are the bits of the masks."""
    tests = [
        rule.name
        for policy in (base, draft) for rule in policy.rules
        if rule.mark.kind == "rule" and subject in rule.mark.subjects
    ]  # fmt: skip
    names = list(dict.fromkeys(tests))
    if len(names) > _MOST_RULES:
        raise RulebookError(f"一个判定对象最多可比较{_MOST_RULES}条规则，现有{len(names)}条")
    return names


def judge_side(policy: Policy, subject: str, table: Table, side: str) -> pl.DataFrame:
    """One side: row, keys, decision, amount, and a boolean column per rule (an excused failure counts as passed).

    Rows are judged by periods of law: between two of them no number and no reading changes.
    """
    marks = breakpoints([*policy.dated.values(), *policy.rates.values()])
    period = pl.sum_horizontal((pl.col(ON) >= pl.lit(mark)).cast(pl.Int32) for mark in marks) if marks else pl.lit(0)
    periods = table.facts.select(period.alias("period"), ON).group_by("period").agg(pl.col(ON).min()).collect()
    parts = []
    for number, first in periods.sort("period").iter_rows():
        judged = policy.judge_frame(subject, table.facts.filter(period == number), on=first)
        kept = _kept(policy, subject, side, judged.collect_schema().names())
        parts.append(judged.select(*kept).collect(engine="streaming"))
    if not parts:
        raise RulebookError("没有可以试算的数据")
    return pl.concat(parts).sort(ROW)


def _kept(policy: Policy, subject: str, side: str, judged_names: Sequence[str]) -> list[pl.Expr]:
    tests = [rule for rule in policy.rules if rule.mark.kind == "rule" and subject in rule.mark.subjects]
    columns = [pl.col(ROW, CASE, ENTERPRISE, DIVISION, ON)]
    columns += [pl.col("decision").alias(f"{side}_decision"), pl.col("amount_fen").alias(f"{side}_fen")]
    results = [name for name in judged_names if name.startswith(_RESULTS)]
    columns += [pl.col(name).cast(pl.String).alias(f"{side}_{name}") for name in results]
    for rule in tests:
        column = pl.col(rule.name)
        if rule.mark.soft:  # an excused failure has no effect
            excused = pl.col(SOFT_REASONS).list.contains(rule.name).fill_null(False)
            column = pl.when(excused & ~column.fill_null(True)).then(True).otherwise(column)
        columns.append(column.alias(f"{side}:{rule.name}"))
    return columns


def compared(both: pl.DataFrame, names: list[str]) -> pl.DataFrame:
    """Add delta_fen, outcome and the mask of causing rules to a table that holds both sides."""
    have = set(both.columns)
    masks = []
    for side in _SIDES:
        fails, unknowns = [pl.lit(0, dtype=pl.Int64)], [pl.lit(0, dtype=pl.Int64)]
        for place, name in enumerate(names):
            if f"{side}:{name}" not in have:
                continue  # a rule the other version does not have never stood in the way
            column, bit = pl.col(f"{side}:{name}"), pl.lit(1 << place, dtype=pl.Int64)
            fails.append((column == pl.lit(False)).fill_null(False).cast(pl.Int64) * bit)
            unknowns.append(column.is_null().cast(pl.Int64) * bit)
        masks += [pl.sum_horizontal(fails).alias(f"{side}_fails"), pl.sum_horizontal(unknowns).alias(f"{side}_waits")]
    money = [pl.col(f"{side}_fen").fill_null(0) for side in _SIDES]
    table = both.with_columns(*masks, (money[1] - money[0]).alias("delta_fen"), _other_result(both.columns))
    return table.with_columns(_outcome()).with_columns(_cause(1 << len(names)).alias("cause"))


def _other_result(columns: Sequence[str]) -> pl.Expr:
    """Whether some result other than money differs between two passed sides; a result only one version has differs."""
    names = {name.partition("_")[2] for name in columns if name.partition("_")[2].startswith(_RESULTS)}
    found = [pl.lit(False)]
    for name in sorted(names):
        sides = [
            pl.col(f"{side}_{name}") if f"{side}_{name}" in columns else pl.lit(None, pl.String) for side in _SIDES
        ]
        found.append(sides[0].ne_missing(sides[1]))
    return pl.any_horizontal(found).alias("other_result")


def _outcome() -> pl.Expr:
    was, now = pl.col("before_decision"), pl.col("after_decision")
    up = ((was == _FAIL) & (now == _PASS)) | ((was == now) & (pl.col("delta_fen") > 0))
    down = ((was == _PASS) & (now == _FAIL)) | ((was == now) & (pl.col("delta_fen") < 0))
    decided = pl.when((was == _UNKNOWN) & (now == _PASS)).then(pl.lit("newly_passed"))
    decided = decided.when((was == _UNKNOWN) & (now == _FAIL)).then(pl.lit("newly_failed"))
    decided = decided.when((was != _UNKNOWN) & (now == _UNKNOWN)).then(pl.lit("newly_unknown"))
    decided = decided.when(up).then(pl.lit("winner")).when(down).then(pl.lit("loser"))
    other = (was == _PASS) & (now == _PASS) & pl.col("other_result")
    return decided.when(other).then(pl.lit("other_result")).otherwise(pl.lit("same")).alias("outcome")


def _cause(money: int) -> pl.Expr:
    """The rules that made the difference: those that fail now, or failed or waited before. Money where none did."""
    was, now = pl.col("before_decision"), pl.col("after_decision")
    gone_fails = pl.col("before_fails") & ~pl.col("after_fails")
    new_fails = pl.col("after_fails") & ~pl.col("before_fails")
    new_waits = pl.col("after_waits") & ~pl.col("before_waits") & ~pl.col("before_fails")
    gone_waits = pl.col("before_waits") & ~pl.col("after_waits")
    mask = pl.when(now == _FAIL).then(new_fails).when(was == _FAIL).then(gone_fails)
    mask = mask.when(now == _UNKNOWN).then(new_waits).otherwise(gone_waits)
    moved = pl.when(was == now).then(pl.lit(0, dtype=pl.Int64)).otherwise(mask)
    other = pl.col("outcome") == "other_result"
    result = pl.when(other).then(pl.lit(money << 1, dtype=pl.Int64)).otherwise(pl.lit(money, dtype=pl.Int64))
    alone = pl.when(moved == 0).then(result).otherwise(moved)
    return pl.when(pl.col("outcome") == "same").then(pl.lit(0, dtype=pl.Int64)).otherwise(alone)


def _tallies() -> list[pl.Expr]:
    counts = [(pl.col("outcome") == name).sum().alias(name) for name in OUTCOMES]
    delta = pl.col("delta_fen")
    money = [pl.col(f"{side}_fen").fill_null(0).sum().alias(f"{side}_fen") for side in _SIDES]
    money += [
        delta.clip(lower_bound=0).sum().alias("gained_fen"),
        (-delta.clip(upper_bound=0)).sum().alias("lost_fen"),
    ]
    for word, decision in (("passed", _PASS), ("unknown", _UNKNOWN)):
        counts += [(pl.col(f"{side}_decision") == decision).sum().alias(f"{word}_{side}") for side in _SIDES]
    return [pl.len().alias("cases"), *counts, *money]


def _tally(row: Mapping[str, Any]) -> Tally:
    return Tally(**{name: int(row[name]) for name in Tally.__dataclass_fields__})


def _groups(cases: pl.DataFrame, column: str) -> tuple[Group, ...]:
    table = cases.group_by(column).agg(_tallies()).sort(column)
    return tuple(Group(str(row[column]), str(row[column]), _tally(row)) for row in table.to_dicts())


def summary(
    base: Policy, draft: Policy, subject: str, cases: pl.DataFrame, names: list[str], explain: Any,
    skipped: Mapping[str, int],
) -> tuple[Replay, pl.DataFrame]:  # fmt: skip
    """Count the compared table. explain: a function from the chosen rows (dicts) to samples."""
    described = {rule.name: rule for policy in (base, draft) for rule in policy.rules}
    titles = _titles(base, subject, cases[ON].max()) | _titles(draft, subject, cases[ON].max())
    causes = cases.filter(pl.col("cause") != 0).group_by("cause").agg(_tallies()).to_dicts()
    by_rule = []
    for row in causes:
        rules = tuple(name for place, name in enumerate([*names, MONEY, RESULT]) if row["cause"] >> place & 1)
        clauses = tuple(dict.fromkeys(described[name].mark.clause for name in rules if name in described))
        label = "；".join(titles.get(name, _ALONE.get(name, name)) for name in rules)
        by_rule.append(Group("+".join(rules), label, _tally(row), rules, clauses))
    by_rule.sort(key=lambda group: (-group.tally.cases, group.key))
    waiting = []
    for name in names:
        counts = [int(cases[f"{side}:{name}"].null_count()) if f"{side}:{name}" in cases else 0 for side in _SIDES]
        if any(counts):
            clause = described[name].mark.clause
            waiting.append(Waiting(name, clause, titles.get(name, name), *counts))
    total = _tally(cases.select(_tallies()).row(0, named=True))
    groups = (_groups(cases, ENTERPRISE), _groups(cases, DIVISION), tuple(by_rule), tuple(waiting))
    head = (draft.path, subject, base.fingerprint, draft.fingerprint, total)
    samples = tuple(explain(cases))
    shown = {1 << place: name for place, name in enumerate([*names, MONEY, RESULT])}
    found = Replay(*head, *groups, samples, dict(skipped))
    return found, _for_people(cases, shown)


def _titles(policy: Policy, subject: str, on: Any) -> dict[str, str]:
    return {rule.name: rule.title for rule in policy.plan(subject, on).rules}


def _for_people(cases: pl.DataFrame, names: Mapping[int, str]) -> pl.DataFrame:
    masks = cases["cause"].unique().to_list()
    words = {mask: "+".join(name for bit, name in names.items() if mask & bit) for mask in masks}
    cause = pl.col("cause").replace_strict(list(words), list(words.values()), return_dtype=pl.String)
    kept = [CASE, ENTERPRISE, DIVISION, ON, "before_decision", "after_decision", "before_fen", "after_fen"]
    return cases.select(*kept, "delta_fen", "outcome", cause)


def chosen(cases: pl.DataFrame, most: int) -> list[dict[str, Any]]:
    """The rows worth explaining: of each outcome but `same`, those with the largest change of money."""
    changed = cases.filter(pl.col("outcome") != "same")
    ordered = changed.sort(pl.col("delta_fen").abs(), ROW, descending=[True, False])
    return ordered.group_by("outcome", maintain_order=True).head(most).sort(ROW).to_dicts()


def _explained(base: Policy, draft: Policy, subject: str, table: Table, most: int) -> Any:
    def explain(cases: pl.DataFrame) -> list[Sample]:
        rows = chosen(cases, most)
        wanted = table.facts.filter(pl.col(ROW).is_in([row[ROW] for row in rows])).collect()
        facts = {line[ROW]: line for line in wanted.to_dicts()}
        samples = []
        for row in rows:
            judged = [judge_row(policy, subject, facts[row[ROW]], row[ON]) for policy in (base, draft)]
            found = difference(*judged, old_policy=base, new_policy=draft)
            key = row[CASE] or str(row[ROW] + 1)
            samples.append(Sample(key, row[ENTERPRISE], row[DIVISION], row["outcome"], found))
        return samples

    return explain


def judge_row(policy: Policy, subject: str, line: Mapping[str, Any], on: date) -> Judgement:
    """Judge one row of a table of facts, with everything else in the row left aside."""
    known = {name: value for name, value in line.items() if name in policy.slots or name in policy.fact_specs}
    if isinstance(known.get(SOFT_REASONS), list):
        known[SOFT_REASONS] = dict.fromkeys(known[SOFT_REASONS], "已记录")
    return policy.judge(subject, known, on=on)
