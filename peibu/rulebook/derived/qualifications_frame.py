"""Columnar form of `qualifications`."""

from __future__ import annotations

import polars as pl

from peibu.rulebook.derived.frames import CASE, RecordTable, add, rows_of
from peibu.rulebook.derived.kinds import Case
from peibu.rulebook.derived.qualifications import CERTIFICATE, KIND, LEVELLED, NO_LEVEL

_ISSUED, _UNTIL, _KIND, _LEVEL = pl.col("issued_on"), pl.col("valid_until"), pl.col("kind"), pl.col("level")
_ORDER = ("_counts", "_issued", "number", "kind", "level", "issuer", "_until", "occupation", "status")


def derive_frame(cases: pl.LazyFrame, table: RecordTable, case: Case) -> pl.LazyFrame:
    """Return the cases with level and certificate.

    cases: _case, person, occupation_code, target_level, certificate_number, _day, _claim_day.
    """
    levels = list(case.specs["held_level"].choices)
    rows = rows_of(KIND, cases, table)
    held, certificate = _held(cases, rows, table, levels), _certificate(cases, rows, table)
    return held.join(certificate, on=CASE, how="left", maintain_order="left")


def _counts(day: pl.Expr) -> pl.Expr:
    status = pl.col("status").fill_null("valid")
    gone = (status == "revoked") | (day > _UNTIL).fill_null(False) | (day < _ISSUED).fill_null(False)
    unsure = (status == "unknown") | _ISSUED.is_null()
    return pl.when(gone).then(False).when(~unsure).then(True)


def _place(level: pl.Expr, levels: list[str]) -> pl.Expr:
    return level.replace_strict(levels, list(range(len(levels))), default=None, return_dtype=pl.Int64)


def _held(cases: pl.LazyFrame, rows: pl.LazyFrame, table: RecordTable, levels: list[str]) -> pl.LazyFrame:
    top, code, occupation = len(levels) - 1, pl.col("occupation_code"), pl.col("occupation")
    levelled = _KIND.is_null() | _KIND.is_in(LEVELLED)
    rank = pl.when(_LEVEL.is_null() & ~levelled).then(0).otherwise(_place(_LEVEL, levels))
    rows = rows.with_columns(_rank=rank, _counts=_counts(pl.col("_day")), _below=_below(levels))
    mine = occupation.is_null() | (occupation == code)
    rows = rows.filter(mine & (pl.col("_rank") != 0).fill_null(True) & pl.col("_counts").fill_null(True))
    sure = occupation.is_not_null() & pl.col("_rank").is_not_null() & pl.col("_counts").is_not_null()
    rows = rows.with_columns(_sure=sure)
    known, rank, below = pl.col("_sure"), pl.col("_rank"), pl.col("_below")
    maybe_below = ~known & (rank.is_null() | (rank == below)).fill_null(False)
    found = rows.group_by(CASE).agg(
        certain=rank.filter(known).max(),
        possible=rank.fill_null(top).max(),
        since=_ISSUED.filter((known & (rank == below)).fill_null(False)).min(),
        maybe_since=_ISSUED.filter(maybe_below).min(),
        undated=(maybe_below & _ISSUED.is_null()).any(),
    )
    found = add(cases.with_columns(_below=_below(levels)), found, ["certain", "possible"])
    same = pl.col("certain") == pl.col("possible")
    settled = same if table.complete else same & (pl.col("certain") == top)
    named = pl.col("certain").replace_strict(list(range(len(levels))), levels, return_dtype=pl.String)
    earlier = pl.col("undated").fill_null(False) | (pl.col("maybe_since") < pl.col("since")).fill_null(False)
    dated = pl.lit(table.complete) & (pl.col("_below") > 0) & ~earlier
    return found.select(
        CASE, held_level=pl.when(settled).then(named), prior_level_since=pl.when(dated).then(pl.col("since"))
    )


def _below(levels: list[str]) -> pl.Expr:
    return _place(pl.col("target_level"), levels) - 1


def _certificate(cases: pl.LazyFrame, rows: pl.LazyFrame, table: RecordTable) -> pl.LazyFrame:
    level = pl.when(_LEVEL != NO_LEVEL).then(_LEVEL)
    alike = _alike(pl.col("occupation_code"), pl.col("occupation")) & _alike(pl.col("target_level"), level)
    number = pl.col("certificate_number")
    meant = pl.when(number.is_not_null()).then((pl.col("number") == number).fill_null(False)).otherwise(alike)
    rows = rows.filter(meant & ~(pl.col("_claim_day") < _ISSUED).fill_null(False))
    rows = rows.with_columns(_valid=_counts(pl.col("_claim_day")))
    rows = rows.with_columns(
        pl.col("number", "kind", "level", "issuer", "occupation", "status").fill_null("").name.prefix("_by_"),
        _by__counts=pl.when(pl.col("_valid")).then(2).when(pl.col("_valid").is_null()).then(1).otherwise(0),
        _by__issued=_ISSUED.fill_null(pl.date(1, 1, 1)),
        _by__until=_UNTIL.fill_null(pl.date(9999, 12, 31)),
    )
    best = rows.sort([f"_by_{name}" for name in _ORDER], descending=True).group_by(CASE, maintain_order=True).first()
    best = best.select(CASE, "_valid", "level", *CERTIFICATE, _found=pl.lit(True))
    table_of = cases.select(CASE).join(best, on=CASE, how="left", maintain_order="left")
    return table_of.select(CASE, *_facts(table))


def _alike(want: pl.Expr, have: pl.Expr) -> pl.Expr:
    return want.is_null() | have.is_null() | (want == have)


def _facts(table: RecordTable) -> list[pl.Expr]:
    there, valid = pl.col("_found").fill_null(False), pl.col("_valid")
    judged = pl.when(there).then(valid).otherwise(False)
    held = pl.when(judged).then(True)
    if table.complete:
        held = held.when(~judged).then(False)
    told = there if table.complete else there & valid.fill_null(False)
    level = _LEVEL.fill_null(pl.when(~(_KIND.is_null() | _KIND.is_in(LEVELLED))).then(pl.lit(NO_LEVEL)))
    columns = {f"certificate_{name}": pl.col(name) for name in CERTIFICATE}
    columns |= {"certificate_level": level, "certificate_valid": valid}
    named = [pl.when(told).then(column).alias(name) for name, column in columns.items()]
    return [held.alias("certificate_held"), *named]
