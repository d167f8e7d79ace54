"""A signature in a PDF file and its check (PAdES, ETSI.CAdES.detached).

The first signature of a file certifies it: nothing may be added afterwards. Judge by `Seal.valid` alone: a file to which
something was appended is still "intact" in the words of the standard.
"""

import asyncio
import datetime as dt
import hashlib
import io
from dataclasses import dataclass

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, Signer
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from peibu.papers.errors import PaperError

FIELD = "PeibuSeal"

# Room for the signature, in characters of hex: a chain of three certificates fits. Told beforehand, or pyHanko signs
# twice, once only to measure.
RESERVED = 16384


class SealingFailed(PaperError):
    """The key did not sign. The message says so in Chinese."""


@dataclass(frozen=True)
class Seal:
    """What the first signature of a file says.

    ``signer`` is the common name, ``fingerprint`` the SHA-256 of the certificate (hex), ``at`` the time the signer
    claims. ``intact``: the signed bytes are unchanged; ``whole``: nothing was added after them; ``trusted``: the
    certificate leads to a known root. ``valid`` is all of it, as the validator concludes.
    """

    signer: str
    fingerprint: str
    at: dt.datetime | None
    intact: bool
    whole: bool
    trusted: bool
    valid: bool


def sealed(pdf: bytes, signer: Signer, *, reason: str, place: str) -> bytes:
    """The file with a certifying signature. Raises SealingFailed when the key refuses."""
    meta = PdfSignatureMetadata(
        field_name=FIELD,
        reason=reason,
        location=place,
        subfilter=SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
        md_algorithm="sha256",
    )
    out = io.BytesIO()
    try:
        writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
        PdfSigner(meta, signer=signer).sign_pdf(writer, output=out, bytes_reserved=RESERVED)
    except (SigningError, PdfError) as problem:
        raise SealingFailed(f"电子印章没有签署成功：{problem}。文件未生成，请检查印章设备后重试。") from problem
    return out.getvalue()


def fingerprint_of(signer: Signer) -> str:
    """SHA-256 of the signer's certificate, hex."""
    assert signer.signing_cert is not None
    return hashlib.sha256(signer.signing_cert.dump()).hexdigest()


def name_of(signer: Signer) -> str:
    """The common name in the signer's certificate."""
    assert signer.signing_cert is not None
    return _common_name(signer.signing_cert)


def read_seal(pdf: bytes, roots: SimpleCertificateStore) -> Seal | None:
    """Check the first signature of a file; None when it has none that can be read. Never raises for a bad file."""
    try:
        signatures = PdfFileReader(io.BytesIO(pdf), strict=False).embedded_signatures
        return asyncio.run(_judged(signatures[0], roots)) if signatures else None
    except Exception:
        return None  # a damaged file breaks the parser in any of a hundred ways; all of them mean: no signature


async def _judged(signature, roots: SimpleCertificateStore) -> Seal:
    signed_at = signature.self_reported_timestamp
    # The certificate must have been good when it signed: files outlive certificates. What the signer claims is
    # believed only together with our own register (peibu.training.queries.sealed_files).
    context = ValidationContext(trust_roots=list(roots), moment=signed_at, allow_fetching=False)
    status = await async_validate_pdf_signature(signature, signer_validation_context=context)
    certificate = signature.signer_cert
    return Seal(
        signer=_common_name(certificate),
        fingerprint=hashlib.sha256(certificate.dump()).hexdigest(),
        at=signed_at,
        intact=bool(status.intact and status.valid),
        whole=bool(status.docmdp_ok) and status.coverage.name == "ENTIRE_FILE",
        trusted=bool(status.trusted),
        valid=bool(status.bottom_line) and status.coverage.name == "ENTIRE_FILE",
    )


def _common_name(certificate) -> str:
    return str(certificate.subject.native.get("common_name", ""))
