"""PDF files: complete, unencrypted, and without anything that acts by itself. Runs in the child."""

from __future__ import annotations

import re
import zlib
from typing import Any

from peibu.intake.archives import refuse
from peibu.intake.limits import Limits

_STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.S)
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
_ACTIVE = {
    b"JavaScript": "程序脚本",
    b"JS": "程序脚本",
    b"Launch": "启动外部程序的动作",
    b"EmbeddedFile": "嵌入的附件",
    b"EmbeddedFiles": "嵌入的附件",
    b"RichMedia": "多媒体对象",
    b"XFA": "动态表单",
    b"SubmitForm": "对外发送数据的动作",
    b"ImportData": "读取外部数据的动作",
    b"GoToR": "打开外部文件的动作",
    b"GoToE": "打开嵌入文件的动作",
}
_NAME = re.compile(rb"/(" + b"|".join(sorted(_ACTIVE, key=len, reverse=True)) + rb")(?![A-Za-z0-9])")
_TAIL = 4096
_REPRINT = "请用“打印为 PDF”重新生成后上传"


def examine(content: bytes, options: dict[str, Any], limits: Limits) -> dict[str, Any]:
    """Task of the child: refuses what acts, hides or is incomplete. A scan of names, not a full parser."""
    if b"%%EOF" not in content[-_TAIL:]:
        raise refuse("PDF 不完整，或末尾夹带了别的内容", "pdf_broken", _REPRINT)
    if b"PK\x05\x06" in content[-(1 << 16) :]:
        raise refuse("PDF 末尾夹带了压缩包", "pdf_polyglot", _REPRINT)
    outside = _STREAM.sub(b" ", content)
    if re.search(rb"/Encrypt(?![A-Za-z])", outside):
        raise refuse("PDF 设置了密码或权限限制，无法检查", "pdf_encrypted", "请取消密码和限制后上传")
    for text in (outside, *_inflated(content, limits)):
        found = _NAME.search(_ESCAPED.sub(lambda match: bytes([int(match[1], 16)]), text))
        if found:
            raise refuse(f"PDF 含有{_ACTIVE[found[1]]}，出于安全不予接收", "pdf_active", _REPRINT)
    return {"pages": len(re.findall(rb"/Type\s*/Page(?![A-Za-z])", outside))}


def _inflated(content: bytes, limits: Limits) -> list[bytes]:
    """The unpacked object streams, where newer PDFs keep their dictionaries; every unpacked byte is counted."""
    total = 0
    found = []
    for match in _STREAM.finditer(content):
        if b"ObjStm" not in content[max(0, match.start() - 512) : match.start()]:
            continue
        try:
            text = zlib.decompressobj().decompress(match[1], limits.unpacked_bytes - total + 1)
        except zlib.error:
            raise refuse("PDF 内部已损坏，无法检查", "pdf_broken", _REPRINT)
        total += len(text)
        if total > limits.unpacked_bytes:
            raise refuse("PDF 解压后异常庞大，疑似压缩炸弹", "pdf_bomb", _REPRINT)
        found.append(text)
    return found
