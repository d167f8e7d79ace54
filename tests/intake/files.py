"""Files as they really arrive, made on the spot: honest ones, careless ones and hostile ones."""

import io
import zipfile
from datetime import date

import xlsxwriter
import xlwt

from peibu.intake import Column, TableSpec
from peibu.kernel.identity import make_id_number

TODAY = date(2026, 11, 20)
IDS = [make_id_number("370202", date(1980, 1, 1), number) for number in range(1, 60)]
NAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨"
SPEC = TableSpec(
    title="培训人员名单",
    columns=[
        Column(name="name", label="姓名", aliases=["学员姓名"], kind="name"),
        Column(
            name="id_number", label="身份证号码", aliases=["身份证号", "公民身份号码"], kind="id_number", unique=True
        ),
        Column(name="mobile", label="手机号码", aliases=["联系电话"], kind="mobile", required=False),
        Column(name="joined", label="入职日期", kind="date", required=False),
        Column(name="amount_fen", label="金额（元）", kind="fen", required=False),
        Column(name="kind", label="人员类别", kind="choice", choices=["职工", "高校毕业生"], required=False),
    ],
)
HEAD = ["姓名", "身份证号码", "手机号码", "入职日期", "金额", "人员类别"]


def person(number, **changed):
    """One good row; `changed` replaces cells by heading."""
    row = [NAMES[number % 16] + "明", IDS[number], "13800138000", "2020-03-02", "2000.00", "职工"]
    for label, value in changed.items():
        row[HEAD.index(label)] = value
    return row


def xlsx(rows, *, sheet="名单", hide=False, formulas=(), more=None):
    """An .xlsx; `formulas` are (cell, formula, cached value); `more(book)` adds to the workbook."""
    sink = io.BytesIO()
    book = xlsxwriter.Workbook(sink, {"in_memory": True, "strings_to_formulas": False})
    page = book.add_worksheet(sheet)
    day = book.add_format({"num_format": "yyyy/m/d"})
    for at, row in enumerate(rows):
        for place, cell in enumerate(row):
            if isinstance(cell, date):
                page.write_datetime(at, place, cell, day)
            elif cell is not None:
                page.write(at, place, cell)
    for cell, formula, value in formulas:
        page.write_formula(cell, formula, None, value)
    if more:
        more(book)
    if hide:
        page.hide()
    book.close()
    return sink.getvalue()


def xls(rows):
    """An old binary workbook."""
    book = xlwt.Workbook(encoding="utf-8")
    page = book.add_sheet("名单")
    for at, row in enumerate(rows):
        for place, cell in enumerate(row):
            if cell is not None:
                page.write(at, place, cell)
    sink = io.BytesIO()
    book.save(sink)
    return sink.getvalue()


def csv_text(rows):
    """Comma separated text."""
    return "".join(",".join("" if cell is None else str(cell) for cell in row) + "\r\n" for row in rows)


def with_member(content, name, data, drop=True):
    """A zip like `content` with one member replaced or added; `data` is bytes or an iterable of chunks."""
    sink = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.infolist():
            if not (drop and member.filename == name):
                new.writestr(member, old.read(member))
        with new.open(name, "w", force_zip64=True) as stream:
            for chunk in [data] if isinstance(data, bytes) else data:
                stream.write(chunk)
    return sink.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
_SHEET_HEAD = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'


def sheet_xml(cells, prolog=""):
    """A worksheet part around literal rows."""
    return f"{prolog}{_SHEET_HEAD}{cells}</sheetData></worksheet>".encode()


def case_id(value):
    """Name of a test case: the words among its values, never the bytes of a file."""
    return value if isinstance(value, str) else "file"
