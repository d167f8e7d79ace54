"""Columnar form of `insurance`: the month bits of `records_frame`, for the people and days of a table."""

from __future__ import annotations

import polars as pl

from peibu.rulebook.derived.frames import CASE, RecordTable, rows_of
from peibu.rulebook.derived.insurance import KIND
from peibu.rulebook.derived.kinds import Case
from peibu.rulebook.records import LOOKBACK_MONTHS
from peibu.rulebook.records_frame import insurance_runs


def derive_frame(cases: pl.LazyFrame, table: RecordTable, case: Case) -> pl.LazyFrame:
    """Return the cases with the insurance facts. cases: _case, person, employer, _day."""
    # The case stands for the person: two cases of one person may fall on two days of one month.
    records = rows_of(KIND, cases.select(CASE, "person"), table).with_columns(person=pl.col(CASE))
    people = cases.select(
        CASE,
        "employer",
        person=pl.col(CASE),
        reference_month=pl.col("_day").dt.month_start(),
        paid_by="_day",
    )
    people = _covered(people, records, table)
    runs = insurance_runs(
        records.select("person", "employer", "month", "paid_on", "kind"),
        people,
        late_after_months=case.numbers["arrears_months_max"],
    )
    first, reference = pl.col("run_first_month"), pl.col("reference_month")
    age = (reference.dt.year() - first.dt.year()).cast(pl.Int64) * 12 + reference.dt.month() - first.dt.month()
    gap = pl.when(age + 1 < LOOKBACK_MONTHS).then(first.dt.offset_by("-1mo"))
    named = pl.col("employer").is_not_null() & (pl.col("employer") != "")
    slots = [slot for slot in _SLOTS if slot != "insurance_gap_month"]
    runs = runs.with_columns(insurance_gap_month=gap)
    return runs.select(
        CASE, *(pl.when(named).then(pl.col(slot)).alias(slot) for slot in [*slots, "insurance_gap_month"])
    )


_SLOTS = (
    "insured_months_low",
    "insured_months_high",
    "arrears_months_low",
    "arrears_months_high",
    "late_arrears_months_low",
    "late_arrears_months_high",
    "run_first_month",
    "run_last_month",
    "last_paid_month_low",
    "last_paid_month_high",
)


def _covered(people: pl.LazyFrame, records: pl.LazyFrame, table: RecordTable) -> pl.LazyFrame:
    """Add what the extract answers for; an extract that does not say answers from each person's earliest month on."""
    reference = pl.col("reference_month")
    first, last = table.covered or (None, None)
    if first is not None:
        end = reference if last is None else pl.lit(last)
        return people.with_columns(covered_from=pl.lit(first), covered_to=end)
    oldest = records.group_by("person").agg(covered_from=pl.col("month").min())
    nothing = reference.dt.offset_by("1mo")
    people = people.join(oldest, on="person", how="left", maintain_order="left")
    return people.with_columns(covered_from=pl.col("covered_from").fill_null(nothing), covered_to=reference)
