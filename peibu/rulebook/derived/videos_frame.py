"""Columnar form of `videos`."""

from __future__ import annotations

import polars as pl

from peibu.rulebook.derived.frames import CASE, RecordTable, add, at_open_end, listed, rows_of
from peibu.rulebook.derived.kinds import Case
from peibu.rulebook.derived.videos import KIND


def derive_frame(cases: pl.LazyFrame, table: RecordTable, case: Case) -> pl.LazyFrame:
    """Return the cases with seconds and traces. cases: _case, training."""
    choices = list(case.specs["learning_traces"].choices)
    rows = rows_of(KIND, cases, table).with_row_index("_row")
    rows = rows.with_columns(_lone=pl.when(pl.col("video").is_null()).then(pl.col("_row")))
    found = add(cases, _seconds(rows), ["low", "high"]).pipe(add, _traces(rows, choices))
    endless = pl.col("_open").fill_null(False)
    return found.select(
        CASE,
        video_seconds_low="low",
        video_seconds_high=at_open_end(pl.when(~endless).then(pl.col("high")), table),
        learning_traces=_shared(choices, table),
    )


def _seconds(rows: pl.LazyFrame) -> pl.LazyFrame:
    seconds = pl.col("seconds")
    videos = rows.group_by(CASE, "course", "video", "_lone").agg(
        low=seconds.min().fill_null(0), high=seconds.max(), _open=seconds.is_null().any()
    )
    return videos.group_by(CASE).agg(pl.col("low", "high").sum(), pl.col("_open").any())


def _traces(rows: pl.LazyFrame, choices: list[str]) -> pl.LazyFrame:
    traces = pl.col("traces")
    holds = [traces.list.contains(code).fill_null(False).any().alias(code) for code in choices]
    courses = rows.group_by(CASE, "course").agg(*holds, _said=traces.is_not_null().any())
    said = pl.col("_said")
    return courses.group_by(CASE).agg(
        *((pl.col(code) | ~said).all().alias(code) for code in choices),
        _spoken=said.any(),
        _silent=(~said).any(),
    )


def _shared(choices: list[str], table: RecordTable) -> pl.Expr:
    """A course that says nothing can only take traces away: with none left the answer is certain all the same."""
    silent = pl.col("_silent") | pl.lit(not table.complete)
    left = pl.any_horizontal(pl.col(code) for code in choices)
    sure = pl.col("_spoken").fill_null(False) & ~(silent & left).fill_null(True)
    return pl.when(sure).then(listed(choices, pl.col))
