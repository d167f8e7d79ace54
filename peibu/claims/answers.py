"""Who answers a fact that no book knows: the claimant in the form, the office at the desk, or a register in its own time."""

import dataclasses
from collections.abc import Collection, Iterable

from django.utils.functional import Promise

from peibu.casework.enums import Decision
from peibu.casework.models import Determination
from peibu.claims.about import Judged, Terms
from peibu.claims.enums import LineState
from peibu.claims.facts.sheet import STATED
from peibu.rulebook import FactSpec, Policy, Status

CLAIMANT, OFFICE, BOOKS = "claimant", "office", "books"
OF_OFFICE = frozenset({"agency_reviewer", "hrss_approver", "city_bureau"})
OF_CLAIMANT = frozenset({"trainee", "enterprise", "provider", "base", "platform"})
RATE = "rate:"
# What the system's own records say, sooner or later, of every claim, and of a claim for a class.
ALWAYS_KEPT = frozenset(
    {"claimed_on", "real_name_verified", "earlier_subsidies", "earlier_subsidy_note", "soft_reasons"}
)
KEPT_OF_CLASS = frozenset(
    {
        "class_starts_on", "class_ends_on", "training_started_on", "training_ended_on", "unconfirmed_plan_changes",
        "filing_confirmed_on", "practice_starts_on", "practice_by_plan", "exam_on", "exam_score", "exam_passed",
        "certificate_held", "certificate_serial", "certificate_kind", "certificate_level", "certificate_valid",
        "certificate_number", "certificate_issued_on", "certificate_issuer", "fee_per_person_fen",
        "fee_paid_by_enterprise",
    }
)  # fmt: skip


def who_answers(policy: Policy, spec: FactSpec, terms: Terms) -> str:
    """CLAIMANT, OFFICE or BOOKS, by whom the folder expects the fact from and what the claim is for."""
    counted = {name for limit in policy.limits.values() for name in (limit.name, f"{limit.name}_note")}
    counted |= {f"{name}_free_on" for name in policy.limits}
    if spec.name in ALWAYS_KEPT or spec.name in counted or spec.type == "reasons":
        return BOOKS
    if terms.cohort is not None and (spec.name in KEPT_OF_CLASS or spec.name == policy.delivery.listed_fact):
        return BOOKS
    if spec.supplied_by in OF_OFFICE:
        return OFFICE
    if spec.supplied_by in OF_CLAIMANT:
        return CLAIMANT
    if spec.derived_by or terms.cohort is not None:
        return BOOKS
    return OFFICE if terms.project else CLAIMANT


@dataclasses.dataclass(frozen=True)
class Known:
    """A fact a line rests on: its value as the judge read it, and where it comes from."""

    spec: FactSpec
    value: object
    source: Promise

    @property
    def stated(self) -> bool:
        """Does it rest on what somebody stated in this claim?"""
        return self.source == STATED


def known_facts(policy: Policy, judged: Judged) -> list[Known]:
    """What is known of a line, in the order of the folder; counts of earlier grants are told by the findings."""
    specs = policy.fact_specs
    found = [Known(specs[name], judged.facts.get(name), source) for name, source in judged.sources.items()]
    order = {name: place for place, name in enumerate(specs)}
    return sorted((one for one in found if one.value is not None), key=lambda one: order[one.spec.name])


def missing_in(determinations: Iterable[Determination]) -> set[str]:
    """What kept undecided determinations wait for: facts, and rates as `rate:<table>`."""
    return {
        name
        for kept in determinations
        for finding in kept.findings
        if finding["status"] == Decision.UNKNOWN
        for name in finding["missing"]
    }


def asked_of(policy: Policy, missing: Collection[str], terms: Terms, who: str) -> list[FactSpec]:
    """The facts among these that one of the three answers, in the order of the folder."""
    specs = {policy.slots[name].name for name in missing if name in policy.slots}
    return [spec for spec in policy.facts if spec.name in specs and who_answers(policy, spec, terms) == who]


def rates_in(missing: Collection[str]) -> list[str]:
    """The rate tables among these."""
    return sorted(name.removeprefix(RATE) for name in missing if name.startswith(RATE))


def state_of(policy: Policy, judged: Judged, terms: Terms) -> LineState:
    """What becomes of a line by its judgement: unknown waits for the claimant (or a register), or only for the office. What
    fails nothing but limits 'in principle' waits for the office too, which may allow an exception (ADR 0033)."""
    decision = judged.judgement.decision
    if decision is Status.PASS:
        return LineState.INCLUDED
    if any(not finding.soft for finding in judged.judgement.failed):
        return LineState.LEFT_OUT
    if not judged.missing:
        return LineState.PENDING if decision is Status.FAIL else LineState.WAITING
    by_office = {spec.name for spec in asked_of(policy, judged.missing, terms, OFFICE)}
    waits = [name for name in judged.missing if not name.startswith(RATE)]
    only_office = all(name in policy.slots and policy.slots[name].name in by_office for name in waits)
    return LineState.PENDING if only_office else LineState.WAITING
