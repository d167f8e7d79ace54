"""Rows of the registers -> answers to the rulebook's questions about a person at a unit. No judgement here.

A row that is not there is an unknown (the fact is left out), never a no.
"""

import dataclasses
import datetime as dt
from collections.abc import Iterable

from peibu.accounts.models import Unit
from peibu.kernel.months import add_months, first_of, month_range
from peibu.registry.enums import ContributionKind, ManagementLevel, RegisterCode
from peibu.registry.models import Employment, InsuranceCoverage, InsuranceMonth, Person
from peibu.registry.queries import coverage_of, employment_of, insurance_of, on_register
from peibu.rulebook.records import LOOKBACK_MONTHS, Contribution, InsuranceRun, insurance_run


@dataclasses.dataclass(frozen=True)
class PersonFacts:
    """Facts by name for the judge, and the insurance run they came from for the month strip."""

    facts: dict
    run: InsuranceRun
    employment: Employment | None


def person_facts(person: Person, unit: Unit, *, on: dt.date, known_at: dt.datetime) -> PersonFacts:
    """What the registers, as known at a moment, say of a person's work and insurance at a unit (QD97.1 to 1.2)."""
    employment = employment_of(person, unit, known_at=known_at)
    run = run_at(
        insurance_of(person, known_at=known_at), coverage_of(person, known_at=known_at), unit, reference=on, paid_by=on
    )
    return PersonFacts({**employment_facts(employment), **run.facts()}, run, employment)


def employment_facts(row: Employment | None) -> dict:
    """Contract, registration and management level; what the register does not say stays out."""
    if row is None:
        return {}
    facts = {
        "contract_starts_on": row.contract_from,
        "contract_ends_on": row.contract_until,
        "contract_kind": "open_ended" if row.open_ended else "fixed_term",
        "employment_registered": row.registered_on is not None if row.registration_known else None,
        "position_level": None if row.level == ManagementLevel.UNKNOWN else row.level,
        "appointment_document": bool(row.level_evidence) or None,
    }
    if row.contract_from is None:
        facts |= {"contract_kind": None, "contract_ends_on": None}
    return {name: value for name, value in facts.items() if value is not None}


def run_at(
    rows: Iterable[InsuranceMonth],
    coverage: Iterable[InsuranceCoverage],
    unit: Unit,
    *,
    reference: dt.date,
    paid_by: dt.date,
) -> InsuranceRun:
    """The run of insured months at a unit up to the month of `reference`, counting payments made by `paid_by`."""
    month = first_of(reference)
    answered = _answered(coverage)
    rows = list(rows)
    # A row we hold, also one that takes a contribution back, answers for its own month whatever the coverage says.
    answered |= {row.month for row in rows}
    held = [Contribution(row.month, str(row.unit_id), row.paid_on, row.kind) for row in _standing(rows)]
    oldest = add_months(month, 1 - LOOKBACK_MONTHS)
    blanks = [m for m in month_range(oldest, month) if m not in answered and not _not_due(m, month)]
    unknown = [Contribution(m, str(unit.pk), None, "unknown") for m in blanks]
    return insurance_run([*held, *unknown], str(unit.pk), month, covered=(oldest, month), paid_by=paid_by)


def _standing(rows: list[InsuranceMonth]) -> list[InsuranceMonth]:
    """The rows without those taken back: a reversal ends what was known of its month and unit before it."""
    ended: dict[tuple, dt.datetime] = {}
    for row in rows:
        if row.kind == ContributionKind.REVERSED:
            key = (row.unit_id, row.month)
            ended[key] = max(row.known_at, ended.get(key, row.known_at))
    return [row for row in rows if not (stop := ended.get((row.unit_id, row.month))) or row.known_at > stop]


def _answered(coverage: Iterable[InsuranceCoverage]) -> set[dt.date]:
    return {month for row in coverage for month in month_range(row.from_month, row.until_month)}


def _not_due(month: dt.date, current: dt.date) -> bool:
    """The current month is usually not posted yet: that is no gap in what we know, it is simply not paid so far."""
    return month == current


def enterprise_facts(unit: Unit, *, on: dt.date, known_at: dt.datetime) -> dict:
    """Is the enterprise on the 555 list on that day (QD97.1)? The list is complete, so absence is a no."""
    entry = on_register(unit, RegisterCode.LIST_555, on=on, known_at=known_at)
    return {"enterprise_on_555_list": entry is not None}


QUALIFICATION_OF_REGISTER = {
    RegisterCode.LIST_555: "enterprise_555",
    RegisterCode.INTEGRATION: "industry_education",
    RegisterCode.AI_COMMUNITY: "ai_community",
}


def base_qualifications(unit: Unit, *, on: dt.date, known_at: dt.datetime) -> list[str]:
    """Which of the three qualifying categories a would-be practice base has (QD97.2.2)."""
    return [
        code
        for register, code in QUALIFICATION_OF_REGISTER.items()
        if on_register(unit, register, on=on, known_at=known_at)
    ]
