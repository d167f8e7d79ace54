"""Earlier grants as limits read them (ADR 0011), of many people at once, and the columns of a claim they are compared with."""

import dataclasses
import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from peibu.claims.about import About, Terms
from peibu.claims.models import Claim, Entitlement, Place
from peibu.registry.models import EarlierGrant, Person
from peibu.rulebook import Policy
from peibu.rulebook.limits import Limit, limit_facts, limits_of
from peibu.rulebook.limits.seats import key_of, scope_of

CLAIM = "claim"
LEVELS = ("target_level", "certificate_level", "standard_level")
CERTIFICATES = ("certificate_serial", "certificate_number")


def columns_of(policy: Policy, terms: Terms, about: About, facts: Mapping[str, Any], *, on: dt.date) -> dict:
    """The columns of a claim; what the programme does not record stays unknown. No personal number among them."""
    subject = policy.subjects[terms.subject]
    payee_kind = subject.get("payee", policy.card["payee"])
    division = about.employer.division_id if about.employer else getattr(terms.claimant, "division_id", None)
    return {
        "id": str(about.key),
        "at": on,
        "person": str(about.person.pk) if about.person else "-",
        "programme": policy.path,
        "benefit": subject.get("benefit", terms.subject),
        # of a certificate it is known from the register, whether or not the subject's own rules ask for it
        "occupation": facts.get("occupation_code") or (about.held.occupation or None if about.held else None),
        "level": _first(facts, LEVELS),
        "certificate": _first(facts, CERTIFICATES),
        "training": _training(terms, about),
        "payee_kind": payee_kind if isinstance(payee_kind, str) else None,
        "payee": str(terms.claimant.pk) if terms.claimant else None,
        "enterprise": str(about.employer.pk) if about.employer else None,
        "division": str(division) if division else None,
    }


def _first(facts: Mapping[str, Any], names: Sequence[str]) -> Any:
    return next((facts[name] for name in names if facts.get(name) is not None), None)


def _training(terms: Terms, about: About) -> str | None:
    """What was trained: the class, the training that led to the certificate, the claimant's project."""
    if about.enrolment is not None:
        return str(about.enrolment.cohort_id)
    if about.held is not None:
        return str(about.held.pk)
    return f"{terms.claimant.pk}|{terms.project}" if terms.project and terms.claimant else None


def standing(known_at: dt.datetime, taken_by: dt.datetime | None = None) -> QuerySet[Entitlement]:
    """What was held at a moment (and had been taken up to another), of any policy, through anybody."""
    rows = Entitlement.objects.filter(taken_at__lte=taken_by or known_at)
    rows = rows.filter(Q(released_at__isnull=True) | Q(released_at__gt=known_at)).order_by("taken_at", "id")
    names = ("enterprise", "person", "cohort", "held", "case")
    return rows.select_related("line", *(f"line__claim__{name}" for name in names))


def told_entitlement(row: Entitlement) -> str:
    """An earlier claim in words: whose, for what, under which number."""
    claim = row.line.claim
    who = claim.enterprise.name if claim.enterprise else "本人"
    return f"{who}“{claim.about}”申领{claim.case.number}"


def told_earlier(row: EarlierGrant) -> str:
    """A payment another system reports, in words."""
    return f"{row.paid_on:%Y-%m-%d}由{row.paid_by}拨付，申领单位{row.employer_name}"


@dataclasses.dataclass(frozen=True)
class Earlier:
    """What was granted before, by person (None: to projects); a claim's own grants never count against it."""

    held: Mapping[UUID | None, list[Entitlement]]
    paid: Mapping[UUID, list[EarlierGrant]]
    claim: Claim | None
    known_at: dt.datetime
    taken_by: dt.datetime | None = None
    counted: dict[tuple, int] = dataclasses.field(default_factory=dict)

    def of(self, person: Person | None) -> list[Entitlement]:
        """What this person holds through other claims."""
        return self.held.get(person.pk if person else None, [])

    def notes(self, person: Person | None, policy: str) -> list[str]:
        """Earlier subsidies of one policy, in words (QD97.4.4)."""
        told = [told_entitlement(row) for row in self.of(person) if row.policy == policy]
        paid = self.paid.get(person.pk, []) if person else []
        return told + [told_earlier(row) for row in paid if row.policy == policy]

    def grants(self, person: Person | None) -> list[dict]:
        """The grants as limits read them."""
        key = str(person.pk) if person else "-"
        paid = self.paid.get(person.pk, []) if person else []
        return [_held(row, key) for row in self.of(person)] + [_paid(row, key) for row in paid]


