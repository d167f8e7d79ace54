"""Documents and photos: judged by content, pictures encoded anew, active PDFs refused, copies recognised."""

import hashlib
import io
import random
import zipfile
import zlib

import pytest
from PIL import Image, ImageDraw, ImageOps, PngImagePlugin

from peibu.intake import Limits, hash_distance, inspect_upload
from tests.intake.files import HEAD, case_id, person, xls, xlsx


def scene(seed=1, size=(800, 600)):
    """A drawing with enough structure for a perceptual hash."""
    draw_from = random.Random(seed)
    picture = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(picture)
    for _ in range(60):
        x, y = draw_from.randrange(size[0]), draw_from.randrange(size[1])
        colour = tuple(draw_from.randrange(256) for _ in range(3))
        draw.ellipse((x, y, x + draw_from.randrange(20, 200), y + draw_from.randrange(20, 200)), fill=colour)
    return picture


def saved(picture, kind="JPEG", **options):
    sink = io.BytesIO()
    picture.save(sink, kind, **options)
    return sink.getvalue()


def with_exif(orientation=6, taken="2020:03:02 10:11:12"):
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010E] = "秘密说明secret".encode()
    exif.get_ifd(0x8769)[0x9003] = taken
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (36.0, 4.0, 1.0)
    return saved(scene(), exif=exif.tobytes(), quality=92)


def codes(verdict):
    return [problem.code for problem in verdict.problems]


def test_a_photo_keeps_its_pixels_and_loses_everything_else():
    original = with_exif() + b"<script>alert(1)</script>PK\x03\x04"
    verdict = inspect_upload("照片.jpg", original)
    assert codes(verdict) == []
    assert (verdict.kind, verdict.sha256, verdict.size) == ("jpg", hashlib.sha256(original).hexdigest(), len(original))
    assert b"secret" in original
    assert not any(trace in verdict.content for trace in (b"secret", b"Exif", b"script", b"2020:03"))
    again = Image.open(io.BytesIO(verdict.content))
    assert (again.size, dict(again.getexif())) == ((600, 800), {})
    assert verdict.facts["taken_at"] == "2020-03-02T10:11:12"
    assert verdict.facts["had_position"] is True
    assert verdict.stored_sha256 == hashlib.sha256(verdict.content).hexdigest() != verdict.sha256


def test_a_png_keeps_transparency_but_no_text():
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Comment", "secret")
    verdict = inspect_upload("章.png", saved(scene().convert("RGBA"), "PNG", pnginfo=notes))
    assert verdict.ok
    again = Image.open(io.BytesIO(verdict.content))
    assert (again.mode, again.info, verdict.facts["taken_at"]) == ("RGBA", {}, "")


def test_nonsense_in_exif_is_no_fact():
    assert inspect_upload("x.jpg", with_exif(taken="2020:13:40 99:00:00")).facts["taken_at"] == ""


def test_copies_are_recognised_and_other_pictures_are_not():
    first = inspect_upload("a.jpg", saved(scene(1))).facts
    copy = inspect_upload("b.jpg", saved(scene(1).resize((500, 375)), quality=60)).facts
    mirrored = inspect_upload("c.jpg", saved(ImageOps.mirror(scene(1)))).facts
    other = inspect_upload("d.jpg", saved(scene(2))).facts
    stamped = scene(1)
    ImageDraw.Draw(stamped).rectangle((0, 545, 800, 600), fill="black")
    strip = inspect_upload("e.jpg", saved(stamped)).facts
    assert len(first["hash"]) == 64
    assert hash_distance(first["hash"], copy["hash"]) <= 31
    assert hash_distance(first["hash_mirrored"], mirrored["hash"]) <= 31
    assert hash_distance(first["hash_without_strip"], strip["hash_without_strip"]) <= 31
    assert hash_distance(first["hash"], other["hash"]) > 65
    assert hash_distance(first["hash"], mirrored["hash"]) > 65


