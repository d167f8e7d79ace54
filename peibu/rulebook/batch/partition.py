"""One partition of whole persons: the function that one machine and every worker of a cluster run, unchanged.

A table of claims carries, beside a column per fact slot: `@row` (its place in the file), `@on` (the day whose law
applies), `@id` (the person), `@employer`, `@name`, and `@training` where there is one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from peibu.rulebook.batch.periods import judge_table, result_columns
from peibu.rulebook.derived.frames import RecordTable
from peibu.rulebook.loader import load_policy
from peibu.rulebook.policy import Policy

ROW, ON, REASONS, TRAINING = "@row", "@on", "@reasons", "@training"
PEOPLE = {"name": "@name", "id": "@id", "employer": "@employer"}
FACT = "fact:"
_KEYS = {"person": "@id", "employer": "@employer", "training": TRAINING}
Covered = tuple[date | None, date | None] | None


@dataclass(frozen=True)
class Job:
    """What a worker must know: which policy, where policies are (None: PEIBU_POLICIES), which subject.

    covered: {kind of records: first and last month or day the whole extract answers for}. It belongs to the file, not to a
    partition: the months of one partition alone would make the others' unknown months look like gaps.
    """

    policy_path: str
    subject: str
    root: str | None = None
    covered: Mapping[str, Covered] = field(default_factory=dict)

    def policy(self) -> Policy:
        """Return the policy, read from this machine's own folder."""
        return load_policy(self.policy_path, Path(self.root) if self.root else None)


def judge_partition(
    policy: Policy, job: Job, claims: pl.DataFrame, records: Mapping[str, pl.LazyFrame] | None = None
) -> pl.DataFrame:
    """Judge the claims of whole persons with all their records.

    Returns per claim: `@row`, `@on`, the keys, the results (`decision`, `amount_fen`, `outcome_*`, a nullable boolean per rule),
    and every fact as `fact:<slot>`, the derived ones included.
    """
    tables = {kind: RecordTable(frame, job.covered.get(kind)) for kind, frame in (records or {}).items()}
    named = claims
    if tables:
        named = claims.with_columns(pl.col(key).alias(name) for name, key in _KEYS.items() if key in claims.columns)
    judged = judge_table(policy, job.subject, named, day=ON, records=tables)
    return arrange(policy, job.subject, claims, named, judged)


def arrange(
    policy: Policy, subject: str, claims: pl.DataFrame, named: pl.DataFrame, judged: pl.DataFrame
) -> pl.DataFrame:
    """Return a judged table as the writers read it. claims: the facts as given; judged: rows in the same order."""
    results = result_columns(policy, subject, judged)
    keys = [ROW, ON, *PEOPLE.values(), *(name for name in (REASONS,) if name in claims.columns)]
    asked = {slot for spec in policy.facts_of(subject) for slot in spec.slots}
    # sorted: every partition gives its columns in the same order
    derived = sorted((asked & set(judged.columns)) - {*named.columns, *results})
    own = [name for name in claims.columns if name[0] != "@" and name in judged.columns]
    # a derived fact stands in the judged table; a given one is taken from where no rule of the same name hides it
    facts = [
        (judged if name in judged.columns and name not in results else claims)[name].alias(FACT + name)
        for name in dict.fromkeys([*own, *derived])
    ]
    return judged.select(*keys, *results).hstack(facts)


def empty_result(policy: Policy, job: Job, claims: pl.DataFrame, kinds: Mapping[str, Any]) -> pl.DataFrame:
    """Return the result of no claims at all: its columns and types. claims: any table of this job; kinds: record schemas."""
    records = {kind: pl.LazyFrame(schema=schema) for kind, schema in kinds.items()}
    return judge_partition(policy, job, claims.clear(), records)
