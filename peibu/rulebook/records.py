"""Social-insurance records of one person -> the run of consecutive months at one enterprise, within bounds.

The columnar form of the same derivation is `records_frame`; a property test proves the two equal (QD97.1.2).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple, Protocol

LOOKBACK_MONTHS = 36  # how far back a run is followed; more than any policy asks for
KINDS = ("normal", "arrears", "unknown", "")


class Contribution(NamedTuple):
    """One row of the register. month: the month paid for; kind: normal, arrears, unknown, or "" to go by paid_on.

    "unknown" means that the register gave no answer for the month. "" with no paid_on is a month that was paid,
    though nobody knows whether in arrears.
    """

    month: date
    employer: str
    paid_on: date | None = None
    kind: str = ""


class ContributionLike(Protocol):
    """Anything with these four attributes, a database row for instance."""

    month: date
    employer: str
    paid_on: date | None
    kind: str


class MonthMark(NamedTuple):
    """One box of the month strip. kind: normal, arrears, undetermined (paid, how?), unknown, gap or elsewhere."""

    month: date
    kind: str
    paid_on: date | None = None


@dataclass(frozen=True)
class InsuranceRun:
    """The run of months at one enterprise that ends at its last paid month.

    months: the strip, oldest first, up to the reference month. run_low / run_high: length that is certain / possible.
    arrears: months in arrears in the certain run. first_gap: the month before it, where the run breaks.
    """

    months: tuple[MonthMark, ...]
    run_low: int
    run_high: int
    arrears: int
    arrears_low: int
    arrears_high: int
    late_low: int
    late_high: int
    run_first_month: date | None
    run_last_month: date | None
    first_gap: date | None
    last_paid_month: date | None
    last_possible_month: date | None

    def facts(self) -> dict[str, Any]:
        """Return the facts of the shared vocabulary; pairs are (on what is certain, on what is possible)."""
        return {
            "insured_months": (self.run_low, self.run_high),
            "arrears_months": (self.arrears_low, self.arrears_high),
            "late_arrears_months": (self.late_low, self.late_high),
            "run_first_month": self.run_first_month,
            "run_last_month": self.run_last_month,
            "insurance_gap_month": self.first_gap,
            "last_paid_month": (self.last_paid_month, self.last_possible_month),
        }


def month_number(day: date) -> int:
    """Return a running number of the calendar month."""
    return day.year * 12 + day.month - 1


def month_from(number: int) -> date:
    """Return the first day of the month with that running number."""
    return date(number // 12, number % 12 + 1, 1)


class _Ages:
    """Sets of months, each written as its age: 0 is the reference month, 1 the month before ..."""

    def __init__(self) -> None:
        self.normal: set[int] = set()
        self.arrears: set[int] = set()
        self.undetermined: set[int] = set()
        self.unknown: set[int] = set()
        self.in_time: set[int] = set()
        self.dated_late: set[int] = set()
        self.elsewhere: set[int] = set()
        self.paid_on: dict[int, date] = {}

    def add(self, record: ContributionLike, age: int, late_after: int) -> None:
        """Sort one record of this enterprise. A month counts as its best record says (duplicates are common)."""
        late_by = None if record.paid_on is None else month_number(record.paid_on) - month_number(record.month)
        if record.kind == "unknown":
            self.unknown.add(age)
        elif record.kind == "normal" or (record.kind == "" and late_by is not None and late_by <= 0):
            self.normal.add(age)
        elif record.kind == "arrears" or late_by is not None:
            self.arrears.add(age)
            if late_by is not None:
                (self.in_time if late_by <= late_after else self.dated_late).add(age)
        else:
            self.undetermined.add(age)
        if record.paid_on is not None:
            self.paid_on[age] = min(record.paid_on, self.paid_on.get(age, record.paid_on))

    @property
    def paid(self) -> set[int]:
        return self.normal | self.arrears | self.undetermined

    def settle(self, outside: set[int]) -> None:
        """Let the better record of a month win, and call unknown what the extract does not cover."""
        self.arrears -= self.normal
        self.undetermined -= self.normal | self.arrears
        self.unknown = (self.unknown | outside) - self.paid


def insurance_run(
    records: Iterable[ContributionLike],
    employer: str,
    reference_month: date,
    *,
    covered: tuple[date, date] | None = None,
    paid_by: date | None = None,
    late_after_months: int = 3,
    lookback: int = LOOKBACK_MONTHS,
) -> InsuranceRun:
    """Follow one person's months at `employer` back from `reference_month`.

    covered: first and last month the extract answers for; months outside are unknown. Without it the extract is taken
    to answer from its earliest month on. paid_by: payments that came later do not count (the day of the claim).
    late_after_months: an arrears payment more than that many months late is 'too late' (used by one reading only).
    """
    rows = list(records)
    reference = month_number(reference_month)
    ages = _Ages()
    for record in rows:
        age = reference - month_number(record.month)
        too_new = paid_by is not None and record.paid_on is not None and record.paid_on > paid_by
        if too_new or not 0 <= age < lookback:
            continue
        if record.employer == employer:
            ages.add(record, age, late_after_months)
        elif record.kind != "unknown":
            ages.elsewhere.add(age)
    ages.settle(_outside(rows, covered, reference, lookback))
    return _run(ages, reference, lookback)


def _outside(rows: list[Any], covered: tuple[date, date] | None, reference: int, lookback: int) -> set[int]:
    if covered is None:
        oldest = max((reference - month_number(row.month) for row in rows), default=-1)
        return set(range(max(oldest + 1, 0), lookback))
    newest, oldest = reference - month_number(covered[1]), reference - month_number(covered[0])
    return {age for age in range(lookback) if not newest <= age <= oldest}


def _length(months: set[int], start: int) -> int:
    end = start
    while end in months:
        end += 1
    return end - start


def _run(ages: _Ages, reference: int, lookback: int) -> InsuranceRun:
    paid, unknown = ages.paid, ages.unknown
    possible = paid | unknown
    if not paid:
        last_possible = min(unknown, default=None)
        ends = (None, None, None, None, None if last_possible is None else month_from(reference - last_possible))
        return InsuranceRun(_strip(ages, reference, lookback), 0, len(unknown), 0, 0, 0, 0, 0, *ends)
    last = min(paid)
    length = _length(paid, last)
    certain = set(range(last, last + length))
    # An unknown month after the last paid one may itself be the last paid: then the run may be as short as one month.
    broken = bool({age for age in unknown if age < last - 1})
    start = last
    while start - 1 in possible:
        start -= 1
    reach = set(range(start, start + _length(possible, start)))
    other = sum(1 for age in unknown if age < start)
    worst, late_worst = ages.arrears | ages.undetermined, (ages.arrears | ages.undetermined) - ages.in_time
    late_sure = {age for age in ages.dated_late if age in ages.arrears} - ages.in_time
    gap = last + length
    return InsuranceRun(
        months=_strip(ages, reference, lookback),
        run_low=1 if broken else length,
        run_high=max(len(reach), other),
        arrears=len(certain & ages.arrears),
        arrears_low=1 if broken else len(certain & worst),
        arrears_high=0 if other else len(reach & ages.arrears),
        late_low=1 if broken else len(certain & late_worst),
        late_high=0 if other else len(reach & late_sure),
        run_first_month=month_from(reference - gap + 1),
        run_last_month=month_from(reference - last),
        first_gap=month_from(reference - gap) if gap < lookback else None,
        last_paid_month=month_from(reference - last),
        last_possible_month=month_from(reference - min(possible)),
    )


def _strip(ages: _Ages, reference: int, lookback: int) -> tuple[MonthMark, ...]:
    kinds: dict[int, str] = {}
    for name in ("unknown", "elsewhere", "undetermined", "arrears", "normal"):  # the later name outweighs the earlier
        kinds |= dict.fromkeys(getattr(ages, name), name)
    return tuple(
        MonthMark(month_from(reference - age), kinds.get(age, "gap"), ages.paid_on.get(age))
        for age in reversed(range(lookback))
    )
