"""The table that is asked about: whose months, at which enterprise, up to which month, known by which payment day."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import polars as pl

from peibu.rulebook.months.calendar import FAR_AHEAD, LONG_AGO, months_of

KEYS = ("person", "employer")
DATES = ("reference_month", "covered_from", "covered_to", "paid_by")


class Runs(NamedTuple):
    """Stretches of rows with the same person and employer. starts, lengths: int64 arrays; keys: one row per stretch."""

    starts: np.ndarray
    lengths: np.ndarray
    keys: pl.DataFrame


class Claims:
    """Claims sorted by person. `order[i]` is the row of the given table that became claim i.

    table: columns person, employer, reference_month; covered_from, covered_to and paid_by may be null or absent.
    """

    def __init__(self, table: pl.DataFrame):
        given = [name for name in DATES if name in table.columns]
        dates = [pl.col(name).cast(pl.Date).cast(pl.Int32) for name in given]
        keyed = table.select(*KEYS, *dates)
        self.order: np.ndarray | None = None
        if not keyed["person"].is_sorted():
            keyed = keyed.with_row_index("_row").sort("person", maintain_order=True)
            self.order = keyed["_row"].to_numpy()
        self.size = keyed.height
        self.is_named = (
            keyed.select(pl.all_horizontal(pl.col(*KEYS, "reference_month").is_not_null())).to_series().to_numpy()
        )
        self.employers = keyed["employer"]
        self.reference = months_of(self._days(keyed, "reference_month", LONG_AGO))
        self.paid_by = self._days(keyed, "paid_by", FAR_AHEAD)
        covered = [self._days(keyed, name, LONG_AGO) for name in ("covered_from", "covered_to")]
        self.is_covered = (covered[0] != LONG_AGO) & (covered[1] != LONG_AGO)
        self.covered_from, self.covered_to = (months_of(days) for days in covered)
        people = keyed["person"].rle_id().to_numpy() if self.size else np.empty(0, np.uint32)
        self._first = np.flatnonzero(np.diff(people, prepend=np.uint32(0xFFFFFFFF))) if self.size else people
        self._count = np.diff(self._first, append=self.size)
        self.persons = keyed["person"].gather(self._first)

    @staticmethod
    def _days(keyed: pl.DataFrame, name: str, absent: int) -> np.ndarray:
        if name not in keyed.columns:
            return np.full(keyed.height, absent, dtype=np.int32)
        return keyed[name].fill_null(absent).to_numpy()

    @property
    def once(self) -> bool:
        """Whether every person has one claim."""
        return len(self._first) == self.size

    def of_person(self, persons: pl.Series) -> tuple[np.ndarray, np.ndarray]:
        """Return (index into `persons`, claim) for every claim of each of these persons."""
        known = np.flatnonzero(persons.is_not_null().to_numpy()) if persons.null_count() else np.arange(len(persons))
        if not self.size or not len(known):
            return np.empty(0, np.int64), np.empty(0, np.int64)
        wanted = persons if len(known) == len(persons) else persons.gather(known)
        place = np.minimum(self.persons.search_sorted(wanted).to_numpy().astype(np.int64), len(self.persons) - 1)
        found = (self.persons.gather(place) == wanted).to_numpy()
        known, place = known[found], place[found]
        if self.once:
            return known, self._first[place]
        return spread(known, self._first[place], self._count[place])

    def of_run(self, keys: pl.DataFrame) -> tuple[np.ndarray, np.ndarray]:
        """Return (index into `keys`, claim) for every claim with that person and that employer."""
        run, claim = self.of_person(keys["person"])
        same = (self.employers.gather(claim) == keys["employer"].gather(run)).fill_null(False).to_numpy()
        return (run, claim) if same.all() else (run[same], claim[same])

    def in_order(self, column: np.ndarray) -> np.ndarray:
        """Return a column of the claims in the order of the given table."""
        if self.order is None:
            return column
        back = np.empty_like(column)
        back[self.order] = column
        return back


def spread(labels: np.ndarray, first: np.ndarray, count: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Write out ranges: label i stands beside each of first[i] ... first[i] + count[i] - 1."""
    ends = np.cumsum(count)
    within = np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - count, count)
    return np.repeat(labels, count), np.repeat(first, count) + within


def runs_of(rows: pl.DataFrame) -> Runs:
    """Find the stretches of equal (person, employer). Any order of rows will do; sorted rows give the fewest."""
    size = rows.height
    if not size:
        return Runs(np.empty(0, np.int64), np.empty(0, np.int64), rows.select(KEYS))
    person, employer = rows["person"], rows["employer"]
    change = person.slice(1).ne_missing(person.slice(0, size - 1))
    change |= employer.slice(1).ne_missing(employer.slice(0, size - 1))
    starts = np.concatenate((np.zeros(1, np.int64), change.arg_true().to_numpy().astype(np.int64) + 1))
    keys = pl.DataFrame({"person": person.gather(starts), "employer": employer.gather(starts)})
    return Runs(starts, np.diff(starts, append=size), keys)
