"""How a name is found: by any two neighbouring characters, by its pinyin, by the initials of its pinyin."""

import unicodedata
from collections.abc import Iterable

from pypinyin import Style, lazy_pinyin

_SEPARATOR = "|"


def fold(text: str) -> str:
    """One spelling for searching: full-width as half-width, capitals as small letters, no blanks, no null character.

    PostgreSQL keeps no null characters and refuses to be asked for one.
    """
    return "".join(unicodedata.normalize("NFKC", text).lower().replace("\0", "").split())


def sounds(name: str) -> tuple[str, str]:
    """(full pinyin without tones, its initials): 电工 -> ("diangong", "dg"). Other characters stay as they are."""
    syllables = lazy_pinyin(fold(name), style=Style.NORMAL)
    initials = lazy_pinyin(fold(name), style=Style.FIRST_LETTER)
    return "".join(syllables), "".join(initials)


def words_of(name: str, code: str, *more: str) -> str:
    """Everything an entry can be found by, in one line; parts are kept apart so that no fragment spans two."""
    parts = [fold(name), fold(code), *sounds(name)]
    for text in more:
        parts += [fold(text), *sounds(text)]
    return _SEPARATOR.join(parts)


def grams(text: str) -> list[str]:
    """The pairs of neighbouring characters, each once, in order: 电工焊 -> [电工, 工焊]."""
    return sorted({text[i : i + 2] for i in range(len(text) - 1) if _SEPARATOR not in text[i : i + 2]})


def asked(query: str) -> Iterable[str]:
    """The words of a query, folded; each must be found."""
    return [fold(word) for word in query.replace(_SEPARATOR, " ").split() if fold(word)]
