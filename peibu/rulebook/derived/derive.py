"""Fills what a policy asks for and nobody gave, from dated records: one case, or a whole table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from peibu.rulebook.derived.kinds import Case, RecordKind, Records
from peibu.rulebook.derived.registry import KINDS
from peibu.rulebook.errors import FactError, NotInForce
from peibu.rulebook.facts import FactSpec
from peibu.rulebook.facts_reader import shared_facts

if TYPE_CHECKING:
    from peibu.rulebook.policy import Policy


def kinds_for(policy: Policy, subject: str) -> dict[str, list[FactSpec]]:
    """Return {kind of records: facts the subject asks for that it can give}."""
    found: dict[str, list[FactSpec]] = {}
    for spec in policy.facts_of(subject):
        if spec.derived_by in KINDS and spec.name in KINDS[spec.derived_by].gives:
            found.setdefault(spec.derived_by, []).append(spec)
    return found


def derive_facts(
    policy: Policy,
    subject: str,
    facts: Mapping[str, Any],
    records: Mapping[str, Records],
    *,
    on: date,
    employer: str = "",
) -> dict[str, Any]:
    """Return `facts` and what the records of the case add to them.

    facts: {name: value} as given; a given fact wins, in whole. records: {kind: Records}; a kind left out adds nothing.
    on: day of the law, and the day of the case where no fact gives one. employer: the enterprise that insurance is
    looked up for. A derivation whose needed facts are missing leaves its facts unknown. FactError: an input that cannot
    be read.
    """
    found = dict(facts)
    for kind_name, asked in kinds_for(policy, subject).items():
        wanted = [spec for spec in asked if not given(spec, facts)]
        if wanted and kind_name in records:
            found |= _of_kind(policy, KINDS[kind_name], wanted, facts, records[kind_name], on, employer)
    return found


def given(spec: FactSpec, facts: Mapping[str, Any]) -> bool:
    """Did somebody answer this fact, wholly or at one end?"""
    return any(facts.get(name) not in (None, "") for name in (spec.name, *spec.slots))


def _of_kind(
    policy: Policy,
    kind: RecordKind,
    wanted: list[FactSpec],
    facts: Mapping[str, Any],
    records: Records,
    on: date,
    employer: str,
) -> dict[str, Any]:
    inputs = _inputs(policy, kind, facts)
    days = {role: next((inputs[name] for name in order if inputs[name]), on) for role, order in kind.days.items()}
    case = Case(inputs, days, numbers_of(policy, kind, on), specs_of(policy), employer)
    assert kind.derive is not None
    results = kind.derive(records, case)
    return {
        spec.name: results[spec.name]
        for spec in wanted
        if results.get(spec.name) is not None and all(inputs[name] is not None for name in kind.gives[spec.name])
    }


def _inputs(policy: Policy, kind: RecordKind, facts: Mapping[str, Any]) -> dict[str, Any]:
    values, problems = {}, []
    for name in kind.inputs:
        spec = policy.fact_specs.get(name)
        try:
            values[name] = spec.read(facts.get(name)) if spec is not None else None
        except ValueError as error:
            problems.append(f"“{spec.label if spec else name}”的值 {facts.get(name)!r} 不能识别：{error}")
    if problems:
        raise FactError(problems)
    return values


def specs_of(policy: Policy) -> Mapping[str, FactSpec]:
    """Facts by name, those of the policy before the shared ones: where records take their code lists from."""
    return {**shared_facts(), **policy.fact_specs}


def numbers_of(policy: Policy, kind: RecordKind, on: date) -> dict[str, Any]:
    """Return the parameters and code lists of the policy that a derivation uses, as of one day."""
    return dict(_numbers(policy, kind, on))


def _numbers(policy: Policy, kind: RecordKind, on: date) -> Iterator[tuple[str, Any]]:
    for name, otherwise in kind.numbers.items():
        if name in policy.codes:
            yield name, tuple(policy.codes[name])
        else:
            try:
                yield name, policy.value(name, on) if name in policy.dated else otherwise
            except NotInForce:
                yield name, otherwise
