"""Resident identity numbers (GB 11643): 18 characters with check digit, and the old 15 digits."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

from peibu.kernel.errors import Refused
from peibu.kernel.months import age_on
from peibu.kernel.text import compact

_PROVINCE_RANGES = ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65), (71, 71))
PROVINCES = frozenset(str(code) for first, last in _PROVINCE_RANGES for code in range(first, last + 1))
_RESIDENCE_PERMITS = frozenset({"810000", "820000", "830000"})
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_SHAPE = re.compile(r"[0-9]{17}[0-9X]")


@dataclass(frozen=True, slots=True)
class IdNumber:
    """A number that passed the check. `area` is its first six digits, `kind` who holds such a number."""

    number: str
    birth: date
    sex: Literal["male", "female"]
    area: str
    kind: Literal["resident", "residence_permit", "foreigner"] = "resident"
    converted: bool = False
    """Whether it was written with 15 digits."""

    def age(self, on: date) -> int:
        """Full years on a day."""
        return age_on(self.birth, on)


def normalise_id(text: str) -> str:
    """An identity number as written on the card: half width, no spaces, quotes or hyphens, X in capitals."""
    return re.sub(r"['’‘`\-‐‑–—]", "", compact(text)).upper()


def id_check_digit(first_17: str) -> str:
    """The 18th character by MOD 11-2 (ISO 7064)."""
    return _CHECKS[sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, first_17, strict=True)) % 11]


def make_id_number(area: str, birth: date, sequence: int) -> str:
    """A well-formed number for synthetic people. `sequence` 0-999: odd for men, even for women."""
    if not re.fullmatch(r"[0-9]{6}", area) or not 0 <= sequence <= 999:
        raise ValueError("area has six digits and sequence lies in 0-999")
    first = f"{area}{birth:%Y%m%d}{sequence:03d}"
    return first + id_check_digit(first)


def check_id_number(text: str, today: date, min_age: int = 0, max_age: int = 120) -> IdNumber:
    """Check a resident identity number, a residence permit (81/82/83) or a foreigner's card (9...).

    Checks length, characters, check digit, province, a real birth date not after `today`, and the age window in full
    years. The county is not judged: real numbers carry codes that no longer exist. Raises Refused.
    """
    number = normalise_id(text)
    converted = len(number) == 15 and number.isascii() and number.isdigit()
    if converted:
        number = f"{number[:6]}19{number[6:]}"
        number += id_check_digit(number)
    _check_shape(number)
    if id_check_digit(number[:17]) != number[17]:
        raise _refuse("最后一位校验码不符，号码中有一位写错", "id_check_digit")
    kind = _kind(number)
    birth = _birth(number, today)
    if not min_age <= age_on(birth, today) <= max_age:
        raise _refuse(f"按号码推算的年龄 {age_on(birth, today)} 周岁不在 {min_age}—{max_age} 周岁之间", "id_age")
    sex: Literal["male", "female"] = "male" if int(number[16]) % 2 else "female"
    return IdNumber(number, birth, sex, number[:6], kind, converted)


def _refuse(why: str, code: str) -> Refused:
    return Refused(f"身份证号码有误：{why}", code=code, remedy="请对照本人身份证原件核对后重新填写")


def _check_shape(number: str) -> None:
    if not number:
        raise _refuse("没有填写", "id_empty")
    if len(number) != 18:
        raise _refuse(f"应为 18 位，现为 {len(number)} 位", "id_length")
    if not _SHAPE.fullmatch(number):
        raise _refuse("只能由 17 位数字加 1 位数字或 X 组成", "id_characters")


def _kind(number: str) -> Literal["resident", "residence_permit", "foreigner"]:
    if number[:2] in PROVINCES:
        return "resident"
    if number[:6] in _RESIDENCE_PERMITS:
        return "residence_permit"
    if number[0] == "9" and number[1:3] in PROVINCES:
        return "foreigner"
    raise _refuse(f"前两位“{number[:2]}”不是省级行政区代码", "id_province")


def _birth(number: str, today: date) -> date:
    digits = number[6:14]
    try:
        birth = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        raise _refuse("第 7—14 位不是真实存在的出生日期", "id_birth")
    if birth > today:
        raise _refuse("出生日期晚于今天", "id_birth_future")
    return birth
