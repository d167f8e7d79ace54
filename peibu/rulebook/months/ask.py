"""Stored words -> marks of each claim. Claims are looked up in a partition, so only what is asked about is touched."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import polars as pl

from peibu.rulebook.months.calendar import LONG_AGO, months_of
from peibu.rulebook.months.claims import KEYS, Claims, Keys, keys_of, spread
from peibu.rulebook.months.fold import BLOCK, KEY
from peibu.rulebook.months.layout import LINES, MONTH, PAID_ON, PLACE, SET, SETTLED
from peibu.rulebook.months.marks import width
from peibu.rulebook.months.scan import Scan

_ONE = np.uint64(1)
_NONE = np.uint64(0)
_ALL = ~_NONE
_PIECE = 1 << 14  # claims at a time: the temporary arrays stay in the processor's cache
_DENSE = 16  # whole numbers at most so far apart, on average, are looked up in a table instead of searched
_MOSTLY = 0.8  # from this share of found claims on it is cheaper to compute all than to pick
_NOWHERE = -1


class Part(NamedTuple):
    """One version of a partition as `layout` keeps it. newest: the last month of each word's block, and one for nobody."""

    persons: Keys
    employers: Keys
    newest: np.ndarray
    since: np.ndarray
    lines: np.ndarray
    days: np.ndarray
    residue: np.ndarray

    @classmethod
    def of(cls, keys: pl.DataFrame | np.ndarray, lines: np.ndarray, days: np.ndarray, residue: np.ndarray) -> Part:
        """Return a part to ask from what `lay_out` gave."""
        if isinstance(keys, np.ndarray):
            person, employer, block, since = keys
        else:
            person, employer = (keys_of(keys[name]) for name in KEYS)
            block, since = keys[KEY[-1]].to_numpy(), keys["since"].to_numpy()
        newest = block.astype(np.int16) * np.int16(BLOCK) + np.int16(BLOCK - 1)
        return cls(person, employer, np.append(newest, newest[-1]), since, lines, days.ravel(), residue)

    def line(self, name: str, at: np.ndarray) -> np.ndarray:
        """Return one line of the words at these places."""
        return self.lines[LINES[name]].take(at)


class Asked(NamedTuple):
    """Some claims of one partition; persons and employers in the types of the store."""

    persons: Keys
    employers: Keys
    claim: slice | np.ndarray
    reference: np.ndarray
    paid_by: np.ndarray
    payment_month: np.ndarray
    payment_day: np.ndarray

    def only(self, which: np.ndarray) -> Asked:
        """Return some of them. which: their places."""
        claim = which + self.claim.start if isinstance(self.claim, slice) else self.claim[which]
        return Asked(_pick(self.persons, which), _pick(self.employers, which), claim, *(c[which] for c in self[3:]))


def asked_of(claims: Claims, claim: slice | np.ndarray, part: Part) -> Iterator[Asked]:
    """Yield these claims piece by piece. A key that the store's type cannot hold is nobody's."""
    keys = []
    for given, own in ((claims.people, part.persons), (claims.employers, part.employers)):
        some = given[claim] if isinstance(claim, slice) else given.gather(claim)
        keys.append(keys_of(keys_as(some, pl.Series(own[:0]).dtype)))
    columns = (claims.reference, claims.paid_by, *claims.payment_day)
    size = len(keys[0])
    for start in range(0, size, _PIECE):
        end = min(start + _PIECE, size)
        some = slice(claim.start + start, claim.start + end) if isinstance(claim, slice) else claim[start:end]
        yield Asked(*(key[start:end] for key in keys), some, *(column[some] for column in columns))


def keys_as(keys: pl.Series, dtype: pl.DataType) -> pl.Series:
    """Return keys in another type; what that type cannot hold is null."""
    if not (keys.dtype.is_integer() or keys.dtype == pl.String):
        keys = keys.cast(pl.String)
    return keys if keys.dtype == dtype else keys.cast(dtype, strict=False)


def read_part(scan: Scan, asked: Asked, part: Part, *, late: bool, until: int | None) -> None:
    """Gather the marks that a part gives these claims.

    late: how late arrears came is asked for, which only rows can tell. until: the last batch that counts; None is all.
    """
    for which, at in _words_of(asked.persons, part.persons):
        if until is not None:
            which, at = _some(which, at, np.flatnonzero(part.since[at] <= until))
        if scan.needs_earliest:
            _note_earliest(scan, asked.only(which), part, at)
        same = _same(_pick(part.employers, at), _pick(asked.employers, which))
        which, at = _some(which, at, np.flatnonzero(same))
        if len(at) < _MOSTLY * len(asked.persons):
            _put(scan, asked.only(which), part, at, late=late)
            continue
        everywhere = np.full(len(asked.persons), len(part.newest) - 1)
        everywhere[which] = at
        _put(scan, asked, part, everywhere, late=late)


