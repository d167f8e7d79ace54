"""Can every printed character be drawn? typst gives no warning when a glyph is missing, so we ask the fonts."""

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from peibu.papers.errors import Gap, GlyphGap
from peibu.papers.fonts import coverage, font_dir

# A line feed breaks the line in the templates; it needs no glyph. Every other control character is a gap.
LAYOUT_CHARACTERS = frozenset("\n")

FIELD_LABELS = {
    "account": "账号",
    "about": "异议事项",
    "amount": "金额",
    "certificates": "证书",
    "check_code": "核验码",
    "clause": "依据条款",
    "commitments": "承诺事项",
    "course_title": "培训项目",
    "decision": "审核结论",
    "document_number": "文号",
    "employer": "单位",
    "fields": "表头项",
    "id_number_masked": "公民身份号码",
    "issuer": "发证（发文）单位",
    "lines": "明细",
    "name": "姓名",
    "name_masked": "姓名",
    "number": "编号",
    "objections": "异议处理",
    "outcome": "处理结果",
    "persons": "人员",
    "policy_title": "政策名称",
    "project_title": "项目名称",
    "provider": "培训机构",
    "reason": "理由",
    "recipient": "收件单位",
    "rows": "名单",
    "serial": "证书编号",
    "sessions": "课次",
    "title": "标题",
}


def missing_glyphs(text: str, family: str) -> list[tuple[str, str]]:
    """Characters of ``text`` that ``family`` cannot draw, each once, in order: ``[("𡋾", "U+212FE")]``."""
    return _missing(text, [family])


def refuse_gaps(payload: Any, families: Sequence[str]) -> None:
    """Raise GlyphGap listing every character in any string of ``payload`` that none of ``families`` can draw."""
    gaps = [
        Gap(where, character, codepoint)
        for where, text in _strings(payload)
        for character, codepoint in _missing(text, families)
    ]
    if gaps:
        raise GlyphGap(gaps)


def _missing(text: str, families: Sequence[str]) -> list[tuple[str, str]]:
    drawable = _drawable(tuple(families), font_dir())
    distinct = dict.fromkeys(text)
    return [(c, f"U+{ord(c):04X}") for c in distinct if c not in LAYOUT_CHARACTERS and ord(c) not in drawable]


@cache
def _drawable(families: tuple[str, ...], _root: Path) -> frozenset[int]:
    return frozenset().union(*(coverage(family) for family in families))


def _strings(value: Any, where: str = "") -> Iterator[tuple[str, str]]:
    """(place in Chinese, text) of every string in nested dicts and lists."""
    if isinstance(value, str):
        yield where or "正文", value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _strings(inner, f"{where} {FIELD_LABELS.get(key, key)}".strip())
    elif isinstance(value, list | tuple):
        for position, inner in enumerate(value, start=1):
            yield from _strings(inner, f"{where}第 {position} 项")
