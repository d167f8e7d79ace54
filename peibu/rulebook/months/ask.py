"""Stored words -> marks of each claim. Claims are looked up in a partition, so only what is asked about is touched."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import polars as pl

from peibu.rulebook.months.claims import Claims, Keys, keys_of
from peibu.rulebook.months.fold import BLOCK, PLANES
from peibu.rulebook.months.layout import LINES
from peibu.rulebook.months.marks import LATE, width
from peibu.rulebook.months.scan import Scan

_ONE = np.uint64(1)
_NONE = np.uint64(0)
_ALL = ~_NONE
_DENSE = 16  # whole numbers at most so far apart, on average, are looked up in a table instead of searched
_SAFE = 4  # bytes of a whole number whose differences do not overflow
_NOBODY = -1


class Part(NamedTuple):
    """One version of a partition as `layout` keeps it. newest: the last month of each word's block."""

    persons: Keys
    employers: Keys
    newest: np.ndarray
    since: np.ndarray
    lines: np.ndarray
    residue: np.ndarray

    @classmethod
    def of(cls, keys: pl.DataFrame, lines: np.ndarray, residue: np.ndarray) -> Part:
        """Return a part to ask from what was laid out."""
        newest = keys["block"].to_numpy().astype(np.int16) * np.int16(BLOCK) + np.int16(BLOCK - 1)
        return cls(
            keys_of(keys["person"]), keys_of(keys["employer"]), newest, keys["since"].to_numpy(), lines, residue
        )

    def line(self, name: str, at: np.ndarray) -> np.ndarray:
        """Return one line of the words at these places."""
        return self.lines[LINES[name]].take(at)


class Asked(NamedTuple):
    """Claims of one partition. claim: their numbers; person and employer: in the types of the store, null is nobody."""

    claim: np.ndarray
    persons: Keys
    employers: Keys

    @classmethod
    def of(cls, claims: Claims, claim: np.ndarray, part: Part) -> Asked:
        """Return these claims in the key types of a part; a key that such a type cannot hold is nobody's."""
        together = len(claim) and claim[-1] - claim[0] == len(claim) - 1
        keys = []
        for given, own in ((claims.people, part.persons), (claims.employers, part.employers)):
            some = given[int(claim[0]) : int(claim[-1]) + 1] if together else given.gather(claim)
            keys.append(keys_of(some.cast(pl.Series(own[:0]).dtype, strict=False)))
        return cls(claim, *keys)


def read_part(scan: Scan, claims: Claims, asked: Asked, part: Part, until: int | None) -> None:
    """Gather the marks that a part gives these claims. until: the last batch that counts; None is all."""
    for which, at in _words_of(asked.persons, part.persons):
        if until is not None:
            which, at = _some(which, at, np.flatnonzero(part.since[at] <= until))
        if scan.needs_earliest:
            _note_earliest(scan, asked.claim[which], part, at)
        same = _same(_pick(part.employers, at), _pick(asked.employers, which))
        which, at = _some(which, at, np.flatnonzero(same))
        if len(at):
            _put(scan, claims, asked.claim[which], part, at)


