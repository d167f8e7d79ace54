"""A claim judged person by person, each with questions of his own: what `peibu.claims.facts` reads in bulk.

The oracle of tests/claims/test_bulk.py. Qingdao's claim only.
"""

import datetime as dt

from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from peibu.claims.about import Judged
from peibu.claims.models import Claim, Entitlement, Place
from peibu.programmes.rates import policy_as_known
from peibu.registry.enums import ManagementLevel
from peibu.registry.facts import enterprise_facts, person_facts
from peibu.registry.identity import real_names
from peibu.registry.models import EarlierGrant, Person
from peibu.registry.queries import earlier_grants
from peibu.rulebook import Policy
from peibu.rulebook.limits import Limit, limit_facts, limits_of
from peibu.rulebook.limits.seats import key_of, scope_of
from peibu.training.enums import SessionKind
from peibu.training.facts.attendance import ATTENDANCE, attendance_facts
from peibu.training.models import Certificate, CertificateBatch, Cohort, Enrolment
from peibu.training.queries.changes import unconfirmed_changes
from peibu.training.queries.effective import sealed_points

CLAIM = "claim"


def judge_person(
    enrolment: Enrolment,
    *,
    fee_fen: int,
    fee_paid: bool,
    claim: Claim | None,
    on: dt.date,
    known_at: dt.datetime,
    taken_by: dt.datetime | None = None,
) -> Judged:
    """Judge one enrolment as of the claim day `on` by what was known at `known_at` (QD97.1 to 1.2, 3.5, 4.2, 4.4).

    taken_by: only subsidies taken here up to then count as earlier ones; for looking back at a claim, because what
    was claimed after it is judged by it and not the other way round.
    """
    registers = person_facts(enrolment.person, enrolment.enterprise, on=on, known_at=known_at)
    certificate = certificate_of(enrolment, known_at=known_at)
    taken_by = taken_by or known_at
    facts = {
        **registers.facts,
        **_stated_level(enrolment),
        **enterprise_facts(enrolment.enterprise, on=on, known_at=known_at),
        **_class_facts(enrolment.cohort),
        **_result_facts(enrolment, certificate, known_at=known_at),
        **_earlier_facts(enrolment.person, enrolment.cohort.policy, claim=claim, known_at=known_at, taken_by=taken_by),
        **_attendance_facts(enrolment, known_at=known_at),
        "claimed_on": on,
        "fee_per_person_fen": fee_fen,
        "unconfirmed_plan_changes": unconfirmed_changes(enrolment.cohort, known_at=known_at),
    }
    real = real_names([enrolment.person_id], known_at=known_at)
    if real:
        facts["real_name_verified"] = real[enrolment.person_id]
    if fee_paid:
        facts["fee_paid_by_enterprise"] = True
    policy = policy_as_known(enrolment.cohort.policy, known_at=known_at)
    if policy.limits:
        columns = columns_of(policy, enrolment, facts, on=on)
        facts |= counted_facts(policy, enrolment.person, columns, claim=claim, known_at=known_at, taken_by=taken_by)
    asked = {spec.name for spec in policy.facts_of(CLAIM)}
    given = {name: value for name, value in facts.items() if name in asked}
    judgement = policy.judge(CLAIM, given, on=on, known_at=known_at)
    return Judged(judgement, judgement.to_dict()["facts"], registers.run, registers.employment, certificate)


def _stated_level(enrolment: Enrolment) -> dict:
    """The management level is what the enterprise stated when it signed the person up (QD97.3.3 makes it answer for
    it); the policy's reading `manager_evidence` says whether that suffices."""
    line = enrolment.line
    if line.level == ManagementLevel.UNKNOWN:
        return {}
    stated = {"position_level": line.level}
    return stated | ({"appointment_document": True} if line.level_evidence else {})


def _attendance_facts(enrolment: Enrolment, *, known_at: dt.datetime) -> dict:
    """Attendance as far as it was known, for documents whose claim depends on it; no question, no reading."""
    declared = {spec.name for spec in policy_as_known(enrolment.cohort.policy, known_at=known_at).facts_of(CLAIM)}
    return attendance_facts(enrolment, at=known_at) if declared & ATTENDANCE else {}


def certificate_of(enrolment: Enrolment, *, known_at: dt.datetime) -> Certificate | None:
    """The person's certificate of this class, issued and not revoked as far as was known at a moment."""
    rows = Certificate.objects.filter(enrolment=enrolment, issued_on__lte=timezone.localdate(known_at))
    return rows.exclude(revocation__revoked_at__lte=known_at).first()


def _class_facts(cohort: Cohort) -> dict:
    """When the training was held, by the timetable; without one by the dates of the filing."""
    last = cohort.sessions.exclude(kind=SessionKind.EXAM).aggregate(last=Max("ends_at"))["last"]
    ended = timezone.localdate(last) if last else cohort.ends_on
    facts = {"class_starts_on": cohort.opens_on, "class_ends_on": cohort.ends_on or ended, "training_ended_on": ended}
    return {name: value for name, value in facts.items() if value is not None}


def _result_facts(enrolment: Enrolment, certificate: Certificate | None, *, known_at: dt.datetime) -> dict:
    """Score and certificate: only a sealed sheet is a score, and only an issued batch can say "no certificate"."""
    facts: dict = {}
    scored, points = sealed_points(enrolment, known_at=known_at)
    if scored:
        facts["exam_score"] = int(points or 0)  # rounded down: 59.5 has not reached 60
    if certificate is not None:
        facts |= {"certificate_held": True, "certificate_serial": certificate.serial}
    elif CertificateBatch.objects.filter(
        cohort=enrolment.cohort, issued_on__lte=timezone.localdate(known_at)
    ).exists():
        facts["certificate_held"] = False
    return facts


def standing_entitlements(
    person: Person, policy: str, *, known_at: dt.datetime, taken_by: dt.datetime | None = None
) -> QuerySet[Entitlement]:
    """Subsidies of the policy a person held at a moment, through any enterprise (QD97.4.4)."""
    return standing(person, known_at=known_at, taken_by=taken_by).filter(policy=policy)


def _earlier_facts(
    person: Person, policy: str, *, claim: Claim | None, known_at: dt.datetime, taken_by: dt.datetime
) -> dict:
    own = claim.pk if claim else None
    held = standing_entitlements(person, policy, known_at=known_at, taken_by=taken_by).exclude(line__claim_id=own)
    notes = [told_entitlement(row) for row in held]
    notes += [told_earlier(row) for row in earlier_grants(person, policy, known_at=known_at)]
    facts: dict = {"earlier_subsidies": len(notes)}
    if notes:
        facts["earlier_subsidy_note"] = "；".join(notes)
    return facts


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
