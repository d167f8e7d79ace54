"""Amounts and dates as they are printed. Amounts come in fen (whole numbers)."""

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

BEIJING = timezone(timedelta(hours=8))

DIGITS = "零壹贰叁肆伍陆柒捌玖"
PLACES = ("", "拾", "佰", "仟")
GROUPS = ("", "万", "亿", "万亿")


def yuan(fen: int | None) -> str:
    """Yuan with thousands separators and two decimals, ``—`` where there is no amount: 123450 -> ``1,234.50``."""
    if fen is None:
        return "—"
    sign = "-" if fen < 0 else ""
    whole, cents = divmod(abs(fen), 100)
    return f"{sign}{whole:,}.{cents:02d}"


def yuan_in_words(fen: int) -> str:
    """The amount in financial capitals: 123450 -> ``壹仟贰佰叁拾肆元伍角整``. Raises ValueError below zero."""
    if fen < 0:
        raise ValueError("金额大写只用于不小于零的金额")
    whole, cents = divmod(fen, 100)
    jiao, last = divmod(cents, 10)
    words = f"{_whole_in_words(whole)}元" if whole or not cents else ""
    if jiao:
        words += f"{DIGITS[jiao]}角"
    elif last and whole:
        words += "零"
    return words + (f"{DIGITS[last]}分" if last else "整")


def _whole_in_words(whole: int) -> str:
    if whole == 0:
        return DIGITS[0]
    groups = []
    while whole:
        whole, group = divmod(whole, 10_000)
        groups.append(group)
    if len(groups) > len(GROUPS):
        raise ValueError("金额过大，无法转换为大写")
    words, gap = "", False
    for index in range(len(groups) - 1, -1, -1):
        group = groups[index]
        if group == 0:
            gap = bool(words)
            continue
        if words and (gap or group < 1_000):
            words += DIGITS[0]
        words += _group_in_words(group) + GROUPS[index]
        gap = False
    return words


def _group_in_words(group: int) -> str:
    words, gap = "", False
    for place in (3, 2, 1, 0):
        digit = group // 10**place % 10
        if digit == 0:
            gap = bool(words)
            continue
        words += (DIGITS[0] if gap else "") + DIGITS[digit] + PLACES[place]
        gap = False
    return words


def day(value: date) -> str:
    """``2026年3月2日``"""
    return f"{value.year}年{value.month}月{value.day}日"


def moment(value: datetime) -> str:
    """Beijing time, ``2026年3月2日 14:05:09``. Raises ValueError for a time without zone."""
    if value.tzinfo is None:
        raise ValueError("时间必须带时区")
    local = value.astimezone(BEIJING)
    return f"{day(local)} {local:%H:%M:%S}"


def hours(value: int | Decimal) -> str:
    """Class hours without trailing zeros: ``40``, ``7.5``."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
