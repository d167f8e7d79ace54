"""Columnar form of `sessions`."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from peibu.rulebook.derived.frames import CASE, RecordTable, add, at_open_end, listed, number_of, rows_of
from peibu.rulebook.derived.kinds import Case
from peibu.rulebook.derived.sessions import HOURS, KIND, KINDS, ONLINE, PRACTICE, THEORY

_HOURS, _DAY = pl.col("hours"), pl.col("held_on")
_KIND, _TOPICS = pl.col("kind"), pl.col("topics")


def derive_frame(cases: pl.LazyFrame, table: RecordTable, case: Case) -> pl.LazyFrame:
    """Return the cases with the facts of their timetables. cases: _case, training."""
    rows = _once(rows_of(KIND, cases, table))
    topics = list(case.specs["theory_topics_present"].choices)
    kinds = list(case.specs["session_kinds_present"].choices)
    online = pl.when(_KIND == ONLINE).then(True).otherwise(pl.col("online"))
    tests = {f"class_hours_{kind}": kind == _KIND for kind in KINDS}
    tests |= {"class_hours_total": pl.lit(True), "class_hours_online": online}
    sums = [part for name, test in tests.items() for part in _sums(name, test)]
    days = [*_days("class_days", pl.lit(True)), *_days("practice_days", _KIND == PRACTICE)]
    lacking = ~pl.col("teacher_qualified")
    counts = [
        number_of(lacking).alias("sessions_without_teacher_low"),
        number_of(lacking.fill_null(True)).alias("sessions_without_teacher_high"),
    ]
    found = rows.group_by(CASE).agg(*sums, *days, *_span(), *counts, *_sets(topics, kinds))
    numbers = [f"{name}_{end}" for name in _NUMBERS for end in ("low", "high")]
    opens = [f"_open_{name}" for name in _OPEN]
    table_of = add(cases, found, numbers)
    table_of = table_of.with_columns(pl.col(opens).fill_null(False), pl.col("^_(topic|kind)_.*$").fill_null(False))
    highs = {
        f"{name}_high": at_open_end(
            pl.when(~pl.col(f"_open_{name}")).then(pl.col(f"{name}_high"))
            if name in _OPEN
            else pl.col(f"{name}_high"),
            table,
        )
        for name in _NUMBERS
    }
    return table_of.select(
        CASE,
        *(f"{name}_low" for name in _NUMBERS),
        **highs,
        theory_topics_present=_named("topic", topics, table),
        session_kinds_present=_named("kind", kinds, table),
    )


_NUMBERS = (*HOURS, "class_days", "practice_days", "class_span_days", "sessions_without_teacher")
_OPEN = (*HOURS, "class_span_days")


def _once(rows: pl.LazyFrame) -> pl.LazyFrame:
    marked = rows.with_row_index("_row")
    timed = pl.col("starts_at").is_not_null() & _DAY.is_not_null()
    # Only a row with its day and time of day can be known to stand twice.
    lone = pl.when(~timed).then(pl.col("_row"))
    flat = _TOPICS.list.join("\0")
    return marked.with_columns(_lone=lone, _topics=flat).unique(
        [CASE, "_lone", "_topics", *(column.name for column in KIND.columns if column.name != "topics")],
        keep="first",
        maintain_order=True,
    )


def _sums(name: str, test: pl.Expr) -> Iterable[pl.Expr]:
    sure, maybe = test.fill_null(False), test.fill_null(True)
    yield _HOURS.filter(sure).sum().alias(f"{name}_low")
    yield _HOURS.filter(maybe).sum().alias(f"{name}_high")
    yield (maybe & _HOURS.is_null()).any().alias(f"_open_{name}")


def _days(name: str, test: pl.Expr) -> Iterable[pl.Expr]:
    sure, maybe = test.fill_null(False), test.fill_null(True)
    some = sure.any().cast(pl.Int64)
    yield pl.max_horizontal(_DAY.filter(sure).drop_nulls().n_unique().cast(pl.Int64), some).alias(f"{name}_low")
    unsaid = number_of(maybe & _DAY.is_null())
    yield (_DAY.filter(maybe).drop_nulls().n_unique().cast(pl.Int64) + unsaid).alias(f"{name}_high")


def _span() -> Iterable[pl.Expr]:
    length = (_DAY.max() - _DAY.min()).dt.total_days() + 1
    for end in ("low", "high"):
        yield length.fill_null(1).alias(f"class_span_days_{end}")
    yield _DAY.is_null().any().alias("_open_class_span_days")


def _sets(topics: list[str], kinds: list[str]) -> Iterable[pl.Expr]:
    theory = (_KIND == THEORY).fill_null(False)
    for topic in topics:
        named = _TOPICS.list.contains(topic).fill_null(False)
        yield (theory & named).any().alias(f"_topic_{topic}")
        yield (_KIND.is_null() & named).any().alias(f"_topic_maybe_{topic}")
    yield ((theory | _KIND.is_null()) & _TOPICS.is_null()).any().alias("_topic_unsaid")
    for kind in kinds:
        yield (kind == _KIND).fill_null(False).any().alias(f"_kind_{kind}")
        yield pl.lit(False).alias(f"_kind_maybe_{kind}")
    yield _KIND.is_null().any().alias("_kind_unsaid")


def _named(prefix: str, choices: list[str], table: RecordTable) -> pl.Expr:
    known = {code: pl.col(f"_{prefix}_{code}") for code in choices}
    unsure = [pl.col(f"_{prefix}_maybe_{code}") & ~held for code, held in known.items()]
    more = pl.any_horizontal(pl.lit(not table.complete), pl.col(f"_{prefix}_unsaid"), *unsure)
    lacking = pl.any_horizontal(~held for held in known.values())
    return pl.when(~(more & lacking)).then(listed(choices, lambda code: known[code]))
