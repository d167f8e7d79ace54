"""Money is a whole number of fen. Nothing here accepts or returns a float."""

import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

from peibu.kernel.errors import Refused

FEN_PER_YUAN = 100
_PLAIN = re.compile(r"-?\d+(\.\d{1,2})?")
_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿", "万亿")


def yuan(fen: int) -> str:
    """Fen as yuan for people: 123450 -> '1,234.50'."""
    whole, rest = divmod(abs(fen), FEN_PER_YUAN)
    return f"{'-' if fen < 0 else ''}{whole:,}.{rest:02d}"


def fen_from_yuan(amount: str | int | Decimal, *, negative: bool = False) -> int:
    """Yuan as written by people -> exact fen. Refuses floats, more than two decimals and (by default) negatives."""
    if isinstance(amount, bool) or not isinstance(amount, str | int | Decimal):
        raise Refused("金额的格式不对", "money_type", "请填写数字，如 2000 或 2000.00")
    text = (
        str(amount).strip().replace(",", "").replace("，", "").removeprefix("¥").removeprefix("￥").removesuffix("元")
    )
    if not _PLAIN.fullmatch(text):
        raise Refused(f"“{amount}”不是有效金额（最多两位小数）", "money_format", "请填写数字，如 2000 或 2000.00")
    try:
        fen = int(Decimal(text) * FEN_PER_YUAN)
    except InvalidOperation:
        raise Refused(f"“{amount}”不是有效金额", "money_format", "请填写数字，如 2000 或 2000.00") from None
    if fen < 0 and not negative:
        raise Refused(f"金额不能为负数（{amount}）", "money_negative", "请核对金额")
    return fen


def split_fen(total: int, weights: Sequence[int]) -> list[int]:
    """Share out fen by weights. The parts add up to the whole: each gets its floor, and what is left goes one fen
    each to the largest remainders, the earlier first on a tie."""
    if not weights or min(weights) < 0 or sum(weights) == 0:
        raise Refused("分摊权重必须为非负数且不能全为零", "money_weights", "请核对分摊比例")
    whole = sum(weights)
    parts = [total * weight // whole for weight in weights]
    order = sorted(range(len(weights)), key=lambda i: (-(total * weights[i] % whole), i))
    for i in order[: total - sum(parts)]:
        parts[i] += 1
    return parts


def _group_in_words(number: int) -> str:
    words, zero = "", False
    for place in range(3, -1, -1):
        digit = number // 10**place % 10
        if digit:
            words += ("零" if zero and words else "") + _DIGITS[digit] + _PLACES[place]
            zero = False
        else:
            zero = True
    return words


def _whole_in_words(number: int) -> str:
    groups = []
    while number:
        number, rest = divmod(number, 10_000)
        groups.append(rest)
    words = ""
    gap = False
    for index in range(len(groups) - 1, -1, -1):
        group = groups[index]
        if not group:
            gap = bool(words)
            continue
        if words and (gap or group < 1000):
            words += "零"
        words += _group_in_words(group) + _GROUPS[index]
        gap = False
    return words


def in_words(fen: int) -> str:
    """Fen as the formal Chinese amount: 123450 -> 壹仟贰佰叁拾肆元伍角整. Up to 9999 万亿 yuan."""
    sign = "负" if fen < 0 else ""
    whole, rest = divmod(abs(fen), FEN_PER_YUAN)
    jiao, last = divmod(rest, 10)
    words = f"{_whole_in_words(whole)}元" if whole else ""
    if not rest:
        return f"{sign}{words or '零元'}整"
    if jiao:
        words += _DIGITS[jiao] + "角"
    elif whole:
        words += "零"
    return f"{sign}{words}{_DIGITS[last]}分" if last else f"{sign}{words}整"
