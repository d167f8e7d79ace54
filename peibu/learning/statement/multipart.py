"""multipart/mixed, in and out: a first part of JSON, then one part per attachment (xAPI 1.0.3 communication 1.5.2)."""

import dataclasses
import re
import uuid

from peibu.learning.statement.errors import Invalid

_BOUNDARY = re.compile(r";\s*boundary=(?:\"([^\"]{1,70})\"|([^\s;\"]{1,70}))", re.IGNORECASE)


@dataclasses.dataclass(frozen=True)
class Part:
    """One part of a message; header names in lower case."""

    headers: dict[str, str]
    content: bytes


def boundary_of(content_type: str) -> bytes:
    found = _BOUNDARY.search(content_type)
    if not found:
        raise Invalid("Content-Type", "multipart/mixed 缺少 boundary")
    return (found[1] or found[2]).encode()


def parts(body: bytes, content_type: str) -> list[Part]:
    """All parts of a message, in order."""
    mark = b"--" + boundary_of(content_type)
    pieces = (b"\r\n" + body).split(b"\r\n" + mark)
    if len(pieces) < 3 or not pieces[-1].startswith(b"--"):
        raise Invalid("请求正文", "multipart/mixed 不完整，缺少结尾的分隔行")
    return [_part(piece) for piece in pieces[1:-1]]


def _part(piece: bytes) -> Part:
    head, blank, content = piece.partition(b"\r\n\r\n")
    if not blank:
        raise Invalid("请求正文", "multipart/mixed 的一个部分没有空行，分不出头和内容")
    headers = {}
    for line in head.split(b"\r\n")[1:]:
        name, colon, value = line.decode("latin-1").partition(":")
        if not colon:
            raise Invalid("请求正文", "multipart/mixed 的头部格式不对")
        headers[name.strip().lower()] = value.strip()
    return Part(headers, content)


def build(first: bytes, attachments: list[tuple[str, str, bytes]]) -> tuple[bytes, str]:
    """Message and content type from the JSON and (sha2, content type, content) of each attachment."""
    boundary = uuid.uuid4().hex
    lines = [b"--" + boundary.encode(), b"Content-Type: application/json", b"", first]
    for sha2, media, content in attachments:
        head = f"Content-Type: {media}\r\nContent-Transfer-Encoding: binary\r\nX-Experience-API-Hash: {sha2}"
        lines += [b"--" + boundary.encode(), head.encode("latin-1", "replace"), b"", content]
    lines.append(b"--" + boundary.encode() + b"--")
    return b"\r\n".join(lines) + b"\r\n", f"multipart/mixed; boundary={boundary}"
