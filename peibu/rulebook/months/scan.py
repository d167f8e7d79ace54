"""Raw rows of the register -> marks of each claim. The order of rows does not matter; sorted rows are fast."""

from __future__ import annotations

import numpy as np
import polars as pl

from peibu.rulebook.months.calendar import FAR_AHEAD, LONG_AGO, months_of
from peibu.rulebook.months.claims import Claims, Keys, Runs, changes_of, runs_of, spread, starts_of
from peibu.rulebook.months.marks import Marks

KINDS = pl.Enum(["", "normal", "arrears", "unknown", "other"])
BLANK, NORMAL, ARREARS, UNANSWERED, OTHER = range(5)
_BATCH = 1 << 18  # rows at a time
_ONE = np.uint64(1)
_MOSTLY = 0.8  # above this share of wanted rows it is cheaper to compute all than to pick


class Scan:
    """Gathers marks from tables of rows with person, employer, month, paid_on and kind.

    late_after: see `insurance_run`. lookback: months followed, at most 62.
    """

    def __init__(self, claims: Claims, late_after: int, lookback: int):
        self._claims, self.late_after, self._lookback = claims, late_after, lookback
        self.window = np.uint64(2**lookback - 1)  # the months followed
        # one more place, for rows of nobody
        self._marks = Marks(claims.size + 1)
        self._reference = np.append(claims.reference, np.int16(0))
        self._paid_by = np.append(claims.paid_by, np.int32(FAR_AHEAD))
        self.needs_earliest = not claims.is_covered.all()

    def read(self, records: pl.LazyFrame) -> None:
        """Read all rows, a batch at a time."""
        keys = {"person": self._claims.persons.dtype, "employer": self._claims.employers.dtype}
        kind, codes = kind_codes(records.collect_schema()["kind"])
        rows = records.select(
            *(pl.col(name).cast(dtype) for name, dtype in keys.items()),
            pl.col("month").cast(pl.Date).to_physical().fill_null(FAR_AHEAD),
            pl.col("paid_on").cast(pl.Date).to_physical().fill_null(LONG_AGO),
            kind,
        )
        for batch in rows.collect_batches(chunk_size=_BATCH, maintain_order=True, engine="streaming"):
            if batch.height:
                self._add(batch, codes)

    def _add(self, rows: pl.DataFrame, codes: np.ndarray) -> None:
        runs = runs_of(rows)
        month = months_of(rows["month"].to_numpy())
        if self.needs_earliest:
            self._note_earliest(runs, month)
        run, claim = self._claims.of_pair(runs.persons, runs.employers)
        columns = (month, rows["paid_on"].to_numpy(), codes.take(rows["kind"].to_numpy(), mode="clip"))
        first = np.diff(run, prepend=-1) != 0
        if runs.lengths[run[first]].sum() >= _MOSTLY * rows.height:
            whole = np.full(len(runs.starts), self._claims.size, dtype=np.int64)
            whole[run[first]] = claim[first]
            self._mark(runs.starts, runs.lengths, whole, columns)
            run, claim = run[~first], claim[~first]
        starts, lengths = runs.starts[run], runs.lengths[run]
        _labels, picked = spread(run, starts, lengths)
        if len(picked):
            self._mark(np.cumsum(lengths) - lengths, lengths, claim, tuple(column[picked] for column in columns))

    def put(self, name: str, claim: np.ndarray, words: np.ndarray) -> None:
        """Add words of months to a set; a claim may come more than once."""
        held = self._marks.sets[name]
        if (claim[1:] > claim[:-1]).all():
            held[claim] |= words
        else:
            np.bitwise_or.at(held, claim, words)

    def put_once(self, name: str, claim: slice | np.ndarray, words: np.ndarray) -> None:
        """Add words of months to a set; no claim comes twice."""
        self._marks.sets[name][claim] |= words

    def note_earliest(self, persons: Keys, month: np.ndarray) -> None:
        """Note the earliest month on record of each person (needed where a claim has no covered months)."""
        if self.needs_earliest:
            who, claim = self._claims.of_person(persons)
            self.put_earliest(claim, month[who])

    def put_earliest(self, claim: np.ndarray, month: np.ndarray) -> None:
        """Note a month on record of the person of each claim; a claim may come more than once."""
        np.minimum.at(self._marks.earliest, claim, month)

    def marks(self) -> Marks:
        """Return the marks gathered so far."""
        size = self._claims.size
        self._marks.sets = {name: words[:size] for name, words in self._marks.sets.items()}
        self._marks.earliest = self._marks.earliest[:size]
        return self._marks

    def _note_earliest(self, runs: Runs, month: np.ndarray) -> None:
        self.note_earliest(runs.persons, np.minimum.reduceat(month, runs.starts))

    def _mark(self, starts: np.ndarray, lengths: np.ndarray, claim: np.ndarray, columns: tuple) -> None:
        """Mark rows that lie run after run; run i belongs to claim[i]. columns: month, paid_on, kind code."""
        month, paid_on, kind = columns
        age = np.repeat(self._reference[claim], lengths) - month
        seen = (age.view(np.uint16) < self._lookback) & (paid_on <= np.repeat(self._paid_by[claim], lengths))
        normal = kind == NORMAL
        # a payment within its month is on time; months_of(LONG_AGO) is early, but no date is no payment on time
        normal |= (kind == BLANK) & (paid_on != LONG_AGO) & (months_of(paid_on) <= month)
        normal &= seen
        bits = normal.astype(np.uint64) << (age.astype(np.uint64) & np.uint64(63))
        mine = np.flatnonzero(claim < self._claims.size)
        self.put("normal", claim[mine], np.bitwise_or.reduceat(bits, starts)[mine])
        rest = np.flatnonzero(seen & ~normal)
        if len(rest):
            self._mark_rest(np.repeat(claim, lengths)[rest], age[rest], (month[rest], paid_on[rest], kind[rest]))

    def _mark_rest(self, claim: np.ndarray, age: np.ndarray, columns: tuple) -> None:
        month, paid_on, kind = columns
        dated = paid_on != LONG_AGO
        late_by = months_of(paid_on) - month
        unknown = kind == UNANSWERED
        arrears = ~unknown & ((kind == ARREARS) | dated)
        in_time = late_by <= self.late_after
        tests = {
            "arrears": arrears,
            "undetermined": ~unknown & ~arrears,
            "unknown": unknown,
            "in_time": arrears & dated & in_time,
            "dated_late": arrears & dated & ~in_time,
        }
        bits = _ONE << age.astype(np.uint64)
        starts = starts_of(changes_of(claim), len(claim))
        mine = np.flatnonzero(claim[starts] < self._claims.size)
        owner = claim[starts][mine]
        for name, test in tests.items():
            if test.any():
                self.put(name, owner, np.bitwise_or.reduceat(bits * test, starts)[mine])


def kind_codes(dtype: pl.DataType, known: pl.Enum = KINDS) -> tuple[pl.Expr, np.ndarray]:
    """Return how to number the kinds of a column, and the place in `known` of each number.

    Null counts as blank, a word that is not known as other. An Enum is read without looking at its words.
    """
    places = {name: place for place, name in enumerate(known.categories)}
    if isinstance(dtype, pl.Enum):
        names = dtype.categories.to_list()
        codes = [*(places.get(name, OTHER) for name in names), BLANK]
        return pl.col("kind").to_physical().cast(pl.UInt16).fill_null(len(names)), np.array(codes, dtype=np.uint8)
    words = pl.col("kind").cast(pl.String).fill_null("")
    number = pl.lit(OTHER, dtype=pl.UInt8)
    for name, place in places.items():
        number = pl.when(words == name).then(pl.lit(place, dtype=pl.UInt8)).otherwise(number)
    return number.alias("kind"), np.arange(len(places), dtype=np.uint8)
