"""Names of persons."""

from __future__ import annotations

import re

from peibu.kernel.errors import Refused
from peibu.kernel.text import compact, is_private_use

# NFKC leaves these dots apart although keyboards and old systems use them all for the one in 买买提·艾力.
_DOTS = str.maketrans(dict.fromkeys("•・‧∙⋅᛫●", "·"))
_HAN = (
    "\u3007\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0002a6df\U0002a700-\U0002ebe0\U0002ebf0-\U0002ee5d"
    "\U00030000-\U000323af"
)
_NAME = re.compile(f"[{_HAN}]+(?:·[{_HAN}]+)*")
_NOT_NAME = re.compile(f"[^{_HAN}·]")
MAX_NAME = 50


def check_name(text: str) -> str:
    """A person's name in Chinese characters (with Ext A and later) and ·, spaces taken out. Raises Refused.

    Private-use characters are refused with their code point: they show differently on every machine, so the bank
    and the certificate printer would see another name.
    """
    name = compact(text).translate(_DOTS)
    if not name:
        raise _refuse("姓名没有填写", "name_empty", "请填写与身份证一致的姓名")
    for character in name:
        if is_private_use(character):
            raise _refuse(
                f"姓名中有自造字（编码 U+{ord(character):04X}），在别的电脑上会显示成别的字",
                "name_private_use",
                "请改用国家标准编码的汉字重新输入；仍打不出来的，请联系经办人员登记",
            )
    stranger = _NOT_NAME.search(name)
    if stranger:
        raise _refuse(
            f"姓名“{name[:MAX_NAME]}”中有不能用于姓名的字符“{stranger[0]}”（U+{ord(stranger[0]):04X}）",
            "name_character",
            "姓名只能由汉字和间隔号“·”组成，请按身份证填写",
        )
    if not 2 <= len(name) <= MAX_NAME or not _NAME.fullmatch(name):
        raise _refuse(
            f"姓名“{name[:MAX_NAME]}”不完整或过长", "name_length", f"请按身份证填写 2 至 {MAX_NAME} 个字的姓名"
        )
    return name


def _refuse(why: str, code: str, remedy: str) -> Refused:
    return Refused(why, code=code, remedy=remedy)
