"""What the books of a class say: the same for everybody in it, and each one's result, all read at once."""

import dataclasses
import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from uuid import UUID

from django.db.models import Max, Min
from django.utils import timezone

from peibu.casework.models import CaseEvent
from peibu.programmes.queries import is_listed
from peibu.rulebook import Policy
from peibu.training.enums import SessionKind
from peibu.training.models import Certificate, CertificateBatch, Cohort, Enrolment, Exam
from peibu.training.queries.attendance import sessions_without_sign_in
from peibu.training.queries.bodies import body_of, who_did
from peibu.training.queries.changes import unconfirmed_changes
from peibu.training.queries.effective import resit_reading, with_effective_points
from peibu.training.queries.exams import exam_day, pass_mark

CERTIFICATE_FACTS = frozenset({"certificate_kind", "certificate_level", "certificate_valid", "certificate_number"})


def class_facts(cohort: Cohort, policy: Policy, *, asked: frozenset[str], known_at: dt.datetime) -> dict:
    """When the training was held, by the timetable (without one by the filing), whether and when it was confirmed."""
    taught = cohort.sessions.exclude(kind=SessionKind.EXAM)
    ends = taught.aggregate(first=Min("starts_at"), last=Max("ends_at"))
    last = timezone.localdate(ends["last"]) if ends["last"] else cohort.ends_on
    first = timezone.localdate(ends["first"]) if ends["first"] else cohort.opens_on
    facts = {
        "class_starts_on": cohort.opens_on or first,
        "class_ends_on": cohort.ends_on or last,
        "training_started_on": first,
        "training_ended_on": last,
        "unconfirmed_plan_changes": unconfirmed_changes(cohort, known_at=known_at),
    }
    if "filing_confirmed_on" in asked:
        rows = CaseEvent.objects.filter(case_id=cohort.case_id, move="confirm", at__lte=known_at).order_by("seq")
        confirmed = rows.first()
        facts["filing_confirmed_on"] = timezone.localdate(confirmed.at) if confirmed else None
    if asked & {"practice_starts_on", "practice_by_plan"}:
        facts |= _practice(cohort)
    if policy.delivery.listed_fact in asked and first is not None:
        listed = is_listed(cohort.provider, cohort.policy, policy.delivery.list, on=first)
        facts[policy.delivery.listed_fact] = listed
    return {name: value for name, value in facts.items() if value is not None}


def _practice(cohort: Cohort) -> dict:
    first = cohort.sessions.filter(kind=SessionKind.PRACTICE).aggregate(first=Min("starts_at"))["first"]
    taught = cohort.sessions.exclude(kind=SessionKind.EXAM).exists()
    facts: dict = {"practice_by_plan": taught and not sessions_without_sign_in(cohort)}
    if first:
        facts["practice_starts_on"] = timezone.localdate(first)
    return facts


@dataclasses.dataclass(frozen=True)
class Results:
    """Of a class as known at a moment: enrolment -> effective points (None: absent), enrolment -> certificate, whether the
    certificates had been issued, the exam and the mark to reach where the body that examines marked it."""

    points: dict[UUID, Decimal | None]
    certificates: dict[UUID, Certificate]
    revoked: set[UUID]
    issued: bool
    exam_on: dt.date | None
    mark: int | None

    def of(self, enrolment: Enrolment) -> dict:
        """Score and certificate: only a sealed sheet is a score, and only an issued batch can say "no certificate"."""
        facts: dict = {"exam_on": self.exam_on}
        if enrolment.pk in self.points:
            points = self.points[enrolment.pk] or 0
            facts["exam_score"] = int(points)  # rounded down: 59.5 has not reached 60
            facts["exam_passed"] = None if self.mark is None else points >= self.mark
        certificate = self.certificates.get(enrolment.pk)
        if certificate is not None:
            facts |= {"certificate_held": True, "certificate_serial": certificate.serial}
        elif self.issued:
            facts["certificate_held"] = False
        return facts


def results_of(
    cohort: Cohort, enrolments: Iterable[Enrolment], *, asked: frozenset[str], known_at: dt.datetime
) -> Results:
    """The results of these people of a class, in a handful of questions however many they are."""
    keys = [row.pk for row in enrolments]
    exam = Exam.objects.filter(cohort=cohort).select_related("cohort").first()
    sealed = exam if exam is not None and exam.sealed_at and exam.sealed_at <= known_at else None
    points: dict[UUID, Decimal | None] = {}
    if sealed is not None:
        rows = Enrolment.objects.filter(pk__in=keys, score__exam=sealed)
        rows = with_effective_points(rows, reading=resit_reading(sealed), known_at=known_at)
        points = dict(rows.values_list("pk", "effective"))
    day = timezone.localdate(known_at)
    rows = Certificate.objects.filter(enrolment__in=keys, issued_on__lte=day).select_related("batch__case__agency")
    found = {row.enrolment_id: row for row in rows.exclude(revocation__revoked_at__lte=known_at)}
    revoked = rows.filter(revocation__revoked_at__lte=known_at).values_list("enrolment_id", flat=True)
    issued = CertificateBatch.objects.filter(cohort=cohort, issued_on__lte=day).exists()
    mark = _mark(sealed, cohort) if sealed is not None and "exam_passed" in asked else None
    return Results(points, found, set(revoked), issued, exam_day(exam) if exam else None, mark)


def _mark(exam: Exam, cohort: Cohort) -> int | None:
    """The pass mark; None where somebody else than the examining body marked, or nobody knows who."""
    if who_did(exam).get("marking") != {body_of(exam)} or exam.held_from is None:
        return None
    return pass_mark(cohort, on=exam_day(exam))


def result_facts(enrolment: Enrolment, *, known_at: dt.datetime) -> dict:
    """The results of one person."""
    found = results_of(enrolment.cohort, [enrolment], asked=frozenset({"exam_passed"}), known_at=known_at)
    return {name: value for name, value in found.of(enrolment).items() if value is not None}


def certificate_facts(policy: Policy, results: Results, enrolment: Enrolment, level: str | None) -> dict:
    """The certificate this class gave, in the words a document asks for any certificate: its kind was judged before it
    was issued (WH63.2.7, JN6.3.2); a revoked one is not valid."""
    certificate = results.certificates.get(enrolment.pk)
    kind = policy.card.get("certificate", {}).get("kind")
    if certificate is None:
        return {"certificate_valid": False} if enrolment.pk in results.revoked else {}
    return {
        "certificate_kind": kind,
        "certificate_level": level,
        "certificate_valid": True,
        "certificate_number": certificate.serial,
        "certificate_issued_on": certificate.issued_on,
        "certificate_issuer": certificate.batch.case.agency.name,
    }
