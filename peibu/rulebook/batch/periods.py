"""Judges a table whose rows fall under different versions of the law: one plan per period, rows in their old order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

import polars as pl

from peibu.rulebook.derived.frames import RecordTable
from peibu.rulebook.derived.table import derive_frame
from peibu.rulebook.errors import FactError, NotInForce
from peibu.rulebook.policy import Policy

DAY = "on"
_ROW = "_row"
_OUTCOME = "outcome_"
_SHOWN = 50


def judge_table(
    policy: Policy,
    subject: str,
    frame: pl.DataFrame,
    *,
    day: str = DAY,
    records: Mapping[str, RecordTable] | None = None,
) -> pl.DataFrame:
    """Judge every row on the law of the date in its column `day`.

    frame: a column per fact slot (see `Policy.judge_frame`), any others are kept. records: {kind: RecordTable}, from which
    facts that nobody gave are derived; the frame then has the column `person` (and `employer`) or `training`. Returns the
    rows in their old order with the derived facts and the columns of `result_columns` added. Raises FactError naming
    the rows without a day or before the first day.
    """
    _refuse_days(policy, frame, day)
    numbered = frame.with_row_index(_ROW)
    parts = [
        policy.judge_frame(subject, derived, on=start).collect(engine="streaming")
        for start, derived in _derived(policy, subject, numbered, day, records or {})
    ]
    return (pl.concat(parts) if len(parts) > 1 else parts[0]).sort(_ROW).drop(_ROW)


def derive_table(
    policy: Policy, subject: str, frame: pl.DataFrame, records: Mapping[str, RecordTable], *, day: str = DAY
) -> pl.DataFrame:
    """Return the rows with the facts that the records give, each on the law of its own day, and not judged yet."""
    _refuse_days(policy, frame, day)
    numbered = frame.with_row_index(_ROW)
    parts = [
        derived.lazy().collect(engine="streaming")
        for _start, derived in _derived(policy, subject, numbered, day, records)
    ]
    return pl.concat(parts).sort(_ROW).drop(_ROW)


def result_columns(policy: Policy, subject: str, judged: pl.DataFrame) -> list[str]:
    """Return what a judgement adds: decision, amount_fen, outcome_* and a nullable boolean per rule, in this order."""
    rules = [rule.name for rule in policy.rules if rule.mark.kind == "rule" and subject in rule.mark.subjects]
    outcomes = [name for name in judged.columns if name.startswith(_OUTCOME)]
    return ["decision", "amount_fen", *outcomes, *rules]


def _derived(
    policy: Policy, subject: str, frame: pl.DataFrame, day: str, records: Mapping[str, RecordTable]
) -> Iterator[tuple[date, pl.LazyFrame | pl.DataFrame]]:
    """Yield (first day, rows with their derived facts) for each period in which a row falls; at least one."""
    for start, part in _by_period(policy, frame, day):
        if not records:
            yield start, part
            continue
        # a row whose facts give no day of their own is asked about on the day it is judged
        days = part[day].unique()
        yield start, derive_frame(policy, subject, part, records, on=days[0] if len(days) == 1 else start)


def _by_period(policy: Policy, frame: pl.DataFrame, day: str) -> Iterator[tuple[date, pl.DataFrame]]:
    since = policy.card["in_force"]["from"]
    if not len(frame):
        yield since, frame
        return
    starts = [since, *(start for start in policy._breakpoints if start > since)]
    for start, after in zip(starts, [*starts[1:], None], strict=True):
        inside = pl.col(day) >= start
        part = frame.filter(inside if after is None else inside & (pl.col(day) < after))
        if len(part):
            yield start, part


def _refuse_days(policy: Policy, frame: pl.DataFrame, day: str) -> None:
    since = policy.card["in_force"]["from"]
    bad = (
        frame.select(pl.col(day)).with_row_index(_ROW, offset=1).filter(pl.col(day).is_null() | (pl.col(day) < since))
    )
    if not len(bad):
        return
    problems = []
    for number, given in bad.head(_SHOWN).iter_rows():
        problems.append(f"第{number}行：{_told(policy, given)}")
    if len(bad) > _SHOWN:
        problems.append(f"……另有{len(bad) - _SHOWN}行")
    raise FactError(problems)


def _told(policy: Policy, given: date | None) -> str:
    if given is None:
        return "没有判定日，不知按哪一天的规则判定"
    try:
        policy.in_force(given)
    except NotInForce as error:
        return str(error)
    raise AssertionError(f"{given} is in force")
