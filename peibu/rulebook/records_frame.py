"""The insurance run of many people at once: months become bits, the run is counted on the bits (columnar form)."""

from __future__ import annotations

import polars as pl

from peibu.rulebook.records import LOOKBACK_MONTHS

_BITS = pl.UInt64
_SETS = ("normal", "arrears", "undetermined", "unknown", "in_time", "dated_late")
_WIDTH = 64


def insurance_runs(
    records: pl.LazyFrame, people: pl.LazyFrame, *, late_after_months: int = 3, lookback: int = LOOKBACK_MONTHS
) -> pl.LazyFrame:
    """Add the insurance facts to `people`.

    records: person, employer, month (date), paid_on (date), kind. people: person, employer, reference_month,
    covered_from, covered_to, paid_by (dates; the last may be null). At most 62 months can be followed.
    """
    joined = people.join(records, on=["person", "employer"], how="inner", maintain_order="left")
    age = _month("reference_month") - _month("month")
    on_time = pl.col("paid_by").is_null() | pl.col("paid_on").is_null() | (pl.col("paid_on") <= pl.col("paid_by"))
    seen = joined.with_columns(age.alias("_age")).filter(on_time & pl.col("_age").is_between(0, lookback - 1))
    bit = _power(pl.col("_age"))
    nothing = pl.lit(0, dtype=_BITS)
    masks = [
        pl.when(test).then(bit).otherwise(nothing).bitwise_or().alias(name)
        for name, test in _kinds(late_after_months).items()
    ]
    keys = ["person", "employer", "reference_month"]
    bits = seen.group_by(keys).agg(masks)
    table = people.join(bits, on=keys, how="left").with_columns(pl.col(name).fill_null(0) for name in _SETS)
    return _facts(_settle(table, lookback)).drop([*_SETS, "_paid", "_possible", "_last", "_start", "_low", "_broken"])


def _month(name: str) -> pl.Expr:
    return pl.col(name).dt.year().cast(pl.Int64) * 12 + pl.col(name).dt.month().cast(pl.Int64) - 1


def _power(exponent: pl.Expr) -> pl.Expr:
    return pl.lit(2, dtype=_BITS).pow(exponent.cast(pl.UInt32)).cast(_BITS)


def _below(exponent: pl.Expr) -> pl.Expr:
    return _power(exponent) - pl.lit(1, dtype=_BITS)


def _kinds(late_after: int) -> dict[str, pl.Expr]:
    kind = pl.col("kind").fill_null("")
    late_by = _month("paid_on") - _month("month")
    dated = late_by.is_not_null()
    normal = (kind == "normal") | ((kind == "") & (late_by <= 0).fill_null(False))
    arrears = ~normal & (kind != "unknown") & ((kind == "arrears") | dated)
    return {
        "normal": normal,
        "arrears": arrears,
        "undetermined": ~normal & ~arrears & (kind != "unknown"),
        "unknown": kind == "unknown",
        "in_time": arrears & (late_by <= late_after).fill_null(False),
        "dated_late": arrears & (late_by > late_after).fill_null(False),
    }


def _settle(table: pl.LazyFrame, lookback: int) -> pl.LazyFrame:
    window = pl.lit(2**lookback - 1, dtype=_BITS)
    newest = (_month("reference_month") - _month("covered_to")).clip(0, lookback)
    oldest = (_month("reference_month") - _month("covered_from")).clip(-1, lookback - 1)
    covered = _below(oldest + 1) & ~_below(newest)
    normal = pl.col("normal")
    table = table.with_columns(arrears=pl.col("arrears") & ~normal)
    table = table.with_columns(undetermined=pl.col("undetermined") & ~normal & ~pl.col("arrears"))
    table = table.with_columns(_paid=normal | pl.col("arrears") | pl.col("undetermined"))
    table = table.with_columns(unknown=(pl.col("unknown") | (window & ~covered)) & ~pl.col("_paid"))
    return table.with_columns(_possible=pl.col("_paid") | pl.col("unknown"))


def _ones(expr: pl.Expr) -> pl.Expr:
    return expr.bitwise_count_ones().cast(pl.Int64)


def _run_at(mask: str, start: str) -> pl.Expr:
    return (pl.col(mask) // _power(pl.col(start))).bitwise_trailing_ones().cast(pl.Int64)


def _facts(table: pl.LazyFrame) -> pl.LazyFrame:
    none = pl.col("_paid") == 0
    last = pl.when(none).then(0).otherwise(pl.col("_paid").bitwise_trailing_zeros().cast(pl.Int64))
    table = table.with_columns(_last=last)
    after = _below(pl.col("_last"))
    impossible = ~pl.col("_possible") & after
    table = table.with_columns(
        _start=pl.lit(_WIDTH, dtype=pl.Int64) - impossible.bitwise_leading_zeros().cast(pl.Int64),
        _low=_run_at("_paid", "_last"),
        _broken=(pl.col("unknown") & _below((pl.col("_last") - 1).clip(0))) != 0,
    )
    reach = _run_at("_possible", "_start")
    other = _ones(pl.col("unknown") & _below(pl.col("_start")))
    certain_mask = _below(pl.col("_last") + pl.col("_low")) & ~after
    reach_mask = _below(pl.col("_start") + reach) & ~_below(pl.col("_start"))
    worst = pl.col("arrears") | pl.col("undetermined")
    late_sure = pl.col("dated_late") & pl.col("arrears") & ~pl.col("in_time")
    broken, elsewhere = pl.col("_broken"), other > 0
    gap = pl.col("_last") + pl.col("_low")

    def low(value: pl.Expr) -> pl.Expr:
        return pl.when(none).then(0).when(broken).then(1).otherwise(value)

    def high(value: pl.Expr) -> pl.Expr:
        return pl.when(none | elsewhere).then(0).otherwise(value)

    return table.with_columns(
        insured_months_low=low(pl.col("_low")),
        insured_months_high=pl.when(none).then(_ones(pl.col("unknown"))).otherwise(pl.max_horizontal(reach, other)),
        arrears_months_low=low(_ones(certain_mask & worst)),
        arrears_months_high=high(_ones(reach_mask & pl.col("arrears"))),
        late_arrears_months_low=low(_ones(certain_mask & worst & ~pl.col("in_time"))),
        late_arrears_months_high=high(_ones(reach_mask & late_sure)),
        run_first_month=pl.when(~none).then(_months_back(gap - 1)),
        run_last_month=pl.when(~none).then(_months_back(pl.col("_last"))),
        last_paid_month_low=pl.when(~none).then(_months_back(pl.col("_last"))),
        last_paid_month_high=pl.when(pl.col("_possible") != 0).then(
            _months_back(pl.col("_possible").bitwise_trailing_zeros().cast(pl.Int64))
        ),
    )


def _months_back(age: pl.Expr) -> pl.Expr:
    return pl.col("reference_month").dt.month_start().dt.offset_by(pl.format("-{}mo", age))