def test_large_photos_are_made_smaller_and_pixel_bombs_refused():
    large = inspect_upload("x.jpg", saved(Image.new("RGB", (9000, 6000))))
    assert codes(large) == []
    assert max(large.facts["width"], large.facts["height"]) <= 4096
    bomb = saved(Image.new("1", (30_000, 30_000)), "PNG")
    assert len(bomb) < 200_000
    assert codes(inspect_upload("x.png", bomb)) == ["picture_pixels"]
    assert codes(inspect_upload("x.jpg", saved(scene()), limits=Limits(pixels=100))) == ["picture_pixels"]


@pytest.mark.parametrize("cut", [10, 100, 2000])
def test_truncated_pictures_are_refused(cut):
    assert codes(inspect_upload("x.jpg", saved(scene())[:cut])) == ["picture_broken"]
    assert codes(inspect_upload("x.png", saved(scene(), "PNG")[:cut])) == ["picture_broken"]


def pdf(body=b"", tail=b""):
    return b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\n2 0 obj<</Type /Page>>endobj\n" + body + b"\n%%EOF\n" + tail


def packed(text):
    return b"3 0 obj<</Type/ObjStm/Filter/FlateDecode>>stream\n" + zlib.compress(text) + b"\nendstream endobj"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (pdf(b"<</S/JavaScript/JS(app.alert)>>"), "pdf_active"),
        (pdf(b"<</S/J#61vaScript>>"), "pdf_active"),
        (pdf(b"<</S/Launch/F(cmd.exe)>>"), "pdf_active"),
        (pdf(b"<</EmbeddedFiles 4 0 R>>"), "pdf_active"),
        (pdf(packed(b"<</S/JavaScript>>")), "pdf_active"),
        (pdf(packed(b"A" * (60 << 20))), "pdf_bomb"),
        (pdf(b"3 0 obj<</Type/ObjStm>>stream\nnot packed\nendstream"), "pdf_broken"),
        (pdf(b"<</Encrypt 5 0 R>>"), "pdf_encrypted"),
        (pdf(tail=b"PK\x05\x06" + b"\0" * 18), "pdf_polyglot"),
        (pdf()[:-8], "pdf_broken"),
        (b"x" + pdf(), "file_csv"),
    ],
    ids=case_id,
)
def test_pdfs_that_act_hide_or_break_are_refused(content, code):
    assert codes(inspect_upload("证明.pdf", content)) == [code]


@pytest.mark.parametrize(
    "content",
    [
        pdf(),
        pdf(packed(b"<</Type/Font/BaseFont/JSong>>")),
        pdf(b"3 0 obj<<>>stream\n(/JavaScript is only text here)\nendstream"),
    ],
    ids=case_id,
)
def test_harmless_pdfs_are_kept_byte_for_byte(content):
    verdict = inspect_upload("证明.pdf", content)
    assert codes(verdict) == []
    assert verdict.content == content
    assert verdict.facts == {"pages": 1}


def zipped(name, data):
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return sink.getvalue()


def test_workbooks_and_archives_are_counted_too():
    rows = [HEAD, person(1)]
    assert inspect_upload("x.xlsx", xlsx(rows)).ok
    assert inspect_upload("x.xls", xls(rows), allow=("xls",)).ok
    assert inspect_upload("x.csv", "姓名\r\n".encode(), allow=("csv",)).ok
    assert inspect_upload("x.zip", zipped("a.pdf", pdf())).facts["members"] == ["a.pdf"]
    assert codes(inspect_upload("x.zip", zipped("a.zip", zipped("b", b"")))) == ["zip_nested"]
    assert codes(inspect_upload("x.zip", zipped("a", b"\0" * (60 << 20)))) == ["zip_bomb"]


def test_what_is_not_allowed_or_too_large_is_refused_and_nothing_is_kept():
    for verdict in (
        inspect_upload("x.jpg", saved(scene()), allow=("pdf",)),
        inspect_upload("x.gif", b"GIF89a", allow=("gif",)),
        inspect_upload("x.jpg", saved(scene()), limits=Limits(file_bytes=10)),
    ):
        assert len(verdict.problems) == 1
        assert (verdict.ok, verdict.content, verdict.stored_sha256) == (False, b"", "")
