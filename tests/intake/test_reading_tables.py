"""Tables with the habits of Chinese offices are read; what cannot be read exactly is refused with its cell."""

from datetime import date

import pytest

from peibu.intake import Column, TableSpec, read_table
from tests.intake.files import HEAD, IDS, SPEC, TODAY, csv_text, person, xls, xlsx

PEOPLE = [HEAD, person(1), person(2)]


def read(content, spec=SPEC, name="名单.xlsx"):
    return read_table(name, content, spec, on=TODAY)


def codes(result):
    return [(problem.row, problem.letter, problem.code) for problem in result.problems]


def read_one(kind, cell, **options):
    """The value, or the code of the refusal, of a single cell of a kind, through a real workbook."""
    spec = TableSpec(
        title="t",
        columns=[Column(name="v", label="值", kind=kind, **options), Column(name="n", label="备考", required=False)],
    )
    result = read(xlsx([["值", "备考"], [cell, "x"]]), spec)
    return result.rows[0]["v"] if result.ok else result.problems[0].code


def expected(number):
    return {
        "name": person(number)[0],
        "id_number": IDS[number],
        "mobile": "13800138000",
        "joined": date(2020, 3, 2),
        "amount_fen": 200000,
        "kind": "职工",
    }


@pytest.mark.parametrize(
    "content",
    [
        xlsx(PEOPLE),
        xls(PEOPLE),
        csv_text(PEOPLE).encode("utf-8-sig"),
        csv_text(PEOPLE).encode("utf-8"),
        csv_text(PEOPLE).encode("gb18030"),
        csv_text(PEOPLE).encode("utf-16"),
        csv_text(PEOPLE).replace(",", "\t").encode("gb18030"),
        csv_text(PEOPLE).replace(IDS[1], f'="{IDS[1]}"').encode(),
    ],
    ids=["xlsx", "xls", "utf8-bom", "utf8", "gb18030", "utf16", "tabs", "quoted digits"],
)
@pytest.mark.parametrize("name", ["名单.xlsx", "名单.xls", "x"])
def test_the_content_decides_not_the_name(content, name):
    result = read(content, name=name)
    assert [problem.sentence() for problem in result.problems] == []
    assert result.rows == [expected(1), expected(2)]
    assert result.row_numbers == [2, 3]


def test_titles_totals_sign_offs_blank_rows_and_extra_columns():
    rows = [
        ["2020 年培训人员名单"],
        ["填报单位：某公司", None, "日期：2020年3月"],
        [],
        ["序号", "公民身份号码", "学 员 姓 名 *", "所在班组", "金额（元）"],
        [1, IDS[1], "赵 明", "甲", 2000],
        ["\u3000", " ", None],
        [2, f" {IDS[2]}\u200b", "钱明", "乙", 1234.5],
        ["合　计", None, None, None, 3234.5],
        [],
        ["填表人：孙某", None, "审核人：李某"],
        ["说明：以上情况属实"],
    ]
    result = read(xlsx(rows))
    assert result.ok, [problem.sentence() for problem in result.problems]
    assert [(row["name"], row["amount_fen"]) for row in result.rows] == [("赵明", 200000), ("钱明", 123450)]
    assert result.header_row == 4
    assert result.row_numbers == [5, 7]
    assert any("所在班组" in note for note in result.notes)
    assert sum("已跳过" in note for note in result.notes) == 3


def test_a_person_row_that_looks_like_a_total_is_not_lost():
    result = read(xlsx([HEAD, person(1, 姓名="合计")]))
    assert len(result.rows) + len(result.problems) == 1


def test_a_two_line_head_is_read():
    rows = [
        ["基本信息", "姓名", "身份证号码", "其他"],
        [None, None, None, "手机号码"],
        ["x", "赵明", IDS[1], "13800138000"],
    ]
    result = read(xlsx(rows))
    assert result.rows[0]["mobile"] == "13800138000"
    assert result.row_numbers == [3]


