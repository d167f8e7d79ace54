"""Signed once, kept, and told apart: genuine, altered, revoked, unknown."""

import io
import shutil
import subprocess

import pytest
from django.db import IntegrityError, transaction
from procrastinate.contrib.django.models import ProcrastinateJob
from pyhanko.pdf_utils.generic import pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pypdf import PdfWriter

from peibu.casework.actions import move_case
from peibu.casework.models import Progress
from peibu.gateways.seal import SealUnavailable
from peibu.kernel.errors import Refused
from peibu.papers import press
from peibu.training.actions import sealed_files
from peibu.training.actions.certificates import report_passed, revoke_certificate
from peibu.training.actions.sealed_files import seal_batch
from peibu.training.certificate_tasks import certificate_book
from peibu.training.models import CertificateBatch, SealedFile
from peibu.training.queries.sealed_files import FileState, file_of, files_of, judge_file
from tests.city import at
from tests.training.dying import die
from tests.training.exam_world import build
from tests.training.sealing import sign_everything

REPORTED, ISSUED = at("2020-10-26 10:00"), at("2020-10-28 10:00")
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_keys(settings, tmp_path):
    settings.SEAL = {**settings.SEAL, "kind": "test", "folder": tmp_path / "seal", "password": "geheim"}


@pytest.fixture
def world(city):
    return build(city)


def issued(world):
    world.seal()
    batch = report_passed(cohort=world.cohort, by=world.provider, at=REPORTED)
    move_case(case=batch.case, move="issue", by=world.approver, at=ISSUED)
    return CertificateBatch.objects.select_related("case__agency", "cohort", "division").get(pk=batch.pk)


def signed(world):
    batch = issued(world)
    sign_everything()
    return batch


def content(file) -> bytes:
    with file.document.file.open("rb") as opened:
        return opened.read()


def test_every_certificate_and_the_batch_get_a_signed_file(world):
    batch = signed(world)
    rows = list(files_of(batch))
    assert [row.certificate.serial_no for row in rows] == [1, 2, 3, 4]
    assert SealedFile.objects.get(batch=batch, certificate=None).document.facts["what"] == "certificate_book"
    agency = batch.case.agency.name
    assert {row.signer for row in SealedFile.objects.all()} == {f"{agency}（测试）"}
    assert len({row.sha256 for row in SealedFile.objects.all()}) == 5
    assert rows[0].document.facts["fonts"]  # which fonts drew it


def test_a_genuine_file_is_told_by_hash_and_signature(world):
    first = files_of(signed(world))[0]
    verdict = judge_file(content(first))
    assert (verdict.state, verdict.file.pk, verdict.seal.valid) == (FileState.GENUINE, first.pk, True)
    assert verdict.seal.signer == first.signer


