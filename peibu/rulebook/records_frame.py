"""The insurance run of many people at once: months become bits, the run is counted on the bits (columnar form)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

import polars as pl
from polars.io.plugins import register_io_source

from peibu.rulebook.months.claims import DATES, KEYS, Claims
from peibu.rulebook.months.marks import LOOKBACK_MAX, SCHEMA, facts_of
from peibu.rulebook.months.scan import Scan
from peibu.rulebook.records import LOOKBACK_MONTHS

_ROWS = 100_000  # rows handed on at a time


def insurance_runs(
    records: pl.LazyFrame, people: pl.LazyFrame, *, late_after_months: int = 3, lookback: int = LOOKBACK_MONTHS
) -> pl.LazyFrame:
    """Add the insurance facts (`marks.SCHEMA`) to `people`; rows keep their order.

    records: person, employer, month (date), paid_on (date), kind (text or categorical); any order, but rows that lie
    together by person and employer take a tenth of the time, and only then is the memory bounded (the claims and one
    batch of rows). people: person, employer, reference_month; covered_from, covered_to and paid_by may be null or
    absent, as in `insurance_run`. At most 62 months can be followed. The records are read when the result is.
    """

    def gather(claims: Claims, _wanted: Collection[str]) -> Scan:
        scan = Scan(claims, late_after_months, lookback)
        scan.read(records)
        return scan

    return facts_beside(people, gather, lookback)


def facts_beside(
    people: pl.LazyFrame, gather: Callable[[Claims, Collection[str]], Scan], lookback: int, *, apart: bool = False
) -> pl.LazyFrame:
    """Return `people` with the insurance facts that `gather(claims, wanted)` finds for its claims, computed when read.

    apart: some claims may be asked for without the others, so they are taken a batch at a time.
    """
    if not 0 < lookback <= LOOKBACK_MAX:
        raise ValueError(f"lookback is 1 to {LOOKBACK_MAX} months, not {lookback}")
    given = people.collect_schema()
    schema = dict(given) | SCHEMA

    def source(
        columns: list[str] | None, predicate: pl.Expr | None, limit: int | None, batch: int | None
    ) -> Iterator[pl.DataFrame]:
        wanted = list(schema) if columns is None else columns
        named = {*wanted, *(predicate.meta.root_names() if predicate is not None else ())}
        asked = [name for name in given if name in named or name in KEYS or name in DATES]
        lazy, left = people.select(asked), limit
        for table in _batches(lazy) if apart else [lazy.collect(engine="streaming")]:
            claims = Claims(table)
            facts = facts_of(gather(claims, named).marks(), claims, lookback, named)
            kept = [name for name in asked if name in named and name not in facts.columns]
            table = table[kept or asked[:1]].hstack(facts)
            if predicate is not None:
                table = table.filter(predicate)
            table = table[wanted]
            if left is not None:
                table = table.head(left)
                left -= table.height
            yield from table.iter_slices(batch or _ROWS)
            if left == 0:
                return

    return register_io_source(source, schema=schema)


def _batches(people: pl.LazyFrame) -> Iterator[pl.DataFrame]:
    yield from people.collect_batches(chunk_size=_ROWS, maintain_order=True, engine="streaming")
