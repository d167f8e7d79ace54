"""山东省职业技能培训合格证书 (QD97.3.11): landscape A4 with QR code, one page a certificate.

The number is given by the caller (QD97.3.10: per batch, after the district's check); nothing is numbered here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from peibu.papers.errors import FieldRefused
from peibu.papers.ground import grounded
from peibu.papers.pictures import photo_picture
from peibu.papers.privacy import refuse_full_identity_numbers
from peibu.papers.qr import qr_picture
from peibu.papers.typesetting import typeset
from peibu.papers.wording import day, hours

TITLE = "山东省职业技能培训合格证书"
TITLE_ENGLISH = "Certificate of Vocational Skills Training · Shandong Province"

# Where the registered e-seal goes on each page, in millimetres from the upper left corner: x, y, width, height.
# A signing service needs it; it matches `place(bottom + right, ...)` in certificate.typ.
SEAL_PLACE_MM = (177, 144, 84, 40)


@dataclass(frozen=True, kw_only=True)
class CertificateData:
    """The facts of one certificate, finished and masked.

    ``kind_words`` follow the course title in the sentence. ``check_code`` is what a person types on the verification
    page, ``verify_url`` what the QR code holds. ``photo`` is a JPEG or PNG; without it the box stays empty.
    """

    serial: str
    name: str
    id_number_masked: str
    course_title: str
    provider: str
    from_on: date
    to_on: date
    class_hours: int | Decimal
    issuer: str
    issued_on: date
    verify_url: str
    check_code: str
    photo: bytes | None = None
    kind_words: str = "职业技能培训"
    title: str = TITLE
    title_english: str = TITLE_ENGLISH


def certificate_pdf(certificate: CertificateData) -> bytes:
    """One certificate as PDF/A. Raises FieldRefused, GlyphGap, FontsMissing."""
    return certificates_pdf([certificate])


def certificates_pdf(certificates: Sequence[CertificateData]) -> bytes:
    """One file for a batch, a page each, in the order given. Raises FieldRefused, GlyphGap, FontsMissing."""
    _refuse_bad_fields(certificates)
    pictures = {}
    pages = []
    for index, certificate in enumerate(certificates):
        qr_name = f"qr-{index}.svg"
        pictures[qr_name] = qr_picture(certificate.verify_url)
        photo_name = None
        if certificate.photo is not None:
            photo_name = f"photo-{index}.svg"
            pictures[photo_name] = photo_picture(certificate.photo)
        pages.append(_page(certificate, qr_name, photo_name))
    title = certificates[0].title
    payload = {"document_title": title, "certificates": pages}
    dated = max(certificate.issued_on for certificate in certificates)
    return grounded(typeset("certificate", payload, dated=dated, pictures=pictures))


def _page(certificate: CertificateData, qr_name: str, photo_name: str | None) -> dict[str, str | None]:
    return {
        "serial": certificate.serial,
        "name": certificate.name,
        "id_number_masked": certificate.id_number_masked,
        "course_title": certificate.course_title,
        "kind_words": certificate.kind_words,
        "provider": certificate.provider,
        "from_on": day(certificate.from_on),
        "to_on": day(certificate.to_on),
        "class_hours": hours(certificate.class_hours),
        "issuer": certificate.issuer,
        "issued_on": day(certificate.issued_on),
        "check_code": certificate.check_code,
        "title": certificate.title,
        "title_english": certificate.title_english,
        "qr": qr_name,
        "photo": photo_name,
    }


def _refuse_bad_fields(certificates: Sequence[CertificateData]) -> None:
    if not certificates:
        raise FieldRefused("没有可打印的证书：名单为空。")
    problems = []
    for number, certificate in enumerate(certificates, start=1):
        blank = [label for label, value, _ in _fields(certificate) if not value.strip()]
        if blank:
            problems.append(f"第 {number} 张证书缺少：{'、'.join(blank)}")
        long = [f"{label}（{len(v)} 字，最多 {most} 字）" for label, v, most in _fields(certificate) if len(v) > most]
        if long:
            problems.append(f"第 {number} 张证书的内容过长，一页放不下：{'、'.join(long)}")
        if certificate.to_on < certificate.from_on:
            problems.append(f"第 {number} 张证书的结业日期早于开班日期")
        if certificate.class_hours <= 0:
            problems.append(f"第 {number} 张证书的课时不是正数")
    if problems:
        raise FieldRefused("；".join(problems) + "。证书未生成，请补正后重新出证。")
    refuse_full_identity_numbers((c.id_number_masked for c in certificates), "证书")


def _fields(certificate: CertificateData) -> list[tuple[str, str, int]]:
    """(label, value, most characters that one page holds) of every field that must not be empty."""
    return [
        ("证书编号", certificate.serial, 40),
        ("姓名", certificate.name, 40),
        ("公民身份号码", certificate.id_number_masked, 24),
        ("培训项目", certificate.course_title, 80),
        ("培训机构", certificate.provider, 60),
        ("发证单位", certificate.issuer, 60),
        ("核验地址", certificate.verify_url, 300),
        ("核验码", certificate.check_code, 40),
        ("证书名称", certificate.title, 30),
    ]
