"""What a partition knows, as it lies on disk: keys as a table, words and residue as arrays that are mapped, not read.

Beside the words that `merge` goes on from stand the *settled* ones: what the rows of the residue come to once all of them
have been paid. Whoever asks as of a later day than the last of these payments needs no row; the others find theirs by
place and number.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from peibu.rulebook.months.calendar import LONG_AGO, first_days, months_of
from peibu.rulebook.months.claims import KEYS, changes_of, starts_of
from peibu.rulebook.months.fold import BLOCK, KEY, PLANES, RESIDUE, WORDS, Known, place_of
from peibu.rulebook.months.scan import BLANK, KINDS, NORMAL, UNANSWERED

SETTLED = ("settled_normal", "settled_arrears", "settled_unknown")
# on_time: all months paid within the month; settled_by: the day of the residue's last payment (LONG_AGO: none);
# rest_from, rest: where the key's rows of the residue begin, and how many they are
_PLAIN = ("normal", "undetermined")
LINES = {name: line for line, name in enumerate((*_PLAIN, *SETTLED, "on_time", "settled_by", "rest_from", "rest"))}
# lines of the residue. WORD: the place of the row's key; PLACE: the bit of its month; SET: its place in SETTLED
MONTH, PAID_ON, KIND, WORD, PLACE, SET = range(6)
_ONE = np.uint64(1)


def lay_out(known: Known) -> tuple[pl.DataFrame | np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return keys, words, days and residue, all sorted by key.

    keys: KEY + since, a table, or an array with these lines when all keys are whole numbers. words: uint64, a line for
    each of LINES. days: uint8, for each word the day on which each of its months was paid within the month, or 0.
    residue: int32. Words and days have one place more than the keys, of nobody.
    """
    words = known.words.sort(KEY)
    keys = words.select(*KEY, "since")
    residue = _residue(known.residue, keys.select(KEY).with_row_index("word"))
    lines = np.zeros((len(LINES), words.height + 1), dtype=np.uint64)
    for name in _PLAIN:
        lines[LINES[name], :-1] = words[name].to_numpy()
    lines[LINES["on_time"], :-1] = np.bitwise_or.reduce([words[name].to_numpy() for name in PLANES])
    _settle(lines, residue)
    if all(keys[name].dtype == pl.Int64 for name in KEYS):
        keys = np.stack([keys[name].to_numpy().astype(np.int64) for name in keys.columns])
    return keys, lines, _days([words[name].to_numpy() for name in PLANES]), residue


def _days(planes: list[np.ndarray]) -> np.ndarray:
    days = np.zeros((len(planes[0]) + 1, BLOCK), dtype=np.uint8)
    for plane, word in enumerate(planes):
        bits = np.unpackbits(np.ascontiguousarray(word).view(np.uint8), bitorder="little")
        days[:-1] |= bits.reshape(-1, BLOCK) << plane
    return days


def _planes(days: np.ndarray) -> dict[str, np.ndarray]:
    bits = (np.packbits((days[:-1] >> plane) & 1, axis=1, bitorder="little") for plane in range(len(PLANES)))
    return {name: word.view(np.uint64).ravel() for name, word in zip(PLANES, bits, strict=True)}


def _residue(rows: pl.DataFrame, places: pl.DataFrame) -> np.ndarray:
    rows = rows.join(places, on=KEY, how="inner").sort("word", *RESIDUE)
    paid_on = rows["paid_on"].to_physical().fill_null(LONG_AGO).to_numpy()
    month = months_of(rows["month"].to_physical().to_numpy())
    kind = rows["kind"].to_physical().to_numpy()
    normal = (kind == NORMAL) | ((kind == BLANK) & (paid_on != LONG_AGO) & (months_of(paid_on) <= month))
    which = np.where(normal, 0, np.where(kind == UNANSWERED, 2, 1))
    return np.stack((month, paid_on, kind, rows["word"].to_numpy(), place_of(month), which)).astype(np.int32)


def _settle(lines: np.ndarray, residue: np.ndarray) -> None:
    """Fill in what follows from the residue."""
    lines.view(np.int64)[LINES["settled_by"]] = LONG_AGO
    lines[LINES["settled_normal"]] = lines[LINES["normal"]]
    starts = starts_of(changes_of(residue[WORD]), residue.shape[1])
    if not len(starts):
        return
    bits, owner = _ONE << residue[PLACE].astype(np.uint64), residue[WORD, starts]
    for which, name in enumerate(SETTLED):
        lines[LINES[name], owner] |= np.bitwise_or.reduceat(bits * (residue[SET] == which), starts)
    lines.view(np.int64)[LINES["settled_by"], owner] = np.maximum.reduceat(residue[PAID_ON], starts)
    lines[LINES["rest_from"], owner] = starts
    lines[LINES["rest"], owner] = np.diff(starts, append=residue.shape[1])


def _table_of(keys: pl.DataFrame | np.ndarray) -> pl.DataFrame:
    if isinstance(keys, pl.DataFrame):
        return keys
    types = {"block": pl.Int16, "since": pl.UInt32}
    return pl.DataFrame(dict(zip((*KEY, "since"), keys, strict=True))).cast(types)


def known_of(keys: pl.DataFrame | np.ndarray, lines: np.ndarray, days: np.ndarray, residue: np.ndarray) -> Known:
    """Return what was laid out."""
    keys = _table_of(keys)
    words = {name: lines[LINES[name], :-1] for name in _PLAIN} | _planes(days)
    words = keys.select(*KEY, **{name: pl.Series(words[name]) for name in WORDS}, since="since")
    paid_on = residue[PAID_ON]
    rows = keys[residue[WORD].astype(np.int64)].with_columns(
        month=pl.Series(first_days(residue[MONTH])).cast(pl.Date),
        paid_on=pl.Series(paid_on).set(pl.Series(paid_on == LONG_AGO), None).cast(pl.Date),
        kind=pl.Series(residue[KIND].astype(np.uint8)).cat.to(KINDS),
    )
    return Known(words, rows.select(*KEY, *RESIDUE, "since"))