@pytest.mark.parametrize(
    ("kind", "cell", "value"),
    [
        ("date", "2020.3.2", date(2020, 3, 2)),
        ("date", "2020年3月2日", date(2020, 3, 2)),
        ("date", "20200302", date(2020, 3, 2)),
        ("date", 20200302, date(2020, 3, 2)),
        ("date", "２０２０／３／２", date(2020, 3, 2)),
        ("date", 43892, date(2020, 3, 2)),
        ("date", date(2020, 3, 2), date(2020, 3, 2)),
        ("date", "2020-02-30", "date"),
        ("date", "20.3.2", "date"),
        ("date", "3月2日", "date"),
        ("date", 5, "date"),
        ("month", "2020年3月", date(2020, 3, 1)),
        ("month", "202003", date(2020, 3, 1)),
        ("month", 202003, date(2020, 3, 1)),
        ("month", "2020.10", date(2020, 10, 1)),
        ("month", date(2020, 3, 2), date(2020, 3, 1)),
        ("month", "2020-03-02", date(2020, 3, 1)),
        ("month", 2020.1, "month_ambiguous"),
        ("month", "2020-13", "date"),
        ("month", "三月", "month"),
        ("mobile", 13800138000.0, "13800138000"),
        ("mobile", "1.38001E+10", "digits_lost"),
        ("mobile", "12345", "mobile"),
        ("fen", 1234.5, 123450),
        ("fen", 0.1 + 0.2, 30),
        ("fen", "1,234.50元", 123450),
        ("fen", 1.005, "money_decimals"),
        ("fen", "两千", "money_format"),
        ("int", "12", 12),
        ("int", 12.0, 12),
        ("int", 12.5, "int"),
        ("int", True, "int"),
        ("bool", "是", True),
        ("bool", "√", True),
        ("bool", False, False),
        ("bool", "也许", "bool"),
        ("text", 42, "42"),
        ("text", 1.5, "1.5"),
        ("text", True, "TRUE"),
        ("text", " ａｂ\u200bｃ ", "abc"),
        ("text", 6222020200112233445, "digits_lost"),
        ("text", "王\ue864", "private_use"),
        ("text", "长" * 201, "too_long"),
        ("uscc", "91350100m000100y43", "91350100M000100Y43"),
        ("uscc", "91350100M000100Y44", "uscc_check"),
        ("name", 5, "name_character"),
        ("name", "艾力•买买提", "艾力·买买提"),
        ("name", "Wang", "name_character"),
    ],
)
def test_cells_by_kind(kind, cell, value):
    assert read_one(kind, cell) == value


def test_choices_are_words_or_map_to_stored_values():
    assert read_one("choice", " 职工 ", choices={"职工": "employee"}) == "employee"
    assert read_one("choice", "工人", choices=["职工"]) == "choice"


@pytest.mark.parametrize("number", [370202198001010017, 370202800101001, "3.70202E+17"])
def test_an_identity_number_typed_as_a_number_is_refused_never_repaired(number):
    result = read(xlsx([HEAD, person(1), person(2, 身份证号码=number)]))
    assert codes(result) == [(3, "B", "digits_lost")]
    assert "文本" in result.problems[0].sentence()
    assert [row["id_number"] for row in result.rows] == [IDS[1]]


def test_all_problems_of_a_file_come_at_once_with_their_cells():
    rows = [
        ["名单"],
        HEAD,
        person(1),
        person(2, 姓名="王\ue864"),
        person(3, 身份证号码=IDS[1]),
        person(4, 身份证号码=None, 手机号码="1"),
        person(5, 入职日期="昨天", 人员类别="其他"),
    ]
    result = read(xlsx(rows))
    assert codes(result) == [
        (4, "A", "private_use"),
        (5, "B", "duplicate"),
        (6, "B", "empty"),
        (6, "C", "mobile"),
        (7, "D", "date"),
        (7, "F", "choice"),
    ]
    first = result.problems[1].sentence()
    assert "工作表“名单”第 5 行“身份证号码”（B 列）" in first
    assert "与第 3 行重复" in first
    assert len(result.rows) == 1


def test_formulas_and_error_values_are_found_in_the_file_itself():
    rows = [HEAD, *(person(number) for number in range(1, 6))]
    formulas = [
        ("A2", '="赵"&"明"', "赵明"),
        ("E3", "=1000*2", 2000),
        ("E4", "=1000*2", ""),
        ("E5", "=1/0", "#DIV/0!"),
        ("B6", "=VLOOKUP(1,A1:B2,2)", "#N/A"),
    ]
    result = read(xlsx(rows, formulas=formulas))
    assert codes(result) == [
        (2, "A", "formula"),
        (4, "E", "formula"),
        (5, "E", "formula_error"),
        (6, "B", "formula_error"),
    ]
    assert "#DIV/0!" in result.problems[2].sentence()
    assert [row["amount_fen"] for row in result.rows] == [200000]


