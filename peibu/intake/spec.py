"""The description of a table that may arrive: its columns, what each holds, how it may be headed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from peibu.kernel.text import compact

Kind = Literal["text", "name", "id_number", "mobile", "date", "month", "int", "fen", "choice", "bool", "uscc"]
EXACT_KINDS = frozenset({"text", "name", "id_number", "mobile", "choice", "uscc"})
"""Columns in which a formula is refused: what it shows may be out of date, and nobody typed it."""

_DECORATION = re.compile(r"[*＊:：]|[(（\[【].*?[)）\]】]")


def heading(text: object) -> str:
    """A column heading reduced to what counts: no spaces, stars, colons or remarks in brackets."""
    return _DECORATION.sub("", compact(str(text))).lower() if isinstance(text, str) else ""


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column. `name` keys the row dict, `label` heads the template; `aliases` are other headings in use.

    Values by kind: text, name, id_number, mobile, uscc, choice str · date and month (its first day) date · int int ·
    fen int (the file holds yuan) · bool. `choices` is a list of words or maps words to stored values.
    """

    name: str
    label: str
    aliases: Sequence[str] = ()
    kind: Kind = "text"
    required: bool = True
    choices: Sequence[str] | Mapping[str, str] = ()
    unique: bool = False
    max_length: int = 200
    help: str = ""
    example: str = ""

    def __post_init__(self) -> None:
        if (self.kind == "choice") != bool(self.choices):
            raise ValueError(f"column {self.name}: choices belong to kind choice")

    def headings(self) -> frozenset[str]:
        """All headings under which the column may appear."""
        return frozenset(heading(text) for text in (self.label, *self.aliases))


@dataclass(frozen=True, kw_only=True)
class TableSpec:
    """A table: its columns, its title in the template, and how many rows it may have."""

    columns: Sequence[Column]
    title: str
    max_rows: int = 5000

    def __post_init__(self) -> None:
        for values in ([c.name for c in self.columns], [h for c in self.columns for h in c.headings()]):
            if len(values) != len(set(values)):
                raise ValueError(f"table {self.title}: names and headings must be unique")
