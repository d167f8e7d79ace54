"""What makes a batch cheap changes nothing in it: the ground under the page, the reused signature, the helpers."""

import asyncio
import io
import pickle

import pikepdf
import pytest
from asn1crypto import cms
from pyhanko.sign.signers import Signer

from peibu.gateways.seal import SealSettings, seal_of, trusted_roots
from peibu.papers import steady
from peibu.papers.certificates import certificate_pdf, certificates_pdf
from peibu.papers.errors import GlyphGap
from peibu.papers.press import FEW, press
from peibu.papers.sealing import read_seal, sealed
from peibu.papers.steady import SteadySigner

PLACE = {"reason": "签发", "place": "青岛市"}


def many(a_certificate, people: int) -> list:
    return [a_certificate(serial=f"第{n:06d}号", verify_url=f"https://peibu.example.cn/{n}") for n in range(people)]


def grounds(pdf: bytes) -> list[tuple]:
    """(object number, first operators) of the ground on every page."""
    file = pikepdf.open(io.BytesIO(pdf))
    pages = [(page.Resources.XObject.PeibuGround.objgen, page.Contents[0].read_bytes()) for page in file.pages]
    assert all(page.Resources.XObject.PeibuGround.read_bytes().startswith(b"/") for page in file.pages)
    return pages


def test_the_ground_lies_under_every_page_and_stands_in_the_file_once(a_certificate):
    book = certificates_pdf(many(a_certificate, 3))
    found = grounds(book)
    assert len(found) == 3
    assert len({number for number, _drawn in found}) == 1
    assert all(drawn.startswith(b"/Artifact BMC") for _number, drawn in found)
    assert len(book) < 2 * len(certificate_pdf(a_certificate()))


def test_the_file_still_calls_itself_an_archive_s(a_certificate):
    file = pikepdf.open(io.BytesIO(certificate_pdf(a_certificate())))
    with file.open_metadata() as told:
        assert (told["pdfaid:part"], told["pdfaid:conformance"]) == ("2", "U")
    assert file.Root.OutputIntents[0].S == "/GTS_PDFA1"
    assert file.Root.MarkInfo.Marked
    assert file.check_pdf_syntax() == []


@pytest.fixture
def signer(tmp_path) -> tuple[Signer, object]:
    settings = SealSettings(kind="test", folder=tmp_path, password="geheim")
    return seal_of(settings, code="370202", name="市南区人社局"), trusted_roots(settings)


def test_every_signature_of_a_steady_signer_is_valid_for_its_own_file_only(a_certificate, signer):
    key, roots = signer
    hand = SteadySigner(key)
    files = [sealed(certificate_pdf(one), hand, **PLACE) for one in many(a_certificate, 3)]
    assert all((told := read_seal(file, roots)) is not None and told.valid for file in files)
    spoiled = bytearray(files[2])
    spoiled[200] ^= 1
    told = read_seal(bytes(spoiled), roots)  # negative control
    assert told is None or not told.valid


def test_it_says_what_the_key_itself_would_say(signer):
    """But for the signature, which differs each time with elliptic curves, both say the same."""
    key, _roots = signer
    hand = SteadySigner(key)
    digest = bytes(range(32))
    asyncio.run(hand.async_sign(bytes(32), "sha256", use_pades=True))
    made = [asyncio.run(one.async_sign(digest, "sha256", use_pades=True)) for one in (hand, key)]
    read = [cms.ContentInfo.load(one.dump())["content"] for one in made]
    mine, theirs = [one["signer_infos"][0]["signed_attrs"].native for one in read]
    assert mine == theirs
    assert [one["certificates"].native for one in read][0] == [one["certificates"].native for one in read][1]


def test_a_signature_with_more_in_it_is_never_a_model(signer, monkeypatch):
    monkeypatch.setattr(steady, "STEADY", {"content_type"})
    hand = SteadySigner(signer[0])
    for _ in range(2):
        asyncio.run(hand.async_sign(bytes(32), "sha256", use_pades=True))
    assert hand._models == {}


@pytest.mark.slow
def test_helpers_make_the_same_bytes_in_the_same_order(a_certificate):
    rows = many(a_certificate, FEW + 3)
    with press(len(rows), helpers=1) as at_work:
        book = at_work.book(rows[:2])
        made = list(at_work.singles(rows))
        assert book.result() == certificates_pdf(rows[:2])
    assert [made[n] for n in (0, 5, FEW + 2)] == [certificate_pdf(rows[n]) for n in (0, 5, FEW + 2)]
    assert len(set(made)) == len(rows)


def test_a_refusal_comes_back_from_a_helper_as_it_was(a_certificate):
    with pytest.raises(GlyphGap) as caught:
        certificate_pdf(a_certificate(name="王𡋾"))
    again = pickle.loads(pickle.dumps(caught.value))
    assert (str(again), again.gaps) == (str(caught.value), caught.value.gaps)
