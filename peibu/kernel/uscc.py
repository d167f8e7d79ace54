"""Unified social credit codes (GB 32100)."""

from __future__ import annotations

import re
from enum import StrEnum

from peibu.kernel.errors import Refused
from peibu.kernel.text import compact

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_SHAPE = re.compile(f"[{_ALPHABET}]{{2}}[0-9]{{6}}[{_ALPHABET}]{{10}}")


class UsccKind(StrEnum):
    """Who registers under the first two characters."""

    ENTERPRISE = "enterprise"
    SOLE_TRADER = "sole_trader"
    COOPERATIVE = "cooperative"
    GOVERNMENT = "government"
    PUBLIC_INSTITUTION = "public_institution"
    ASSOCIATION = "association"
    PRIVATE_NON_ENTERPRISE = "private_non_enterprise"
    FOUNDATION = "foundation"
    TRADE_UNION = "trade_union"
    OTHER = "other"

    @property
    def label(self) -> str:
        """Chinese name of the kind."""
        return _LABELS[self]


_LABELS = {
    UsccKind.ENTERPRISE: "企业",
    UsccKind.SOLE_TRADER: "个体工商户",
    UsccKind.COOPERATIVE: "农民专业合作社",
    UsccKind.GOVERNMENT: "机关",
    UsccKind.PUBLIC_INSTITUTION: "事业单位",
    UsccKind.ASSOCIATION: "社会团体",
    UsccKind.PRIVATE_NON_ENTERPRISE: "民办非企业单位",
    UsccKind.FOUNDATION: "基金会",
    UsccKind.TRADE_UNION: "工会",
    UsccKind.OTHER: "其他",
}
_KINDS = {
    "91": UsccKind.ENTERPRISE,
    "92": UsccKind.SOLE_TRADER,
    "93": UsccKind.COOPERATIVE,
    "11": UsccKind.GOVERNMENT,
    "12": UsccKind.PUBLIC_INSTITUTION,
    "51": UsccKind.ASSOCIATION,
    "52": UsccKind.PRIVATE_NON_ENTERPRISE,
    "53": UsccKind.FOUNDATION,
    "81": UsccKind.TRADE_UNION,
}


def uscc_check_character(first_17: str) -> str:
    """The 18th character by MOD 31-3."""
    total = sum(_ALPHABET.index(character) * pow(3, place, 31) for place, character in enumerate(first_17))
    return _ALPHABET[-total % 31]


def make_uscc(first_17: str) -> str:
    """A well-formed code for synthetic organisations: 17 characters plus the check character."""
    return first_17 + uscc_check_character(first_17)


def check_uscc(text: str) -> str:
    """The code in capitals without spaces, shape and check character verified. Raises Refused."""
    code = compact(text).replace("-", "").upper()
    if len(code) != 18:
        raise _refuse(f"应为 18 位，现为 {len(code)} 位", "uscc_length")
    if not _SHAPE.fullmatch(code):
        raise _refuse("含有不允许的字符（不使用字母 I、O、S、V、Z，第 3—8 位为数字）", "uscc_characters")
    if uscc_check_character(code[:17]) != code[17]:
        raise _refuse("最后一位校验码不符，号码中有一位写错", "uscc_check")
    return code


def uscc_kind(code: str) -> UsccKind:
    """What sort of organisation a code belongs to, from its first two characters."""
    return _KINDS.get(code[:2], UsccKind.OTHER)


def _refuse(why: str, code: str) -> Refused:
    return Refused(f"统一社会信用代码有误：{why}", code=code, remedy="请对照营业执照或登记证书核对后重新填写")
