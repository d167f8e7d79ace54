"""Text in cells: never a formula, never cut, high enough to be read."""

import unicodedata
from math import ceil

from peibu.papers.errors import FieldRefused

# The classic openers of a formula and their full-width twins; a later export to CSV would bring them to life.
FORMULA_OPENERS = frozenset("=+-@\t\r\n＝＋－＠")
INVISIBLE = " \u3000\u00a0\u200b\ufeff"
LONGEST_CELL = 32_767
FORBIDDEN_IN_SHEET_NAMES = str.maketrans(dict.fromkeys("[]:*?/\\", ""))


def neutral(text: str) -> str:
    """``text`` with a leading apostrophe where a spreadsheet (or a CSV made of it) could take it for a formula."""
    opening = text.lstrip(INVISIBLE)[:1]
    return f"'{text}" if opening in FORMULA_OPENERS and opening else text


def checked_text(text: str, where: str = "表格文字") -> str:
    """Neutral text for a cell. Raises FieldRefused where Excel would drop or cut it silently."""
    safe = neutral(text)
    if len(safe) > LONGEST_CELL:
        raise FieldRefused(f"{where}有 {len(safe)} 个字符，超过 Excel 单元格上限 {LONGEST_CELL}，文件未生成；请精简。")
    if any(0xD800 <= ord(character) <= 0xDFFF for character in safe):
        raise FieldRefused(f"{where}含有残缺的字符，文件未生成；请重新录入。")
    return safe


def lines_needed(text: str, width: float, *, bold: bool = False) -> int:
    """Lines that ``text`` takes in a column of ``width`` (Excel's unit: one digit); Chinese counts double."""
    room = max(width - 1, 2) / (1.06 if bold else 1.0)
    return sum(max(1, ceil(_cells(line) / room)) for line in text.split("\n"))


def sheet_name(wanted: str, taken: set[str]) -> str:
    """A legal and free sheet name of at most 31 characters; added to ``taken``."""
    stem = wanted.translate(FORBIDDEN_IN_SHEET_NAMES).strip("'")[:31].strip() or "表"
    name, number = stem, 2
    while name.lower() in taken:
        suffix = f"（{number}）"
        name, number = stem[: 31 - len(suffix)] + suffix, number + 1
    taken.add(name.lower())
    return name


def _cells(text: str) -> float:
    return sum(2.0 if unicodedata.east_asian_width(character) in "WFA" else 1.1 for character in text)
