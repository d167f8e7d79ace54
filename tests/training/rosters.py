"""Roster files as offices send them, for tests: .xlsx, .xls (written by hand, 1997 style), CSV in any encoding."""

import io
import struct

import xlsxwriter

HEAD = ["序号", "姓名", "身份证号码", "手机号码", "职务", "管理层级", "层级依据"]


def row_of(person, position=1, *, level="中层", post="生产部经理", name=None, number=None):
    return [str(position), name or person.name, number or person.id_number, "", post, level, ""]


def rows_of(people, **changes):
    return [row_of(person, position, **changes) for position, person in enumerate(people, start=1)]


def xlsx(rows, *, head=HEAD, title="2020年报名人员花名册", formulas=()):
    """A workbook with a merged title row; `formulas` are (cell, formula, shown value)."""
    sink = io.BytesIO()
    book = xlsxwriter.Workbook(sink, {"in_memory": True, "strings_to_numbers": False, "strings_to_formulas": False})
    sheet = book.add_worksheet("名册")
    top = 0
    if title:
        sheet.merge_range(0, 0, 0, len(head) - 1, title)
        top = 1
    for line, values in enumerate([head, *rows], start=top):
        for place, value in enumerate(values):
            sheet.write(line, place, value)
    for cell, formula, value in formulas:
        sheet.write_formula(cell, formula, None, value)
    book.close()
    return sink.getvalue()


def csv(rows, *, encoding="gb18030", head=HEAD):
    return "\r\n".join(",".join(map(str, values)) for values in [head, *rows]).encode(encoding)


def xls(rows, *, head=HEAD):
    """An Excel 97 workbook: one sheet of BIFF8 labels in a compound file."""
    stream = _globals(0)
    stream = _globals(len(stream)) + _sheet([head, *rows])
    return _compound(stream.ljust(4096 * -(-len(stream) // 4096), b"\0"))


def _record(kind, data):
    return struct.pack("<HH", kind, len(data)) + data


def _bof(kind):
    return _record(0x0809, struct.pack("<HHHHII", 0x0600, kind, 0x0DBB, 1996, 0, 6))


def _globals(sheet_at):
    name = "名册".encode("utf-16-le")
    bound = struct.pack("<IBBBB", sheet_at, 0, 0, len(name) // 2, 1) + name
    return _bof(5) + _record(0x0042, struct.pack("<H", 1200)) + _record(0x0085, bound) + _record(0x000A, b"")


def _sheet(rows):
    body = _bof(0x10)
    body += _record(0x0200, struct.pack("<IIHHH", 0, len(rows), 0, max(map(len, rows)), 0))
    for line, values in enumerate(rows):
        for place, value in enumerate(values):
            text = str(value).encode("utf-16-le")
            if text:
                body += _record(0x0204, struct.pack("<HHHHB", line, place, 15, len(text) // 2, 1) + text)
    return body + _record(0x000A, b"")


def _compound(stream):
    """A compound file of 512-byte sectors: FAT in sector 0, directory in 1, the stream from 2 on."""
    count = len(stream) // 512
    fat = [0xFFFFFFFD, 0xFFFFFFFE, *range(3, 2 + count), 0xFFFFFFFE]
    assert len(fat) <= 128, "one FAT sector is enough for tests"
    fat += [0xFFFFFFFF] * (128 - len(fat))
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16
    head += struct.pack(
        "<HHHHHHIIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 0, 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0
    )
    head += struct.pack("<109I", 0, *([0xFFFFFFFF] * 108))
    entries = _entry("Root Entry", 5, 0xFFFFFFFE, 0, child=1) + _entry("Workbook", 2, 2, len(stream))
    return head + struct.pack("<128I", *fat) + entries.ljust(512, b"\0") + stream


def _entry(name, kind, start, size, child=0xFFFFFFFF):
    text = (name + "\0").encode("utf-16-le")
    none = 0xFFFFFFFF
    return (
        text.ljust(64, b"\0")
        + struct.pack("<HBBIII", len(text), kind, 1, none, none, child)
        + b"\0" * 36
        + struct.pack("<IQ", start, size)
    )
