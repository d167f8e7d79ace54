"""Questions about certificates: the lines an officer checks, what is printed, what the public may verify."""

import dataclasses
import datetime as dt
import hmac
from collections.abc import Iterable
from decimal import Decimal
from urllib.parse import quote

from django.conf import settings
from django.db.models import QuerySet

from peibu.casework.models import Document
from peibu.kernel.identity import mask_id
from peibu.papers.certificates import CertificateData
from peibu.papers.fonts import SERIF
from peibu.papers.glyphs import missing_glyphs
from peibu.rulebook import load_policy
from peibu.training.models import Certificate, CertificateBatch, Cohort, Enrolment, TrainingLog
from peibu.training.queries.attendance import Rate, rates
from peibu.training.queries.exams import candidates, pass_mark, passed

CODE_LENGTH = 12
BOOK = "certificate_book"


@dataclasses.dataclass(frozen=True)
class BatchLine:
    """One candidate as the officer compares it: presence, points in force (None = absent), the certificate once there is
    one. `sealed`: the sealed points where a correction or a re-sit made others of them."""

    number: int
    enrolment: Enrolment
    attended: Rate
    points: Decimal | None
    changed: bool
    sealed: Decimal | None
    passed: bool
    certificate: Certificate | None


def batch_lines(cohort: Cohort, *, on: dt.date) -> list[BatchLine]:
    """Every candidate of the class, also those who did not pass, in the order of the score sheet."""
    came = {person.pk: rate for person, rate in rates(cohort)}
    given = {
        row.enrolment_id: row
        for row in Certificate.objects.filter(enrolment__cohort=cohort).select_related("revocation")
    }
    mark = pass_mark(cohort, on=on)
    return [
        BatchLine(
            number=row.number,
            enrolment=row.enrolment,
            attended=came.get(row.enrolment.pk, Rate(0, 0)),
            points=row.points,
            changed=row.changed,
            sealed=row.score.points if row.score else None,
            passed=row.points is not None and row.points >= mark,
            certificate=given.get(row.enrolment.pk),
        )
        for row in candidates(cohort.exam)
    ]


def logs_of(cohort: Cohort) -> QuerySet[TrainingLog]:
    return cohort.logs.select_related("session", "written_by").order_by("session__starts_at")


def certificates_in(batch: CertificateBatch) -> QuerySet[Certificate]:
    rows = batch.certificates.select_related(
        "enrolment__person", "batch__case__agency", "batch__cohort__plan", "batch__cohort__provider"
    )
    return rows.order_by("serial_no")


def book_of(batch: CertificateBatch) -> Document | None:
    """The kept PDF of a batch, if it has been made."""
    return Document.objects.filter(subject_id=batch.pk, facts__what=BOOK).order_by("uploaded_at").first()


def undrawable(cohort: Cohort, issuer: str) -> list[str]:
    """What cannot be printed on the certificates to be issued, each with its owner: 「王𡋾：“𡋾”（U+212FE）」.

    Asked before numbers are given: typst draws an empty box without a word.
    """
    course = cohort.plan.project_name or load_policy(cohort.policy).card["short_title"]
    owners = [(text, text) for text in (course, cohort.provider.name, issuer)]
    owners += [(row.person.name, row.person.name) for row in passed(cohort.exam)]
    return [
        f"{owner}：“{character}”（{codepoint}）"
        for owner, text in owners
        for character, codepoint in missing_glyphs(text, SERIF)
    ]


def verify_url(certificate: Certificate) -> str:
    """What the QR code of a certificate holds."""
    return f"{settings.BASE_URL}/verify/{quote(certificate.serial)}/?c={certificate.check_code}"


def paper_of(certificate: Certificate) -> CertificateData:
    """What is printed; the identity number only masked (QD97.3.11)."""
    return papers_of(certificate.batch, [certificate])[0]


def papers_of(batch: CertificateBatch, certificates: Iterable[Certificate]) -> list[CertificateData]:
    """What is printed on each of them; what the class has in common is asked once."""
    cohort = batch.cohort
    card = load_policy(cohort.policy).card
    hours = cohort.plan.class_hours or sum(cohort.sessions.values_list("class_hours", flat=True))
    return [
        CertificateData(
            serial=certificate.serial,
            name=certificate.enrolment.person.name,
            id_number_masked=mask_id(certificate.enrolment.person.id_number),
            course_title=cohort.plan.project_name or card["short_title"],
            provider=cohort.provider.name,
            from_on=cohort.opens_on,
            to_on=cohort.ends_on,
            class_hours=hours,
            issuer=batch.case.agency.name,
            issued_on=certificate.issued_on,
            verify_url=verify_url(certificate),
            check_code=spaced(certificate.check_code),
            title=card["certificate"]["title"],
        )
        for certificate in certificates
    ]


def spaced(code: str) -> str:
    """A check code in groups of four, as people read it out."""
    return " ".join(code[at : at + 4] for at in range(0, len(code), 4)).upper()


def is_valid(certificate: Certificate) -> bool:
    return not hasattr(certificate, "revocation")


def find_certificate(serial: str, code: str) -> Certificate | None:
    """The certificate of a number and its check code; None for an unknown number just as for a wrong code."""
    rows = Certificate.objects.select_related(
        "enrolment__person", "batch__cohort__provider", "batch__cohort__plan", "batch__case__agency", "revocation"
    )
    found = rows.filter(serial=serial.strip()).first()
    expected = found.check_code if found else "-" * CODE_LENGTH
    given = "".join(code.split()).replace("-", "").lower()
    agrees = hmac.compare_digest(expected.encode(), given.encode())
    return found if found is not None and agrees else None
