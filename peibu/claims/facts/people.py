"""What the registers say of many people at once, each at the unit that sent him."""

import dataclasses
import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from peibu.claims.about import About
from peibu.registry.enums import ManagementLevel
from peibu.registry.facts import employment_facts, enterprise_facts, run_at
from peibu.registry.identity import real_names
from peibu.registry.models import EarlierGrant, Employment, InsuranceCoverage, InsuranceMonth
from peibu.rulebook.records import InsuranceRun
from peibu.training.facts.known import on_record


@dataclasses.dataclass(frozen=True)
class Registers:
    """Of all people of a claim, by person; `employments` by (person, unit)."""

    employments: dict[tuple[UUID, UUID], Employment]
    months: dict[UUID, list[InsuranceMonth]]
    coverage: dict[UUID, list[InsuranceCoverage]]
    names: dict[UUID, bool]
    entered: dict[str, dict]
    units: dict[UUID, dict]
    earlier: dict[UUID, list[EarlierGrant]]

    def run(self, about: About, *, on: dt.date) -> InsuranceRun | None:
        """The run of insured months at the unit that sent the person; None without one."""
        if about.person is None or about.employer is None:
            return None
        key = about.person.pk
        return run_at(self.months[key], self.coverage[key], about.employer, reference=on, paid_by=on)

    def employment(self, about: About) -> Employment | None:
        """The newest known record of the work there."""
        if about.person is None or about.employer is None:
            return None
        return self.employments.get((about.person.pk, about.employer.pk))

    def of(self, about: About, run: InsuranceRun | None) -> dict[str, Any]:
        """Contract, level and insured months."""
        facts = employment_facts(self.employment(about))
        return facts | (run.facts() if run is not None else {})


def registers_of(abouts: Sequence[About], *, on: dt.date, known_at: dt.datetime, insured: bool) -> Registers:
    """Read the registers for everybody. insured: does the subject ask for insured months at all?"""
    people = [about.person.pk for about in abouts if about.person is not None]
    employers = {about.employer.pk: about.employer for about in abouts if about.employer is not None}
    known: dict[str, Any] = {"person__in": people, "known_at__lte": known_at}
    works = Employment.objects.filter(unit__in=employers, **known).order_by("known_at", "id")
    months = InsuranceMonth.objects.filter(**known).order_by("month", "paid_on", "id") if insured else ()
    coverage = InsuranceCoverage.objects.filter(**known).order_by("from_month") if insured else ()
    return Registers(
        # later rows overwrite earlier ones: the newest known record counts
        employments={(row.person_id, row.unit_id): row for row in works},
        months=_by_person(months),
        coverage=_by_person(coverage),
        names=real_names(people, known_at=known_at),
        entered=on_record("person", people, on=on, known_at=known_at),
        units={key: enterprise_facts(unit, on=on, known_at=known_at) for key, unit in employers.items()},
        earlier=_by_person(EarlierGrant.objects.filter(**known).order_by("paid_on")),
    )


def _by_person(rows) -> dict:
    found = defaultdict(list)
    for row in rows:
        found[row.person_id].append(row)
    return found


def stated_level(about: About) -> dict[str, Any]:
    """The management level is what the enterprise stated when it signed the person up (QD97.3.3 makes it answer for
    it); the policy's reading `manager_evidence` says whether that suffices."""
    line = about.enrolment.line if about.enrolment else None
    if line is None or line.level == ManagementLevel.UNKNOWN:
        return {}
    stated: dict[str, Any] = {"position_level": line.level}
    return stated | ({"appointment_document": True} if line.level_evidence else {})


def entered_about(kind: str, key: object, *, on: dt.date, known_at: dt.datetime) -> dict[str, Any]:
    """What officers have put on record about a unit, an occupation or the city."""
    return on_record(kind, [key], on=on, known_at=known_at).get(str(key), {}) if key else {}
