"""The columnar form of `derive_facts`: a whole table of cases at once, lazily."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from importlib import import_module
from typing import TYPE_CHECKING, Any

import polars as pl

from peibu.rulebook.derived.derive import kinds_for, numbers_of, specs_of
from peibu.rulebook.derived.frames import CASE, TYPES, RecordTable, slots_of
from peibu.rulebook.derived.kinds import Case, RecordKind
from peibu.rulebook.derived.registry import KINDS
from peibu.rulebook.facts import FactSpec

if TYPE_CHECKING:
    from peibu.rulebook.policy import Policy


def derive_frame(
    policy: Policy,
    subject: str,
    people: pl.LazyFrame | pl.DataFrame,
    records: Mapping[str, RecordTable],
    *,
    on: date,
) -> pl.LazyFrame:
    """Return the table with the columns of the derived facts that the subject asks for, in the order of its rows.

    people: a column per fact given, `person` (and `employer` for insurance) or `training` to find the records by.
    on: day of the law, and of a case whose facts give no day. Same results as `derive_facts`, cell by cell.
    """
    table = people.lazy().with_row_index(CASE)
    have = set(table.collect_schema().names())
    for name, specs in kinds_for(policy, subject).items():
        if name in records and KINDS[name].key in have:
            table = _with_kind(policy, KINDS[name], specs, table, records[name], on)
    return table.drop(CASE)


def _with_kind(
    policy: Policy, kind: RecordKind, specs: list[FactSpec], table: pl.LazyFrame, records: RecordTable, on: date
) -> pl.LazyFrame:
    have = table.collect_schema().names()
    cases = table.select(CASE, *_inputs(policy, kind, set(have), on))
    case = Case({}, {}, numbers_of(policy, kind, on), specs_of(policy))
    found = import_module(f"peibu.rulebook.derived.{kind.name}_frame").derive_frame(cases, records, case)
    slots = {slot: of for spec in specs for slot, of in slots_of(spec).items()}
    found = found.select(CASE, *(pl.col(slot).cast(of).alias(f"_derived_{slot}") for slot, of in slots.items()))
    known = cases.select(
        CASE, *(_known(kind, spec).alias(f"_known_{spec.name}") for spec in specs)
    )  # without its key or a needed fact nothing was looked up
    joined = table.join(found, on=CASE, how="left", maintain_order="left")
    joined = joined.join(known, on=CASE, how="left", maintain_order="left")
    filled = [column for spec in specs for column in _filled(spec, set(have))]
    return joined.with_columns(filled).drop(
        [f"_derived_{slot}" for slot in slots] + [f"_known_{spec.name}" for spec in specs]
    )


def _inputs(policy: Policy, kind: RecordKind, have: set[str], on: date) -> list[pl.Expr]:
    shared = specs_of(policy)
    columns = [pl.col(kind.key).cast(pl.String).replace("", None)]
    if kind.by_employer:
        columns.append((pl.col("employer") if "employer" in have else pl.lit("")).cast(pl.String).alias("employer"))
    facts: dict[str, pl.Expr] = {}
    for name in kind.inputs:
        of = TYPES[shared[name].type] if name in shared else pl.Date
        there = name in have and name in policy.fact_specs
        facts[name] = (pl.col(name) if there else pl.lit(None)).cast(of)
    days = {f"_{role}": pl.coalesce(*(facts[name] for name in order), pl.lit(on)) for role, order in kind.days.items()}
    needed = {name for names in kind.gives.values() for name in names} | set(kind.uses)
    named: dict[str, Any] = {name: facts[name] for name in needed} | days
    return columns + [column.alias(name) for name, column in named.items()]


def _known(kind: RecordKind, spec: FactSpec) -> pl.Expr:
    return pl.all_horizontal(pl.col(name).is_not_null() for name in (kind.key, *kind.gives[spec.name]))


def _filled(spec: FactSpec, have: set[str]) -> list[pl.Expr]:
    """A given fact wins in whole: an end left open by whoever gave it stays open."""
    names = [name for name in dict.fromkeys((spec.name, *spec.slots)) if name in have]
    given = pl.any_horizontal(pl.col(name).is_not_null() for name in names) if names else pl.lit(False)
    known = pl.col(f"_known_{spec.name}")
    columns = []
    for slot, of in slots_of(spec).items():
        own = [pl.col(name).cast(of) for name in dict.fromkeys((slot, spec.name)) if name in have]
        told = pl.coalesce(own) if own else pl.lit(None, dtype=of)
        derived = pl.when(known).then(pl.col(f"_derived_{slot}"))
        columns.append(pl.when(given).then(told).otherwise(derived).alias(slot))
    return columns
