"""One cell into one value. What cannot be read exactly is refused with the reason, never guessed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from peibu.intake.spec import Column
from peibu.kernel.errors import Refused
from peibu.kernel.identity import check_id_number, check_mobile, check_name, check_uscc
from peibu.kernel.money import fen_from_yuan
from peibu.kernel.text import compact, is_private_use, visible

_EXACT_TO = 10**15
_FIRST_SERIAL, _LAST_SERIAL = 10_000, 73_050
_EPOCH = date(1899, 12, 30)
_DATE = re.compile(
    r"(\d{4})(?:[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d{2})(\d{2}))(?:[ T]?00?:00(?::00)?(?:\.0+)?)?", re.A
)
_MONTH = re.compile(r"(\d{4})(?:[-/.年](\d{1,2})月?|(\d{2}))", re.A)
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?E\+?\d+", re.I | re.A)
_YES = frozenset({"是", "有", "y", "yes", "true", "√", "✓", "✔", "1", "1.0"})
_NO = frozenset({"否", "无", "n", "no", "false", "×", "x", "✗", "✘", "0", "0.0"})
_AS_TEXT = "请把该列单元格格式设为“文本”，再对照证件重新录入"


def is_blank(cell: Any) -> bool:
    """Whether a cell shows nothing: empty, or only spaces and invisible characters."""
    return cell is None or (isinstance(cell, str) and not compact(cell))


def shown(cell: Any) -> str:
    """A cell as a person would see it, for error lists."""
    if isinstance(cell, dict):
        return str(next(iter(cell.values())))
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < _EXACT_TO:
        return str(int(cell))
    return "" if cell is None else str(cell)


def convert(column: Column, cell: Any, on: date | None) -> Any:
    """The value of a filled cell by the column's kind; `on` is the day on which ages are judged. Raises Refused."""
    if isinstance(cell, str):
        _check_characters(cell)
    return _READERS[column.kind](column, cell, on)


def _refuse(what: str, code: str, todo: str) -> Refused:
    return Refused(what, code=code, remedy=todo)


def _check_characters(text: str) -> None:
    for character in text:
        if is_private_use(character) or unicodedata.category(character) == "Cs":
            raise _refuse(
                f"含有自造字（编码 U+{ord(character):04X}），在别的电脑上会显示成别的字",
                "private_use",
                "请改用国家标准编码的汉字重新输入；仍打不出来的，请联系经办人员登记",
            )


def _digits(cell: Any) -> str:
    """Text of a cell that should hold digits; whole numbers below 15 digits have lost none."""
    if isinstance(cell, str) and not _SCIENTIFIC.fullmatch(compact(cell)):
        return cell
    if isinstance(cell, int | float) and not isinstance(cell, bool) and abs(cell) < _EXACT_TO and cell == int(cell):
        return str(int(cell))
    raise _refuse(f"“{shown(cell)}”是数字格式，长号码的末几位已丢失，无法还原", "digits_lost", _AS_TEXT)


def _text(column: Column, cell: Any, on: date | None) -> str:
    if isinstance(cell, bool):
        text = "TRUE" if cell else "FALSE"
    elif isinstance(cell, float) and not cell.is_integer():
        text = f"{cell:.15g}"
    elif isinstance(cell, int | float):
        text = _digits(cell)
    else:
        text = visible(shown(cell))
    if len(text) > column.max_length:
        raise _refuse(f"内容有 {len(text)} 个字，超过 {column.max_length} 个字", "too_long", "请缩短后重新填写")
    return text


def _name(column: Column, cell: Any, on: date | None) -> str:
    if not isinstance(cell, str):
        raise _refuse(f"“{shown(cell)}”不是姓名", "name_character", "请填写与身份证一致的姓名")
    return check_name(cell)


