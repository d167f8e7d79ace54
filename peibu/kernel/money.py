"""Money in fen (integer); text and words for people. Floats are refused everywhere."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from peibu.kernel.errors import Refused

MAX_FEN = 10**15 - 1
"""9,999,999,999,999.99 yuan: far above any budget, far below a 64-bit column."""

_AMOUNT = re.compile(r"(?P<sign>[+-]?)(?P<whole>\d+|\d{1,3}(?:,\d{3})+)(?:\.(?P<part>\d*))?")
_DIGITS = "零壹贰叁肆伍陆柒捌玖"


def _refuse(what: str, remedy: str, code: str) -> Refused:
    return Refused(what, code=code, remedy=remedy)


def _whole(fen: int) -> int:
    if isinstance(fen, bool) or not isinstance(fen, int):
        raise TypeError(f"fen must be an int, not {type(fen).__name__}")
    return fen


def yuan(fen: int) -> str:
    """Fen as yuan with two decimals and thousands commas: 123450 -> "1,234.50"."""
    whole, part = divmod(abs(_whole(fen)), 100)
    return f"{'-' if fen < 0 else ''}{whole:,}.{part:02d}"


def fen_from_yuan(value: str | Decimal | int, allow_negative: bool = False) -> int:
    """Exact fen of an amount in yuan.

    Text may carry full-width digits, correct thousands commas, a leading ¥ and a trailing 元. Raises Refused for
    more than two decimals, a negative amount (unless allowed), anything that is no amount, and floats.
    """
    if isinstance(value, bool) or not isinstance(value, str | Decimal | int):
        raise _refuse(
            "金额不能用浮点数表示，否则可能差一分钱", "请按文本或两位小数的数字提供金额，例如 1234.50", "money_type"
        )
    text = _plain(value)
    match = _AMOUNT.fullmatch(text)
    if not match:
        raise _refuse(f"“{value}”不是有效的金额", "请填写数字，最多两位小数，例如 1234.50", "money_format")
    part = (match["part"] or "").rstrip("0")
    if len(part) > 2:
        raise _refuse(f"金额“{value}”超过两位小数", "金额最小到分，请按两位小数填写", "money_decimals")
    fen = int(match["whole"].replace(",", "")) * 100 + int(part.ljust(2, "0"))
    if match["sign"] == "-":
        fen = -fen
    if fen < 0 and not allow_negative:
        raise _refuse(f"金额“{value}”不能是负数", "请填写零或正数", "money_negative")
    if abs(fen) > MAX_FEN:
        raise _refuse(f"金额“{value}”超出可处理的范围", "请检查是否多写了位数，金额单位是元", "money_range")
    return fen


def _plain(value: str | Decimal | int) -> str:
    if isinstance(value, str):
        text = unicodedata.normalize("NFKC", value).replace(" ", "").replace("−", "-")
        return re.sub(r"^([+-]?)[¥]", r"\1", text).removesuffix("元")
    if isinstance(value, Decimal):
        return format(value, "f") if value.is_finite() else str(value)
    return str(value) if abs(value) <= MAX_FEN else f"{'-' if value < 0 else ''}{10**15}"


def split_fen(total: int, weights: Sequence[int | Fraction | Decimal]) -> list[int]:
    """Share `total` fen in proportion to `weights`; the parts always add up to the whole.

    Rounding: each part is first rounded towards zero; the fen left over go one each to the parts with the largest
    remainders, equal remainders in the order given. A negative total is the mirror image of the positive one.
    Raises ValueError without weights, with a negative weight, or when all are zero; TypeError for floats.
    """
    total = _whole(total)
    if any(isinstance(weight, bool | float) for weight in weights):
        raise TypeError("weights must be exact: int, Fraction or Decimal")
    exact = [Fraction(weight) for weight in weights]
    if not exact or min(exact) < 0 or not sum(exact):
        raise ValueError("weights must be non-negative with a positive sum")
    whole = sum(exact)
    shares = [abs(total) * weight / whole for weight in exact]
    parts = [int(share) for share in shares]
    order = sorted(range(len(parts)), key=lambda place: (parts[place] - shares[place], place))
    for place in order[: abs(total) - sum(parts)]:
        parts[place] += 1
    return [-part for part in parts] if total < 0 else parts


def in_words(fen: int) -> str:
    """The amount in capital Chinese numerals for vouchers: 123450 -> 壹仟贰佰叁拾肆元伍角整.

    Zeros follow the rules for filling in vouchers of 支付结算办法 (annex 1); of two permitted forms the one with 零
    after 元 is taken. Raises Refused beyond MAX_FEN.
    """
    if abs(_whole(fen)) > MAX_FEN:
        raise _refuse("金额超出可以大写的范围", "请检查金额", "money_range")
    whole, rest = divmod(abs(fen), 100)
    jiao, cent = divmod(rest, 10)
    text = ("负" if fen < 0 else "") + (_words(whole) + "元" if whole else "")
    if not rest:
        return (text or "零元") + "整"
    if whole and (not jiao or whole % 10 == 0):
        text += "零"
    text += f"{_DIGITS[jiao]}角" if jiao else ""
    return text + (f"{_DIGITS[cent]}分" if cent else "整")


def _words(number: int) -> str:
    for unit, name in ((10**8, "亿"), (10**4, "万"), (1000, "仟"), (100, "佰"), (10, "拾")):
        if number >= unit:
            high, low = divmod(number, unit)
            gap = "零" if 0 < low < unit // 10 else ""
            return _words(high) + name + gap + (_words(low) if low else "")
    return _DIGITS[number]
