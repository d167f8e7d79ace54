"""Columnar form of `teachers`."""

from __future__ import annotations

import polars as pl

from peibu.rulebook.derived.frames import CASE, RecordTable, add, at_open_end, number_of, rows_of
from peibu.rulebook.derived.kinds import Case
from peibu.rulebook.derived.teachers import ENOUGH, KIND

_TITLES, _TEACHES = pl.col("titles"), pl.col("teaches")


def derive_frame(cases: pl.LazyFrame, table: RecordTable, case: Case) -> pl.LazyFrame:
    """Return the cases with the counts of their teachers. cases: _case, training."""
    rows = rows_of(KIND, cases, table).with_row_index("_row")
    rows = rows.with_columns(_lone=pl.when(pl.col("teacher").is_null()).then(pl.col("_row")))
    people = rows.group_by(CASE, "teacher", "_lone").agg(
        _unsaid=_TEACHES.is_null().any(),
        _untitled=_TITLES.is_null().any(),
        **{part: _TEACHES.is_in([part, "both"]).fill_null(False).any() for part in ENOUGH},
        **{f"_{part}_ok": _enough(case.numbers[listed]).any() for part, listed in ENOUGH.items()},
    )
    counts = people.group_by(CASE).agg(count for part in ENOUGH for count in _counts(part))
    names = [name for part in ENOUGH for name in (f"{part}_teachers", f"{part}_teachers_unqualified")]
    found = add(cases, counts, [f"{name}_{end}" for name in names for end in ("low", "high")])
    highs = {f"{name}_high": at_open_end(pl.col(f"{name}_high"), table) for name in names}
    return found.select(CASE, *(f"{name}_low" for name in names), **highs)


def _enough(titles: tuple[str, ...]) -> pl.Expr:
    held = [_TITLES.list.contains(title).fill_null(False) for title in titles]
    return pl.any_horizontal(held) if held else pl.lit(False)


def _counts(part: str) -> list[pl.Expr]:
    sure, maybe = pl.col(part), pl.col(part) | pl.col("_unsaid")
    lacks, may_lack = ~pl.col(f"_{part}_ok") & ~pl.col("_untitled"), ~pl.col(f"_{part}_ok")
    tests = {
        f"{part}_teachers_low": sure,
        f"{part}_teachers_high": maybe,
        f"{part}_teachers_unqualified_low": sure & lacks,
        f"{part}_teachers_unqualified_high": maybe & may_lack,
    }
    return [number_of(test).alias(name) for name, test in tests.items()]
