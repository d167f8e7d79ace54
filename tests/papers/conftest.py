"""Samples for the papers. The fonts must be there (./test installs them): a missing font fails, it never skips."""

import io
from datetime import date

import pytest
from pypdf import PdfReader

from peibu.papers.certificates import CertificateData


@pytest.fixture
def a_certificate():
    """Makes a certificate; name any field to change it."""

    def make(**changes):
        facts = {
            "serial": "鲁培证字〔2020〕第000001号",
            "name": "钱磊㛃",
            "id_number_masked": "3715**********4422",
            "course_title": "工业互联网职业技能提升（智能制造方向）",
            "provider": "青岛示例职业技术学院",
            "from_on": date(2020, 10, 12),
            "to_on": date(2020, 10, 23),
            "class_hours": 40,
            "issuer": "青岛市某某区人力资源和社会保障局",
            "issued_on": date(2020, 11, 6),
            "verify_url": "https://peibu.example.cn/zs/000001-9604575CA94CB87F",
            "check_code": "9604 575C A94C B87F",
        }
        return CertificateData(**(facts | changes))

    return make


@pytest.fixture
def pages_of():
    """Text of each page, without white space, as another program reads it."""

    def read(pdf: bytes) -> list[str]:
        return ["".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages]

    return read
