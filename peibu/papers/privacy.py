"""The last look before a paper is published: no complete identity number may stand in it."""

import re
from collections.abc import Iterable

from peibu.papers.errors import FieldRefused

FULL_IDENTITY_NUMBER = re.compile(r"(?<!\d)\d{17}[\dXxＸｘ](?!\d)")


def refuse_full_identity_numbers(texts: Iterable[str], paper: str) -> None:
    """Raise FieldRefused when any of ``texts`` contains 18 characters that form a complete identity number.

    The caller masks; this catches the caller that forgot. The number itself is not repeated in the message.
    """
    found = [number for number, text in enumerate(texts, start=1) if FULL_IDENTITY_NUMBER.search(text)]
    if found:
        places = "、".join(str(number) for number in found[:20])
        raise FieldRefused(
            f"{paper}第 {places} 项含有完整的公民身份号码。公开文书只能使用脱敏后的号码，文件未生成；请先脱敏。"
        )
