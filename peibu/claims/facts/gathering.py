"""Everything that is known of the lines of a claim, each fact with its source, in a number of questions that does not
grow with the lines (ADR 0029)."""

import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.utils.functional import Promise

from peibu.claims.about import About, Terms
from peibu.claims.facts import sheet as said
from peibu.claims.facts.classes import Results, certificate_facts, class_facts, results_of
from peibu.claims.facts.people import Registers, entered_about, registers_of, stated_level
from peibu.claims.facts.sheet import Sheet
from peibu.claims.grants import Earlier, columns_of, earlier_of, limits_counted
from peibu.registry.models import Employment
from peibu.rulebook import Policy
from peibu.rulebook.derived.derive import derive_facts, specs_of
from peibu.rulebook.derived.kinds import Records
from peibu.rulebook.derived.registry import KINDS
from peibu.rulebook.plan import SOFT_REASONS
from peibu.rulebook.records import InsuranceRun
from peibu.training.facts.attendance import ATTENDANCE, attendance_facts
from peibu.training.facts.catalogue import OCCUPATION, SPECIALITY, for_class, for_occupation
from peibu.training.facts.known import told, typed
from peibu.training.models import Certificate

INSURANCE = "insurance"


@dataclasses.dataclass(frozen=True)
class Gathered:
    """What is known of one line, and the records that pages draw."""

    facts: dict[str, Any]
    sources: dict[str, Promise]
    run: InsuranceRun | None
    employment: Employment | None
    certificate: Certificate | None


