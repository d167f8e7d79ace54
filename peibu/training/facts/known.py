"""What a policy's rules can be told about a case: what was stated, then what is on record, then what records give."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils import timezone

from peibu.registry.queries import registered
from peibu.rulebook import FactSpec, Policy
from peibu.rulebook.derived.derive import derive_facts, specs_of
from peibu.rulebook.derived.kinds import Records
from peibu.rulebook.derived.registry import KINDS


def typed(spec: FactSpec, value: Any) -> Any:
    """A stored value in its Python type; one that another policy meant otherwise is unknown here."""
    try:
        return spec.read(value)
    except ValueError:
        return None


def told(policy: Policy, values: Mapping[str, Any]) -> dict[str, Any]:
    """Of some stored values those the policy asks for, in their types; empty ones stay out and so unknown."""
    specs = policy.fact_specs
    read = {name: typed(specs[name], value) for name, value in values.items() if name in specs}
    return {name: value for name, value in read.items() if value is not None}


def asked(policy: Policy, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Only the facts that the policy declares."""
    names = set(policy.fact_specs) | set(policy.slots) | {"soft_reasons"}
    return {name: value for name, value in facts.items() if name in names}


def end_of(day: dt.date) -> dt.datetime:
    """The last instant of a day: what was entered on it was known on it."""
    return timezone.make_aware(dt.datetime.combine(day, dt.time.max))


def on_record(kind: str, abouts: Iterable[object], *, on: dt.date, known_at: dt.datetime) -> dict[str, dict]:
    """See `registry.queries.registered`; empty subjects are left out."""
    return registered(kind, [about for about in abouts if about], on=on, known_at=known_at)


def with_records(
    policy: Policy, subject: str, facts: dict[str, Any], registered_values: Mapping[str, Any], *, on: dt.date
) -> dict[str, Any]:
    """Facts, overruled by what is on record, and completed by what the records on file give."""
    plain = {name: value for name, value in registered_values.items() if name not in KINDS}
    rows = {name: _records(policy, name, value) for name, value in registered_values.items() if name in KINDS}
    # Records on file outweigh what somebody only stated about the same thing.
    stated = {k: v for k, v in facts.items() if getattr(policy.fact_specs.get(k), "derived_by", "") not in rows}
    return derive_facts(policy, subject, stated | told(policy, plain), rows, on=on)


def _records(policy: Policy, name: str, rows: list[Mapping[str, Any]]) -> Records:
    specs = specs_of(policy)
    columns = {column.name: column.spec(specs) for column in KINDS[name].columns}
    read = [{key: typed(columns[key], value) for key, value in row.items() if key in columns} for row in rows]
    return Records(rows=read)
