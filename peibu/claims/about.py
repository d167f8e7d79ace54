"""About whom or what a line of a claim is, under what terms it is judged, and what came out."""

import dataclasses
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.functional import Promise

from peibu.accounts.models import Unit
from peibu.claims.models import Claim
from peibu.kernel.ids import uuid7
from peibu.registry.models import Employment, HeldCertificate, Person
from peibu.rulebook import Judgement
from peibu.rulebook.records import InsuranceRun
from peibu.training.models import Certificate, Cohort, Enrolment


@dataclasses.dataclass(frozen=True)
class About:
    """A person of a class, a person with a certificate, or (no person) the claimant's project. `stated`: facts stated
    for this line alone, as stored; they outweigh those stated for the whole claim. `excused`: rule -> {reason, approver}."""

    key: UUID
    person: Person | None = None
    enrolment: Enrolment | None = None
    held: HeldCertificate | None = None
    stated: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    excused: Mapping[str, Mapping[str, str]] = dataclasses.field(default_factory=dict)

    @property
    def employer(self) -> Unit | None:
        """The unit that sent the person into the class."""
        return self.enrolment.enterprise if self.enrolment else None


@dataclasses.dataclass(frozen=True)
class Terms:
    """What is the same for every line. `stated`: fact -> value as stored, for every line. `claim` may not exist yet."""

    policy: str
    subject: str
    claimant: Unit | Person | None
    cohort: Cohort | None = None
    project: str = ""
    fee_fen: int = 0
    fee_paid: bool = False
    claim: Claim | None = None
    stated: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    @property
    def unit(self) -> Unit | None:
        """The claiming unit; None when a person claims."""
        return self.claimant if isinstance(self.claimant, Unit) else None


@dataclasses.dataclass(frozen=True)
class Judged:
    """A judgement with what it rests on; `facts` are plain values as stored with the determination. `sources`: fact ->
    where it comes from, in words."""

    judgement: Judgement
    facts: dict
    run: InsuranceRun | None
    employment: Employment | None
    certificate: Certificate | None
    sources: Mapping[str, Promise] = dataclasses.field(default_factory=dict)

    @property
    def missing(self) -> tuple[str, ...]:
        """What an unknown decision waits for: facts, and rates as `rate:<table>`."""
        found = {name: None for finding in self.judgement.unknown for name in finding.missing}
        return tuple(found)


def about_enrolment(enrolment: Enrolment, *, stated: Mapping[str, Any] | None = None) -> About:
    """A person of a class."""
    return About(enrolment.pk, enrolment.person, enrolment, stated=stated or {})


def about_certificate(held: HeldCertificate) -> About:
    """A person with a certificate somebody else issued."""
    return About(uuid7(), held.person, held=held)