def _words_of(persons: Keys, own: Keys) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield (index into `persons`, place in `own`) of equal persons: the first place of each, then the second ..."""
    which, at = np.arange(len(persons)), _first_places(persons, own)
    while len(at):
        there = np.flatnonzero((at != _NOBODY) & (at < len(own)))
        which, at = _some(which, at, there)
        which, at = _some(which, at, np.flatnonzero(_same(_pick(own, at), _pick(persons, which))))
        yield which, at
        at = at + 1


def _first_places(persons: Keys, own: Keys) -> np.ndarray:
    """Return for each person the first place where `own` (sorted, not empty) may hold it."""
    if not (isinstance(persons, np.ndarray) and isinstance(own, np.ndarray)):
        own = pl.Series(own)
        return own.search_sorted(pl.Series(persons).fill_null(own[0])).to_numpy().astype(np.int64)
    if own.dtype.kind != "i" or own.itemsize < _SAFE or int(own[-1]) - int(own[0]) > _DENSE * len(own):
        return np.searchsorted(own, persons)
    low, high = own[0], own[-1]
    places = np.full(int(high) - int(low) + 1, _NOBODY, dtype=np.int64)
    starts = np.flatnonzero(np.concatenate(([True], own[1:] != own[:-1])))
    places[own[starts] - low] = starts
    inside = (persons >= low) & (persons <= high)
    if inside.all():
        return places.take(persons - low)
    found = np.full(len(persons), _NOBODY, dtype=np.int64)
    found[inside] = places.take(persons[inside] - low)
    return found


def _some(which: np.ndarray, at: np.ndarray, kept: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return (which, at) if len(kept) == len(at) else (which[kept], at[kept])


def _pick(keys: Keys, at: np.ndarray) -> Keys:
    return keys.take(at) if isinstance(keys, np.ndarray) else keys.gather(at)


def _same(one: Keys, other: Keys) -> np.ndarray:
    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
        return one == other
    return (pl.Series(one) == pl.Series(other)).fill_null(False).to_numpy()


def _note_earliest(scan: Scan, claim: np.ndarray, part: Part, at: np.ndarray) -> None:
    names = ("on_time", "settled_normal", "settled_arrears", "settled_unknown", "undetermined")
    months = np.bitwise_or.reduce([part.line(name, at) for name in names])
    some = np.flatnonzero(months)
    oldest = part.newest[at[some]] - (width(months[some]).astype(np.int16) - 1)
    scan.put_earliest(claim[some], oldest)


def _put(scan: Scan, claims: Claims, claim: np.ndarray, part: Part, at: np.ndarray) -> None:
    newest, reference, paid_by = part.newest.take(at), claims.reference.take(claim), claims.paid_by.take(claim)
    back = newest - reference
    words = {
        "normal": part.line("settled_normal", at),
        "undetermined": part.line("undetermined", at),
        "arrears": part.line("settled_arrears", at),
        "unknown": part.line("settled_unknown", at),
    }
    open_ = part.line("settled_by", at).view(np.int64) > paid_by
    if not scan.wanted.isdisjoint(LATE):
        # only rows tell how late arrears came
        open_ |= words["arrears"] != _NONE
    rest = np.flatnonzero(open_)
    if len(rest):
        words["normal"][rest] = part.line("normal", at[rest])
        words["arrears"][rest] = words["unknown"][rest] = _NONE
    words = {name: _aged(word, back) & scan.window for name, word in words.items() if word.any()}
    on_time = _on_time(claims, claim, part, at, back) & scan.window
    words["normal"] = words["normal"] | on_time if "normal" in words else on_time
    for name, word in words.items():
        scan.put(name, claim, word)
    if len(rest):
        start, rows = (part.line(name, at[rest]).astype(np.int64) for name in ("rest_from", "rest"))
        scan.mark_stretches(start, rows, claim[rest], part.residue)


def _aged(word: np.ndarray, back: np.ndarray) -> np.ndarray:
    """Turn a word whose bit 0 is the block's newest month into one whose bit 0 is `back` months before that."""
    if len(back) and back.min() >= 0 and back.max() < BLOCK:
        return word >> back.astype(np.uint64)
    far = np.minimum(np.abs(back), BLOCK - 1).astype(np.uint64)
    moved = np.where(back < 0, word << far, word >> far)
    return np.where(np.abs(back) >= BLOCK, _NONE, moved)


def _on_time(claims: Claims, claim: np.ndarray, part: Part, at: np.ndarray, back: np.ndarray) -> np.ndarray:
    """Return the months, counted back from the reference month, that were paid within the month by the day `paid_by`."""
    month, day = (column.take(claim) for column in claims.payment_day)
    word = part.line("on_time", at)
    place = part.newest.take(at) - month  # of the month of that day in the word
    inside = (place >= 0) & (place < BLOCK)
    bit = np.clip(place, 0, BLOCK - 1).astype(np.uint64)
    before = (_ALL << bit) << _ONE
    if not inside.all():
        before = np.where(place < 0, _ALL, np.where(inside, before, _NONE))
    # months before that of the day are all in; in its own month it depends on the day
    own = np.flatnonzero(inside & (((word >> bit) & _ONE) != _NONE))
    word &= before
    if len(own):
        at, bit = at[own], bit[own]
        paid = np.zeros(len(own), dtype=np.uint64)
        for plane, name in enumerate(PLANES):
            paid |= ((part.line(name, at) >> bit) & _ONE) << np.uint64(plane)
        word[own] |= (paid <= day[own].astype(np.uint64)).astype(np.uint64) << bit
    return _aged(word, back)
