"""Certificates as Open Badges: what the papers need, from our rows (QD97.3.11)."""

from django.conf import settings
from django.urls import reverse

from peibu.accounts.models import Unit
from peibu.gateways.seal import credential_key_pem
from peibu.papers.badges import BadgeData, Issuer, did_document, signed_badge, signed_status_list
from peibu.rulebook import load_policy
from peibu.training.models import Certificate, CertificateBatch, CertificateRevocation
from peibu.training.queries.certificates import paper_of
from peibu.training.seals import seal_settings


def credential_of(certificate: Certificate) -> str:
    """The signed credential of a certificate (compact JWT). A revoked one is shown as such by its status list."""
    paper, batch = paper_of(certificate), certificate.batch
    words = load_policy(batch.cohort.policy).card["certificate"]["title"]
    data = BadgeData(
        key=str(certificate.pk),
        serial=certificate.serial,
        name=paper.name,
        course_key=str(batch.cohort_id),
        title=words,
        course=paper.course_title,
        criteria=f"参加由{paper.provider}组织的{paper.course_title}，完成规定的{paper.class_hours}课时，考核成绩合格",
        from_on=paper.from_on,
        to_on=paper.to_on,
        issued_on=certificate.issued_on,
        status_url=status_url(batch),
        status_index=certificate.serial_no - batch.first,
    )
    return signed_badge(data, issuer_of(batch.case.agency), _key())


def status_list_of(batch: CertificateBatch) -> str:
    """Which certificates of a batch are void, signed (compact JWT)."""
    rows = CertificateRevocation.objects.filter(certificate__batch=batch)
    revoked = [number - batch.first for number in rows.values_list("certificate__serial_no", flat=True)]
    issuer = issuer_of(batch.case.agency)
    return signed_status_list(status_url(batch), revoked, issuer, _key(), since=batch.issued_on)


def key_document_of(unit: Unit) -> dict:
    """The DID document of an issuing bureau."""
    return did_document(issuer_of(unit), _key())


def issuer_of(unit: Unit) -> Issuer:
    return Issuer(code=unit.division.desk.number_code, name=unit.name, base_url=settings.BASE_URL)


def issuing_unit(code: str) -> Unit | None:
    """The bureau that issues for a district's code."""
    rows = Unit.objects.filter(kind="hrss", division__code=code).select_related("division")
    return rows.order_by("pk").first()


def status_url(batch: CertificateBatch) -> str:
    return settings.BASE_URL + reverse("credential-status", args=[batch.pk])


def _key() -> bytes:
    return credential_key_pem(seal_settings().folder)
