"""Sentences for people: templates with {names}, parts in [brackets] left out when something in them is unknown."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

Values = Mapping[str, Any]
Render = Callable[[Values], str | None]
Show = Callable[[Any], str]

_PIECE = re.compile(r"\[([^\]]*)\]|\{(\w+)\}")
_FEN_PER_YUAN = 100
_YES_NO = {(True, True): "是", (False, True): "否", (True, False): "yes", (False, False): "no"}


def yuan(fen: int, lang: str = "zh") -> str:
    """Show integer fen as yuan: 2000元, 1800.50元."""
    whole, rest = divmod(abs(fen), _FEN_PER_YUAN)
    digits = f"{whole}.{rest:02d}" if rest else str(whole)
    return f"{'-' if fen < 0 else ''}{digits}{'元' if lang == 'zh' else ' yuan'}"


class _DayTexts(dict[date, str]):
    """The text of a day, kept: writing it out is among the dearest things in a determination."""

    def __init__(self, length: int):
        super().__init__()
        self._length = length

    def __missing__(self, day: date) -> str:
        if len(self) >= _DAYS_KEPT:
            self.clear()
        text = self[day] = day.isoformat()[: self._length]
        return text


_DAYS_KEPT = 65_536  # about 180 years
DAY_TEXTS, MONTH_TEXTS = _DayTexts(10), _DayTexts(7)


def show(value: Any, kind: str, labels: Mapping[str, str], lang: str) -> str:
    """Show one value of a kind (a fact type or a unit) to a person."""
    chinese = lang == "zh"
    if value is None:
        return "未提供" if chinese else "not given"
    if isinstance(value, bool):
        return _YES_NO[value, chinese]
    if kind == "fen":
        return yuan(value, lang)
    if isinstance(value, date):
        return MONTH_TEXTS[value] if kind == "month" else DAY_TEXTS[value]
    if isinstance(value, tuple):
        return ("、" if chinese else ", ").join(labels.get(code, code) for code in value)
    return labels.get(value, value) if isinstance(value, str) else str(value)


class Template:
    """A parsed sentence. `names` are the facts, numbers and figures it speaks of.

    parts: ("text", words), ("name", a name), or ("maybe", a template that is left out when a name in it is unknown).
    """

    def __init__(self, text: str):
        self.text = text
        self.parts = _parse(text)
        self.names = tuple(dict.fromkeys(_PIECE_NAMES.findall(text)))

    def bind(self, get: Callable[[str], Callable[[Values], Any]], shows: Mapping[str, Show]) -> Render:
        """Return a function from values to the sentence; None when a name outside brackets is unknown."""
        pieces = [_bind_part(part, get, shows) for part in self.parts]
        if len(pieces) == 1:
            return pieces[0]

        def render(values: Values) -> str | None:
            found = [piece(values) for piece in pieces]
            return None if None in found else "".join(found)  # type: ignore[arg-type]

        return render


_PIECE_NAMES = re.compile(r"\{(\w+)\}")
Part = tuple[str, Any]


def _parse(text: str) -> list[Part]:
    parts: list[Part] = []
    at = 0
    for found in _PIECE.finditer(text):
        if found.start() > at:
            parts.append(("text", text[at : found.start()]))
        parts.append(("maybe", Template(found[1])) if found[1] is not None else ("name", found[2]))
        at = found.end()
    if at < len(text) or not parts:
        parts.append(("text", text[at:]))
    return parts


def _bind_part(part: Part, get: Callable, shows: Mapping[str, Show]) -> Render:
    kind, content = part
    if kind == "text":
        return lambda values: content
    if kind == "maybe":
        inner = content.bind(get, shows)
        return lambda values: inner(values) or ""
    value_of, shown = get(content), shows[content]

    def named(values: Values) -> str | None:
        value = value_of(values)
        return None if value is None else shown(value)

    return named
