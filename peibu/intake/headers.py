"""Where the table begins: the row whose cells are the expected headings, under whatever titles stand above it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from peibu.intake.spec import TableSpec, heading
from peibu.intake.values import is_blank, shown

_SEARCHED = 30


@dataclass(slots=True)
class Header:
    """`row` (from 1) holds the headings, data follow after `last_row`; `places` maps column names to positions."""

    row: int
    last_row: int
    places: dict[str, int] = field(default_factory=dict)
    repeated: set[str] = field(default_factory=set)
    extra: list[str] = field(default_factory=list)


def cell_at(row: list[Any], place: int | None) -> Any:
    """The cell at a position, None beyond the end."""
    return row[place] if place is not None and place < len(row) else None


def letter_of(place: int) -> str:
    """Excel's letter of a position counted from 0: 0 -> A, 26 -> AA."""
    letters, number = "", place + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def find_header(rows: list[list[Any]], spec: TableSpec) -> Header | None:
    """The best heading row among the first 30; at least two headings (or the only one) must match."""
    known = {text: column.name for column in spec.columns for text in column.headings()}
    best: Header | None = None
    for number, row in enumerate(rows[:_SEARCHED], start=1):
        header = _match(row, number, known)
        if len(header.places) >= min(2, len(spec.columns)) and (best is None or len(header.places) > len(best.places)):
            best = header
    if best:
        _second_line(best, rows, known)
    return best


def _match(row: list[Any], number: int, known: dict[str, str]) -> Header:
    header = Header(number, number)
    for place, cell in enumerate(row):
        name = known.get(heading(cell))
        if name in header.places:
            header.repeated.add(name)
        elif name:
            header.places[name] = place
        elif not is_blank(cell):
            header.extra.append(shown(cell))
    return header


def _second_line(header: Header, rows: list[list[Any]], known: dict[str, str]) -> None:
    """Merged headings: the row below may carry the lower line of a two-line head, empty under the upper headings."""
    below = rows[header.row] if header.row < len(rows) else []
    if any(not is_blank(cell_at(below, place)) for place in header.places.values()):
        return
    lower = _match(below, header.row + 1, known)
    fresh = {name: place for name, place in lower.places.items() if name not in header.places}
    if fresh:
        header.places |= fresh
        header.last_row += 1
