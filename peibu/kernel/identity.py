"""Who someone is: identity numbers, names, mobile numbers, credit codes, and how they are masked. One door to all."""

from __future__ import annotations

import re

from peibu.kernel.errors import Refused
from peibu.kernel.id_numbers import IdNumber, check_id_number, id_check_digit, make_id_number, normalise_id
from peibu.kernel.masks import mask_account, mask_id, mask_mobile, mask_name
from peibu.kernel.names import check_name
from peibu.kernel.text import compact
from peibu.kernel.uscc import UsccKind, check_uscc, make_uscc, uscc_kind

__all__ = [
    "IdNumber",
    "UsccKind",
    "check_id_number",
    "check_mobile",
    "check_name",
    "check_uscc",
    "id_check_digit",
    "make_id_number",
    "make_uscc",
    "mask_account",
    "mask_id",
    "mask_mobile",
    "mask_name",
    "normalise_id",
    "uscc_kind",
]

_MOBILE = re.compile(r"1(?:3\d|4[5-9]|5[0-35-9]|6[2567]|7\d|8\d|9\d)\d{8}", re.ASCII)


def check_mobile(text: str) -> str:
    """A mobile number of the mainland as 11 digits; spaces, hyphens and +86 are taken off. Raises Refused."""
    number = re.sub(r"^(?:\+86|0086|86(?=1\d{10}$))", "", re.sub(r"[-‐‑–—()]", "", compact(text)))
    if not _MOBILE.fullmatch(number):
        raise Refused(
            f"“{compact(text)[:30]}”不是有效的手机号码", code="mobile", remedy="请填写 11 位中国大陆手机号码"
        )
    return number
