"""The competitors of the batch, each: folder of Parquet in, the same table out."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

import polars as pl

from benchmarks import limit
from peibu.rulebook import Policy, load_policy
from peibu.rulebook.months.store import MonthStore, boundaries_of
from peibu.rulebook.records_frame import insurance_runs

ON = date(2020, 6, 1)
KNOWN_AT = date(2021, 6, 30)
RULES = (
    "enterprise_listed",
    "post_covered",
    "contract_long_enough",
    "employment_registered",
    "of_age",
    "insured_long_enough",
    "still_employed",
    "enough_class_hours",
    "exam_passed",
    "certificate_held",
    "fee_paid_first",
    "no_earlier_subsidy",
    "claimed_after_training",
    "claimed_in_time",
    "within_policy_period",
)
OBSERVED = {
    "low": "insured_months_low",
    "high": "insured_months_high",
    "arrears_low": "arrears_months_low",
    "arrears_high": "arrears_months_high",
    "last": "last_paid_month_low",
    "last_high": "last_paid_month_high",
}
RESULT = (*RULES, "decision", "amount_fen", *OBSERVED.values())


@cache
def policy() -> Policy:
    """Return the benchmark policy of 15 rules."""
    return load_policy("bench/fifteen", root=Path(__file__).parent / "policies")


def from_rows(folder: Path) -> pl.DataFrame:
    """Judge from the raw rows of the register."""
    people = insurance_runs(rows_of(folder), pl.scan_parquet(folder / "applications-*.parquet"))
    return _judged(people)


def from_store(folder: Path) -> pl.DataFrame:
    """Judge from the stored months (see `build`)."""
    return _judged(MonthStore(folder / "months").insurance_runs(pl.scan_parquet(folder / "applications-*.parquet")))


def build(folder: Path) -> pl.DataFrame:
    """Make the store of months out of all rows, as one batch."""
    persons = pl.scan_parquet(folder / "applications-*.parquet").select("person").collect().to_series()
    store = MonthStore.create(folder / "months", boundaries_of(persons, max(len(persons) // 60_000, 1)))
    store.refresh(rows_of(folder), known_at=KNOWN_AT)
    return pl.DataFrame({"batches": [len(store.batches)]})


def by_hand(folder: Path) -> pl.DataFrame:
    """Judge with the numpy of `limit`."""
    return _plain(pl.DataFrame(limit.judge(folder)))


def by_openfisca(folder: Path) -> pl.DataFrame:
    """Judge with OpenFisca-Core, which is given the insurance run by the numpy of `limit`."""
    from benchmarks import openfisca_model

    return _plain(pl.DataFrame(openfisca_model.judge(folder)))


ENGINES = {
    "numpy by hand": by_hand,
    "ours, raw rows": from_rows,
    "ours, stored months": from_store,
    "OpenFisca-Core": by_openfisca,
    "store, built once": build,
}


def rows_of(folder: Path) -> pl.LazyFrame:
    """Return the insurance rows, lazily."""
    return pl.scan_parquet(folder / "insurance-*.parquet")


def _judged(people: pl.LazyFrame) -> pl.DataFrame:
    return policy().judge_frame("claim", people, on=ON).select(RESULT).collect(engine="streaming")


def _plain(table: pl.DataFrame) -> pl.DataFrame:
    """Bring the columns of the numpy competitors into our layout, for the comparison."""
    flags = [pl.when(pl.col(name) >= 0).then(pl.col(name) == 1).alias(name) for name in RULES]
    words = pl.col("decision").replace_strict(dict(enumerate(limit.DECISIONS)), return_dtype=pl.String)
    counts = [pl.col(name).cast(pl.Int64).alias(column) for name, column in OBSERVED.items() if "last" not in name]
    months = [limit.month_column(table[name]).alias(OBSERVED[name]) for name in ("last", "last_high")]
    money = pl.when(pl.col("amount_fen") >= 0).then(pl.col("amount_fen").cast(pl.Int64))
    return table.with_columns(*flags, *counts, *months, decision=words, amount_fen=money).select(RESULT)
