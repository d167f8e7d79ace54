"""Bombs, traps and disguises are refused in a sentence; the parent neither dies nor grows."""

import io
import os
import random
import re
import resource
import struct
import subprocess
import time
import zipfile

import pytest

from peibu.intake import Column, Limits, TableSpec, inspect_upload, read_table
from peibu.intake.kinds import sniff
from peibu.intake.sandbox import run_confined
from peibu.kernel.errors import Refused
from tests.intake.files import HEAD, SHEET, SPEC, TODAY, case_id, person, sheet_xml, with_member, xls, xlsx

GOOD = xlsx([HEAD, person(1)])
ENTITIES = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


def refusal(content, name="名单.xlsx", **limits):
    """Code of the single problem; the parent must not have grown by reading the file."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    result = read_table(name, content, SPEC, Limits(**limits), on=TODAY)
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert after - before < 256 * 1024
    assert len(result.problems) == 1
    assert re.search("[\u4e00-\u9fff]", result.problems[0].sentence())
    assert result.problems[0].todo
    assert result.rows == []
    return result.problems[0].code


def many_members(count):
    sink = io.BytesIO(GOOD)
    with zipfile.ZipFile(sink, "a") as archive:
        for number in range(count):
            archive.writestr(f"xl/media/{number}.bin", b"")
    return sink.getvalue()


def added(info, data=b"x"):
    sink = io.BytesIO(GOOD)
    with zipfile.ZipFile(sink, "a") as archive:
        archive.writestr(info, data)
    return sink.getvalue()


def link():
    info = zipfile.ZipInfo("xl/link")
    info.external_attr = 0o120777 << 16
    return info


def one_cell(reference):
    return sheet_xml(f'<row r="1"><c r="{reference}" t="inlineStr"><is><t>x</t></is></c></row>')


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (with_member(GOOD, SHEET, one_cell("XFD1048576")), "too_many_columns"),
        (with_member(GOOD, SHEET, one_cell("A1048576")), "too_many_rows"),
        (with_member(GOOD, SHEET, sheet_xml("", ENTITIES)), "xml_doctype"),
        (with_member(GOOD, SHEET, sheet_xml("", OUTSIDE)), "xml_doctype"),
        (with_member(GOOD, SHEET, sheet_xml("", ENTITIES).decode().encode("utf-16")), "xml_doctype"),
        (with_member(GOOD, SHEET, sheet_xml("", " " * 5000 + ENTITIES)), "xml_doctype"),
        (with_member(GOOD, SHEET, sheet_xml("<row><c></row>")), "xml_broken"),
        (many_members(1200), "zip_members"),
        (added(link()), "zip_link"),
        (added("../../etc/cron.d/x"), "zip_path"),
        (added("/etc/x"), "zip_path"),
        (added("xl/embeddings/a.zip", GOOD), "zip_nested"),
        (added("xl/embeddings/a.exe", b"MZ\0"), "zip_nested"),
        (added("xl/vbaProject.bin"), "file_macro"),
        (GOOD[: len(GOOD) // 2], "file_broken_zip"),
        (xls([HEAD, person(1)])[:2000], "file_ole"),
    ],
    ids=case_id,
)
def test_hostile_workbooks_are_refused_by_their_trick(content, code):
    assert refusal(content) == code


def test_the_same_workbook_without_a_trick_is_read():
    for harmless in (GOOD, many_members(100), added("xl/notes.txt"), with_member(GOOD, "docProps/x.xml", b"<x/>")):
        assert read_table("x", harmless, SPEC, on=TODAY).ok


def test_a_string_of_600_mb_is_stopped_while_it_is_counted():
    bomb = with_member(GOOD, "xl/sharedStrings.xml", (b"A" * (1 << 20) for _ in range(600)))
    assert len(bomb) < 2_000_000
    before = os.times()
    assert refusal(bomb) == "zip_bomb"
    after = os.times()
    assert after.children_user + after.children_system - before.children_user - before.children_system < 5


def test_a_workbook_that_lies_about_its_sizes_is_counted_all_the_same():
    bomb = bytearray(with_member(GOOD, "xl/big.bin", (b"A" * (1 << 20) for _ in range(80))))
    for found in re.finditer(rb"PK\x01\x02", bytes(bomb)):
        if bomb[found.start() + 46 : found.start() + 56] == b"xl/big.bin":
            bomb[found.start() + 24 : found.start() + 28] = struct.pack("<I", 10)
    assert refusal(bytes(bomb)) in {"zip_bomb", "zip_broken"}


def test_memory_time_and_size_have_a_limit_that_the_parent_survives():
    many = xlsx([HEAD, *([person(1)] * 5000)])
    assert refusal(many, memory_bytes=20 << 20) == "file_too_costly"
    assert refusal(many, wall_seconds=0) == "file_too_costly"
    assert refusal(many, file_bytes=1000) == "file_size"
    assert refusal(many, answer_bytes=1000) == "file_too_costly"
    assert read_table("x", GOOD, SPEC, on=TODAY).ok


def instead(monkeypatch, *command):
    """Another program takes the child's place."""
    real = subprocess.Popen
    monkeypatch.setattr("peibu.intake.sandbox.subprocess.Popen", lambda _, **options: real(command, **options))


