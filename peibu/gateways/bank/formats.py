"""Containers of bank files. A bank with its own layout gets its own entry here; nothing else changes."""

import dataclasses
import datetime as dt
import io
import zipfile
from collections.abc import Callable

import xlsxwriter
from python_calamine import CalamineError, CalamineWorkbook

from peibu.gateways.bank.records import AskFile, BankFileRefused, BatchFile, Reply, problem
from peibu.gateways.bank.tables import (
    CODING,
    SEPARATOR,
    Rows,
    ask_rows,
    batch_rows,
    read_ask_rows,
    read_batch_rows,
    read_reply_rows,
    reply_rows,
    text_of,
)

MAX_BYTES = 20 * 1024 * 1024
MAX_UNPACKED = 50 * 1024 * 1024
MAX_MEMBERS = 200
MAX_ROWS = 100_000
SHEET = "代发"


@dataclasses.dataclass(frozen=True)
class Format:
    """A container: its code, its words, the file ending, what intake calls such a file, rows -> bytes, bytes -> rows."""

    code: str
    label: str
    ending: str
    kind: str
    pack: Callable[[Rows], bytes]
    unpack: Callable[[bytes], Rows]


def _refuse(what: str, why: str, todo: str) -> BankFileRefused:
    return BankFileRefused(what, [problem(what, why, todo)])


def _from_text(content: bytes) -> Rows:
    try:
        text = content.decode(CODING)
    except UnicodeDecodeError as error:
        where = content[: error.start].count(b"\n") + 1
        raise _refuse(f"第{where}行不是GB18030编码", "文件编码与约定不同", "请银行按GB18030编码导出") from error
    lines = [line.removesuffix("\r") for line in text.split("\n")]
    while lines and not lines[-1]:
        lines.pop()
    return [line.split(SEPARATOR) for line in lines]


def _to_sheet(rows: Rows) -> bytes:
    sink = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(sink, options) as book:
        book.set_properties({"created": dt.datetime(2020, 1, 1, tzinfo=dt.UTC).replace(tzinfo=None)})
        sheet = book.add_worksheet(SHEET)
        as_text = book.add_format({"num_format": "@"})
        sheet.set_column(0, 8, 24, as_text)
        for at, row in enumerate(rows):
            for column, cell in enumerate(row):
                sheet.write_string(at, column, cell, as_text)
    return sink.getvalue()


def _from_sheet(content: bytes) -> Rows:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
    except zipfile.BadZipFile as error:
        raise _refuse("不是Excel文件（xlsx）", "文件内容无法识别", "上传银行提供的原始文件") from error
    if len(members) > MAX_MEMBERS or sum(one.file_size for one in members) > MAX_UNPACKED:
        raise _refuse("Excel文件展开后过大", "超出回盘文件的合理大小", "向银行索取正确的文件")
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False, nrows=MAX_ROWS + 1)
    except (CalamineError, IndexError, ValueError) as error:
        raise _refuse("Excel文件无法读取", "文件已损坏或加密", "重新下载整个文件") from error
    return [_trimmed([_cell(cell) for cell in row]) for row in rows]


def _cell(cell: object) -> str:
    """Everything is written as text; a number here means that somebody saved the file again, and is kept visible."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def _trimmed(row: list[str]) -> list[str]:
    """Detail rows keep their empty last cell; the shorter first and last rows lose the sheet's filling."""
    if row and row[0] in ("H", "R", "T"):
        while row[-1] == "":
            row = row[:-1]
    return row


FORMATS: dict[str, Format] = {
    one.code: one
    for one in (
        Format("generic_txt", "通用文本（GB18030）", "txt", "csv", text_of, _from_text),
        Format("generic_xlsx", "通用Excel", "xlsx", "xlsx", _to_sheet, _from_sheet),
    )
}


def format_named(code: str) -> Format:
    """A format by its code. BankFileRefused when there is none."""
    if code not in FORMATS:
        raise _refuse(f"没有名为“{code}”的银行文件格式", f"可用的格式：{'、'.join(FORMATS)}", "检查系统设置")
    return FORMATS[code]


def write_batch(code: str, batch: BatchFile) -> bytes:
    """The batch as a file; the same batch gives the same bytes."""
    return format_named(code).pack(batch_rows(batch))


def write_reply(code: str, reply: Reply) -> bytes:
    return format_named(code).pack(reply_rows(reply))


def rows_of(code: str, content: bytes) -> Rows:
    """The rows of a file in a container. BankFileRefused when it is empty, too large or no such container."""
    if not content:
        raise _refuse("文件是空的", "没有任何内容", "重新下载整个文件")
    if len(content) > MAX_BYTES:
        raise _refuse("文件过大", "超过20MB", "向银行索取正确的文件")
    rows = format_named(code).unpack(content)
    if len(rows) > MAX_ROWS:
        raise _refuse("行数过多", f"超过{MAX_ROWS}行", "向银行索取正确的文件")
    return rows


def read_batch(code: str, content: bytes) -> BatchFile:
    """What the bank reads of our file."""
    return read_batch_rows(rows_of(code, content))


def read_reply(code: str, content: bytes) -> Reply:
    """What we read of the bank's reply. BankFileRefused lists every problem."""
    return read_reply_rows(rows_of(code, content))


def write_ask(code: str, ask: AskFile) -> bytes:
    """The question what became of some orders, in the same container."""
    return format_named(code).pack(ask_rows(ask))


def read_ask(code: str, content: bytes) -> AskFile:
    """What the bank reads of our question."""
    return read_ask_rows(rows_of(code, content))
