"""Enter and withdraw certificates that others issued (JN6.3.2, HD2.5.15a)."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from peibu.accounts.actor import Actor
from peibu.kernel.certificate_numbers import check_number
from peibu.kernel.errors import Refused
from peibu.registry.entries import ENTERING
from peibu.registry.enums import CertificateKind, CertificateLevel
from peibu.registry.models import HeldCertificate, Person


def _officer(by: Actor) -> None:
    if by.role not in ENTERING:
        raise Refused("只有经办机构可以登记证书", "not_an_officer", "请把证书交给受理机构登记")


@transaction.atomic
def register_certificate(
    *,
    person: Person,
    kind: str,
    number: str,
    issuer: str,
    issued_on: dt.date,
    source: str,
    by: Actor,
    at: dt.datetime,
    occupation: str = "",
    level: str = "",
    valid_until: dt.date | None = None,
) -> HeldCertificate:
    """Put a certificate on the register; from then on it answers the rules that ask what somebody holds.

    Refused: officers only; a kind that is none of the five; a number that does not fit its scheme or is somebody's;
    no issuer, no source; issued after today or ended before it was issued.
    """
    _officer(by)
    if kind not in CertificateKind.values or level not in ("", *CertificateLevel.values):
        raise Refused("没有选择证书类别或等级", "certificate_kind", "请从列表中选择")
    if not issuer.strip() or not source.strip():
        raise Refused("没有填写发证机构或依据", "a_held_certificate_is_told_in_full", "请按证书填写，并写明核对的原件")
    if issued_on > timezone.localdate(at):
        raise Refused("发证日期晚于今天", "certificate_issued_later", "请核对发证日期")
    if valid_until is not None and valid_until < issued_on:
        raise Refused("有效期至早于发证日期", "a_certificate_ends_after_its_issue", "请核对日期")
    kept = check_number(kind, number, level=level, issued_on=issued_on)
    standing = HeldCertificate.objects.filter(kind=kind, number=kept, withdrawn_at__isnull=True).first()
    if standing is not None:
        whose = "本人" if standing.person_id == person.pk else "另一人"
        raise Refused(
            f"该编号已登记在{whose}名下", "a_certificate_number_is_one_persons", "请核对编号；登记有误的，先撤回"
        )
    return HeldCertificate.objects.create(
        person=person,
        kind=kind,
        number=kept,
        issuer=issuer.strip(),
        occupation=occupation.strip(),
        level=level,
        issued_on=issued_on,
        valid_until=valid_until,
        source=source.strip(),
        known_at=at,
        entered_by=by.user,
    )


@transaction.atomic
def withdraw_certificate(*, certificate: HeldCertificate, why: str, by: Actor, at: dt.datetime) -> HeldCertificate:
    """Take a wrong entry off the register from now on; what was decided before keeps what was known then."""
    _officer(by)
    if not why.strip():
        raise Refused("没有填写撤回理由", "a_withdrawn_certificate_says_who_and_why", "请写明哪里登记有误")
    row = HeldCertificate.objects.select_for_update(of=("self",)).get(pk=certificate.pk)
    if row.withdrawn_at is not None:
        raise Refused("该登记已经撤回", "already_withdrawn", "请刷新页面查看")
    row.withdrawn_at, row.withdrawn_by, row.withdrawn_why = at, by.user, why.strip()
    row.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_why"])
    return row
