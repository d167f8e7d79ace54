"""A draft over stored determinations: what was decided then is kept as it was decided; only the draft is computed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from peibu.rulebook.difference import difference
from peibu.rulebook.errors import RulebookError
from peibu.rulebook.facts import read_facts
from peibu.rulebook.frame_judge import frame_type
from peibu.rulebook.judge import excuse_of
from peibu.rulebook.judgement import Judgement, Status
from peibu.rulebook.plan import SOFT_REASONS
from peibu.rulebook.policy import Policy
from peibu.rulebook.replay import Replay, Sample
from peibu.rulebook.replay_frame import (
    CASE,
    DIVISION,
    ENTERPRISE,
    ON,
    ROW,
    Table,
    chosen,
    compared,
    judge_row,
    judge_side,
    rule_names,
    summary,
)

_RESULTS = {Status.PASS: True, Status.FAIL: False, Status.UNKNOWN: None}


@dataclass(frozen=True)
class Stored:
    """One determination of the past with what the tables are grouped by."""

    judgement: Judgement
    case: str = ""
    enterprise: str = ""
    division: str = ""


def replay_stored(
    base: Policy, draft: Policy, subject: str, past: Iterable[Stored], *, on: date | None = None, samples: int = 10
) -> tuple[Replay, pl.DataFrame]:
    """Compare stored determinations with what the draft would decide on the same facts.

    base: the policy that decided them (titles and clauses of its rules, and the causes in the samples). on: one day of
    law for all; otherwise each on its own day. Determinations of other subjects or policies are counted in `skipped`.
    """
    kept, skipped = [], Counter[str]()
    for item in past:
        if item.judgement.policy != base.path:
            skipped["其他政策的判定"] += 1
        elif item.judgement.subject != subject:
            skipped["其他判定对象的判定"] += 1
        else:
            kept.append(item)
    if not kept:
        raise RulebookError(f"没有政策 {base.path}、判定对象 {subject} 的判定可以试算")
    before = _before(kept, base, subject)
    table = Table(_facts(kept, draft, subject, on), skipped)
    names = rule_names(base, draft, subject)
    after = judge_side(draft, subject, table, "after")
    cases = compared(before.hstack(after.drop(ROW)), names)

    def explain(compared_cases: pl.DataFrame) -> list[Sample]:
        return [_sample(base, draft, kept[row[ROW]], row) for row in chosen(compared_cases, samples)]

    return summary(base, draft, subject, cases, names, explain, skipped)


def _sample(base: Policy, draft: Policy, item: Stored, row: Mapping[str, Any]) -> Sample:
    old = item.judgement
    new = judge_row(draft, old.subject, old.facts, row[ON])
    # the causes are exact only where the law that decided is the law at hand
    policies = {"old_policy": base, "new_policy": draft} if old.fingerprint == base.fingerprint else {}
    found = difference(old, new, **policies)
    return Sample(item.case or str(row[ROW] + 1), item.enterprise, item.division, row["outcome"], found)


def _before(past: list[Stored], base: Policy, subject: str) -> pl.DataFrame:
    tests = [rule.name for rule in base.rules if rule.mark.kind == "rule" and subject in rule.mark.subjects]
    columns: dict[str, list[Any]] = {f"before:{name}": [] for name in tests}
    for item in past:
        reasons = item.judgement.facts.get(SOFT_REASONS) or {}
        found = {finding.rule: finding for finding in item.judgement.findings}
        for name in tests:
            finding = found.get(name)
            # a rule that the version of that day did not have never stood in the way
            result = True if finding is None else _RESULTS[Status(finding.status)]
            if result is False and finding is not None and finding.soft and excuse_of(reasons, name):
                result = True
            columns[f"before:{name}"].append(result)
    head = {
        ROW: pl.Series(range(len(past)), dtype=pl.get_index_type()),
        "before_decision": [item.judgement.decision.value for item in past],
        "before_fen": pl.Series([item.judgement.amount_fen for item in past], dtype=pl.Int64),
    }
    head |= _results(past)
    return pl.DataFrame(head | {name: pl.Series(values, dtype=pl.Boolean) for name, values in columns.items()})


def _results(past: list[Stored]) -> dict[str, pl.Series]:
    """Results other than money as text, as the columns of the draft have them."""
    names = {name for item in past for name in item.judgement.outcomes}
    return {
        f"before_outcome_{name}": pl.Series(
            [_as_text(item.judgement.outcomes.get(name)) for item in past], dtype=pl.String
        )
        for name in sorted(names)
    }


def _as_text(value: Any) -> str | None:
    if value is None:
        return None
    return str(value).lower() if isinstance(value, bool) else str(value)


def _facts(past: list[Stored], draft: Policy, subject: str, on: date | None) -> pl.LazyFrame:
    slots = {slot: spec for spec in draft.facts_of(subject) for slot in spec.slots}
    rows = []
    for item in past:
        given = {name: value for name, value in item.judgement.facts.items() if name in draft.slots}
        values = read_facts(draft.fact_specs, draft.slots, given)
        reasons = values.get(SOFT_REASONS)
        if reasons is not None:
            values[SOFT_REASONS] = [rule for rule in reasons if excuse_of(reasons, rule)]
        rows.append([values[slot] for slot in slots])
    schema = {slot: frame_type(spec) for slot, spec in slots.items()}
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    keys = {
        CASE: [item.case for item in past],
        ENTERPRISE: [item.enterprise for item in past],
        DIVISION: [item.division for item in past],
        ON: [on or item.judgement.on for item in past],
    }
    return frame.lazy().with_row_index(ROW).with_columns(pl.Series(name, values) for name, values in keys.items())
