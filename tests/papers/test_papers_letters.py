import io
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from pypdf import PdfReader

import peibu.papers
from peibu.papers.class_papers import (
    RosterColumn,
    RosterData,
    SignInSession,
    SignInSheetData,
    roster_pdf,
    signin_sheet_pdf,
)
from peibu.papers.commitments import CommitmentData, commitment_pdf
from peibu.papers.decision_letters import DecisionLetterData, DecisionLine, decision_letter_pdf
from peibu.papers.errors import FieldRefused
from peibu.papers.fonts import SANS, SERIF
from peibu.papers.glyphs import missing_glyphs
from peibu.papers.notices import NoticeLine, NoticeObjection, NoticeResultData, notice_result_pdf

TEMPLATES = sorted((Path(peibu.papers.__file__).parent / "templates").glob("*.typ"))
MARKUP = '#panic("x") *b* #read("/etc/passwd")'
POLICY = {"policy_title": "示例通知", "document_number": "示人社字〔2020〕97号"}
ISSUED = {
    "issuer": "某某区人力资源和社会保障局",
    "issued_on": date(2020, 11, 16),
    "contact": [("电话", "0532-00000000")],
}


@pytest.fixture
def notice():
    return NoticeResultData(
        title="补贴公示结果的公告",
        number="公示〔2020〕3号",
        subject="2020年第3批补贴名单",
        published_at_place="公示栏",
        from_on=date(2020, 11, 9),
        to_on=date(2020, 11, 13),
        working_days=5,
        lines=[
            NoticeLine(name_masked="钱*㛃", employer="甲公司", amount_fen=180_050),
            NoticeLine(name_masked="王*", employer="乙公司", amount_fen=200_000),
            NoticeLine(name_masked="李*䶮", employer="甲公司", amount_fen=200_001),
        ],
        objections=[],
        outcome="名单不作调整。",
        **POLICY,
        **ISSUED,
    )


@pytest.fixture
def letter():
    return DecisionLetterData(
        number="补审告〔2020〕118号",
        recipient="甲公司",
        application_number="SL-118",
        accepted_on=date(2020, 11, 2),
        lines=[
            DecisionLine(
                name_masked="钱*㛃", decision="予以补贴", amount_fen=180_050, clause="四", reason="符合全部条件。"
            ),
            DecisionLine(
                name_masked="周*", decision="不予补贴", amount_fen=None, clause="一.2", reason="连续参保不足。"
            ),
        ],
        objection=["可以在5个工作日内提出异议。", "可以依法申请行政复议。"],
        **POLICY,
        **ISSUED,
    )


