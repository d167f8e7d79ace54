"""Identity numbers of people and organisations, names, and how they are masked.

GB 11643 (citizens), GB 32100-2015 (organisations). The county of the number is not checked against today's list:
numbers carry the code in force when they were given. Masks follow the linkage analysis of the security reference:
public pages show no digit, desks the first three and last two.
"""

import dataclasses
import datetime as dt
import re
import unicodedata

from peibu.kernel.errors import Refused

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_PROVINCES = frozenset(
    f"{code}"
    for code in (
        *range(11, 16),
        21,
        22,
        23,
        *range(31, 38),
        *range(41, 47),
        *range(50, 55),
        *range(61, 66),
        71,
        81,
        82,
        83,
        91,
    )
)
_OLDEST = 120
_USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_USCC_KINDS = {
    "11": "机关",
    "12": "事业单位",
    "51": "社会团体",
    "52": "民办非企业单位",
    "91": "企业",
    "92": "个体工商户",
}
_DOTS = str.maketrans({"•": "·", "・": "·", "‧": "·", "．": "·"})
_INVISIBLE = re.compile(r"[\s\u200b-\u200f\u2060\ufeff]")


@dataclasses.dataclass(frozen=True)
class IdNumber:
    """A checked 18-character identity number and what it says. `sex` is 'm' or 'f'; `area` the six-digit county."""

    number: str
    birth: dt.date
    sex: str
    area: str


def normalise_id(text: str) -> str:
    """Full-width, lower-case x, blanks and zero-width characters gone; 15 digits become 18."""
    number = _INVISIBLE.sub("", unicodedata.normalize("NFKC", str(text))).upper()
    if len(number) == 15 and number.isdigit():
        body = f"{number[:6]}19{number[6:]}"
        return body + id_check_digit(body)
    return number


def id_check_digit(body: str) -> str:
    """The 18th character for the first 17 (MOD 11-2)."""
    return _CHECKS[sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True)) % 11]


def make_id_number(area: str, birth: dt.date, sequence: int) -> str:
    """A number with a right check digit, for synthetic people. An odd sequence means male."""
    body = f"{area}{birth:%Y%m%d}{sequence:03d}"
    return body + id_check_digit(body)


def check_id_number(text: str, today: dt.date) -> IdNumber:
    """Check a citizen's identity number. Raises Refused with what is wrong."""
    number = normalise_id(text)
    if not re.fullmatch(r"\d{17}[\dX]", number):
        raise Refused(f"身份证号码“{text}”不是18位", "id_format", "请核对证件后以文本格式填写18位号码")
    if number[:2] not in _PROVINCES:
        raise Refused(f"身份证号码“{text}”的省份代码不存在", "id_province", "请核对证件号码前两位")
    try:
        birth = dt.date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        raise Refused(f"身份证号码“{text}”中的出生日期不存在", "id_birth", "请核对证件号码第7至14位") from None
    if birth > today or today.year - birth.year > _OLDEST:
        raise Refused(f"身份证号码“{text}”中的出生日期不合理", "id_birth", "请核对证件号码第7至14位")
    if id_check_digit(number[:17]) != number[17]:
        raise Refused(f"身份证号码“{text}”校验位不符", "id_check", "号码可能录错，请逐位核对证件")
    return IdNumber(number, birth, "m" if int(number[16]) % 2 else "f", number[:6])


def uscc_check_digit(body: str) -> str:
    """The 18th character of a unified social credit code for its first 17."""
    total = sum(_USCC.index(char) * weight for char, weight in zip(body, _USCC_WEIGHTS, strict=True))
    return _USCC[(31 - total % 31) % 31]


def check_uscc(text: str) -> str:
    """Check a unified social credit code; returns it normalised. Raises Refused."""
    code = _INVISIBLE.sub("", unicodedata.normalize("NFKC", str(text))).upper()
    if len(code) != 18 or any(char not in _USCC for char in code):
        raise Refused(
            f"统一社会信用代码“{text}”应为18位数字或大写字母（不含I、O、Z、S、V）", "uscc_format", "请核对营业执照"
        )
    if uscc_check_digit(code[:17]) != code[17]:
        raise Refused(f"统一社会信用代码“{text}”校验位不符", "uscc_check", "代码可能录错，请核对营业执照")
    return code


def uscc_kind(code: str) -> str:
    """What the first two characters say: 企业, 事业单位 ... or 其他."""
    return _USCC_KINDS.get(code[:2], "其他")


def check_name(text: str) -> str:
    """A person's name, cleaned: dots unified, outer blanks gone. Refuses private-use and control characters."""
    name = re.sub(r"\s+", " ", str(text).translate(_DOTS)).strip()
    if not name or len(name) > 50:
        raise Refused("姓名为空或过长", "name_length", "请填写证件上的姓名")
    for char in name:
        kind = unicodedata.category(char)
        if kind in {"Co", "Cn", "Cc", "Cf"}:
            raise Refused(
                f"姓名“{name}”含有无法识别的字符（U+{ord(char):04X}）",
                "name_character",
                "请用国家标准汉字重新录入该字",
            )
        if not (kind.startswith("L") or char in "· '-"):
            raise Refused(f"姓名“{name}”含有不应出现的字符“{char}”", "name_character", "请只填写证件上的姓名")
    return name


def check_mobile(text: str) -> str:
    """A mainland mobile number of 11 digits, 1[3-9]. Raises Refused."""
    number = _INVISIBLE.sub("", unicodedata.normalize("NFKC", str(text))).removesuffix(".0").removeprefix("+86")
    if not re.fullmatch(r"1[3-9]\d{9}", number):
        raise Refused(f"手机号码“{text}”不是11位手机号", "mobile_format", "请核对手机号码")
    return number


def mask_id(number: str) -> str:
    """For desks: first three and last two characters. Never for public pages (they show no digit)."""
    return f"{number[:3]}{'*' * (len(number) - 5)}{number[-2:]}" if len(number) > 5 else "*" * len(number)


def mask_name(name: str) -> str:
    """For public pages: 王*, 欧阳*明 -> the first character, stars, the last one of names longer than two."""
    if len(name) <= 1:
        return "*"
    if len(name) == 2:
        return name[0] + "*"
    return name[0] + "*" * (len(name) - 2) + name[-1]


def mask_account(number: str) -> str:
    """A bank account: the last four digits."""
    return "*" * max(0, len(number) - 4) + number[-4:]
