"""Rows of one batch -> words, and words of two batches -> the words known after the second.

A word covers 64 months (a block) of one person at one enterprise; its newest month is bit 0. A payment within its own
month goes into `paid0` ... `paid4`: the day of the month (1 to 31) written in binary across five words, so that "paid by
the day of the claim" stays exact. A month that was paid without a date is a bit of `normal` or `undetermined`. Every
other row (paid after its month or before it, in arrears, unanswered) is kept as it is, as a row of the residue.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import polars as pl

from peibu.rulebook.months.calendar import FAR_AHEAD, LONG_AGO, first_days, months_of
from peibu.rulebook.months.claims import KEYS, changes_of, keys_of, starts_of
from peibu.rulebook.months.scan import BLANK, KINDS, NORMAL, OTHER, kind_codes

BLOCK = 64  # months in a word
PLANES = ("paid0", "paid1", "paid2", "paid3", "paid4")
WORDS = ("normal", "undetermined", *PLANES)
KEY = (*KEYS, "block")
_SAID = pl.Enum([*KINDS.categories, "withdrawn"])
_VOID = len(KINDS.categories)
RESIDUE = {"month": pl.Date(), "paid_on": pl.Date(), "kind": KINDS}
_NO_DAY = 32  # later than any day of a month
_ONE = np.uint64(1)


class Known(NamedTuple):
    """What one partition knows. words: KEY + WORDS (+ since); residue: KEY + RESIDUE (+ since)."""

    words: pl.DataFrame
    residue: pl.DataFrame


def block_of(month: np.ndarray) -> np.ndarray:
    """Return the block of a running month number."""
    return (month // BLOCK).astype(np.int16)


def place_of(month: np.ndarray) -> np.ndarray:
    """Return the bit of a month in the word of its block."""
    return (BLOCK - 1 - month % BLOCK).astype(np.uint64)


def fold(rows: pl.DataFrame) -> Known:
    """Turn rows (person, employer, month, paid_on, kind; corrects may be absent) into words and residue.

    The words have one more column, `cleared`: the months of which earlier batches no longer count.
    """
    number, codes = kind_codes(rows.schema["kind"], _SAID)
    corrects = pl.col("corrects").fill_null(False) if "corrects" in rows.columns else pl.lit(False)
    dates = [pl.col(name).cast(pl.Date).to_physical().fill_null(LONG_AGO) for name in ("month", "paid_on")]
    keys = [pl.col(name).cast(pl.Int64) if rows[name].dtype.is_signed_integer() else pl.col(name) for name in KEYS]
    rows = _sorted(rows.select(*keys, *dates, number, corrects=corrects))
    month, kind = months_of(rows["month"].to_numpy()), codes.take(rows["kind"].to_numpy())
    paid_on = rows["paid_on"].to_numpy()
    undated, blank, normal, void = paid_on == LONG_AGO, kind == BLANK, kind == NORMAL, kind == _VOID
    on_time = (normal | blank) & ~undated & (months_of(paid_on) == month)
    bare = undated & (blank | (kind == OTHER))
    sets = {"normal": normal & undated, "undetermined": bare, "cleared": rows["corrects"].to_numpy() | void}
    day = np.where(on_time, paid_on - first_days(month) + 1, _NO_DAY).astype(np.uint8)
    words = _words(rows.select(KEYS), month, sets, day)
    rest = np.flatnonzero(~(on_time | sets["normal"] | bare | void))
    late = paid_on[rest]
    residue = rows.select(KEYS)[rest].with_columns(
        block=pl.Series(block_of(month[rest])),
        month=pl.Series(first_days(month[rest])).cast(pl.Date),
        paid_on=pl.Series(late).set(pl.Series(late == LONG_AGO), None).cast(pl.Date),
        kind=pl.Series(kind[rest]).cat.to(KINDS),
    )
    return Known(words, residue.unique())


def _sorted(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows sorted by person, employer and month; rows of a register mostly come that way."""
    keys = [keys_of(rows[name]) for name in (*KEYS, "month")]
    if not all(isinstance(key, np.ndarray) for key in keys):
        return rows.sort(*KEYS, "month")
    in_order = np.ones(max(rows.height - 1, 0), dtype=bool)
    for key in reversed(keys):
        in_order = (key[1:] > key[:-1]) | ((key[1:] == key[:-1]) & in_order)
    return rows if in_order.all() else rows.sort(*KEYS, "month")


def _words(rows: pl.DataFrame, month: np.ndarray, sets: dict[str, np.ndarray], day: np.ndarray) -> pl.DataFrame:
    """Gather sorted rows into one row per key."""
    block = block_of(month)
    person, employer = (keys_of(rows[name]) for name in KEYS)
    starts = starts_of(changes_of(person) | changes_of(employer) | changes_of(block), rows.height)
    keys = rows[starts].with_columns(block=pl.Series(block[starts]))
    if not rows.height:
        return keys.with_columns(**{name: pl.Series([], dtype=pl.UInt64) for name in (*sets, *PLANES)})
    bits = _ONE << place_of(month)
    columns = {name: np.bitwise_or.reduceat(bits * test, starts) for name, test in sets.items()}
    # a month may come several times: its earliest day counts
    changes = changes_of(month)
    changes[starts[1:] - 1] = True
    month_starts = starts_of(changes, rows.height)
    first = np.minimum.reduceat(day, month_starts)
    first[first == _NO_DAY] = 0
    month_bits, runs = bits[month_starts], np.searchsorted(month_starts, starts)
    for plane, name in enumerate(PLANES):
        columns[name] = np.bitwise_or.reduceat(month_bits * ((first >> plane) & 1), runs)
    return keys.with_columns(**{name: pl.Series(words) for name, words in columns.items()})


def merge(old: Known, new: Known) -> Known:
    """Return what is known of the keys of `new` after it came. old: at least these keys' words and residue."""
    keyed = new.words.join(old.words.select(*KEY, *WORDS), on=KEY, how="left", suffix="_old", maintain_order="left")
    keep = ~keyed["cleared"].to_numpy()
    fresh = {name: keyed[name].to_numpy() for name in WORDS}
    held = {name: keyed[f"{name}_old"].fill_null(0).to_numpy() & keep for name in WORDS}
    merged = {name: fresh[name] | held[name] for name in ("normal", "undetermined")}
    merged |= _earlier({name: fresh[name] for name in PLANES}, {name: held[name] for name in PLANES})
    words = new.words.select(KEY).with_columns(**{name: pl.Series(merged[name]) for name in WORDS})
    return Known(words, _residue(old, new))


def _earlier(one: dict[str, np.ndarray], other: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return, month by month, the earlier of two days written across PLANES; a month without a day has only noughts."""
    has_one, has_other = (np.bitwise_or.reduce(list(planes.values())) for planes in (one, other))
    undecided, less = ~np.zeros_like(has_one), np.zeros_like(has_one)
    for name in reversed(PLANES):
        less |= undecided & ~one[name] & other[name]
        undecided &= ~(one[name] ^ other[name])
    take = has_one & (~has_other | less)
    return {name: (one[name] & take) | (other[name] & ~take) for name in PLANES}


def _residue(old: Known, new: Known) -> pl.DataFrame:
    kept = old.residue.select(*KEY, *RESIDUE).join(new.words.select(*KEY, "cleared"), on=KEY)
    month = months_of(kept["month"].to_physical().fill_null(FAR_AHEAD).to_numpy())
    gone = (kept["cleared"].to_numpy() >> place_of(month)) & _ONE
    kept = kept.filter(pl.Series(gone == 0)).drop("cleared")
    return pl.concat([kept, new.residue]).unique()
