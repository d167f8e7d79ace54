import io
import zipfile
from dataclasses import replace
from datetime import date
from decimal import Decimal
from xml.etree import ElementTree

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from peibu.papers.errors import FieldRefused
from peibu.papers.office_tables import Column, OfficeTable, office_table, office_workbook

COLUMNS = (
    Column("序号", "serial"),
    Column("区（市）", width=24),
    Column("公民身份号码", width=20),
    Column("培训人次", under=(Column("合计", "count"), Column("其中", under=(Column("企业职工", "count"),)))),
    Column("补贴资金", under=(Column("核定", "money"), Column("拨付", "money"))),
    Column("通过率", "percent"),
    Column("拨付日期", "date"),
    Column("备注"),
)


@pytest.fixture
def table():
    return OfficeTable(
        title="职业技能培训补贴情况统计月报表",
        subtitle=("填报单位（盖章）：某某局", "统计期：2020年11月", "单位：人次、元"),
        columns=COLUMNS,
        rows=[
            ("市南区", "370202199001010010", 160, 40, 10, 10, Decimal("0.975"), date(2020, 11, 3), "㛃䶮"),
            ("市北区", "370203199001010012", 320, 80, 20, None, None, None, None),
            ("黄岛区", "370211199001010013", 1, 2, 123_456_789, 1, Decimal(1), date(2020, 11, 4), "x"),
        ],
        sign_off=("单位负责人：", "审核人：", "填表人："),
        dated=date(2020, 12, 3),
    )


def by_openpyxl(data: bytes, *, values: bool = False):
    return openpyxl.load_workbook(io.BytesIO(data), data_only=values)


def footer_of(data: bytes) -> str:
    root = ElementTree.fromstring(zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml"))
    return "".join(node.text for node in root.iter() if node.tag.endswith("oddFooter"))


def by_calamine(data: bytes) -> list[list]:
    return CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python(skip_empty_area=False)


def test_table_reads_back_the_same_in_two_other_programs(table):
    data = office_table(table)
    rows = by_calamine(data)
    assert rows[0][0] == "职业技能培训补贴情况统计月报表"
    assert rows[5][:6] == [1.0, "市南区", "370202199001010010", 160.0, 40.0, 0.1]
    assert rows[6][6] == "—"
    assert rows[7][5] == 1234567.89
    sheet = by_openpyxl(data).active
    assert sheet["C6"].value == "370202199001010010"
    assert sheet["C6"].data_type == "s"
    assert sheet["I6"].value.date() == date(2020, 11, 3)
    assert sheet["J6"].value == "㛃䶮"


def test_totals_are_formulas_that_carry_their_value(table):
    data = office_table(table)
    formulas, values = by_openpyxl(data).active, by_openpyxl(data, values=True).active
    assert formulas["A9"].value == "合　计"
    assert formulas["F9"].value == "=ROUND(SUM(F6:F8),2)"
    assert [values[f"{c}9"].value for c in "DEFG"] == [481, 122, 1234568.19, 0.11]
    assert by_calamine(data)[8][5] == 1234568.19
    assert all(formulas[f"{c}9"].font.bold for c in "ADEFG")
    assert formulas["H9"].value is None
    assert formulas["F6"].number_format.startswith("#,##0.00")
    assert formulas["F6"].alignment.horizontal == "right"


def test_table_without_rows_still_totals_to_zero(table):
    assert by_calamine(office_table(replace(table, rows=[])))[5][5] == 0


def test_heads_are_merged_and_repeat_on_every_page(table):
    sheet = by_openpyxl(office_table(table)).active
    merged = {str(area) for area in sheet.merged_cells.ranges}
    assert {"A1:J1", "A3:A5", "B3:B5", "D3:E3", "D4:D5", "F3:G3", "F4:F5", "A9:C9"} <= merged
    assert sheet["E4"].value == "其中"
    assert sheet["E5"].value == "企业职工"
    assert sheet["D3"].fill.fgColor.rgb == "FFF2F2F2"
    assert sheet.print_title_rows == "$3:$5"
    assert sheet.print_area.endswith("$A$1:$J$10")
    assert sheet.page_setup.orientation == "landscape"
    assert "第 &P 页 共 &N 页" in footer_of(office_table(table))
    assert by_openpyxl(office_table(replace(table, landscape=False))).active.page_setup.orientation == "portrait"


@pytest.mark.parametrize(
    "opener", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", " =", "\u3000＝", "\ufeff="]
)
def test_text_never_becomes_a_formula(table, opener):
    hostile = f'{opener}HYPERLINK("http://x")'
    named = replace(table, rows=[(hostile, hostile, 1, 1, 1, 1, None, None, hostile)], title=hostile, notes=[hostile])
    cells = [cell for row in by_openpyxl(office_table(named)).active.iter_rows() for cell in row if cell.value]
    formulas = [cell.coordinate for cell in cells if cell.data_type == "f"]
    assert formulas == ["D7", "E7", "F7", "G7"], "only our own totals"
    written = [cell.value for cell in cells if isinstance(cell.value, str) and "HYPERLINK" in cell.value]
    assert len(written) == 5
    assert all(text.startswith("'") for text in written)


@pytest.mark.parametrize("harmless", ["甲公司", "A-1", "3+2", "a@b.cn", "—", "", "http://x"])
def test_ordinary_text_is_left_alone(table, harmless):
    row = (harmless, "1", 1, 1, 1, 1, None, None, "x")
    sheet = by_openpyxl(office_table(replace(table, rows=[row]))).active
    assert (sheet["B6"].value or "") == harmless
    assert sheet["B6"].hyperlink is None


@pytest.mark.parametrize(
    ("place", "value"),
    [(0, 5), (2, "160"), (2, 1.5), (2, True), (4, 100.0), (4, Decimal(1)), (6, 0.5), (7, "2020-11-03")],
)
def test_value_of_a_wrong_kind_is_refused_with_row_and_column(table, place, value):
    row = list(table.rows[0])
    row[place] = value
    with pytest.raises(FieldRefused, match="第 2 行“.*值类型不对"):
        office_table(replace(table, rows=[table.rows[0], row]))


def test_crooked_row_and_overlong_text_are_refused(table):
    with pytest.raises(FieldRefused, match="第 1 行有 3 个值，表头需要 9 个"):
        office_table(replace(table, rows=[("a", "b", 1)]))
    row = (*table.rows[0][:8], "长" * 32_768)
    with pytest.raises(FieldRefused, match="第 1 行“备注”有 32768 个字符"):
        office_table(replace(table, rows=[row]))


def test_same_table_gives_the_same_bytes(table):
    assert office_table(table) == office_table(table)
    assert office_table(table) != office_table(replace(table, dated=date(2020, 12, 4)))


def test_workbook_gives_each_table_its_own_legal_sheet(table):
    names = by_openpyxl(
        office_workbook([replace(table, sheet="甲/乙[1]"), replace(table, sheet="甲乙1"), table])
    ).sheetnames
    assert names == ["甲乙1", "甲乙1（2）", "职业技能培训补贴情况统计月报表"]
    with pytest.raises(FieldRefused):
        office_workbook([])


def test_fewer_columns_than_subtitle_parts_still_fit(table):
    small = OfficeTable(
        title="表",
        columns=[Column("名称"), Column("金额", "money")],
        rows=[("甲", 150)],
        subtitle=("一", "二", "三"),
        landscape=False,
    )
    assert by_calamine(office_table(small))[1][0] == "一　　二　　三"
