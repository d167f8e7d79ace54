"""Month-by-month insurance records with planted situations; one source of rows for city and benchmarks."""

import datetime as dt
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from peibu.demo.city.draw import offset, spread, stream, weighted
from peibu.demo.city.records import LAST_MONTH, InsuranceRow, RecordSet
from peibu.demo.city.script import PENSIONER_FIRMS
from peibu.kernel.months import add_months

DUPLICATES = 0.01
OUTSIDE_FIRST, OUTSIDE_COUNT = 900_001, 5


@dataclass(slots=True)
class Career:
    """One person's months, as indexes into the window (the last index is December 2020)."""

    hired: int  # start at the present employer; below 0: before the window
    spells: list[tuple[int, int, bool]]  # first, last, at the enterprise itself (else outside)
    missing: set[int] = field(default_factory=set)  # never paid
    arrears: dict[int, tuple[int, int]] = field(default_factory=dict)  # month -> month and day of the later payment
    unknown: set[int] = field(default_factory=set)  # not delivered
    late: set[int] = field(default_factory=set)  # posted in the next month as a normal payment


Maker = Callable[[random.Random, int], Career]


class Situation(NamedTuple):
    """A planted situation: its share, what it is, and what QD97.1.2 must say on NOW.

    The verdict holds for the records posted by NOW, and for both readings of the arrears.
    """

    share: float
    says: str
    verdict: str  # pass | fail | unknown
    make: Maker


def _long(rng: random.Random, n: int) -> Career:
    hired = -rng.randrange(1, 60) if rng.random() < 0.6 else rng.randrange(0, n - 9)
    return Career(hired, [(max(0, hired), n - 1, True)])


def _since(months_ago: int) -> Maker:
    return lambda _rng, n: Career(n - months_ago, [(n - months_ago, n - 1, True)])


def _old(rng: random.Random, n: int) -> Career:
    return Career(-rng.randrange(1, 60), [(0, n - 1, True)])


def _gap(first: int, last: int | None) -> Maker:
    def make(rng: random.Random, n: int) -> Career:
        career = _old(rng, n)
        career.missing = {rng.randrange(n - first, n - last)} if last else {rng.randrange(1, n - first)}
        return career

    return make


def _arrears(count: int) -> Maker:
    def make(_rng: random.Random, n: int) -> Career:
        career = _since(7)(_rng, n)
        career.arrears = {n - 7 + k: (n - 7 + count, 24) for k in range(count)}
        return career

    return make


def _bulk(rng: random.Random, n: int) -> Career:
    career, day = _since(7)(rng, n), rng.randrange(2, 8)
    career.arrears = dict.fromkeys(range(n - 7, n - 1), (n - 1, day))
    return career


def _changed(first: int, last: int | None) -> Maker:
    def make(rng: random.Random, n: int) -> Career:
        change = rng.randrange(n - first, n - last + 1) if last else rng.randrange(2, max(3, n - first))
        return Career(change, [(0, change - 1, False), (change, n - 1, True)])

    return make


def _left(to_other: bool) -> Maker:
    def make(rng: random.Random, n: int) -> Career:
        end = n - rng.randrange(4, 6)
        spells = [(0, end, True), (end + 1, n - 1, False)] if to_other else [(0, end, True)]
        return Career(-rng.randrange(1, 40), spells)

    return make


def _unknown(which: str) -> Maker:
    def make(rng: random.Random, n: int) -> Career:
        career = _old(rng, n)
        first = rng.randrange(n - 6, n - 4) if which == "recent" else rng.randrange(0, n - 11)
        career.unknown = set(range(n)) if which == "all" else set(range(first, first + 3))
        if which == "old":
            career.unknown = {month for month in career.unknown if month < n - 9}
        return career

    return make


def _late(recent: bool) -> Maker:
    def make(rng: random.Random, n: int) -> Career:
        career = _old(rng, n)
        first = n - 5 if recent else rng.randrange(0, n - 11)
        career.late = {first, first + 1}
        return career

    return make


def _two(rng: random.Random, n: int) -> Career:
    career = _old(rng, n)
    career.spells.append((n - 8, n - 4, False))
    return career


def _retired(rng: random.Random, n: int) -> Career:
    return Career(-rng.randrange(60, 240), [(0, n - rng.randrange(8, 11), True)])


SITUATIONS: dict[str, Situation] = {
    "gap_recent": Situation(0.03, "近半年内断缴一个月", "fail", _gap(5, 3)),
    "gap_old": Situation(0.03, "较早时断缴一个月，其后连续", "pass", _gap(10, None)),
    "arrears_1": Situation(0.015, "入职第一个月补缴", "pass", _arrears(1)),
    "arrears_2": Situation(0.015, "入职前两个月集中补缴", "pass", _arrears(2)),
    "arrears_3": Situation(0.015, "入职前三个月集中补缴", "pass", _arrears(3)),
    "arrears_4": Situation(0.012, "六个月中补缴四个月", "fail", _arrears(4)),
    "arrears_5": Situation(0.012, "六个月中补缴五个月", "fail", _arrears(5)),
    "bulk_before_claim": Situation(0.01, "申领前一次性补缴六个月", "fail", _bulk),
    "six_months": Situation(0.02, "恰好连续六个月", "pass", _since(7)),
    "five_months": Situation(0.02, "只有连续五个月", "fail", _since(6)),
    "newcomer": Situation(0.02, "入职两三个月", "fail", _since(4)),
    "job_change_old": Situation(0.05, "早先由外单位转入", "pass", _changed(10, None)),
    "job_change_recent": Situation(0.025, "近几个月由外单位转入", "fail", _changed(5, 4)),
    "left_to_other": Situation(0.02, "已离职到其他单位参保", "fail", _left(True)),
    "left_unpaid": Situation(0.012, "已离职且停保", "fail", _left(False)),
    "unknown_recent": Situation(0.025, "近半年有月份数据未取得", "unknown", _unknown("recent")),
    "unknown_all": Situation(0.015, "参保数据全部未取得", "unknown", _unknown("all")),
    "unknown_old": Situation(0.015, "较早月份数据未取得", "pass", _unknown("old")),
    "late_old": Situation(0.03, "较早月份次月到账", "pass", _late(False)),
    "late_recent": Situation(0.02, "近半年有两个月次月到账", "pass", _late(True)),
    "two_employers": Situation(0.012, "同一月份两家单位参保", "pass", _two),
    "never_insured": Situation(0.01, "从未在本市参保", "fail", lambda _rng, n: Career(n - 12, [])),
    "retired": Situation(0.005, "已退休领取养老金", "fail", _retired),
    "continuous": Situation(1.0, "连续正常缴费", "pass", _long),
}
_SHARES = tuple((label, situation.share) for label, situation in SITUATIONS.items())


