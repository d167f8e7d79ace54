"""What the columnar forms share. A table of cases carries `_case`, its key and `_day`; rows carry the same key."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

import polars as pl

from peibu.rulebook.derived.kinds import RecordKind
from peibu.rulebook.facts import FactSpec

CASE = "_case"
TYPES: dict[str, Any] = {
    "boolean": pl.Boolean,
    "integer": pl.Int64,
    "fen": pl.Int64,
    "date": pl.Date,
    "month": pl.Date,
    "text": pl.String,
    "code": pl.String,
    "codes": pl.List(pl.String),
}


class RecordTable(NamedTuple):
    """The records of one kind about many cases; `covered` and `complete` as in Records, for all of them alike."""

    frame: pl.LazyFrame
    covered: tuple[date | None, date | None] | None = None
    complete: bool = True


def schema_of(kind: RecordKind) -> dict[str, Any]:
    """Return the Polars schema of a kind of records, its key first."""
    return {kind.key: pl.String} | {column.name: TYPES[column.type] for column in kind.columns}


def own_columns(kind: RecordKind, table: RecordTable) -> pl.LazyFrame:
    """Return the records with every column of the kind in its type, null where the table has none."""
    have = set(table.frame.collect_schema().names())
    columns = {name: pl.col(name) if name in have else pl.lit(None) for name in schema_of(kind)}
    return table.frame.select(columns[name].cast(of).alias(name) for name, of in schema_of(kind).items())


def rows_of(kind: RecordKind, cases: pl.LazyFrame, table: RecordTable) -> pl.LazyFrame:
    """Return the records beside the case they belong to."""
    return cases.join(own_columns(kind, table), on=kind.key, how="inner")


def at_open_end(high: pl.Expr, table: RecordTable) -> pl.Expr:
    """The possible side of a sum: without limit while records may be missing."""
    return high if table.complete else pl.lit(None, dtype=pl.Int64)


def listed(choices: Iterable[str], holds: Any) -> pl.Expr:
    """Return the list of those choices whose test is true, in the order of the code list."""
    items = [pl.when(holds(code)).then(pl.lit(code)) for code in choices]
    return pl.concat_list(items).list.drop_nulls()


def add(left: pl.LazyFrame, found: pl.LazyFrame, counts: Sequence[str] = ()) -> pl.LazyFrame:
    """Join what was found to the cases; `counts` are 0 where a case has no rows."""
    joined = left.join(found, on=CASE, how="left", maintain_order="left")
    return joined.with_columns(pl.col(name).fill_null(0).cast(pl.Int64) for name in counts)


def number_of(condition: pl.Expr) -> pl.Expr:
    """How many rows of the group meet the condition (an unknown does not)."""
    return condition.fill_null(False).sum().cast(pl.Int64)


def slots_of(spec: FactSpec) -> dict[str, Any]:
    """Return the columns of a fact with their Polars types."""
    return dict.fromkeys(spec.slots, TYPES[spec.type])