def _words_of(persons: Keys, own: Keys) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield (index into `persons`, place in `own`) of equal persons: the first place of each, then the second ..."""
    which, at = np.arange(len(persons)), _first_places(persons, own)
    while len(at):
        which, at = _some(which, at, np.flatnonzero((at != _NOWHERE) & (at < len(own))))
        which, at = _some(which, at, np.flatnonzero(_same(_pick(own, at), _pick(persons, which))))
        yield which, at
        at = at + 1


def _first_places(persons: Keys, own: Keys) -> np.ndarray:
    """Return for each person the first place where `own` (sorted, not empty) may hold it."""
    if not (isinstance(persons, np.ndarray) and isinstance(own, np.ndarray)):
        own = pl.Series(own)
        return own.search_sorted(pl.Series(persons).fill_null(own[0])).to_numpy().astype(np.int64)
    low, high = int(persons.min()), int(persons.max())
    start, end = np.searchsorted(own, low), np.searchsorted(own, high, side="right")
    own = own[start:end]
    if own.dtype != np.int64 or high - low > _DENSE * len(own):
        return np.searchsorted(own, persons) + start
    places = np.full(high - low + 1, _NOWHERE, dtype=np.int32)
    first = np.flatnonzero(own[1:] != own[:-1]) + 1
    places[own[:1] - low] = start
    places[own[first] - low] = first + start
    return places.take(persons - low)


def _some(which: np.ndarray, at: np.ndarray, kept: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return (which, at) if len(kept) == len(at) else (which[kept], at[kept])


def _pick(keys: Keys, at: np.ndarray) -> Keys:
    return keys.take(at) if isinstance(keys, np.ndarray) else keys.gather(at)


def _same(one: Keys, other: Keys) -> np.ndarray:
    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
        return one == other
    return (pl.Series(one) == pl.Series(other)).fill_null(False).to_numpy()


def _note_earliest(scan: Scan, asked: Asked, part: Part, at: np.ndarray) -> None:
    months = np.bitwise_or.reduce([part.line(name, at) for name in ("on_time", "undetermined", *SETTLED)])
    some = np.flatnonzero(months)
    scan.put_earliest(asked.only(some).claim, part.newest[at[some]] - (width(months[some]).astype(np.int16) - 1))


def _put(scan: Scan, asked: Asked, part: Part, at: np.ndarray, *, late: bool) -> None:
    words = {
        "normal": part.line("settled_normal", at),
        "undetermined": part.line("undetermined", at),
        "arrears": part.line("settled_arrears", at),
        "unknown": part.line("settled_unknown", at),
    }
    unsettled = part.line("settled_by", at).view(np.int64) > asked.paid_by
    if late:
        unsettled |= words["arrears"] != _NONE
    rest = np.flatnonzero(unsettled)
    if len(rest):
        words["normal"][rest] = part.line("normal", at[rest])
        words["arrears"][rest] = words["unknown"][rest] = _NONE
        for name, seen in _from_rows(scan.late_after, asked.paid_by[rest], part, at[rest], late=late):
            words.setdefault(name, np.zeros_like(words["normal"]))[rest] |= seen
    words["normal"] |= _on_time(asked, part, at)
    back = part.newest.take(at) - asked.reference
    for name, word in words.items():
        if word.any():
            scan.put_once(name, asked.claim, _aged(word, back) & scan.window)


def _from_rows(
    late_after: int, paid_by: np.ndarray, part: Part, at: np.ndarray, *, late: bool
) -> Iterator[tuple[str, np.ndarray]]:
    """Yield the sets of months that the rows of these words give as of the days `paid_by`. Each word has rows."""
    start, rows = (part.line(name, at).astype(np.int64) for name in ("rest_from", "rest"))
    _labels, picked = spread(start, start, rows)
    place, paid_on, which = (part.residue[line].take(picked) for line in (PLACE, PAID_ON, SET))
    bits = (paid_on <= np.repeat(paid_by, rows)) * (_ONE << place.astype(np.uint64))
    normal, arrears, unknown = (which == number for number in range(len(SETTLED)))
    tests = {"normal": normal, "arrears": arrears, "unknown": unknown}
    if late:
        dated = arrears & (paid_on != LONG_AGO)
        in_time = months_of(paid_on) - part.residue[MONTH].take(picked) <= late_after
        tests |= {"in_time": dated & in_time, "dated_late": dated & ~in_time}
    starts = np.cumsum(rows) - rows
    for name, test in tests.items():
        yield name, np.bitwise_or.reduceat(bits * test, starts)


def _aged(word: np.ndarray, back: np.ndarray) -> np.ndarray:
    """Turn a word whose bit 0 is the block's newest month into one whose bit 0 is `back` months before that."""
    if back.min() >= 0 and back.max() < BLOCK:
        return word >> back.astype(np.uint64)
    far = np.minimum(np.abs(back), BLOCK - 1).astype(np.uint64)
    moved = np.where(back < 0, word << far, word >> far)
    return np.where(np.abs(back) >= BLOCK, _NONE, moved)


def _on_time(asked: Asked, part: Part, at: np.ndarray) -> np.ndarray:
    """Return the months whose payment, made within the month, came by the day `paid_by`."""
    word = part.line("on_time", at)
    place = part.newest.take(at) - asked.payment_month  # of the month of that day in the word
    inside = (place >= 0) & (place < BLOCK)
    bit = np.clip(place, 0, BLOCK - 1).astype(np.uint64)
    before = (_ALL << bit) << _ONE
    if not inside.all():
        before = np.where(place < 0, _ALL, np.where(inside, before, _NONE))
    # months before that of the day are all in; in its own month it depends on the day
    own = np.flatnonzero(inside & (((word >> bit) & _ONE) != _NONE))
    word &= before
    if len(own):
        paid = part.days.take(at[own] * BLOCK + place[own])
        word[own] |= (paid <= asked.payment_day[own]).astype(np.uint64) << bit[own]
    return word
