"""Bank files: writer, reader and the demo bank agree byte by byte; damaged files are refused with every problem."""

import contextlib
import datetime as dt
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peibu.gateways.bank import (
    FORMATS,
    BankFileRefused,
    BatchFile,
    PayLine,
    format_named,
    read_batch,
    read_reply,
    write_batch,
)
from peibu.gateways.bank.fake import FakeBank
from peibu.gateways.bank.formats import CONTAINERS

DAY = dt.date(2020, 11, 24)
KEYS = ["a" * 64, "b" * 64, "c" * 64]
NAMES = ["青岛㛃䶮科技有限公司", "𠮷田·工业互联网", "普通公司"]


def batch(fens=(200000, 1, 199999)):
    lines = [
        PayLine(i, f"622848000000{i:04d}", name, "演示银行", fen, "补贴", key)
        for i, (name, fen, key) in enumerate(zip(NAMES, fens, KEYS, strict=True), start=1)
    ]
    return BatchFile("ZF2020-370211-0001", DAY, tuple(lines))


both = pytest.mark.parametrize("code", sorted(CONTAINERS))


def test_text_batch_is_these_bytes():
    rows = [
        "H|1|ZF2020-370211-0001|20201124|3|4000.00|CNY",
        f"1|6228480000000001|青岛㛃䶮科技有限公司|演示银行|2000.00|补贴|{KEYS[0]}",
        f"2|6228480000000002|𠮷田·工业互联网|演示银行|0.01|补贴|{KEYS[1]}",
        f"3|6228480000000003|普通公司|演示银行|1999.99|补贴|{KEYS[2]}",
    ]
    body = "".join(row + "\r\n" for row in rows).encode("gb18030")
    expected = body + f"T|{hashlib.sha256(body).hexdigest()}\r\n".encode("gb18030")
    assert write_batch("generic_txt", batch()) == expected


@both
def test_reader_reads_what_writer_wrote_and_the_same_batch_gives_the_same_bytes(code):
    content = write_batch(code, batch())
    assert read_batch(code, content) == batch()
    assert write_batch(code, batch()) == content


@both
def test_demo_bank_answers_every_order_with_the_names_unchanged(code):
    bank = FakeBank()
    content = write_batch(code, batch())
    reply = read_reply(code, bank.answer(code, content, on=DAY, returns={KEYS[1]: "1003"}))
    assert [line.name for line in reply.lines] == NAMES
    assert [line.meaning.value for line in reply.lines] == ["paid", "returned", "paid"]
    assert reply.lines[1].words == "账户已销户"
    assert {key: fen for key, (fen, _ref) in bank.paid.items()} == {KEYS[0]: 200000, KEYS[2]: 199999}


@both
def test_demo_bank_pays_a_key_once_when_the_file_is_sent_twice(code):
    bank = FakeBank()
    content = write_batch(code, batch())
    first = bank.answer(code, content, on=DAY)
    paid = dict(bank.paid)
    assert bank.answer(code, content, on=DAY) == first
    assert bank.paid == paid


@both
def test_demo_bank_loses_repeats_and_reorders_lines(code):
    bank = FakeBank()
    content = write_batch(code, batch())
    told = bank.answer(code, content, on=DAY, lose={KEYS[0]}, repeat={KEYS[2]}, shuffle=3)
    keys = [line.key for line in read_reply(code, told).lines]
    assert sorted(keys) == [KEYS[1], KEYS[2], KEYS[2]]
    assert KEYS[0] in bank.paid


def test_every_problem_of_a_damaged_reply_is_told_at_once():
    content = FakeBank().answer("generic_txt", write_batch("generic_txt", batch()), on=DAY)
    text = content.decode("gb18030")
    broken = (
        text.replace("|2000.00|", "|2000|", 1).replace("|0000|", "|7777|", 1).replace("20201124|\r", "20201324|\r")
    )
    with pytest.raises(BankFileRefused) as refused:
        read_reply("generic_txt", broken.encode("gb18030"))
    found = {(p.row, p.column) for p in refused.value.problems}
    assert {(2, "金额"), (2, "状态码"), (3, "到账日期"), (4, "到账日期")} <= found
    assert any("校验值不符" in p.what for p in refused.value.problems)
    assert read_reply("generic_txt", content).lines  # the undamaged file is read


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "空"),
        (b"\xff\xff\xff", "GB18030"),
        ("随便写的".encode("gb18030"), "首行"),
        (b"R|1|x|20201124|0\r\n", "首行"),
        (b"PK\x03\x04nonsense", "首行"),
    ],
    ids=["empty", "coding", "text", "short", "zip"],
)
def test_what_is_no_reply_is_refused_in_a_sentence(content, said):
    with pytest.raises(BankFileRefused, match=said):
        read_reply("generic_txt", content)


def test_what_is_no_workbook_is_refused_in_a_sentence():
    with pytest.raises(BankFileRefused, match="不是Excel文件"):
        read_reply("generic_xlsx", b"PK\x03\x04nonsense")


def test_a_changed_digit_is_seen_by_the_checksum():
    content = FakeBank().answer("generic_txt", write_batch("generic_txt", batch()), on=DAY)
    with pytest.raises(BankFileRefused) as refused:
        read_reply("generic_txt", content.replace(b"1999.99", b"1999.98"))
    assert [p.what for p in refused.value.problems] == ["校验值不符"]


def test_a_field_the_format_cannot_carry_is_named_before_anything_is_written():
    bad = BatchFile("ZF1", DAY, (PayLine(1, "622848000000", "甲|乙", "演示银行\n", 1, "补贴", KEYS[0]),))
    with pytest.raises(BankFileRefused) as refused:
        write_batch("generic_txt", bad)
    assert [(p.row, p.column) for p in refused.value.problems] == [(2, "收款户名"), (2, "开户银行")]


def test_an_unknown_format_is_refused_with_the_known_ones():
    with pytest.raises(BankFileRefused) as refused:
        format_named("icbc")
    assert "generic_txt" in refused.value.problems[0].why


@given(
    st.binary(max_size=300)
    | st.text(max_size=200).map(lambda t: ("R|1|x|20201124|1\n" + t).encode("gb18030", "ignore"))
)
def test_no_bytes_crash_the_reader(content):
    for code in FORMATS:
        with contextlib.suppress(BankFileRefused):
            read_reply(code, content)
