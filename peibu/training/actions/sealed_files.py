"""The signed files of a batch: one per certificate and one for the batch, made once and then only handed out."""

import dataclasses
import datetime as dt
from collections.abc import Callable

from django.db import transaction
from pyhanko.sign.signers import Signer

from peibu.accounts.actor import Actor
from peibu.casework.actions import keep_document
from peibu.casework.enums import Purpose
from peibu.papers.fonts import font_records
from peibu.papers.press import press
from peibu.papers.sealing import fingerprint_of, name_of, sealed
from peibu.papers.steady import SteadySigner
from peibu.training.models import Certificate, CertificateBatch, SealedFile
from peibu.training.queries.certificates import BOOK, certificates_in, papers_of
from peibu.training.seals import prepare_credentials, signer_of

ONE = "certificate"
REASON = "签发职业技能培训合格证书"


def seal_batch(
    *, batch: CertificateBatch, by: Actor, at: dt.datetime, told: Callable[[int], None] = lambda done: None
) -> None:
    """Make what is missing. Every file is kept as soon as it is signed: a job that was stopped goes on where it was.

    Raises SealUnavailable (gateways.seal) or PaperError; what was made before stays.
    """
    signer = SteadySigner(signer_of(batch.case.agency))
    prepare_credentials()
    rows = list(certificates_in(batch))
    papers = papers_of(batch, rows)
    kept = set(batch.sealed_files.values_list("certificate_id", flat=True))
    missing = [(row, paper) for row, paper in zip(rows, papers, strict=True) if row.pk not in kept]
    done = len(rows) - len(missing)
    told(done)
    with press(len(missing)) as at_work:
        book = at_work.book(papers) if None not in kept else None
        for (row, _paper), pdf in zip(missing, at_work.singles(paper for _row, paper in missing), strict=True):
            _keep(batch, row, pdf, signer, by, at)
            done += 1
            told(done)
        if book is not None:
            _keep(batch, None, book.result(), signer, by, at)
    told(len(rows) + 1)


@transaction.atomic
def _keep(
    batch: CertificateBatch, row: Certificate | None, pdf: bytes, signer: Signer, by: Actor, at: dt.datetime
) -> SealedFile:
    CertificateBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)  # two jobs make no file twice
    made = SealedFile.objects.filter(batch=batch, certificate=row).first()
    if made is not None:
        return made
    name = f"{row.serial}.pdf" if row else f"{batch.cohort.name}合格证书.pdf"
    document = keep_document(
        division=batch.division,
        subject_id=row.pk if row else batch.pk,
        case=batch.case,
        purpose=Purpose.OTHER,
        name=name,
        kind="pdf",
        content=sealed(pdf, signer, reason=REASON, place=batch.division.name),
        facts={
            "what": ONE if row else BOOK,
            "serial": row.serial if row else f"{batch.series}-{batch.first}–{batch.last}",
            "fonts": [dataclasses.asdict(font) for font in font_records()],
        },
        by=by,
        at=at,
    )
    return SealedFile.objects.create(
        document=document,
        batch=batch,
        certificate=row,
        sha256=document.sha256,
        signer=name_of(signer),
        fingerprint=fingerprint_of(signer),
        sealed_at=at,
    )
