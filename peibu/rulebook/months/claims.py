"""The table that is asked about: whose months, at which enterprise, up to which month, known by which payment day."""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

import numpy as np
import polars as pl

from peibu.rulebook.months.calendar import FAR_AHEAD, LONG_AGO, first_days, months_of

KEYS = ("person", "employer")
DATES = ("reference_month", "covered_from", "covered_to", "paid_by")
_ABSENT = dict.fromkeys(DATES, LONG_AGO) | {"paid_by": FAR_AHEAD}

Keys = np.ndarray | pl.Series  # whole numbers without null are a numpy array, which is an order of magnitude faster


class Runs(NamedTuple):
    """Stretches of rows with the same person and employer: where each starts, its rows, its person and employer."""

    starts: np.ndarray
    lengths: np.ndarray
    persons: Keys
    employers: Keys


class Claims:
    """Claims sorted by person. `order[i]` is the row of the given table that became claim i.

    table: columns person, employer, reference_month; covered_from, covered_to and paid_by may be null or absent.
    """

    def __init__(self, table: pl.DataFrame):
        # one query for everything: planning a query costs more than reading a small table
        given = [name for name in DATES if name in table.columns]
        dates = [pl.col(name).cast(pl.Date).cast(pl.Int32).fill_null(_ABSENT[name]) for name in given]
        named = pl.all_horizontal(pl.col(*KEYS, "reference_month").is_not_null())
        keyed = table.select(*KEYS, *dates, named.alias("_named"))
        self.order: np.ndarray | None = None
        if not keyed["person"].is_sorted():
            keyed = keyed.with_row_index("_row").sort("person", maintain_order=True)
            self.order = keyed["_row"].to_numpy()
        self.size = keyed.height
        self.is_named = keyed["_named"].to_numpy()
        self.employers = keyed["employer"]
        self.reference = months_of(self._days(keyed, "reference_month"))
        self.paid_by = self._days(keyed, "paid_by")
        covered = [self._days(keyed, name) for name in ("covered_from", "covered_to")]
        self.is_covered = (covered[0] != LONG_AGO) & (covered[1] != LONG_AGO)
        self.covered_from, self.covered_to = (months_of(days) for days in covered)
        self.people = keyed["person"]  # the person of each claim, sorted

    @staticmethod
    def _days(keyed: pl.DataFrame, name: str) -> np.ndarray:
        if name not in keyed.columns:
            return np.full(keyed.height, _ABSENT[name], dtype=np.int32)
        return keyed[name].to_numpy()

    @cached_property
    def _first(self) -> np.ndarray:
        """Return each person's first claim."""
        return starts_of(changes_of(keys_of(self.people)), self.size)

    @cached_property
    def _count(self) -> np.ndarray:
        return np.diff(self._first, append=self.size)

    @cached_property
    def persons(self) -> pl.Series:
        """Every person once, sorted."""
        return self.people.gather(self._first)

    @cached_property
    def _numbers(self) -> tuple[Keys, Keys]:
        return keys_of(self.persons), keys_of(self.employers)

    @cached_property
    def payment_day(self) -> tuple[np.ndarray, np.ndarray]:
        """The month and the day of the month (from 1) of `paid_by`."""
        month = months_of(self.paid_by)
        return month, self.paid_by - first_days(month) + 1

    @property
    def once(self) -> bool:
        """Whether every person has one claim."""
        return len(self._first) == self.size

    def of_person(self, persons: Keys) -> tuple[np.ndarray, np.ndarray]:
        """Return (index into `persons`, claim) for every claim of each of these persons, sorted by the index."""
        if not self.size or not len(persons):
            return np.empty(0, np.int64), np.empty(0, np.int64)
        own = self.persons if isinstance(persons, pl.Series) else self._numbers[0]
        if isinstance(own, np.ndarray):
            # rows come person by person: a search in the part of the claims they can belong to stays in the cache
            low, high = np.searchsorted(own, persons.min()), np.searchsorted(own, persons.max(), side="right")
            place = np.minimum(low + np.searchsorted(own[low:high], persons), len(own) - 1)
            found = np.flatnonzero(own[place] == persons)
        else:
            persons = pl.Series(persons)
            place = np.minimum(own.search_sorted(persons.fill_null(strategy="forward")).to_numpy(), len(own) - 1)
            found = np.flatnonzero(_equal(own.gather(place), persons))
        place = place[found]
        if self.once:
            return found, self._first[place]
        return spread(found, self._first[place], self._count[place])

    def of_pair(self, persons: Keys, employers: Keys) -> tuple[np.ndarray, np.ndarray]:
        """Return (index of the pair, claim) for every claim with that person and that employer, sorted by the index."""
        pair, claim = self.of_person(persons)
        own = self.employers if isinstance(employers, pl.Series) else self._numbers[1]
        same = _equal(own[claim], employers[pair])
        return (pair, claim) if same.all() else (pair[same], claim[same])

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


def keys_of(series: pl.Series) -> Keys:
    """Return keys as numbers where they are whole numbers without null."""
    return series.to_numpy() if series.dtype.is_integer() and not series.null_count() else series


def changes_of(keys: Keys) -> np.ndarray:
    """Return whether each key from the second on differs from the one before."""
    if isinstance(keys, np.ndarray):
        return keys[1:] != keys[:-1]
    return keys.slice(1).ne_missing(keys.slice(0, max(len(keys) - 1, 0))).to_numpy()


def _equal(left: Keys, right: Keys) -> np.ndarray:
    if isinstance(left, np.ndarray) and isinstance(right, np.ndarray):
        return left == right
    return (pl.Series(left) == pl.Series(right)).fill_null(False).to_numpy()


def starts_of(changes: np.ndarray, size: int) -> np.ndarray:
    """Return where stretches start in `size` rows. changes: see `changes_of`."""
    return np.concatenate((np.zeros(min(size, 1), np.int64), np.flatnonzero(changes) + 1))


def runs_of(rows: pl.DataFrame) -> Runs:
    """Find the stretches of equal (person, employer). Any order of rows will do; sorted rows give the fewest."""
    person, employer = keys_of(rows["person"]), keys_of(rows["employer"])
    starts = starts_of(changes_of(person) | changes_of(employer), rows.height)
    return Runs(starts, np.diff(starts, append=rows.height), person[starts], employer[starts])
