"""Answers with a part of a file (RFC 9110, 14): what a player asks for when it jumps. Nothing else serves files."""

import re
from collections.abc import Iterator
from typing import IO

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse

BLOCK = 64 * 1024
_RANGE = re.compile(r"bytes=(\d*)-(\d*)", re.ASCII)


def asked_range(header: str, size: int) -> tuple[int, int] | None:
    """First and last byte asked for; None = the whole file (no range, several, or not understood).

    Raises ValueError when the file has no such bytes (416).
    """
    found = _RANGE.fullmatch(header.strip())
    if found is None or found.groups() == ("", ""):
        return None
    first, last = found.groups()
    if not first:
        if int(last) == 0:
            raise ValueError(header)
        return max(0, size - int(last)), size - 1
    start, end = int(first), min(int(last) if last else size - 1, size - 1)
    if last and int(last) < start:
        return None
    if start >= size:
        raise ValueError(header)
    return start, end


def ranged(request: HttpRequest, file: IO[bytes], *, size: int, content_type: str, etag: str) -> HttpResponse:
    """200 with all of it, 206 with a part, 416 when there is no such part. The file is closed with the answer."""
    header = request.headers.get("Range", "")
    if request.headers.get("If-Range", etag) != etag:
        header = ""  # the part the player holds is of another file
    try:
        part = asked_range(header, size) if header else None
    except ValueError:
        file.close()
        answer = HttpResponse(status=416)
        answer["Content-Range"] = f"bytes */{size}"
        return answer
    start, end = part or (0, size - 1)
    answer = StreamingHttpResponse(_blocks(file, start, end - start + 1), content_type=content_type)
    if part:
        answer.status_code = 206
        answer["Content-Range"] = f"bytes {start}-{end}/{size}"
    answer["Accept-Ranges"], answer["Content-Length"], answer["ETag"] = "bytes", end - start + 1, etag
    return answer


def _blocks(file: IO[bytes], start: int, left: int) -> Iterator[bytes]:
    with file:
        file.seek(start)
        while left > 0 and (block := file.read(min(BLOCK, left))):
            left -= len(block)
            yield block
