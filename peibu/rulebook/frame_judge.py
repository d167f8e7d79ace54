"""Judges a whole table with the same rules: one nullable boolean column per rule, decision and amount."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from peibu.rulebook.expr import bind
from peibu.rulebook.facts import FactSpec
from peibu.rulebook.frame import compile_frame, month_of
from peibu.rulebook.judgement import Status
from peibu.rulebook.plan import SOFT_REASONS, outcome_name, slots_of
from peibu.rulebook.rules_reader import Rule

_TYPES: dict[str, Any] = {
    "boolean": pl.Boolean,
    "integer": pl.Int64,
    "fen": pl.Int64,
    "date": pl.Date,
    "month": pl.Date,
    "text": pl.String,
    "code": pl.String,
    "codes": pl.List(pl.String),
    "reasons": pl.List(pl.String),
}


def frame_type(spec: FactSpec) -> Any:
    """Return the Polars type of a fact's column. Reasons for soft limits: the list of excused rule names."""
    return _TYPES[spec.type]


def judge_frame(
    rules: list[Rule], slots: Mapping[str, FactSpec], numbers: dict[str, Any], frame: pl.LazyFrame | pl.DataFrame
) -> pl.LazyFrame:
    """Return the table with a column per rule, `decision`, `amount_fen` and a column `outcome_<name>` per outcome.

    A fact without a column is unknown. A passed row whose amount or an outcome is unknown is unknown.
    """
    tests = [rule for rule in rules if rule.mark.kind == "rule"]
    bound = {rule.name: bind(rule.expr, numbers) for rule in rules}
    needed = {SOFT_REASONS} | {slot for expr in bound.values() for slot in slots_of(expr)}
    lazy = _with_facts(frame.lazy(), {slot: slots[slot] for slot in needed})
    lazy = lazy.with_columns(compile_frame(bound[rule.name]).alias(rule.name) for rule in tests)
    lazy = lazy.with_columns(_decision(tests).alias("decision"))
    results = {
        "amount_fen" if rule.mark.kind == "amount" else f"outcome_{outcome_name(rule)}": compile_frame(
            bound[rule.name]
        )
        for rule in rules
        if rule.mark.kind in ("amount", "outcome")
    }
    return _with_results(lazy, results)


def _with_results(lazy: pl.LazyFrame, results: dict[str, pl.Expr]) -> pl.LazyFrame:
    nothing = pl.lit(None, dtype=pl.Int64)
    if not results:
        return lazy.with_columns(nothing.alias("amount_fen"))
    decision = pl.col("decision")
    lazy = lazy.with_columns(results[name].alias(name) for name in results)
    waiting = (decision == Status.PASS.value) & pl.any_horizontal(pl.col(name).is_null() for name in results)
    lazy = lazy.with_columns(pl.when(waiting).then(pl.lit(Status.UNKNOWN.value)).otherwise(decision).alias("decision"))
    passed = decision == Status.PASS.value
    columns = [pl.when(passed).then(pl.col(name)).alias(name) for name in results if name != "amount_fen"]
    paid = nothing
    if "amount_fen" in results:
        failed = decision == Status.FAIL.value
        paid = pl.when(passed).then(pl.col("amount_fen")).when(failed).then(pl.lit(0, dtype=pl.Int64))
    return lazy.with_columns(*columns, paid.alias("amount_fen"))


def _with_facts(lazy: pl.LazyFrame, slots: Mapping[str, FactSpec]) -> pl.LazyFrame:
    have = set(lazy.collect_schema().names())
    columns = []
    for slot, spec in slots.items():
        # a quantity given exactly stands for both of its ends
        source = slot if slot in have else spec.name if spec.name in have else None
        column = pl.lit(None) if source is None else pl.col(source)
        if source is not None and spec.type in ("month",):
            column = month_of(column.cast(pl.Date))
        columns.append(column.cast(_TYPES[spec.type]).alias(slot))
    return lazy.with_columns(columns)


def _decision(tests: list[Rule]) -> pl.Expr:
    fails, unknowns = [], []
    for rule in tests:
        column = pl.col(rule.name)
        excused = pl.col(SOFT_REASONS).list.contains(rule.name).fill_null(False) if rule.mark.soft else pl.lit(False)
        fails.append(~column.fill_null(True) & ~excused)
        unknowns.append(column.is_null())
    words = [pl.lit(status.value) for status in (Status.FAIL, Status.UNKNOWN, Status.PASS)]
    failed, unknown = pl.any_horizontal(fails), pl.any_horizontal(unknowns)
    return pl.when(failed).then(words[0]).when(unknown).then(words[1]).otherwise(words[2])
