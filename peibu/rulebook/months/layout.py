"""What a partition knows, as it lies on disk: keys as a table, words and residue as arrays that are mapped, not read.

Beside the words that `merge` goes on from stand the *settled* ones: what the rows of the residue come to once all of them
have been paid. Whoever asks as of a later day than the last of these payments needs no row; the others find theirs by
place and number.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from peibu.rulebook.months.calendar import LONG_AGO, first_days, months_of
from peibu.rulebook.months.claims import changes_of, starts_of
from peibu.rulebook.months.fold import KEY, PLANES, RESIDUE, WORDS, Known, place_of
from peibu.rulebook.months.scan import BLANK, KINDS, NORMAL, UNANSWERED

SETTLED = ("settled_normal", "settled_arrears", "settled_unknown")
# on_time: all months paid within the month; settled_by: the day of the residue's last payment (LONG_AGO: none);
# rest_from, rest: where the key's rows of the residue begin, and how many they are
LINES = {name: line for line, name in enumerate((*WORDS, *SETTLED, "on_time", "settled_by", "rest_from", "rest"))}
_MONTH, _PAID_ON, _KIND, _WORD = range(4)  # lines of the residue; _WORD is the place of the row's key
_ONE = np.uint64(1)


def lay_out(known: Known) -> tuple[pl.DataFrame, np.ndarray, np.ndarray]:
    """Return keys (KEY + since), words (uint64, a line for each of LINES) and residue (int32), all sorted by key."""
    words = known.words.sort(KEY)
    keys = words.select(*KEY, "since")
    places = keys.select(KEY).with_row_index("word")
    rows = known.residue.join(places, on=KEY, how="inner").sort("word", *RESIDUE)
    paid_on = rows["paid_on"].to_physical().fill_null(LONG_AGO).to_numpy()
    month = months_of(rows["month"].to_physical().to_numpy()).astype(np.int32)
    residue = np.stack((month, paid_on, rows["kind"].to_physical().to_numpy(), rows["word"].to_numpy())).astype(np.int32)
    lines = np.zeros((len(LINES), words.height), dtype=np.uint64)
    for name in WORDS:
        lines[LINES[name]] = words[name].to_numpy()
    lines[LINES["on_time"]] = np.bitwise_or.reduce([words[name].to_numpy() for name in PLANES])
    _settle(lines, residue)
    return keys, lines, residue


def _settle(lines: np.ndarray, residue: np.ndarray) -> None:
    """Fill in what follows from the residue."""
    month, paid_on, kind, word = residue
    days = lines.view(np.int64)[LINES["settled_by"]]
    days[:] = LONG_AGO
    lines[LINES["settled_normal"]] = lines[LINES["normal"]]
    starts = starts_of(changes_of(word), len(word))
    if not len(starts):
        return
    normal = (kind == NORMAL) | ((kind == BLANK) & (paid_on != LONG_AGO) & (months_of(paid_on) <= month))
    unknown = kind == UNANSWERED
    bits, owner = _ONE << place_of(month), word[starts]
    for name, test in zip(SETTLED, (normal, ~normal & ~unknown, unknown), strict=True):
        lines[LINES[name], owner] |= np.bitwise_or.reduceat(bits * test, starts)
    days[owner] = np.maximum.reduceat(paid_on, starts)
    lines[LINES["rest_from"], owner] = starts
    lines[LINES["rest"], owner] = np.diff(starts, append=len(word))


def known_of(keys: pl.DataFrame, lines: np.ndarray, residue: np.ndarray) -> Known:
    """Return what was laid out."""
    words = keys.select(*KEY, **{name: pl.Series(lines[LINES[name]]) for name in WORDS}, since="since")
    paid_on = residue[_PAID_ON]
    rows = keys[residue[_WORD].astype(np.int64)].with_columns(
        month=pl.Series(first_days(residue[_MONTH])).cast(pl.Date),
        paid_on=pl.Series(paid_on).set(pl.Series(paid_on == LONG_AGO), None).cast(pl.Date),
        kind=pl.Series(residue[_KIND].astype(np.uint8)).cat.to(KINDS),
    )
    return Known(words, rows.select(*KEY, *RESIDUE, "since"))
