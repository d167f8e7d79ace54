"""Containers of bank files. A bank with its own layout gets its own entry here; nothing else changes."""

import dataclasses
import datetime as dt
import io
import zipfile
from collections.abc import Callable

import xlsxwriter
from python_calamine import CalamineError, CalamineWorkbook

from peibu.gateways.bank.iso20022 import pain
from peibu.gateways.bank.records import SHORT, AskFile, BankFileRefused, BatchFile, Reply, problem
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
class Container:
    """What rows are packed in: its code, its words, the file ending, what intake calls such a file, both directions."""

    code: str
    label: str
    ending: str
    kind: str
    pack: Callable[[Rows], bytes]
    unpack: Callable[[bytes], Rows]


@dataclasses.dataclass(frozen=True)
class Format:
    """How batches and questions are told to a bank and its replies read; the bank's side of each is for the fake.

    `short_keys`: the bank tells back only the first `SHORT` digits of a key.
    """

    code: str
    label: str
    ending: str
    kind: str
    write_batch: Callable[[BatchFile], bytes]
    read_batch: Callable[[bytes], BatchFile]
    write_reply: Callable[[Reply], bytes]
    read_reply: Callable[[bytes], Reply]
    write_ask: Callable[[AskFile], bytes]
    read_ask: Callable[[bytes], AskFile]
    short_keys: bool = False

    def told_key(self, key: str) -> str:
        """Our key as this format carries it."""
        return key[:SHORT] if self.short_keys else key


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


CONTAINERS: dict[str, Container] = {
    one.code: one
    for one in (
        Container("generic_txt", "通用文本（GB18030）", "txt", "csv", text_of, _from_text),
        Container("generic_xlsx", "通用Excel", "xlsx", "xlsx", _to_sheet, _from_sheet),
    )
}


def rows_of(container: Container, content: bytes) -> Rows:
    """The rows of a file in a container. BankFileRefused when it is empty, too large or damaged."""
    _check_size(content)
    rows = container.unpack(content)
    if len(rows) > MAX_ROWS:
        raise _refuse("行数过多", f"超过{MAX_ROWS}行", "向银行索取正确的文件")
    return rows


def _check_size(content: bytes) -> None:
    if not content:
        raise _refuse("文件是空的", "没有任何内容", "重新下载整个文件")
    if len(content) > MAX_BYTES:
        raise _refuse("文件过大", "超过20MB", "向银行索取正确的文件")


def _generic(one: Container) -> Format:
    """The generic layout in a container."""
    return Format(
        one.code,
        one.label,
        one.ending,
        one.kind,
        write_batch=lambda batch: one.pack(batch_rows(batch)),
        read_batch=lambda content: read_batch_rows(rows_of(one, content)),
        write_reply=lambda reply: one.pack(reply_rows(reply)),
        read_reply=lambda content: read_reply_rows(rows_of(one, content)),
        write_ask=lambda ask: one.pack(ask_rows(ask)),
        read_ask=lambda content: read_ask_rows(rows_of(one, content)),
    )


def _iso20022() -> Format:
    """pain.001 and pain.002. The standard has no question of a customer; ours goes in the generic text layout."""
    text = CONTAINERS["generic_txt"]
    return Format(
        "pain.001",
        "ISO 20022（pain.001.001.09）",
        "xml",
        "iso20022",
        write_batch=pain.write_batch,
        read_batch=pain.read_batch,
        write_reply=pain.write_reply,
        read_reply=pain.read_reply,
        write_ask=lambda ask: text.pack(ask_rows(_short(ask))),
        read_ask=lambda content: read_ask_rows(rows_of(text, content)),
        short_keys=True,
    )


def _short(ask: AskFile) -> AskFile:
    return dataclasses.replace(ask, lines=tuple((serial, key[:SHORT]) for serial, key in ask.lines))


FORMATS: dict[str, Format] = {one.code: one for one in (*map(_generic, CONTAINERS.values()), _iso20022())}


def format_named(code: str) -> Format:
    """A format by its code. BankFileRefused when there is none."""
    if code not in FORMATS:
        raise _refuse(f"没有名为“{code}”的银行文件格式", f"可用的格式：{'、'.join(FORMATS)}", "检查银行通道设置")
    return FORMATS[code]


def write_batch(code: str, batch: BatchFile) -> bytes:
    """The batch as a file; the same batch gives the same bytes."""
    return format_named(code).write_batch(batch)


def write_reply(code: str, reply: Reply) -> bytes:
    return format_named(code).write_reply(reply)


def read_batch(code: str, content: bytes) -> BatchFile:
    """What the bank reads of our file."""
    _check_size(content)
    return format_named(code).read_batch(content)


def read_reply(code: str, content: bytes) -> Reply:
    """What we read of the bank's reply. BankFileRefused lists every problem."""
    _check_size(content)
    return format_named(code).read_reply(content)


def write_ask(code: str, ask: AskFile) -> bytes:
    """The question what became of some orders."""
    return format_named(code).write_ask(ask)


def read_ask(code: str, content: bytes) -> AskFile:
    """What the bank reads of our question."""
    return format_named(code).read_ask(content)
