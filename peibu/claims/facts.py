"""Everything the judge asks of one person in a claim (subject `claim`), and of a claim before money (`payment`).

A fact that nobody has is left out and stays unknown; it never counts as fulfilled.
"""

import dataclasses
import datetime as dt

from django.db.models import Max, QuerySet
from django.utils import timezone

from peibu.casework.notices import full_days, notice_of
from peibu.claims.grants import columns_of, counted_facts, standing, told_earlier, told_entitlement
from peibu.claims.models import Claim, Entitlement
from peibu.claims.objected import stopping_objections
from peibu.ledger.facts import payment_facts
from peibu.ledger.queries import commitment_of
from peibu.programmes.rates import policy_as_known
from peibu.registry.enums import ManagementLevel
from peibu.registry.facts import enterprise_facts, person_facts
from peibu.registry.identity import real_names
from peibu.registry.models import Employment, Person
from peibu.registry.queries import earlier_grants
from peibu.rulebook import Judgement, load_policy
from peibu.rulebook.records import InsuranceRun
from peibu.training.enums import SessionKind
from peibu.training.facts.attendance import ATTENDANCE, attendance_facts
from peibu.training.models import Certificate, CertificateBatch, Cohort, Enrolment
from peibu.training.queries.changes import unconfirmed_changes
from peibu.training.queries.effective import sealed_points

CLAIM, PAYMENT = "claim", "payment"


@dataclasses.dataclass(frozen=True)
class Judged:
    """A person's judgement with what it rests on; `facts` are plain values as stored with the determination."""

    judgement: Judgement
    facts: dict
    run: InsuranceRun
    employment: Employment | None
    certificate: Certificate | None


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


def judge_payment(claim: Claim, *, at: dt.datetime) -> Judgement:
    """May this claim be paid (QD97.4.3, 5.3, 5.4)? Notice days over, open objections, account, fund."""
    on = timezone.localdate(at)
    facts: dict = {"open_objections": stopping_objections(claim.case).count()}
    notice = notice_of(claim.case)
    if notice is not None:
        facts["notice_working_days_done"] = full_days(notice, on=on)
    if claim.account is not None:
        facts["account_kind"] = claim.account.kind
    facts |= payment_facts(commitment_of(claim.case_id))
    return load_policy(claim.policy).judge(PAYMENT, facts, on=on, known_at=at)
