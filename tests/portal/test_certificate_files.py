"""Certificates as files over HTTP: the zip, the credential, the verdict on a dropped file."""

import io
import json
import zipfile

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from openbadgeslib.ob3.verifier import OB3VerificationError, OB3Verifier

from peibu.papers.badges import MEDIA_TYPE
from peibu.training.actions.certificates import revoke_certificate
from peibu.training.models import Certificate
from peibu.training.queries.sealed_files import files_of, judge_file
from tests.city import at
from tests.portal.test_exam_pages import issue, stranger, text_of
from tests.training.exam_world import build, trainee
from tests.training.sealing import sign_everything

LATER = at("2020-11-02 10:00")
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_keys(settings, tmp_path):
    cache.clear()
    settings.SEAL = {**settings.SEAL, "kind": "test", "folder": tmp_path / "seal", "password": "geheim"}
    settings.BASE_URL = "https://peibu.example.cn"


@pytest.fixture
def world(city):
    return build(city)


@pytest.fixture
def batch(world):
    made = issue(world)
    made.refresh_from_db()
    sign_everything()
    return made


def drop(client, content: bytes, name: str = "证书.pdf", **extra):
    file = SimpleUploadedFile(name, content, content_type="application/pdf")
    return client.post("/verify/file/", {"file": file}, **extra)


def content(file) -> bytes:
    with file.document.file.open("rb") as opened:
        return opened.read()


def test_a_dropped_file_gets_one_of_four_verdicts(batch, client, world):
    first = files_of(batch)[0]
    genuine = content(first)
    told = text_of(drop(client, genuine))
    assert "文件是原件" in told
    assert first.certificate.serial in told
    assert first.signer in told
    assert "王一" not in told  # strangers see part of the name only
    assert "文件被改动过" in text_of(drop(client, genuine + b"\n%"))
    assert "不能确认" in text_of(drop(client, b"%PDF-1.4 something"))
    revoke_certificate(certificate=first.certificate, reason="替考", by=world.approver, at=LATER)
    assert "证书已作废" in text_of(drop(client, genuine))


def test_what_is_no_pdf_is_named_and_nothing_is_kept(batch, client):
    from peibu.casework.models import Document

    kept = Document.objects.count()
    for bad in (b"\x89PNG....", b"PK\x03\x04"):
        answer = drop(client, bad)
        assert (answer.status_code, "这不是 PDF 文件" in text_of(answer)) == (422, True)
    assert client.post("/verify/file/").status_code == 422
    assert client.get("/verify/file/").status_code == 302
    drop(client, content(files_of(batch)[0]))
    assert Document.objects.count() == kept


def test_file_checks_are_limited_per_address(batch, client, monkeypatch):
    monkeypatch.setattr("peibu.portal.views.verify.FILES", 3)
    for _time in range(3):
        assert drop(client, b"%PDF-1.4").status_code == 200
    assert drop(client, b"%PDF-1.4").status_code == 429
    assert drop(client, b"%PDF-1.4", REMOTE_ADDR="10.1.1.1").status_code == 200


def test_the_zip_of_a_batch_holds_every_file_under_number_and_name(batch, world, visit):
    here = f"/certificates/files/{batch.pk}.zip"
    package = zipfile.ZipFile(io.BytesIO(visit(world.provider).get(here).getvalue()))
    assert package.namelist()[0].endswith("-000001 王一.pdf")
    assert len(package.namelist()) == 4
    assert all(judge_file(package.read(name)).state == "genuine" for name in package.namelist())
    holder = trainee(Certificate.objects.first().enrolment)
    assert visit(holder).get(here).status_code == 404
    assert visit(world.approver).get(here).status_code == 200


def test_a_credential_is_for_whom_it_concerns(batch, world, visit, city):
    first = batch.certificates.first()
    here = f"/certificates/{first.pk}.jwt"
    answer = visit(trainee(first.enrolment)).get(here)
    assert (answer.status_code, answer["Content-Type"]) == (200, MEDIA_TYPE)
    assert visit(stranger(city, "provider", without=world.provider.unit)).get(here).status_code == 404
    assert first.enrolment.person.id_number not in answer.content.decode()


def test_an_independent_validator_accepts_it_until_it_is_revoked(batch, world, visit, client):
    """openbadgeslib resolves did:web, checks key, signature, structure and status list, all from what we publish."""
    first, second = batch.certificates.order_by("serial_no")[:2]
    holder = visit(trainee(first.enrolment))
    token = holder.get(f"/certificates/{first.pk}.jwt").content.decode()

    def download(url: str) -> bytes:
        assert url.startswith("https://peibu.example.cn/")
        answer = client.get(url.removeprefix("https://peibu.example.cn"))
        assert answer.status_code == 200, url
        return answer.content

    code = batch.case.agency.division.desk.number_code
    verifier = OB3Verifier.for_issuer_did(f"did:web:peibu.example.cn:issuers:{code}", download=download)
    told = verifier.verify(token, check_status=True, download=download)
    assert (told.issuer.name, told.achievement.name) == (batch.case.agency.name, "山东省职业技能培训合格证书")
    head, body, signature = token.split(".")
    for broken in (f"{head}.{body[:-2]}AA.{signature}", f"{head}.{body}.{signature[:-4]}AAAA"):
        with pytest.raises(OB3VerificationError):
            verifier.verify(broken)
    revoke_certificate(certificate=first, reason="替考", by=world.approver, at=LATER)
    with pytest.raises(OB3VerificationError, match="revocation"):
        verifier.verify(token, check_status=True, download=download)
    other = visit(trainee(second.enrolment)).get(f"/certificates/{second.pk}.jwt").content.decode()
    verifier.verify(other, check_status=True, download=download)


def test_the_published_key_is_public_only(batch, client):
    code = batch.case.agency.division.desk.number_code
    document = json.loads(client.get(f"/issuers/{code}/did.json").content)
    key = document["verificationMethod"][0]["publicKeyJwk"]
    assert set(key) == {"kty", "n", "e", "alg", "use", "kid"} - ({"kid"} - set(key))
    assert client.get("/issuers/000001/did.json").status_code == 404
