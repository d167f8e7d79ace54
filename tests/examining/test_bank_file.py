"""Questions from Excel: the template comes back, every error at once with its place, nothing half-saved."""

import io

import openpyxl
import pytest

from peibu.examining.bank_file import question_spec, read_answer, read_questions
from peibu.intake import write_template

HEADS = ["题型", "知识点", "难度", "分值", "题干", "选项A", "选项B", "选项C", "选项D", "答案"]
GOOD = [
    ["单选题", "平台", "易", "2", "平台的核心层是？", "边缘层", "PaaS层", "应用层", "", "B"],
    ["多选题", "平台", "中", "3", "属于工业互联网的有？", "标识解析", "平台", "安全", "手工台账", "A、C B"],
    ["判断题", "安全", "易", "1", "弱口令不影响安全。", "", "", "", "", "错"],
    ["填空题", "采集", "难", "2", "OPC 的升级规范是____。", "", "", "", "", "OPC UA；OPCUA"],
    ["简答题", "采集", "难", "10", "说明数据采集的步骤。", "", "", "", "", "接入、解析、存储"],
]


def workbook(rows) -> bytes:
    book = openpyxl.Workbook()
    book.active.append(HEADS)
    for row in rows:
        book.active.append(row)
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def test_good_rows_become_questions():
    wordings, problems = read_questions("题库.xlsx", workbook(GOOD))
    assert problems == []
    assert [list(w.answer) for w in wordings] == [[1], [0, 1, 2], [1], ["OPC UA", "OPCUA"], ["接入、解析、存储"]]
    assert [len(w.options) for w in wordings] == [3, 4, 2, 0, 0]


def test_every_error_is_told_with_its_row_and_column():
    rows = [
        ["单选题", "平台", "易", "两分", "题一", "甲", "乙", "", "", "A"],
        ["单选题", "平台", "易", "2", "题二", "甲", "乙", "", "", "E"],
        ["单选题", "平台", "很难", "2", "题三", "甲", "乙", "", "", "A"],
        ["多选题", "平台", "中", "3", "题四", "甲", "", "丙", "", "AC"],
        GOOD[0],
        GOOD[0],
    ]
    _wordings, problems = read_questions("题库.xlsx", workbook(rows))
    assert [(p.row, p.column) for p in problems] == [(2, "分值"), (3, "答案"), (4, "难度"), (5, "选项A"), (7, "题干")]
    assert all(p.what and p.todo for p in problems)


@pytest.mark.parametrize("points", ["NaN", "1E30", "Infinity", "-1", "1e-9"])
def test_strange_points_are_told_and_nothing_breaks(points):
    _wordings, problems = read_questions(
        "题库.xlsx", workbook([["单选题", "x", "易", points, "s", "甲", "乙", "", "", "A"]])
    )
    assert [(p.row, p.column) for p in problems] == [(2, "分值")]


def test_the_template_is_a_file_that_can_be_read_back():
    _wordings, problems = read_questions("题库.xlsx", write_template(question_spec()))
    assert all(p.row is None for p in problems)  # nothing filled in, and no row is blamed


@pytest.mark.parametrize(
    ("kind", "text", "answer"),
    [
        ("single", " c ", [2]),
        ("multiple", "DBA", [0, 1, 3]),
        ("single", "对", []),
        ("single", "", []),
        ("true_false", "√", [0]),
        ("true_false", "f", [1]),
        ("true_false", "A", []),
        ("blank", " ； ", []),
    ],
)
def test_answers_as_people_write_them(kind, text, answer):
    assert read_answer(kind, text) == answer