def earlier_of(
    people: Iterable[UUID],
    *,
    claim: Claim | None,
    known_at: dt.datetime,
    taken_by: dt.datetime | None = None,
    paid: Mapping[UUID, list[EarlierGrant]] | None = None,
    projects: bool = False,
) -> Earlier:
    """Everything granted before to these people (and to projects), read at once."""
    people = list(people)
    rows = standing(known_at, taken_by).filter(Q(person__in=people) | (Q(person=None) if projects else Q(pk__in=[])))
    held = defaultdict(list)
    for row in rows.exclude(line__claim_id=claim.pk if claim else None):
        held[row.person_id].append(row)
    if paid is None:
        paid = defaultdict(list)
        for row in EarlierGrant.objects.filter(person__in=people, known_at__lte=known_at).order_by("paid_on"):
            paid[row.person_id].append(row)
    return Earlier(held, paid, claim, known_at, taken_by)


def _held(row: Entitlement, person: str) -> dict:
    return row.columns | {
        "id": str(row.line_id),
        "at": _day(row),
        "person": person,
        "programme": row.policy,
        "amount_fen": row.line.amount_fen,
        "told": told_entitlement(row),
    }


def _paid(row: EarlierGrant, person: str) -> dict:
    return {
        "id": str(row.pk),
        "at": row.paid_on,
        "person": person,
        "programme": row.policy,
        "amount_fen": row.amount_fen,
        "told": told_earlier(row),
    }


def _day(row: Entitlement) -> dt.date:
    said = row.columns.get("at")
    return dt.date.fromisoformat(said) if said else timezone.localdate(row.taken_at)


def limits_counted(policy: Policy, subject: str, person: Person | None, columns: dict, earlier: Earlier) -> dict:
    """The facts of the limits a claim asks for; a quota is counted from the places that stand.

    A quota without stated places, and a place among candidates, are not known here.
    """
    found = limit_facts(policy, subject, columns, earlier.grants(person))
    for limit in limits_of(policy, subject):
        if not limit.of_person and columns.get("person") != "-":
            found.pop(limit.name, None)
            if limit.places is not None and not limit.ranks:
                found[limit.name] = _taken(policy, limit, columns, earlier)
    return found


def counted_facts(
    policy: Policy,
    person: Person,
    columns: dict,
    *,
    claim: Claim | None,
    known_at: dt.datetime,
    taken_by: dt.datetime | None = None,
) -> dict:
    """The same for one person, read for him alone."""
    earlier = earlier_of([person.pk], claim=claim, known_at=known_at, taken_by=taken_by)
    return limits_counted(policy, claim.subject if claim else CLAIM, person, columns, earlier)


def _taken(policy: Policy, limit: Limit, columns: dict, earlier: Earlier) -> int:
    where = (scope_of(policy, limit), limit.name, key_of(policy, limit, columns))
    if where not in earlier.counted:
        named_so = dict(zip(("scope", "code", "key"), where, strict=True))
        rows = Place.objects.filter(**named_so, taken_at__lte=earlier.taken_by or earlier.known_at)
        rows = rows.exclude(entitlement__line__claim_id=earlier.claim.pk if earlier.claim else None)
        rows = rows.filter(Q(released_at__isnull=True) | Q(released_at__gt=earlier.known_at))
        earlier.counted[where] = rows.count()
    return earlier.counted[where]


def named(rows: Iterable[Entitlement]) -> str:
    """Entitlements in words, for a refusal."""
    return "；".join(told_entitlement(row) for row in rows)
