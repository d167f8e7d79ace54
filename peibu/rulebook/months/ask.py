"""Stored words -> marks of each claim."""

from __future__ import annotations

import numpy as np
import polars as pl

from peibu.rulebook.months.calendar import first_days, months_of
from peibu.rulebook.months.claims import Claims, keys_of
from peibu.rulebook.months.fold import BLOCK, KEY, PLANES, WORDS
from peibu.rulebook.months.marks import width
from peibu.rulebook.months.scan import Scan

_BATCH = 1 << 15  # words at a time
_ONE = np.uint64(1)
_NONE = np.uint64(0)
_ALL = ~_NONE


def read_words(scan: Scan, claims: Claims, words: pl.LazyFrame) -> None:
    """Gather the marks that stored words (see `fold`) give these claims; the residue is read as rows."""
    dtypes = {"person": claims.persons.dtype, "employer": claims.employers.dtype}
    wanted = words.select(*(pl.col(name).cast(dtype) for name, dtype in dtypes.items()), KEY[-1], *WORDS)
    for batch in wanted.collect_batches(chunk_size=_BATCH, maintain_order=True, engine="streaming"):
        if batch.height:
            _put(scan, claims, batch)


def _put(scan: Scan, claims: Claims, batch: pl.DataFrame) -> None:
    columns = {name: batch[name].to_numpy() for name in WORDS}
    newest = batch["block"].to_numpy().astype(np.int32) * BLOCK + (BLOCK - 1)
    persons, employers = keys_of(batch["person"]), keys_of(batch["employer"])
    if scan.needs_earliest:
        paid = np.bitwise_or.reduce(list(columns.values()))
        some = np.flatnonzero(paid)
        oldest = newest[some] - (width(paid[some]).astype(np.int32) - 1)
        scan.note_earliest(persons[some], oldest.astype(np.int16))
    row, claim = claims.of_pair(persons, employers)
    newest, reference = newest[row], claims.reference[claim]
    paid_by, shift = claims.paid_by[claim], reference - newest
    planes = [columns[name][row] for name in PLANES]
    on_time = _paid_by(planes, newest, paid_by)
    scan.put("normal", claim, _aged(columns["normal"][row] | on_time, shift) & scan.window)
    undetermined = columns["undetermined"][row]
    if undetermined.any():
        scan.put("undetermined", claim, _aged(undetermined, shift) & scan.window)


def _aged(word: np.ndarray, shift: np.ndarray) -> np.ndarray:
    """Turn a word whose bit 0 is the block's newest month into one whose bit 0 is the reference month."""
    far = np.minimum(np.abs(shift), BLOCK - 1).astype(np.uint64)
    moved = np.where(shift >= 0, word << far, word >> far)
    return np.where(np.abs(shift) >= BLOCK, _NONE, moved)


def _paid_by(planes: list[np.ndarray], newest: np.ndarray, paid_by: np.ndarray) -> np.ndarray:
    """Return the months whose payment, made within the month, came by the day `paid_by`."""
    month = months_of(paid_by)
    place = newest - month
    at = np.clip(place, 0, BLOCK - 1).astype(np.uint64)
    before = np.where(place < 0, _ALL, np.where(place >= BLOCK, _NONE, (_ALL << at) << _ONE))
    bits = [(plane >> at) & _ONE for plane in planes]
    day = sum(bit << np.uint64(index) for index, bit in enumerate(bits))
    within = (
        (place >= 0) & (place < BLOCK) & (day != _NONE) & (day.astype(np.int64) <= paid_by - first_days(month) + 1)
    )
    return (np.bitwise_or.reduce(planes) & before) | (within.astype(np.uint64) << at)
