import io

import pytest
from pypdf import PdfReader

from peibu.papers import fonts, typesetting
from peibu.papers.certificates import certificate_pdf
from peibu.papers.errors import FontsMissing, GlyphGap, TypesettingFailed
from peibu.papers.glyphs import missing_glyphs


def embedded_fonts(pdf: bytes) -> dict[str, bool]:
    """Name without subset tag -> whether the font program is inside the file."""
    found = {}
    for page in PdfReader(io.BytesIO(pdf)).pages:
        for font in page["/Resources"]["/Font"].get_object().values():
            inner = font.get_object()["/DescendantFonts"][0].get_object()
            name = inner["/BaseFont"].split("+")[-1].lstrip("/")
            found[name] = "/FontFile2" in inner["/FontDescriptor"].get_object()
    return found


def test_certificate_embeds_only_the_declared_fonts(a_certificate):
    found = embedded_fonts(certificate_pdf(a_certificate()))
    assert set(found) == {"NotoSerifSC-Bold", "NotoSerifSC-Regular", "NotoSansSC-Regular"}
    assert all(found.values())


def test_start_is_refused_without_font_files(monkeypatch, tmp_path, a_certificate):
    fonts.check_fonts()
    monkeypatch.setenv("PEIBU_FONT_DIR", str(tmp_path))
    with pytest.raises(FontsMissing, match=r"NotoSerifSC_400Regular\.ttf.*npm ci"):
        fonts.check_fonts()
    with pytest.raises(FontsMissing):
        certificate_pdf(a_certificate())


def test_damaged_font_file_is_noticed(monkeypatch, tmp_path):
    for path in fonts.font_files().values():
        copy = tmp_path / path.relative_to(fonts.font_dir())
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(b"not a font" if "Sans" in path.name else path.read_bytes())
    monkeypatch.setenv("PEIBU_FONT_DIR", str(tmp_path))
    with pytest.raises(FontsMissing, match="Noto Sans SC 400"):
        fonts.check_fonts()


def test_every_font_has_a_record_for_the_archive():
    records = fonts.font_records()
    assert [(r.family, r.weight) for r in records] == list(fonts.font_files())
    assert all(len(r.sha256) == 64 and r.package_version for r in records)


@pytest.mark.parametrize("family", [fonts.SERIF, fonts.SANS])
def test_rare_name_characters_are_told_apart(family):
    assert missing_glyphs("钱磊㛃李䶮·欧阳", family) == []
    assert missing_glyphs("张𡋾𡋾𪻐", family) == [("𡋾", "U+212FE"), ("𪻐", "U+2AED0")]
    assert missing_glyphs("王\ue863\t", family) == [("\ue863", "U+E863"), ("\t", "U+0009")]


def test_rare_characters_reach_the_page_as_text(a_certificate, pages_of):
    [page] = pages_of(certificate_pdf(a_certificate(name="李㛃䶮")))
    assert "李㛃䶮" in page


def test_gap_stops_the_paper_and_names_place_character_and_code(a_certificate):
    with pytest.raises(GlyphGap) as caught:
        certificate_pdf(a_certificate(name="张𡋾", provider="某\ue863学院"))
    assert [gap.codepoint for gap in caught.value.gaps] == ["U+212FE", "U+E863"]
    assert "证书第 1 项 姓名：“𡋾”（U+212FE）" in str(caught.value)


def test_typst_warning_is_a_failure(monkeypatch, a_certificate):
    certificate_pdf(a_certificate())
    real = typesetting._template

    def with_unknown_font(name):
        return b'#set text(font: "No Such Font")\nx\n' + real(name) if name == "certificate" else real(name)

    monkeypatch.setattr(typesetting, "_template", with_unknown_font)
    with pytest.raises(TypesettingFailed, match="unknown font family"):
        certificate_pdf(a_certificate())
