"""Judges a whole table with the same rules: one nullable boolean column per rule, decision and amount."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from peibu.rulebook.expr import Expr, bind
from peibu.rulebook.facts import FactSpec
from peibu.rulebook.frame import compile_frame, month_of
from peibu.rulebook.judgement import Status
from peibu.rulebook.plan import SOFT_REASONS, outcome_name, slots_of
from peibu.rulebook.rules_reader import Rule

_PASSES = "_passes"  # a name no rule has: rules are public names
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


class FrameJudge:
    """The rules of a subject on the law of one day as Polars expressions, made once for any number of tables."""

    def __init__(self, rules: list[Rule], slots: Mapping[str, FactSpec], numbers: dict[str, Any]):
        bound = {rule.name: bind(rule.expr, numbers) for rule in rules}
        asked = dict.fromkeys(slot for expr in bound.values() for slot in slots_of(expr))
        self._slots = {slot: slots[slot] for slot in (SOFT_REASONS, *asked)}
        self._spoken = _read_as_text(bound.values())
        tests = [rule for rule in rules if rule.mark.kind == "rule"]
        names = {rule.name: _result_name(rule) for rule in rules if rule.mark.kind in ("amount", "outcome")}
        self._cells = [compile_frame(bound[rule.name]).alias(rule.name) for rule in tests]
        self._cells += [compile_frame(bound[rule]).alias(name) for rule, name in names.items()]
        self._taken = {rule.name for rule in tests}  # a rule's column takes the place of a fact of the same name
        self._passes = pl.all_horizontal([_passes(rule) for rule in tests] or [pl.lit(True)]).alias(_PASSES)
        self._results = _results(list(names.values()))
        self._by_schema: dict[tuple, tuple[list[pl.Expr], list[str]]] = {}

    def judge(self, frame: pl.LazyFrame | pl.DataFrame) -> pl.LazyFrame:
        """Return the table with a column per rule, `decision`, `amount_fen` and a column `outcome_<name>` per outcome.

        A fact without a column is unknown. A passed row whose amount or an outcome is unknown is unknown.
        """
        lazy = frame.lazy()
        schema = lazy.collect_schema()
        key = tuple(schema.items())
        made = self._by_schema.get(key)
        if made is None:
            made = self._facts(schema)
            self._by_schema = {key: made}  # the parts of a batch have the same columns
        facts, coded = made
        lazy = lazy.with_columns(facts).with_columns(self._cells).with_columns(self._passes)
        texts = [pl.col(slot).cast(pl.String) for slot in coded if slot not in self._taken]
        return lazy.with_columns(*self._results, *texts).drop(_PASSES)

    def _facts(self, have: Mapping[str, Any]) -> tuple[list[pl.Expr], list[str]]:
        """Return how to get the facts from the columns there are, and which of them are still to become text.

        A code in a dictionary is compared by number. Only a rule that reads it as text needs it written out before.
        """
        columns, later = [], []
        for slot, spec in self._slots.items():
            # a quantity given exactly stands for both of its ends
            source = slot if slot in have else spec.name if spec.name in have else None
            given = None if source is None else have[source]
            if spec.type == "code" and slot not in self._spoken and isinstance(given, pl.Enum | pl.Categorical):
                columns += [pl.col(source).alias(slot)] if source != slot else []
                later.append(slot)
                continue
            column = pl.lit(None) if source is None else pl.col(source)
            if source is not None and spec.type == "month":
                column = month_of(column.cast(pl.Date))
            elif source == slot and given == _TYPES[spec.type]:
                continue
            columns.append(column.cast(_TYPES[spec.type]).alias(slot))
        return columns, later


def _read_as_text(exprs: Iterable[Expr]) -> set[str]:
    """Return the facts that some expression does more with than compare them with given codes."""
    spoken = set()
    for expr in exprs:
        for node in (Expr("whole", expr), *expr.walk()):
            others = [arg for arg in node.args if arg.op != "lit"]
            if node.op not in ("is_in", "known") and not (node.op in ("eq", "ne") and len(others) == 1):
                spoken |= {arg.data for arg in others if arg.op == "fact"}
    return spoken


def _result_name(rule: Rule) -> str:
    return "amount_fen" if rule.mark.kind == "amount" else f"outcome_{outcome_name(rule)}"


def _passes(rule: Rule) -> pl.Expr:
    """Return true, false or null; a failure of a soft limit with a recorded reason is none."""
    column = pl.col(rule.name)
    if not rule.mark.soft:
        return column
    excused = pl.col(SOFT_REASONS).list.contains(rule.name).fill_null(False)
    return pl.when(~column & excused).then(True).otherwise(column)


def _results(names: list[str]) -> list[pl.Expr]:
    """Return the decision and what a passed row gives: nothing unless all of it is known."""
    passes, known = (
        pl.col(_PASSES),
        pl.all_horizontal([pl.col(name).is_not_null() for name in names] or [pl.lit(True)]),
    )
    passed, failed, unknown = (pl.lit(status.value) for status in (Status.PASS, Status.FAIL, Status.UNKNOWN))
    given = passes & known
    decision = pl.when(given).then(passed).when(~passes).then(failed).otherwise(unknown)
    columns = [pl.when(given).then(pl.col(name)).alias(name) for name in names if name != "amount_fen"]
    paid = pl.lit(None, dtype=pl.Int64)
    if "amount_fen" in names:
        paid = pl.when(given).then(pl.col("amount_fen")).when(~passes).then(pl.lit(0, dtype=pl.Int64))
    return [decision.alias("decision"), *columns, paid.alias("amount_fen")]
