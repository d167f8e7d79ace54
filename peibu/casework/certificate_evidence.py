"""A certificate of another issuer together with the scan it was read from."""

import datetime as dt
from uuid import UUID

from django.db import transaction

from peibu.accounts.actor import Actor
from peibu.casework.actions import keep_document
from peibu.casework.enums import Purpose
from peibu.casework.models import Document
from peibu.intake import inspect_upload
from peibu.kernel.errors import Refused
from peibu.registry.held_certificates import register_certificate
from peibu.registry.models import HeldCertificate

KINDS = ("pdf", "jpg", "png")


@transaction.atomic
def register_with_scan(*, name: str, content: bytes, by: Actor, at: dt.datetime, **certificate) -> HeldCertificate:
    """`registry.held_certificates.register_certificate`, and the scan kept with it; nothing is kept when either is refused.

    Refused besides: a file that is neither PDF nor picture.
    """
    row = register_certificate(**certificate, by=by, at=at)
    if content:
        keep_scan(row.pk, name, content, by, at)
    return row


def keep_scan(subject: UUID, name: str, content: bytes, by: Actor, at: dt.datetime) -> Document:
    """Keep a scan with the entry it was read from; Refused when it is neither PDF nor picture, or unfit."""
    upload = inspect_upload(name, content, allow=KINDS)
    if upload.problems:
        told = upload.problems[0].what.removeprefix(f"“{name[:80]}”不能接收：")
        raise Refused(f"扫描件“{name[:60]}”没有保存：{told}", "scan_unfit", upload.problems[0].todo)
    return keep_document(
        division=by.unit.division,
        subject_id=subject,
        purpose=Purpose.EVIDENCE,
        name=name,
        kind=upload.kind,
        content=upload.content,
        by=by,
        at=at,
    )
