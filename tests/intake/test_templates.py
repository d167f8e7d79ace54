"""The template comes back as it went out; lists of errors cannot become formulas."""

import io

import openpyxl
import pytest

from peibu.intake import Column, TableSpec, read_table, write_problems, write_template
from tests.intake.files import HEAD, SPEC, TODAY, person, xlsx


def opened(content):
    return openpyxl.load_workbook(io.BytesIO(content))


def test_a_filled_in_template_reads_without_a_problem_and_the_example_is_skipped(tmp_path):
    path = tmp_path / "t.xlsx"
    content = write_template(SPEC, path)
    assert path.read_bytes() == content
    assert [problem.code for problem in read_table("t", content, SPEC, on=TODAY).problems] == ["no_rows"]
    book = opened(content)
    for at, value in enumerate(person(1), start=2):
        book["填写"].cell(5, at, value)
    sink = io.BytesIO()
    book.save(sink)
    result = read_table("t", sink.getvalue(), SPEC, on=TODAY)
    assert [problem.sentence() for problem in result.problems] == []
    assert (len(result.rows), result.row_numbers, result.notes) == (1, [5], [])


def test_every_kind_has_an_example_that_its_own_reader_accepts():
    kinds = ["text", "name", "id_number", "mobile", "date", "month", "int", "fen", "bool", "uscc"]
    columns = [Column(name=kind, label=kind, kind=kind) for kind in kinds]
    columns.append(Column(name="choice", label="choice", kind="choice", choices=["甲"]))
    spec = TableSpec(title="t", columns=columns)
    book = opened(write_template(spec))
    book["填写"].cell(4, 1, "1")
    sink = io.BytesIO()
    book.save(sink)
    assert [problem.sentence() for problem in read_table("t", sink.getvalue(), spec, on=TODAY).problems] == []


def test_columns_are_text_heads_are_bold_and_choices_drop_down():
    long = Column(name="city", label="城市", kind="choice", choices=[f"很长的选项名称{n}号" for n in range(60)])
    book = opened(
        write_template(
            TableSpec(title="标题", columns=[*SPEC.columns, long, Column(name="b", label="b", kind="bool")])
        )
    )
    sheet = book["填写"]
    assert sheet["A1"].value == "标题"
    assert sheet["C3"].value == "身份证号码*"
    assert sheet["C3"].font.bold
    assert "必填" in sheet["C3"].comment.text
    assert sheet.column_dimensions["C"].number_format == "@" or sheet["C4"].number_format == "@"
    lists = {str(rule.sqref).split(":")[0]: rule.formula1 for rule in sheet.data_validations.dataValidation}
    assert lists == {"G4": '"职工,高校毕业生"', "H4": "选项!$H$1:$H$60", "I4": '"是,否"'}
    assert book["选项"].sheet_state == "hidden"


@pytest.mark.parametrize("text", ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "＝1", "\t=1"])
def test_a_list_of_errors_repeats_rows_without_making_formulas(text):
    result = read_table("x", xlsx([HEAD, person(1, 姓名=text), person(2)]), SPEC, on=TODAY)
    assert len(result.problems) == 1
    book = opened(write_problems(result.originals, result.problems))
    assert book["错误清单"].max_row == 2
    assert [book["错误清单"].cell(2, at).value for at in (2, 3, 4)] == ["名单", "2", "姓名（A 列）"]
    copy = book["出错的行"]["B2"]
    assert copy.value.strip() == text.strip()
    assert copy.data_type == "s"
    assert copy.quotePrefix
    assert copy.fill.fgColor.rgb == "FFFFF1F0"
    assert book["出错的行"].max_row == 2
    assert not [cell for sheet in book for row in sheet for cell in row if cell.data_type == "f"]


def test_problems_of_the_whole_file_need_no_rows():
    result = read_table("x", b"%PDF-1.4", SPEC, on=TODAY)
    assert opened(write_problems(result.originals, result.problems)).sheetnames == ["错误清单"]