@pytest.fixture
def sheet():
    return SignInSheetData(
        class_title="第18期",
        fields=[("班级编号", "C-18")],
        sessions=[
            SignInSession(
                held_on=date(2020, 10, 12 + n // 2), part="上午" if n % 2 == 0 else "下午", time="9:00–12:00"
            )
            for n in range(8)
        ],
        persons=[("钱磊㛃", "甲公司"), ("李秉䶮", "乙公司")],
        printed_on=date(2020, 10, 11),
    )


@pytest.fixture
def roster():
    columns = [RosterColumn(title="姓名"), RosterColumn(title="单位", weight=3, align="left")]
    rows = [("钱磊㛃", "甲公司"), ("李秉䶮", "乙公司")]
    return RosterData(
        title="花名册", fields=[("班级", "18")], columns=columns, rows=rows, printed_on=date(2020, 10, 11)
    )


@pytest.fixture
def commitment():
    return CommitmentData(
        title="诚信承诺书",
        version="第2版",
        party="甲公司",
        party_number="91370200MA3EXAMPLE",
        opening="现承诺如下：",
        commitments=["信息真实。", "配合核查。"],
        accepted_at=datetime(2020, 9, 27, 16, 5, 9, tzinfo=UTC),
        account="qd_0318",
        accepted_by="张某某",
        text_digest=("SHA-256", "0123456789abcdef" * 4),
    )


def test_notice_adds_up_persons_and_employers(notice, pages_of):
    text = "".join(pages_of(notice_result_pdf(notice)))
    assert "共3人" in text
    assert "5,800.51" in text
    assert "伍仟捌佰元伍角壹分" in text
    assert "1甲公司23,800.51" in text
    assert "公示期为5个工作日" in text
    assert "未收到异议" in text
    changed = [*notice.lines[:2], replace(notice.lines[2], amount_fen=200_002)]
    assert "5,800.52" in "".join(pages_of(notice_result_pdf(replace(notice, lines=changed))))


def test_notice_prints_objections_and_digest_when_given(notice, pages_of):
    objection = NoticeObjection(received_on=date(2020, 11, 10), about="反映离职", outcome="不成立", decided_on=None)
    text = "".join(
        pages_of(notice_result_pdf(replace(notice, objections=[objection], list_digest=("SM3", "ab" * 32))))
    )
    assert "收到异议1件" in text
    assert "反映离职不成立—" in text
    assert "ab" * 32 in text
    assert "未收到异议" not in text


def test_notice_with_a_full_identity_number_is_refused(notice):
    leak = replace(notice.lines[0], id_number_masked="11010519491231002X")
    with pytest.raises(FieldRefused, match=r"公示名单第 1 项.*脱敏"):
        notice_result_pdf(replace(notice, lines=[leak]))
    with pytest.raises(FieldRefused, match="名单为空"):
        notice_result_pdf(replace(notice, lines=[]))


def test_letter_tells_decision_amount_clause_reason_and_remedy(letter, pages_of):
    text = "".join(pages_of(decision_letter_pdf(letter)))
    assert "1钱*㛃予以补贴1,800.50四符合全部条件。" in text
    assert "2周*不予补贴—一.2连续参保不足。" in text
    assert "壹仟捌佰元伍角整" in text
    assert "1．可以在5个工作日内提出异议。2．可以依法申请行政复议。" in text


def test_letter_without_a_reason_is_refused(letter):
    with pytest.raises(FieldRefused, match="第 2 人缺少依据条款或理由"):
        decision_letter_pdf(replace(letter, lines=[letter.lines[0], replace(letter.lines[1], reason="")]))


def test_letter_never_leaves_the_signature_alone_on_a_page(letter, pages_of):
    lasts = []
    for extra in range(20, 34):
        lines = [letter.lines[0]] * extra
        lasts.append(pages_of(decision_letter_pdf(replace(letter, lines=lines)))[-1])
    assert any("合计" not in page for page in lasts), "no length put the signature on a page without the table"
    assert all("可以依法申请行政复议" in page for page in lasts)


def test_sign_in_sheet_has_every_person_on_every_sheet(sheet, pages_of):
    pages = pages_of(signin_sheet_pdf(sheet))
    assert len(pages) == 2
    assert all("钱磊㛃" in page and "李秉䶮" in page and "授课教师签名" in page for page in pages)
    assert "10月14日下午" in pages[0]
    assert "10月15日上午" in pages[1]
    assert "10月15日上午" not in pages[0]


def test_sign_in_sheet_repeats_its_head_for_a_long_class(sheet, pages_of):
    pages = pages_of(signin_sheet_pdf(replace(sheet, sessions=sheet.sessions[:2], persons=[("王晓", "甲公司")] * 80)))
    assert len(pages) > 3
    assert all("10月12日上午" in page for page in pages)


def test_roster_numbers_its_rows_and_refuses_a_crooked_one(roster, pages_of):
    [page] = pages_of(roster_pdf(roster))
    assert "1钱磊㛃甲公司2李秉䶮乙公司" in page
    with pytest.raises(FieldRefused, match="第 2 行"):
        roster_pdf(replace(roster, rows=[("钱磊㛃", "甲公司"), ("李秉䶮",)]))


def test_commitment_shows_version_account_and_beijing_time(commitment, pages_of):
    [page] = pages_of(commitment_pdf(commitment))
    assert "2020年9月28日00:05:09（北京时间）" in page
    assert "第2版" in page
    assert "qd_0318" in page
    assert "0123456789abcdef" * 4 in page
    with pytest.raises(ValueError, match="时区"):
        commitment_pdf(replace(commitment, accepted_at=datetime(2020, 9, 28)))  # noqa: DTZ001


def test_markup_in_any_letter_is_printed_literally(notice, letter, sheet, roster, commitment, pages_of):
    made = [
        notice_result_pdf(replace(notice, outcome=MARKUP)),
        decision_letter_pdf(replace(letter, recipient=MARKUP)),
        signin_sheet_pdf(replace(sheet, class_title=MARKUP)),
        roster_pdf(replace(roster, title=MARKUP)),
        commitment_pdf(replace(commitment, opening=MARKUP)),
    ]
    for pdf in made:
        text = "".join(pages_of(pdf))
        assert "".join(MARKUP.split()) in text
        assert "root:" not in text


def test_every_paper_is_archivable_titled_and_repeatable(notice, letter, sheet, roster, commitment):
    for make, facts in (
        (notice_result_pdf, notice),
        (decision_letter_pdf, letter),
        (signin_sheet_pdf, sheet),
        (roster_pdf, roster),
        (commitment_pdf, commitment),
    ):
        pdf = make(facts)
        assert make(facts) == pdf
        reader = PdfReader(io.BytesIO(pdf))
        assert reader.metadata.title == facts.title
        assert "pdfaid:part" in reader.xmp_metadata.stream.get_data().decode()


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.stem)
def test_template_words_can_be_drawn_and_template_runs_no_text(template):
    source = template.read_text(encoding="utf-8")
    assert missing_glyphs(source, SERIF) == []
    assert missing_glyphs(source, SANS) == []
    assert missing_glyphs(source + "𡋾", SERIF) != []
    for dangerous in ("eval(", "plugin(", "@preview", 'mode: "markup"'):
        assert dangerous not in source
