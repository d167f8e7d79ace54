"""What a file really is, by its content; the name only serves the sentence. Nothing is parsed here."""

from __future__ import annotations

import codecs
import re
import zipfile
from io import BytesIO

from peibu.kernel.errors import Refused

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MAGIC = (
    (b"%PDF-", "pdf"),
    (b"\xff\xd8\xff", "jpg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"GIF8", "gif"),
    (b"BM", "bmp"),
    (b"II*\0", "tiff"),
    (b"MM\0*", "tiff"),
    (b"MZ", "program"),
    (b"\x7fELF", "program"),
    (b"\xca\xfe\xba\xbe", "program"),
    (b"#!", "program"),
    (b"Rar!", "archive"),
    (b"7z\xbc\xaf\x27\x1c", "archive"),
    (b"\x1f\x8b", "archive"),
    (b"{\\rtf", "rtf"),
    (b"\x1a\x45\xdf\xa3", "webm"),
)
# Split so that no scanner takes this very file for the harmless test virus.
_TEST_VIRUS = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE"
_MARKUP = re.compile(rb"\s*<(?:!doctype\s+html|html|head|body|table|meta|style|script|svg|div)\b", re.I)
TABLE_KINDS = frozenset({"xlsx", "xls", "csv"})

_PLEASE_XLSX = "请在 Excel 或 WPS 中打开后“另存为”Excel 工作簿（.xlsx）再上传"
_SENTENCES = {
    "empty": ("文件是空的", "请检查文件是否保存成功后重新上传"),
    "html": ("文件内容是网页（HTML），只是名字像表格", _PLEASE_XLSX),
    "mhtml": ("文件内容是网页存档，只是名字像表格", _PLEASE_XLSX),
    "xml_table": ("文件是旧式 XML 表格", _PLEASE_XLSX),
    "xlsb": ("文件是二进制工作簿（.xlsb）", _PLEASE_XLSX),
    "ods": ("文件是 OpenDocument 表格", _PLEASE_XLSX),
    "macro": ("工作簿带有宏程序，出于安全不予接收", "请另存为不带宏的 Excel 工作簿（.xlsx）再上传"),
    "encrypted_office": ("文件设置了打开密码，无法读取", "请取消密码保护后重新上传"),
    "pdf": ("文件是 PDF", "请上传可编辑的 Excel 表格（.xlsx）"),
    "jpg": ("文件是图片（JPEG）", "请上传可编辑的 Excel 表格（.xlsx）"),
    "png": ("文件是图片（PNG）", "请上传可编辑的 Excel 表格（.xlsx）"),
    "gif": ("文件是图片（GIF）", "请换成 JPG 或 PNG 图片"),
    "bmp": ("文件是图片（BMP）", "请换成 JPG 或 PNG 图片"),
    "tiff": ("文件是图片（TIFF）", "请换成 JPG 或 PNG 图片"),
    "webp": ("文件是图片（WebP）", "请换成 JPG 或 PNG 图片"),
    "heic": ("文件是苹果手机的 HEIC 图片", "请在手机上转换为 JPG 后上传"),
    "svg": ("文件是矢量图（SVG），可能夹带程序", "请换成 JPG 或 PNG 图片"),
    "program": ("文件是可执行程序，不予接收", "请确认选对了文件"),
    "virus": ("文件被识别为病毒（或病毒测试文件），不予接收", "请先查杀病毒"),
    "archive": ("文件是压缩包", "请解压后逐个上传其中的文件"),
    "zip": ("文件是 ZIP 压缩包", "请解压后逐个上传其中的文件"),
    "doc": ("文件是旧式 Word 文档", "请按要求的格式重新保存后上传"),
    "docx": ("文件是 Word 文档", "请按要求的格式重新保存后上传"),
    "pptx": ("文件是演示文稿", "请按要求的格式重新保存后上传"),
    "ofd": ("文件是 OFD 版式文件", "请转换为 PDF 后上传"),
    "rtf": ("文件是 RTF 文档", "请按要求的格式重新保存后上传"),
    "ole": ("文件是旧式 Office 文件，但不是表格", _PLEASE_XLSX),
    "broken_zip": ("文件不完整或已损坏", "请重新打开原文件，另存后再上传"),
    "mp4": ("文件是视频（MP4）", "请换成要求的格式"),
    "webm": ("文件是视频（WebM）", "请换成要求的格式"),
    "xlsx": ("文件是 Excel 工作簿", "请换成要求的格式"),
    "xls": ("文件是旧式 Excel 工作簿", "请换成要求的格式"),
    "csv": ("文件是文本", "请换成要求的格式"),
    "iso20022": ("文件是银行报文（ISO 20022）", "请换成要求的格式"),
    "unknown": ("不认识这种文件", "请按要求的格式重新保存后上传"),
}


def sniff(content: bytes) -> str:
    """The kind of a file: xlsx, xls, csv (any text), pdf, jpg, png, zip ... or unknown."""
    if not content.strip(b"\0 \r\n\t"):
        return "empty"
    if _TEST_VIRUS in content:
        return "virus"
    containers = ((OLE, _ole_kind), (b"PK\x03\x04", _zip_kind), (b"PK\x05\x06", _zip_kind))
    for magic, look in containers:
        if content.startswith(magic):
            return look(content)
    return _media_kind(content) or _text_kind(content)


def _media_kind(content: bytes) -> str:
    """Kind by the first bytes; empty when they say nothing. BM, MZ and #! may also begin an honest text."""
    if content[4:12] in {b"ftypheic", b"ftypheix", b"ftypmif1"}:
        return "heic"
    if content[4:8] == b"ftyp":
        return "mp4"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "webp"
    for magic, kind in _MAGIC:
        if content.startswith(magic) and (magic not in {b"BM", b"MZ"} or b"\0" in content[:1024]):
            return kind
    return ""


def refusal(name: str, kind: str) -> Refused:
    """Says in Chinese what a file is when that is not wanted."""
    what, todo = _SENTENCES.get(kind, _SENTENCES["unknown"])
    return Refused(f"“{name[:80]}”不能接收：{what}", code=f"file_{kind}", remedy=todo)


def decode(content: bytes) -> str | None:
    """Text by byte order mark, strict UTF-8, then strict GB18030; None when it is no text."""
    for mark, codec in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if content.startswith(mark):
            return _strict(content, codec)
    if b"\0" in content:
        return None
    text = _strict(content, "utf-8")
    return text if text is not None else _strict(content, "gb18030")


def _strict(content: bytes, codec: str) -> str | None:
    try:
        return content.decode(codec)
    except UnicodeDecodeError:
        return None


def _ole_kind(content: bytes) -> str:
    def has(stream: str) -> bool:
        return stream.encode("utf-16-le") in content

    if has("EncryptedPackage"):
        return "encrypted_office"
    if has("_VBA_PROJECT_CUR"):
        return "macro"
    if has("WordDocument"):
        return "doc"
    return "xls" if has("Workbook") or has("Book") else "ole"


def _zip_kind(content: bytes) -> str:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, RuntimeError):
        return "broken_zip"
    lower = {name.lower() for name in names}
    if any(name.endswith("vbaproject.bin") for name in lower):
        return "macro"
    marks = (
        ("xl/workbook.bin", "xlsb"),
        ("xl/workbook.xml", "xlsx"),
        ("word/document.xml", "docx"),
        ("ppt/presentation.xml", "pptx"),
        ("ofd.xml", "ofd"),
        ("content.xml", "ods"),
    )
    return next((kind for mark, kind in marks if mark in lower), "zip")


def _text_kind(content: bytes) -> str:
    head = content[:4096].removeprefix(codecs.BOM_UTF8)
    if b"<svg" in head.lower():
        return "svg"
    if _MARKUP.match(head):
        return "html"
    if b"urn:iso:std:iso:20022:tech:xsd:" in head and head.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<"):
        return "iso20022"
    if head.lstrip().startswith(b"<?xml"):
        return "xml_table" if b"office:spreadsheet" in head else "html" if b"<html" in head.lower() else "unknown"
    if head.startswith(b"MIME-Version:"):
        return "mhtml"
    return "csv" if decode(content) is not None else "unknown"
