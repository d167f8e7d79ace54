import hashlib
import io
import pickle
import subprocess
import sys
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
import typst
from PIL import Image
from pypdf import PdfReader

from peibu.papers.certificates import TITLE, certificate_pdf, certificates_pdf
from peibu.papers.errors import FieldRefused
from peibu.papers.fonts import typst_fonts

MARKUP = '#panic("x") *b* #read("/etc/passwd") $x$ @a <b> \\ [c]'


def test_certificate_prints_every_field_on_one_landscape_page(a_certificate, pages_of):
    pdf = certificate_pdf(a_certificate(class_hours=Decimal("7.50")))
    [page] = pages_of(pdf)
    for words in (
        TITLE,
        "钱磊㛃",
        "3715**********4422",
        "青岛示例职业技术学院",
        "2020年10月12日至2020年10月23日",
        "7.5课时",
        "鲁培证字〔2020〕第000001号",
        "9604575CA94CB87F",
        "2020年11月6日",
        "电子印章位置",
    ):
        assert words in page, words
    box = PdfReader(io.BytesIO(pdf)).pages[0].mediabox
    assert (round(float(box.width) / 72 * 25.4), round(float(box.height) / 72 * 25.4)) == (297, 210)


def test_user_text_is_printed_and_never_run(a_certificate, pages_of):
    [page] = pages_of(certificate_pdf(a_certificate(name=MARKUP[:40], provider=MARKUP)))
    assert "".join(MARKUP.split()) in page
    assert "root:" not in page
    # Negative control: the very same words do act when they are markup.
    with pytest.raises(typst.TypstError, match="panicked"):
        typst.Compiler({"main.typ": MARKUP.encode()}, font_paths=typst_fonts()).compile(format="pdf")


def test_same_facts_give_the_same_bytes_in_another_process(a_certificate):
    first = certificate_pdf(a_certificate())
    assert certificate_pdf(a_certificate()) == first
    assert certificate_pdf(a_certificate(name="王晓")) != first
    script = (
        "import sys,pickle,hashlib;from peibu.papers.certificates import certificate_pdf as f;"
        "print(hashlib.sha256(f(pickle.load(sys.stdin.buffer))).hexdigest())"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], input=pickle.dumps(a_certificate()), capture_output=True, check=True
    )
    assert done.stdout.decode().strip() == hashlib.sha256(first).hexdigest()


@pytest.mark.slow
def test_five_hundred_certificates_make_one_small_file(a_certificate, pages_of):
    batch = [
        a_certificate(serial=f"第{n:06d}号", verify_url=f"https://peibu.example.cn/zs/{n}") for n in range(1, 501)
    ]
    pdf = certificates_pdf(batch)
    pages = pages_of(pdf)
    assert len(pages) == 500
    assert all(f"第{n:06d}号" in page for n, page in enumerate(pages, start=1))
    # The engraved ground is shared; drawn on every page it would come to about 95 MB.
    assert len(pdf) < 10_000_000


def test_longest_allowed_fields_stay_on_one_page(a_certificate, pages_of):
    longest = a_certificate(
        name="阿" * 40, provider="校" * 60, course_title="课" * 80, issuer="局" * 60, serial="号" * 40
    )
    [page] = pages_of(certificate_pdf(longest))
    assert "特发此证" in page
    with pytest.raises(FieldRefused, match=r"第 2 张证书的内容过长.*姓名（41 字，最多 40 字）"):
        certificates_pdf([longest, replace(longest, name="阿" * 41)])


def test_all_bad_certificates_of_a_batch_are_named_at_once(a_certificate):
    with pytest.raises(FieldRefused) as caught:
        certificates_pdf(
            [
                a_certificate(),
                a_certificate(name=" ", check_code=""),
                a_certificate(to_on=date(2020, 10, 1)),
                a_certificate(class_hours=0),
            ]
        )
    message = str(caught.value)
    assert "第 2 张证书缺少：姓名、核验码" in message
    assert "第 3 张证书的结业日期早于开班日期" in message
    assert "第 4 张证书的课时不是正数" in message
    assert "第 1 张" not in message
    with pytest.raises(FieldRefused, match="名单为空"):
        certificates_pdf([])


def test_full_identity_number_is_refused_and_not_repeated(a_certificate):
    with pytest.raises(FieldRefused) as caught:
        certificate_pdf(a_certificate(id_number_masked="11010519491231002X"))
    assert "脱敏" in str(caught.value)
    assert "1101051949" not in str(caught.value)


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_photo_is_printed(a_certificate, kind):
    sink = io.BytesIO()
    Image.new("RGB", (350, 490), "#336699").save(sink, kind)
    pdf = certificate_pdf(a_certificate(photo=sink.getvalue()))
    [image] = PdfReader(io.BytesIO(pdf)).pages[0].images
    assert image.image.size == (350, 490)
    assert PdfReader(io.BytesIO(certificate_pdf(a_certificate()))).pages[0].images.keys() == []


@pytest.mark.parametrize(
    "content",
    [b"", b"GIF89a", b"\xff\xd8\xff broken", b"<svg xmlns='http://www.w3.org/2000/svg'/>"],
    # pytest cannot name bytes while it leaves Chinese test names unescaped (pyproject.toml)
    ids=["empty", "gif", "broken jpeg", "svg"],
)
def test_anything_but_a_readable_photo_is_refused(a_certificate, content):
    with pytest.raises(FieldRefused, match="JPEG 或 PNG"):
        certificate_pdf(a_certificate(photo=content))
