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

from peibu.rulebook.batch.periods import derive_table, judge_table, result_columns
from peibu.rulebook.derived.frames import RecordTable
from peibu.rulebook.limits import fold, limits_of
from peibu.rulebook.loader import load_policy
from peibu.rulebook.policy import Policy

ROW, ON, REASONS, TRAINING = "@row", "@on", "@reasons", "@training"
PEOPLE = {"name": "@name", "id": "@id", "employer": "@employer"}
FACT, GRANTS = "fact:", "grants"
# Columns by which limits compare claims, and the facts that say the same when the table has no such column.
CLAIM_COLUMNS: dict[str, tuple[str, ...]] = {
    "at": (),
    "benefit": (),
    "occupation": ("occupation_code",),
    "level": ("target_level", "held_level"),
    "certificate": ("certificate_number",),
    "training": (),
    "payee_kind": (),
    "payee": (),
    "division": (),
}
_KEYS = {"person": "@id", "employer": "@employer", "training": TRAINING}
Covered = tuple[date | None, date | None] | None


@dataclass(frozen=True)
class Job:
    """What a worker must know: which policy, where policies are (None: PEIBU_POLICIES), which subject.

    covered: {kind of records: first and last month or day the whole extract answers for}. It belongs to the file, not to a
    partition: the months of one partition alone would make the others' unknown months look like gaps. derive_only: add
    the facts that records give and judge later, when a quota has to see everybody.
    """

    policy_path: str
    subject: str
    root: str | None = None
    covered: Mapping[str, Covered] = field(default_factory=dict)
    derive_only: bool = False

    def policy(self) -> Policy:
        """Return the policy, read from this machine's own folder."""
        return load_policy(self.policy_path, Path(self.root) if self.root else None)


def judge_partition(
    policy: Policy, job: Job, claims: pl.DataFrame, records: Mapping[str, pl.LazyFrame] | None = None
) -> pl.DataFrame:
    """Judge the claims of whole persons with all their records, and against each other where a limit asks for it.

    Returns per claim: `@row`, `@on`, the keys, the results (`decision`, `amount_fen`, `outcome_*`, a nullable boolean per rule),
    and every fact as `fact:<slot>`, the derived ones included.
    """
    rows = dict(records or {})
    grants = rows.pop(GRANTS, None)
    tables = {kind: RecordTable(frame, job.covered.get(kind)) for kind, frame in rows.items()}
    named = _named(claims)
    if not limits_of(policy, job.subject):
        judged = judge_table(policy, job.subject, named, day=ON, records=tables)
        return arrange(policy, job.subject, claims, named, judged)
    claims, named = claims.sort(ROW), named.sort(ROW)
    derived = derive_table(policy, job.subject, named, tables, day=ON) if tables else named
    judged = fold(policy, job.subject, _as_claims(derived), grants).sort(ROW)
    return arrange(policy, job.subject, claims, named, judged)


def derive_partition(
    policy: Policy, job: Job, claims: pl.DataFrame, records: Mapping[str, pl.LazyFrame]
) -> pl.DataFrame:
    """Return the claims with the facts that their records give, not judged yet."""
    tables = {kind: RecordTable(frame, job.covered.get(kind)) for kind, frame in records.items() if kind != GRANTS}
    named = _named(claims)
    if tables:
        named = derive_table(policy, job.subject, named, tables, day=ON)
    asked = {slot for spec in policy.facts_of(job.subject) for slot in spec.slots}
    return named.select(*claims.columns, *sorted((asked & set(named.columns)) - set(claims.columns)))


def _named(claims: pl.DataFrame) -> pl.DataFrame:
    """Records find their claims by these names."""
    return claims.with_columns(pl.col(key).alias(name) for name, key in _KEYS.items() if key in claims.columns)


def _as_claims(derived: pl.DataFrame) -> pl.DataFrame:
    """The columns of a claim (ADR 0011). Claims of one day come in the order of the file."""
    have = set(derived.columns)
    columns = [
        pl.format("row-{}", pl.col(ROW).cast(pl.String).str.zfill(12)).alias("id"),
        pl.col(ON).alias("at"),
        pl.col("@employer").alias("enterprise"),
    ]
    # `at` is the day whose law applies: on it the order of the claims rests
    for name, facts in CLAIM_COLUMNS.items():
        given = [one for one in (f"@{name}", *facts) if one in have]
        if given and name != "at":
            columns.append(pl.coalesce(pl.col(one).cast(pl.String) for one in given).alias(name))
    return derived.with_columns(columns)


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
    """Return the result of no claims at all: its columns and types. claims: one or more of the job; kinds: record schemas."""
    records = {kind: pl.LazyFrame(schema=schema) for kind, schema in kinds.items()}
    one = (derive_partition if job.derive_only else judge_partition)(policy, job, claims.head(1), records).clear()
    # an outcome that no row has yet takes the type its rule gives
    types = policy.judge_frame(job.subject, claims.clear(), on=claims[ON][0]).collect_schema()
    return one.cast({name: types[name] for name in one.columns if name.startswith("outcome_")})


def alike(result: pl.DataFrame, empty: pl.DataFrame) -> pl.DataFrame:
    """Return a partition's result with the columns and types that all partitions share."""
    return result.select(empty.columns).cast(dict(empty.schema))
