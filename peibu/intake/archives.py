"""Zip containers (xlsx are such): unpacked once, counting every byte, before any parser sees them. Runs in the child."""

from __future__ import annotations

import stat
import zipfile
import zlib
from io import BytesIO
from typing import Any

from peibu.intake.limits import Limits
from peibu.kernel.errors import Refused

_CHUNK = 1 << 16
_NESTED = (b"PK\x03\x04", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"\xd0\xcf\x11\xe0", b"MZ")
_MENDING = "请重新打开原文件，另存为新文件后再上传"


def refuse(what: str, code: str, todo: str = _MENDING) -> Refused:
    """A refusal about the container."""
    return Refused(what, code=code, remedy=todo)


def check(content: bytes, limits: Limits, nested: bool = False) -> list[str]:
    """Names of the members after counting decompression.

    Raises Refused for too many members, too many bytes or too high a ratio, encryption, symbolic links, paths that
    climb, files packed in files (unless `nested`), XML with a document type, and damage.
    """
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            members = archive.infolist()
            if len(members) > limits.members:
                raise refuse(f"压缩内容的部件超过 {limits.members} 个", "zip_members")
            total = 0
            for member in members:
                _check_entry(member)
                total = _count(archive, member, total, len(content), limits, nested)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError, ValueError):
        raise refuse("文件不完整或已损坏", "zip_broken")
    return [member.filename for member in members]


def examine(content: bytes, options: dict[str, Any], limits: Limits) -> dict[str, Any]:
    """Task of the child: the member names of a harmless archive."""
    return {"members": check(content, limits, nested=bool(options.get("nested")))}


def _check_entry(member: zipfile.ZipInfo) -> None:
    if member.flag_bits & 1:
        raise refuse("压缩内容设置了密码，无法检查", "zip_encrypted", "请取消密码后重新上传")
    if stat.S_ISLNK(member.external_attr >> 16):
        raise refuse("压缩内容含有链接文件", "zip_link")
    parts = member.filename.replace("\\", "/").split("/")
    if ".." in parts or parts[0] == "" or ":" in parts[0]:
        raise refuse("压缩内容的路径指向文件夹之外", "zip_path")


def _count(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, total: int, packed: int, limits: Limits, nested: bool
) -> int:
    with archive.open(member) as stream:
        first = True
        while chunk := stream.read(_CHUNK):
            total += len(chunk)
            if total > limits.unpacked_bytes or (total > limits.ratio_from_bytes and total > limits.ratio * packed):
                raise refuse("文件解压后异常庞大，疑似压缩炸弹", "zip_bomb", "请删去无关内容，另存为新文件后再上传")
            if first:
                _check_start(chunk, member.filename, nested)
            first = False
    return total


def _check_start(chunk: bytes, name: str, nested: bool) -> None:
    if not nested and chunk.startswith(_NESTED):
        raise refuse(f"文件里又夹带了别的文件（{name[:60]}）", "zip_nested", "请删除嵌入的附件、对象后重新上传")
    start = chunk[:4096].replace(b"\0", b"")
    if name.lower().endswith((".xml", ".rels")) and (b"<!DOCTYPE" in start or b"<!ENTITY" in start):
        raise refuse("文件内部含有不允许的声明，疑似被动过手脚", "xml_doctype")