class Gathering:
    """One reading of the books for many lines: `of(about)` then asks nothing more of the database."""

    def __init__(
        self,
        policy: Policy,
        terms: Terms,
        abouts: Sequence[About],
        *,
        on: dt.date,
        known_at: dt.datetime,
        taken_by: dt.datetime,
    ):
        self.policy, self.terms, self.on, self.known_at = policy, terms, on, known_at
        specs = policy.facts_of(terms.subject)
        self.asked = frozenset(spec.name for spec in specs)
        insured = any(spec.derived_by == INSURANCE for spec in specs)
        self.registers: Registers = registers_of(abouts, on=on, known_at=known_at, insured=insured)
        self.earlier: Earlier = earlier_of(
            [about.person.pk for about in abouts if about.person],
            claim=terms.claim,
            known_at=known_at,
            taken_by=taken_by,
            paid=self.registers.earlier,
            projects=any(about.person is None for about in abouts),
        )
        self._of_class(abouts)
        unit = terms.unit or (terms.cohort.provider if terms.cohort else None)
        asks = {"on": on, "known_at": known_at}
        self.shared = entered_about("city", policy.path, **asks) | entered_about("unit", unit and unit.pk, **asks)
        self.employers = {key: entered_about("unit", key, **asks) for key in self.registers.units}
        self._occupations: dict[tuple[str, str], tuple[dict, dict]] = {}
        self.certificates = {
            about.key: self.results.certificates.get(about.enrolment.pk)
            for about in abouts
            if about.enrolment and self.results
        }

    def _of_class(self, abouts: Sequence[About]) -> None:
        cohort = self.terms.cohort
        self.plan: Mapping[str, Any] = cohort.plan.stated if cohort else {}
        self.books: dict[str, Any] = {}
        self.results: Results | None = None
        if cohort is not None:
            enrolments = [about.enrolment for about in abouts if about.enrolment]
            self.books = class_facts(cohort, self.policy, asked=self.asked, known_at=self.known_at)
            self.results = results_of(cohort, enrolments, asked=self.asked, known_at=self.known_at)

    def of(self, about: About) -> Gathered:
        """Everything known of one line, in the order of ADR 0029."""
        sheet, run = Sheet(), self.registers.run(about, on=self.on)
        line = about.enrolment.line if about.enrolment else None
        stated = {} if line is None else told(self.policy, line.stated)
        entered = self._entered(about, line.stated if line else {})
        records = {name: self._records(name, rows) for name, rows in entered.items() if name in KINDS}
        specs = self.policy.fact_specs
        # records on file outweigh what somebody only stated about the same thing
        loose = {n: v for n, v in stated.items() if getattr(specs.get(n), "derived_by", "") not in records}
        sheet.put(said.ROSTER, loose)
        sheet.put(said.PLAN, told(self.policy, self.plan))
        sheet.put(said.REGISTER, self.registers.of(about, run))
        sheet.put(said.ROSTER, stated_level(about))
        if about.employer is not None:
            sheet.put(said.REGISTER, self.registers.units[about.employer.pk])
        answered, plain = self._catalogue(sheet.facts | stated), told(self.policy, entered)
        sheet.put(said.CATALOGUE, answered)
        kept = (*OCCUPATION, *SPECIALITY) if answered else ()
        sheet.put(said.ENTERED, {name: value for name, value in plain.items() if name not in kept})
        self._from_books(sheet, about)
        self._from_certificate(sheet, about)
        sheet.fill(said.ENTERED, derive_facts(self.policy, self.terms.subject, sheet.facts, records, on=self.on))
        self._from_claim(sheet, about)
        if self.policy.limits:
            columns = columns_of(self.policy, self.terms, about, sheet.facts, on=self.on)
            counted = limits_counted(self.policy, self.terms.subject, about.person, columns, self.earlier)
            sheet.put(said.EARLIER, counted)
        return Gathered(
            sheet.facts, sheet.sources, run, self.registers.employment(about), self.certificates.get(about.key)
        )

    def _entered(self, about: About, roster: Mapping[str, Any]) -> dict[str, Any]:
        """What officers put on record: city, unit, employer, occupation, and last the person."""
        found = dict(self.shared)
        if about.employer is not None:
            found |= self.employers[about.employer.pk]
        code = roster.get("occupation_code") or self.plan.get("occupation_code") or (about.held or _NO).occupation
        found |= self._occupation(code, "")[0] if code else {}
        if about.person is not None:
            found |= self.registers.entered.get(str(about.person.pk), {})
        return found

    def _occupation(self, code: str, level: str) -> tuple[dict, dict]:
        """(entered facts, answers of the published catalogue) about an occupation; asked once each."""
        if (code, level) not in self._occupations:
            entered = entered_about("occupation", code, on=self.on, known_at=self.known_at)
            division = (
                self.terms.cohort.division if self.terms.cohort else getattr(self.terms.claimant, "division", None)
            )
            answers = for_occupation(self.policy, code, level, on=self.on, division=division) if division else None
            self._occupations[code, level] = (entered, dict(answers.facts) if answers else {})
        return self._occupations[code, level]

    def _catalogue(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        code, level = facts.get("occupation_code", ""), facts.get("target_level", "")
        found = dict(self._occupation(code, level)[1]) if code else {}
        if self.terms.cohort is not None and SPECIALITY[0] in self.asked:
            found |= self._speciality
        return found

    @property
    def _speciality(self) -> dict[str, Any]:
        if not hasattr(self, "_listed"):
            day = self.books.get("training_started_on", self.on)
            self._listed = dict(for_class(self.terms.cohort, self.policy, on=day).facts)
        return self._listed

    def _records(self, name: str, rows: list[Mapping[str, Any]]) -> Records:
        specs = specs_of(self.policy)
        columns = {column.name: column.spec(specs) for column in KINDS[name].columns}
        return Records(
            rows=[{key: typed(columns[key], value) for key, value in row.items() if key in columns} for row in rows]
        )

    def _from_books(self, sheet: Sheet, about: About) -> None:
        sheet.put(said.CLASS, self.books)
        if about.enrolment is None or self.results is None:
            return
        sheet.put(said.RESULT, self.results.of(about.enrolment))
        level = sheet.facts.get("target_level") or sheet.facts.get("standard_level")
        if "kind" in self.policy.card.get("certificate", {}):
            sheet.put(said.RESULT, certificate_facts(self.policy, self.results, about.enrolment, level))
        if self.asked & ATTENDANCE:
            sheet.put(said.CLASS, attendance_facts(about.enrolment, at=self.known_at))

    def _from_certificate(self, sheet: Sheet, about: About) -> None:
        """The certificate claimed for, as it is on the register; one withdrawn by then is not valid."""
        held = about.held
        if held is None or held.known_at > self.known_at:
            return
        withdrawn = held.withdrawn_at is not None and held.withdrawn_at <= self.known_at
        ended = held.valid_until is not None and held.valid_until < self.on
        sheet.put(
            said.HELD,
            {
                "certificate_kind": held.kind,
                "certificate_number": held.number,
                "certificate_issuer": held.issuer,
                "certificate_level": held.level or None,
                "certificate_issued_on": held.issued_on,
                "certificate_valid_until": held.valid_until,
                "certificate_valid": not withdrawn and not ended,
                "occupation_code": held.occupation or None,
            },
        )

    def _from_claim(self, sheet: Sheet, about: About) -> None:
        notes = self.earlier.notes(about.person, self.terms.policy)
        sheet.put(said.EARLIER, {"earlier_subsidies": len(notes), "earlier_subsidy_note": "；".join(notes) or None})
        if about.person is not None:
            sheet.put(said.IDENTITY, {"real_name_verified": self.registers.names.get(about.person.pk)})
        own: dict[str, Any] = {"claimed_on": self.on, "applied_on": self.on, "fee_per_person_fen": self.terms.fee_fen}
        if about.enrolment is not None and "applied_on" in self.policy.delivery.held_at_signup:
            own["applied_on"] = about.enrolment.enrolled_at.date()
        if self.terms.cohort is None:
            own.pop("fee_per_person_fen")
        if "claim_mode" in self.asked:  # JN6.4.3a: who hands it in is who claims
            own["claim_mode"] = "through_enterprise" if self.terms.unit else "self"
        if self.terms.fee_paid:
            own["fee_paid_by_enterprise"] = True
        sheet.put(said.CLAIM_ITSELF, own)
        if about.excused:
            sheet.put(said.OVERRIDDEN, {SOFT_REASONS: dict(about.excused)})
        sheet.fill(said.STATED, told(self.policy, about.stated))
        sheet.fill(said.STATED, told(self.policy, self.terms.stated))


class _NO:
    """Nothing held."""

    occupation = ""


def gather(
    policy: Policy, terms: Terms, abouts: Sequence[About], *, on: dt.date, known_at: dt.datetime, taken_by: dt.datetime
) -> dict[UUID, Gathered]:
    """By line: what is known on a day, as known at a moment."""
    read = Gathering(policy, terms, abouts, on=on, known_at=known_at, taken_by=taken_by)
    return {about.key: read.of(about) for about in abouts}
