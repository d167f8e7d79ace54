"""A person's earlier grants as limits read them (ADR 0011), and the columns of a claim they are compared with."""

import datetime as dt
from collections.abc import Iterable

from django.db.models import Q, QuerySet
from django.utils import timezone

from peibu.claims.models import Claim, Entitlement, Place
from peibu.registry.models import EarlierGrant, Person
from peibu.rulebook import Policy
from peibu.rulebook.limits import Limit, limit_facts, limits_of
from peibu.rulebook.limits.seats import key_of, scope_of
from peibu.training.models import Enrolment

CLAIM = "claim"


def columns_of(policy: Policy, enrolment: Enrolment, facts: dict, *, on: dt.date) -> dict:
    """The columns of a claim; what the programme does not record stays unknown. No personal number among them."""
    return {
        "id": str(enrolment.pk),
        "at": on,
        "person": str(enrolment.person_id),
        "programme": policy.path,
        "benefit": policy.subjects[CLAIM].get("benefit", CLAIM),
        "occupation": facts.get("occupation_code"),
        "level": facts.get("target_level"),
        "certificate": facts.get("certificate_serial"),
        "training": str(enrolment.cohort_id),
        "payee_kind": policy.card["payee"],
        "payee": str(enrolment.enterprise_id),
        "enterprise": str(enrolment.enterprise_id),
        "division": str(enrolment.enterprise.division_id),
    }


def standing(person: Person, *, known_at: dt.datetime, taken_by: dt.datetime | None = None) -> QuerySet[Entitlement]:
    """What a person held at a moment (and had taken up to another), of any policy and through any enterprise."""
    rows = Entitlement.objects.filter(person=person, taken_at__lte=taken_by or known_at)
    rows = rows.filter(Q(released_at__isnull=True) | Q(released_at__gt=known_at))
    return rows.select_related("line__claim__enterprise", "line__claim__cohort", "line__claim__case")


def told_entitlement(row: Entitlement) -> str:
    """An earlier claim of a person in words: whose, for which class, under which number."""
    claim = row.line.claim
    return f"{claim.enterprise.name}“{claim.cohort.name}”申领{claim.case.number}"


def told_earlier(row: EarlierGrant) -> str:
    """A payment another system reports, in words."""
    return f"{row.paid_on:%Y-%m-%d}由{row.paid_by}拨付，申领单位{row.employer_name}"


def grants_of(
    person: Person, *, claim: Claim | None, known_at: dt.datetime, taken_by: dt.datetime | None = None
) -> list[dict]:
    """The person's grants: those standing here, except this claim's own, and those other systems paid."""
    held = standing(person, known_at=known_at, taken_by=taken_by).exclude(line__claim_id=claim.pk if claim else None)
    found = [
        row.columns
        | {
            "id": str(row.line_id),
            "at": _day(row),
            "person": str(person.pk),
            "programme": row.policy,
            "amount_fen": row.line.amount_fen,
            "told": told_entitlement(row),
        }
        for row in held
    ]
    paid = EarlierGrant.objects.filter(person=person, known_at__lte=known_at).order_by("paid_on")
    return found + [
        {
            "id": str(row.pk),
            "at": row.paid_on,
            "person": str(person.pk),
            "programme": row.policy,
            "amount_fen": row.amount_fen,
            "told": told_earlier(row),
        }
        for row in paid
    ]


def _day(row: Entitlement) -> dt.date:
    said = row.columns.get("at")
    return dt.date.fromisoformat(said) if said else timezone.localdate(row.taken_at)


def counted_facts(
    policy: Policy,
    person: Person,
    columns: dict,
    *,
    claim: Claim | None,
    known_at: dt.datetime,
    taken_by: dt.datetime | None = None,
) -> dict:
    """The facts of the limits a claim asks for; a quota is counted from the places that stand.

    A quota without stated places, and a place among candidates, are not known here.
    """
    grants = grants_of(person, claim=claim, known_at=known_at, taken_by=taken_by)
    found = limit_facts(policy, CLAIM, columns, grants)
    for limit in limits_of(policy, CLAIM):
        if not limit.of_person:
            found.pop(limit.name, None)
            if limit.places is not None and not limit.ranks:
                found[limit.name] = _taken(policy, limit, columns, claim=claim, known_at=known_at, taken_by=taken_by)
    return found


def _taken(
    policy: Policy,
    limit: Limit,
    columns: dict,
    *,
    claim: Claim | None,
    known_at: dt.datetime,
    taken_by: dt.datetime | None,
) -> int:
    where = {"scope": scope_of(policy, limit), "code": limit.name, "key": key_of(policy, limit, columns)}
    rows = Place.objects.filter(**where, taken_at__lte=taken_by or known_at).exclude(
        entitlement__line__claim_id=claim.pk if claim else None
    )
    return rows.filter(Q(released_at__isnull=True) | Q(released_at__gt=known_at)).count()


def named(rows: Iterable[Entitlement]) -> str:
    """Entitlements in words, for a refusal."""
    return "；".join(told_entitlement(row) for row in rows)