class Seat(NamedTuple):
    """Where a person works and what was planted; all that the insurance rows need."""

    no: int
    employer: int
    situation: str
    career: Career
    base_fen: int


class Census:
    """The city's jobs, computed person by person without keeping any."""

    def __init__(self, seed: int, people: int, enterprises: int, months: int) -> None:
        if months < 12:
            raise ValueError("insurance records need at least 12 months")
        if enterprises < 1 or people < 1:
            raise ValueError("a city needs people and enterprises")
        self.seed, self.people, self.enterprises, self.months = seed, people, enterprises, months
        self.first_days = tuple(month_at(months, index) for index in range(months + 1))
        self._offset = offset(seed, "situation")
        self._rates = tuple(_per_mille(month) for month in self.first_days)

    def seat(self, no: int) -> Seat:
        rng = stream(self.seed, "seat", no)
        situation = weighted(spread(self._offset, no), _SHARES)
        if is_planted_pensioner(no, self.enterprises):
            situation = "retired"
        # Every enterprise gets an equal stock, the rest falls unevenly: some firms are larger than others.
        even = no < self.people * 6 // 10
        employer = 1 + (no % self.enterprises if even else int(rng.random() ** 1.7 * self.enterprises))
        career = SITUATIONS[situation].make(rng, self.months)
        return Seat(no, employer, situation, career, (360 + int(rng.random() ** 2 * 1500)) * 1000)

    def record_set(self, seat: Seat) -> RecordSet:
        unknown = tuple(self.first_days[month] for month in sorted(seat.career.unknown))
        return RecordSet(seat.no, self.first_days[0], self.first_days[self.months - 1], unknown)

    def rows(self, seat: Seat) -> Iterator[InsuranceRow]:
        """Yield the postings of one person: normal, arrears, late, and about one in a hundred twice."""
        career, rng = seat.career, stream(self.seed, "rows", seat.no)
        for first, last, own in career.spells:
            employer = seat.employer if own else OUTSIDE_FIRST + seat.no % OUTSIDE_COUNT
            for month in range(first, last + 1):
                if month in career.missing or month in career.unknown:
                    continue
                row = self._row(seat, employer, month, own)
                yield row
                if rng.random() < DUPLICATES:
                    later = row.paid_on + dt.timedelta(days=1) if rng.random() < 0.3 else row.paid_on
                    yield row._replace(paid_on=later)

    def _row(self, seat: Seat, employer: int, month: int, own: bool) -> InsuranceRow:
        day, kind = self.first_days[month], "normal"
        pay_day = 11 + employer * 5 % 14  # never by the tenth: on NOW nobody has December yet
        paid_on = day.replace(day=pay_day)
        if own and month in seat.career.arrears:
            paid_month, paid_day = seat.career.arrears[month]
            paid_on, kind = self.first_days[paid_month].replace(day=paid_day), "arrears"
        elif own and month in seat.career.late:
            paid_on = self.first_days[month + 1].replace(day=pay_day)
        # Bases rise by four per cent each July.
        years = day.year - 2018 + (day.month >= 7)
        base_fen = seat.base_fen * (100 + 4 * max(0, years)) // 100 // 100 * 100
        return InsuranceRow(seat.no, employer, day, paid_on, kind, base_fen, base_fen * self._rates[month] // 1000)


def is_planted_pensioner(no: int, enterprises: int) -> bool:
    """Whether the person is one of the pensioners that the script puts into classes."""
    return no // enterprises == 3 and no % enterprises + 1 in PENSIONER_FIRMS


def month_at(months: int, index: int) -> dt.date:
    """Return the first day of the index-th month of a window of ``months`` that ends in December 2020."""
    return add_months(LAST_MONTH, index - months + 1)


def _per_mille(month: dt.date) -> int:
    """Pension contribution, person and unit together; the unit's part was waived from February to December 2020."""
    if dt.date(2020, 2, 1) <= month <= dt.date(2020, 12, 1):
        return 80
    return 240 if month >= dt.date(2019, 5, 1) else 260


def stream_insurance(
    seed: int, people: int = 2000, enterprises: int = 40, months: int = 36, *, first: int = 0, last: int | None = None
) -> Iterator[InsuranceRow]:
    """Yield the rows of persons ``first`` (included) to ``last`` (excluded), in constant memory.

    The same rows that ``generate`` keeps for the same arguments; disjoint ranges can be made by different processes.

    Raises:
        ValueError: fewer than 12 months, or no people or enterprises.
    """
    census = Census(seed, people, enterprises, months)
    for no in range(first, people if last is None else min(last, people)):
        yield from census.rows(census.seat(no))