def test_a_row_of_broken_formulas_only_is_not_taken_for_blank():
    rows = [["姓名", "身份证号码"], ["赵明", IDS[1]]]
    result = read(xlsx(rows, formulas=[("A3", "=X1", ""), ("B3", "=#REF!", "#REF!")]))
    assert codes(result) == [(3, "A", "formula"), (3, "B", "formula_error")]


def test_hidden_sheets_are_not_read():
    def cover(book):
        book.add_worksheet("封面").write(0, 0, "说明")
        book.get_worksheet_by_name("封面").activate()
        book.get_worksheet_by_name("封面").set_first_sheet()

    result = read(xlsx(PEOPLE, hide=True, more=cover))
    assert codes(result) == [(None, "", "no_header")]
    assert "隐藏" in result.problems[0].sentence()
    assert read(xlsx(PEOPLE, more=cover)).ok


def test_the_sheet_with_the_table_is_found():
    def second(book):
        page = book.add_worksheet("数据")
        for at, row in enumerate(PEOPLE):
            page.write_row(at, 0, row)

    result = read(xlsx([["封面"]], sheet="封面", more=second))
    assert (result.sheet, len(result.rows)) == ("数据", 2)
    assert any("其他工作表" in note for note in result.notes)


def test_missing_and_repeated_columns_are_named():
    result = read(xlsx([["姓名", "学员姓名", "手机号码"], ["赵明", "赵明", "13800138000"]]))
    assert [(problem.column, problem.code) for problem in result.problems] == [
        ("姓名", "repeated_column"),
        ("身份证号码", "missing_column"),
    ]


def test_an_empty_table_and_a_strange_table_say_so():
    assert codes(read(xlsx([HEAD]))) == [(None, "", "no_rows")]
    assert codes(read(xlsx([["甲", "乙"], [1, 2]]))) == [(None, "", "no_header")]
    assert codes(read(b"  \r\n")) == [(None, "", "file_empty")]


def test_too_many_rows_are_refused_exactly_above_the_limit():
    small = TableSpec(title="t", columns=SPEC.columns, max_rows=3)
    assert read(xlsx([HEAD, *(person(number) for number in range(3))]), small).ok
    assert codes(read(xlsx([HEAD, *(person(number) for number in range(4))]), small)) == [(None, "", "too_many_rows")]
    many = [HEAD, *([person(1)] * 400)]
    for content in (xlsx(many), xls(many), csv_text(many).encode()):
        assert codes(read(content, small)) == [(None, "", "too_many_rows")]


def test_a_flood_of_problems_is_cut_with_a_count():
    wide = TableSpec(title="t", columns=SPEC.columns, max_rows=2000)
    result = read(xlsx([HEAD, *([person(1, 姓名="x")] * 1500)]), wide)
    assert len(result.problems) == 1001
    assert result.problems[-1].code == "more"


def test_identity_numbers_need_a_day_to_be_judged_on():
    with pytest.raises(ValueError, match="on="):
        read_table("x", b"", SPEC)


@pytest.mark.parametrize(
    "columns",
    [
        [Column(name="a", label="甲"), Column(name="a", label="乙")],
        [Column(name="a", label="甲"), Column(name="b", label="乙", aliases=["甲"])],
    ],
)
def test_an_ambiguous_description_is_an_error(columns):
    with pytest.raises(ValueError, match="unique"):
        TableSpec(title="t", columns=columns)
    with pytest.raises(ValueError, match="choices"):
        Column(name="a", label="甲", kind="choice")


def test_two_lists_in_one_file_are_pointed_out_and_remarks_beside_the_table_ignored():
    def second(book):
        page = book.add_worksheet("副本")
        for at, row in enumerate(PEOPLE):
            page.write_row(at, 0, row)

    result = read(xlsx([*PEOPLE, [None] * 7 + ["旁注"]], more=second))
    assert (result.ok, len(result.rows), result.sheet) == (True, 2, "名单")
    assert any("2 个工作表" in note for note in result.notes)
