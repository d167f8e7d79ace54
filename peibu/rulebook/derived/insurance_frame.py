"""Columnar form of `insurance`: the month bits of `records_frame`, for the people and days of a table."""

from __future__ import annotations

import polars as pl

from peibu.rulebook.derived.frames import CASE, RecordTable, own_columns
from peibu.rulebook.derived.insurance import KIND
from peibu.rulebook.derived.kinds import Case
from peibu.rulebook.records_frame import insurance_runs

_SLOTS = (
    "insured_months_low",
    "insured_months_high",
    "arrears_months_low",
    "arrears_months_high",
    "late_arrears_months_low",
    "late_arrears_months_high",
    "run_first_month",
    "run_last_month",
    "insurance_gap_month",
    "last_paid_month_low",
    "last_paid_month_high",
)


def derive_frame(cases: pl.LazyFrame, table: RecordTable, case: Case) -> pl.LazyFrame:
    """Return the cases with the insurance facts. cases: _case, person, employer, _day."""
    first, last = table.covered or (None, None)
    day = pl.col("_day")
    people = cases.select(
        CASE,
        "person",
        "employer",
        reference_month=day.dt.month_start(),
        paid_by=day,
        covered_from=pl.lit(first, dtype=pl.Date),
        covered_to=pl.lit(None, dtype=pl.Date) if first is None else day if last is None else pl.lit(last),
    )
    runs = insurance_runs(own_columns(KIND, table), people, late_after_months=case.numbers["arrears_months_max"])
    named = pl.col("employer").is_not_null() & (pl.col("employer") != "")
    return runs.select(CASE, *(pl.when(named).then(pl.col(slot)).alias(slot) for slot in _SLOTS))
