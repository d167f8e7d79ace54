"""A proof somebody kept, checked against what was published: the path leads to the root, and the root is that notice's."""

import dataclasses
import json

from peibu.casework import merkle
from peibu.casework.models import PublicNotice
from peibu.kernel.errors import Refused

LONGEST = 100_000
WANTED = {"notice": str, "root": str, "size": int, "index": int, "path": list}


@dataclasses.dataclass(frozen=True)
class Checked:
    """included: the line stands in the list of that root; published: that root is the notice's; `line` as kept, or empty."""

    notice: PublicNotice | None
    included: bool
    published: bool
    line: dict

    @property
    def good(self) -> bool:
        return self.included and self.published


def checked(text: str) -> Checked:
    """What a proof file proves. Refused when it is none."""
    proof = _read(text)
    notice = PublicNotice.objects.filter(number=proof["notice"]).first()
    try:
        included = merkle.is_proven(proof)
        line = json.loads(proof["line"]) if "line" in proof else {}
    except (ValueError, TypeError, AttributeError) as broken:
        raise _no_proof() from broken
    published = notice is not None and notice.root == proof["root"] and notice.lines.count() == proof["size"]
    return Checked(notice, included, published, line if isinstance(line, dict) else {})


def _read(text: str) -> dict:
    if len(text) > LONGEST:
        raise _no_proof()
    try:
        proof = json.loads(text)
    except ValueError as broken:
        raise _no_proof() from broken
    if not isinstance(proof, dict) or not ("line" in proof or "leaf" in proof):
        raise _no_proof()
    if any(not isinstance(proof.get(name), kind) for name, kind in WANTED.items()):
        raise _no_proof()
    return proof


def _no_proof() -> Refused:
    return Refused("这不是公示名单的核验文件", "no_proof", "请粘贴在公示页面下载的核验文件（JSON）的全部内容")