def test_a_child_that_never_ends_is_ended(monkeypatch):
    instead(monkeypatch, "/bin/sleep", "60")
    started = time.monotonic()
    with pytest.raises(Refused) as caught:
        run_confined("cells", GOOD, {"kind": "xlsx", "rows": 10}, Limits(wall_seconds=1))
    assert caught.value.code == "file_too_costly"
    assert time.monotonic() - started < 30


def test_a_child_that_answers_nonsense_is_refused(monkeypatch):
    instead(monkeypatch, "/bin/echo", "{nonsense")
    with pytest.raises(Refused, match="内存和时间"):
        run_confined("cells", GOOD, {"kind": "xlsx", "rows": 10})


EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"<html><table><tr><td>1", "html"),
        (b"\xef\xbb\xbf\r\n <TABLE border=1>", "html"),
        (b"<?xml version='1.0'?><Workbook xmlns='urn:schemas-microsoft-com:office:spreadsheet'>", "xml_table"),
        (b"MIME-Version: 1.0\r\n", "mhtml"),
        (b"<svg onload=alert(1)>", "svg"),
        (b"%PDF-1.4", "pdf"),
        (b"\xff\xd8\xff\xe0", "jpg"),
        (b"GIF89a", "gif"),
        (b"BM\0\0", "bmp"),
        (b"MZ\x90\0\x03", "program"),
        (b"\x7fELF", "program"),
        (b"#!/bin/sh", "program"),
        (b"Rar!\x1a\x07", "archive"),
        (b"RIFF\0\0\0\0WEBPVP8", "webp"),
        (b"\0\0\0\x18ftypheic", "heic"),
        (EICAR, "virus"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "encrypted_office"),
        (OLE + "WordDocument".encode("utf-16-le"), "doc"),
        (OLE + "_VBA_PROJECT_CUR".encode("utf-16-le"), "macro"),
        (b"\x00\x01\x02\xff\xfe", "unknown"),
    ],
    ids=case_id,
)
def test_a_disguise_is_called_by_its_name(content, kind):
    assert sniff(content) == kind
    assert refusal(content, "名单.xls") == f"file_{kind}"
    verdict = inspect_upload("证明.pdf", content, allow=("png",))
    assert [problem.code for problem in verdict.problems] == [f"file_{kind}"]


def test_text_that_begins_like_a_program_is_still_text():
    assert sniff(b"BMW,MZ\r\n") == "csv"
    assert sniff("MZ单位,姓名\r\n".encode("gb18030")) == "csv"


def test_a_grid_too_large_for_memory_kills_only_the_child():
    far = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1000000"><c r="XFD1000000"><v>1</v></c></row>'
    wide = TableSpec(title="t", columns=[Column(name="a", label="甲")], max_rows=2_000_000)
    result = read_table("x", with_member(GOOD, SHEET, sheet_xml(far)), wide, Limits(columns=16_384))
    assert [problem.code for problem in result.problems] == ["file_too_costly"]


@pytest.mark.parametrize("seed", range(8))
def test_damaged_files_give_a_sentence_or_the_right_rows(seed):
    chance = random.Random(seed)
    for original in (GOOD, xls([HEAD, person(1)])):
        damaged = bytearray(original)
        for _ in range(chance.choice([1, 5, 50])):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        cut = bytes(damaged[: chance.randrange(len(damaged))]) if chance.random() < 0.3 else bytes(damaged)
        result = read_table("x", cut, SPEC, on=TODAY)
        assert result.rows or result.problems
        assert all(problem.sentence() for problem in result.problems)