def test_pdfsig_agrees(world, tmp_path):
    """A second program, not ours and not pyHanko: pdfsig of poppler."""
    if shutil.which("pdfsig") is None:
        pytest.skip("pdfsig（poppler-utils）不在这台机器上")
    path = tmp_path / "certificate.pdf"
    genuine = content(files_of(signed(world))[0])
    path.write_bytes(genuine)
    told = subprocess.run(["pdfsig", str(path)], capture_output=True, text=True, check=False).stdout
    assert "Signature is Valid" in told
    assert "ETSI.CAdES.detached" in told
    assert "Total document signed" in told
    path.write_bytes(flipped(genuine, len(genuine) // 3))
    told = subprocess.run(["pdfsig", str(path)], capture_output=True, text=True, check=False).stdout
    assert "Signature is Valid" not in told  # negative control


def flipped(content: bytes, at_: int) -> bytes:
    changed = bytearray(content)
    changed[at_] ^= 1
    return bytes(changed)


def test_no_change_of_a_byte_is_called_genuine(world):
    genuine = content(files_of(signed(world))[0])
    states = [judge_file(flipped(genuine, place)).state for place in range(50, len(genuine), len(genuine) // 40)]
    assert FileState.ALTERED in states
    assert set(states) <= {FileState.ALTERED, FileState.UNKNOWN}


def test_what_is_added_or_saved_anew_is_no_original(world):
    genuine = content(files_of(signed(world))[0])
    assert judge_file(genuine + b"\n%more").state == FileState.ALTERED
    added = IncrementalPdfFileWriter(io.BytesIO(genuine))  # a shadow edit: the signed bytes stay as they are
    added.root["/Lang"] = pdf_string("zh")
    added.update_root()
    out = io.BytesIO()
    added.write(out)
    assert out.getvalue().startswith(genuine)
    assert judge_file(out.getvalue()).state == FileState.ALTERED
    copy, saved = PdfWriter(), io.BytesIO()
    copy.append(io.BytesIO(genuine))
    copy.write(saved)
    assert judge_file(saved.getvalue()).state in (FileState.ALTERED, FileState.UNKNOWN)


def test_a_stranger_s_file_is_unknown(world):
    signed(world)
    for stranger in (b"%PDF-1.4 nothing", b"", b"%PDF-1.7\n" + b"\0" * 5000):
        assert judge_file(stranger).state == FileState.UNKNOWN


def test_another_authority_s_signature_is_never_genuine(world, settings, tmp_path):
    genuine = content(files_of(signed(world))[0])
    settings.SEAL = {**settings.SEAL, "folder": tmp_path / "elsewhere"}
    verdict = judge_file(genuine)  # the hash is known, the root is not: unknown never passes
    assert verdict.state == FileState.UNKNOWN
    assert verdict.file is not None


def test_a_revoked_certificate_s_file_says_so_and_the_book_names_it(world):
    batch = signed(world)
    first, book = files_of(batch)[0], SealedFile.objects.get(batch=batch, certificate=None)
    assert judge_file(content(first)).state == FileState.GENUINE
    revoke_certificate(certificate=first.certificate, reason="替考", by=world.approver, at=ISSUED)
    assert judge_file(content(first)).state == FileState.REVOKED
    verdict = judge_file(content(book))
    assert (verdict.state, verdict.revoked) == (FileState.GENUINE, (first.certificate.serial,))
    assert judge_file(content(files_of(batch)[1])).state == FileState.GENUINE


def test_a_stopped_job_goes_on_and_makes_nothing_twice(world, monkeypatch):
    batch = issued(world)
    real, calls = press.certificate_pdf, []

    def dies_at_the_third(data):
        calls.append(data.serial)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return real(data)

    monkeypatch.setattr(press, "certificate_pdf", dies_at_the_third)
    with pytest.raises(KeyboardInterrupt):
        seal_batch(batch=batch, by=world.provider, at=ISSUED)
    before = dict(SealedFile.objects.values_list("sha256", "document_id"))
    assert len(before) == 2
    sign_everything()
    sign_everything()
    after = dict(SealedFile.objects.values_list("sha256", "document_id"))
    assert len(after) == 5
    assert before.items() <= after.items()


def test_without_a_seal_nothing_is_signed_and_the_bar_says_what_to_do(world, settings):
    settings.SEAL = {**settings.SEAL, "kind": ""}
    batch = issued(world)
    with pytest.raises(SealUnavailable, match="PEIBU_SEAL"):
        seal_batch(batch=batch, by=world.provider, at=ISSUED)
    job = ProcrastinateJob.objects.get(task_name="training.certificate_book")
    certificate_book(**job.args)
    assert "PEIBU_SEAL" in Progress.objects.get(pk=job.args["progress"]).problem
    assert file_of(batch.certificates.first()) is None


def test_a_helper_that_is_ended_from_outside_ends_the_bar_and_the_next_run_makes_what_is_missing(world, monkeypatch):
    batch = issued(world)
    monkeypatch.setattr(press, "FEW", 0)
    with monkeypatch.context() as broken:
        broken.setattr(press, "certificate_pdf", die)
        sign_everything()
    bar = Progress.objects.get(pk=ProcrastinateJob.objects.get(task_name="training.certificate_book").args["progress"])
    assert bar.finished
    assert "被系统中止" in bar.problem
    assert not bar.result_url
    sign_everything()
    bar.refresh_from_db()
    assert bar.result_url
    assert not bar.problem
    assert len(files_of(batch)) == batch.certificates.count()


def test_a_key_file_is_used_as_it_is_and_a_wrong_password_is_told(world, settings, tmp_path):
    batch = signed(world)
    settings.SEAL = {**settings.SEAL, "kind": "pkcs12"}
    code = batch.case.agency.division.desk.number_code
    assert sealed_files.signer_of(batch.case.agency).signing_cert is not None
    settings.SEAL = {**settings.SEAL, "password": "falsch"}
    with pytest.raises(SealUnavailable, match=f"{code}.p12 打不开"):
        sealed_files.signer_of(batch.case.agency)
    settings.SEAL = {**settings.SEAL, "folder": tmp_path}
    with pytest.raises(SealUnavailable, match="没有找到"):
        sealed_files.signer_of(batch.case.agency)


def test_the_database_keeps_the_register_true(world):
    batch = signed(world)
    first = files_of(batch)[0]
    loose = world.exam.sample  # a kept document of something else
    row = {"document": loose, "batch": batch, "signer": "x", "fingerprint": "0" * 64, "sealed_at": ISSUED}
    with pytest.raises(IntegrityError, match="a_sealed_file_is_the_kept_file"), transaction.atomic():
        SealedFile.objects.create(**row, sha256=loose.sha256)
    with pytest.raises(IntegrityError, match="a_sealed_file_is_the_kept_file"), transaction.atomic():
        SealedFile.objects.create(**{**row, "document": first.document}, sha256="0" * 64)
    with pytest.raises(Exception, match="append_only"), transaction.atomic():
        SealedFile.objects.update(signer="y")


def test_a_name_the_font_cannot_draw_stops_the_list_before_numbers_are_given(world):
    person = world.people[0].person
    person.name = "王𡋾"
    person.save()
    world.seal()
    with pytest.raises(Refused, match=r"王𡋾：“𡋾”（U\+212FE）"):
        report_passed(cohort=world.cohort, by=world.provider, at=REPORTED)
    failed = world.people[2].person  # did not pass: gets no certificate, stops nobody
    person.name, failed.name = "王㛃", "李𡋾"
    person.save()
    failed.save()
    assert report_passed(cohort=world.cohort, by=world.provider, at=REPORTED).case.state == "reported"
