"""Is this file what was issued? By its hash in the register and by its signature, both (QD97.3.10)."""

import dataclasses
import hashlib
from enum import StrEnum

from django.db.models import QuerySet

from peibu.papers.sealing import Seal, read_seal
from peibu.training.models import Certificate, CertificateBatch, CertificateRevocation, SealedFile
from peibu.training.seals import roots


class FileState(StrEnum):
    """GENUINE: hash and signature agree. ALTERED: our signature, other bytes. UNKNOWN: nothing of ours was found."""

    GENUINE = "genuine"
    ALTERED = "altered"
    REVOKED = "revoked"
    UNKNOWN = "unknown"


@dataclasses.dataclass(frozen=True)
class FileVerdict:
    """`file` when the hash is in the register; `seal` when a signature could be read; `revoked` numbers of a book."""

    state: FileState
    file: SealedFile | None = None
    seal: Seal | None = None
    revoked: tuple[str, ...] = ()


def judge_file(content: bytes) -> FileVerdict:
    """The verdict on a dropped file. It is not kept. A signature that cannot be confirmed is never called genuine."""
    file = _registered(content)
    seal = read_seal(content, roots())
    if file is None:
        known = seal is not None and (seal.trusted or _is_ours(seal))
        return FileVerdict(FileState.ALTERED if known and not seal.valid else FileState.UNKNOWN, seal=seal)
    if seal is None or not seal.valid:
        return FileVerdict(FileState.UNKNOWN, file=file, seal=seal)
    revoked = tuple(_revoked_in(file))
    one = file.certificate_id is not None
    return FileVerdict(FileState.REVOKED if revoked and one else FileState.GENUINE, file, seal, revoked)


def _registered(content: bytes) -> SealedFile | None:
    rows = SealedFile.objects.select_related(
        "batch__cohort__plan", "batch__cohort__provider", "batch__case__agency", "certificate__enrolment__person"
    )
    return rows.filter(sha256=hashlib.sha256(content).hexdigest()).first()


def _is_ours(seal: Seal) -> bool:
    """Was anything ever issued with this certificate? A changed file's own chain is not looked at any more."""
    return SealedFile.objects.filter(fingerprint=seal.fingerprint).exists()


def _revoked_in(file: SealedFile) -> QuerySet:
    held = {"certificate": file.certificate_id} if file.certificate_id else {"certificate__batch": file.batch_id}
    rows = CertificateRevocation.objects.filter(**held).order_by("certificate__serial_no")
    return rows.values_list("certificate__serial", flat=True)


def file_of(certificate: Certificate) -> SealedFile | None:
    return SealedFile.objects.select_related("document").filter(certificate=certificate).first()


def files_of(batch: CertificateBatch) -> QuerySet[SealedFile]:
    """The single files of a batch in the order of their numbers."""
    rows = batch.sealed_files.exclude(certificate=None).select_related("document", "certificate__enrolment__person")
    return rows.order_by("certificate__serial_no")