def _id_number(column: Column, cell: Any, on: date | None) -> str:
    if not isinstance(cell, str) or _SCIENTIFIC.fullmatch(compact(cell)):
        raise _refuse("身份证号码是按数字录入的，末几位已丢失，无法还原", "digits_lost", _AS_TEXT)
    if on is None:
        raise ValueError("a table with identity numbers needs on=")
    return check_id_number(cell, on).number


def _date(column: Column, cell: Any, on: date | None) -> date:
    found = _date_cell(cell)
    if found is None:
        match = _DATE.fullmatch(compact(shown(cell)))
        if not match:
            raise _no_date(cell)
        found = _real_date(cell, match[1], match[2] or match[4], match[3] or match[5])
    return found


def _date_cell(cell: Any) -> date | None:
    if isinstance(cell, dict):
        if "date" in cell:
            return date.fromisoformat(cell["date"])
        if "datetime" in cell:
            return datetime.fromisoformat(cell["datetime"]).date()
        raise _no_date(cell)
    number = isinstance(cell, int | float) and not isinstance(cell, bool)
    return _EPOCH + timedelta(int(cell)) if number and _FIRST_SERIAL <= cell <= _LAST_SERIAL else None


def _real_date(cell: Any, year: str, month: str, day: str) -> date:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        raise _no_date(cell)


def _no_date(cell: Any) -> Refused:
    return _refuse(f"“{shown(cell)}”不是有效的日期", "date", "请填写成 2020-03-02 的形式")


def _month(column: Column, cell: Any, on: date | None) -> date:
    if isinstance(cell, float) and not cell.is_integer():
        raise _refuse(
            f"“{shown(cell)}”是数字格式，分不清 1 月和 10 月",
            "month_ambiguous",
            "请把单元格设为文本，填写成 2020-03 的形式",
        )
    found = _date_cell(cell)
    if found is None:
        text = compact(shown(cell))
        match = _MONTH.fullmatch(text)
        full = None if match else _DATE.fullmatch(text)
        if not (match or full):
            raise _refuse(f"“{shown(cell)}”不是有效的月份", "month", "请填写成 2020-03 的形式")
        month = match[2] or match[3] if match else full[2] or full[4]  # type: ignore[index]
        found = _real_date(cell, (match or full)[1], month, "1")  # type: ignore[index]
    return found.replace(day=1)


def _int(column: Column, cell: Any, on: date | None) -> int:
    text = compact(shown(cell)).replace(",", "")
    if isinstance(cell, bool) or not re.fullmatch(r"[+-]?\d{1,15}(?:\.0+)?", text, re.A):
        raise _refuse(f"“{shown(cell)}”不是整数", "int", "请填写整数")
    return int(text.partition(".")[0])


def _fen(column: Column, cell: Any, on: date | None) -> int:
    # Excel keeps 15 significant digits and shows no more; beyond them lies only binary noise.
    exact = Decimal(f"{cell:.15g}") if isinstance(cell, float) else shown(cell)
    return fen_from_yuan(exact)


def _choice(column: Column, cell: Any, on: date | None) -> str:
    text = compact(shown(cell))
    for word in column.choices:
        if compact(word) == text:
            return column.choices[word] if isinstance(column.choices, Mapping) else word
    raise _refuse(f"“{shown(cell)[:50]}”不在可选范围内", "choice", f"请从以下选项中选择：{'、'.join(column.choices)}")


def _bool(column: Column, cell: Any, on: date | None) -> bool:
    word = compact(shown(cell)).lower()
    if word not in _YES | _NO:
        raise _refuse(f"“{shown(cell)[:50]}”无法判断是或否", "bool", "请填写“是”或“否”")
    return word in _YES


_READERS: dict[str, Callable[[Column, Any, date | None], Any]] = {
    "text": _text,
    "name": _name,
    "id_number": _id_number,
    "mobile": lambda column, cell, on: check_mobile(_digits(cell)),
    "uscc": lambda column, cell, on: check_uscc(_digits(cell)),
    "date": _date,
    "month": _month,
    "int": _int,
    "fen": _fen,
    "choice": _choice,
    "bool": _bool,
}
