"""One uploaded document or photo: what it is, whether it may stay, and the bytes to keep."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from peibu.intake import kinds
from peibu.intake.limits import DEFAULT, Limits
from peibu.intake.sandbox import run_confined
from peibu.kernel.errors import Problem, Refused

DUPLICATE_BITS = 31
SIMILAR_BITS = 65
_DOCUMENTS = ("pdf", "jpg", "png", "xlsx", "zip")


@dataclass(slots=True)
class UploadVerdict:
    """`content` is what may be stored (pictures encoded anew, without metadata); empty when there are problems.

    `sha256` and `size` are those of the bytes that arrived, `stored_sha256` that of `content`. `facts` of pictures:
    taken_at (the camera's claim), had_position, width, height, hash, hash_mirrored, hash_without_strip, hash_quality;
    of PDFs: pages (as far as visible); of archives: members.
    """

    kind: str
    sha256: str
    size: int
    content: bytes = b""
    problems: list[Problem] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)
    stored_sha256: str = ""

    @property
    def ok(self) -> bool:
        """Whether the file may be kept."""
        return not self.problems


def inspect_upload(
    name: str, content: bytes, allow: Sequence[str] = _DOCUMENTS, limits: Limits = DEFAULT
) -> UploadVerdict:
    """Judge an upload by its content; the name only serves the sentences. Never raises for the file's sake."""
    verdict = UploadVerdict(kinds.sniff(content), hashlib.sha256(content).hexdigest(), len(content))
    try:
        if len(content) > limits.file_bytes:
            raise Refused(f"文件超过 {limits.file_bytes >> 20} MB", code="file_size", remedy="请缩小后重新上传")
        if verdict.kind not in allow:
            raise kinds.refusal(name, verdict.kind)
        _examine(name, content, verdict, limits)
    except Refused as refused:
        verdict.content = b""
        verdict.problems.append(Problem("", None, "", refused.message, "", refused.remedy, code=refused.code))
    verdict.stored_sha256 = hashlib.sha256(verdict.content).hexdigest() if verdict.content else ""
    return verdict


def hash_distance(first: str, second: str) -> int:
    """Differing bits of two picture hashes (0-256): up to 31 a duplicate, up to 65 worth a look."""
    return (int(first, 16) ^ int(second, 16)).bit_count()


def _examine(name: str, content: bytes, verdict: UploadVerdict, limits: Limits) -> None:
    verdict.content = content
    if verdict.kind in {"jpg", "png"}:
        answer = run_confined("picture", content, {"kind": verdict.kind}, limits)
        verdict.content = base64.b64decode(answer["content"])
        verdict.facts = answer["facts"]
    elif verdict.kind == "pdf":
        verdict.facts = run_confined("pdf", content, {}, limits)
    elif verdict.kind in {"xlsx", "docx", "pptx", "ofd", "zip"}:
        verdict.facts = run_confined("archive", content, {}, limits)
    elif verdict.kind == "xls":
        run_confined("cells", content, {"kind": "xls", "rows": 65_536}, limits)
    elif verdict.kind not in {"csv", "iso20022"}:  # both are read without running or expanding anything
        raise kinds.refusal(name, verdict.kind)
