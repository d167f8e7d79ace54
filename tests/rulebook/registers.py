"""Generated registers for the tests: rows of several people, and the scalar answer to compare with."""

from datetime import date

import polars as pl
from hypothesis import strategies as st

from peibu.rulebook.records import Contribution, insurance_run

EMPLOYERS = ("E1", "E2")
PERSONS = (1, 2, 3)
DAYS = st.dates(date(2017, 6, 1), date(2021, 3, 31))
KINDS = st.sampled_from(["", "", "", "normal", "arrears", "unknown", None, "other"])
RECORDS = {"person": pl.Int64, "employer": pl.String, "month": pl.Date, "paid_on": pl.Date, "kind": pl.String}
PEOPLE = {
    "person": pl.Int64,
    "employer": pl.String,
    "reference_month": pl.Date,
    "covered_from": pl.Date,
    "covered_to": pl.Date,
    "paid_by": pl.Date,
}
PAIRS = ("insured_months", "arrears_months", "late_arrears_months", "last_paid_month")
PLAIN = ("run_first_month", "run_last_month", "insurance_gap_month")


@st.composite
def payments(draw):
    """One row: within its month, days or months late, before its month, or without a date; ends of months often."""
    month = draw(st.one_of(st.dates(date(2020, 1, 1), date(2020, 12, 31)), DAYS))
    paid_on = draw(st.one_of(st.none(), st.just(month), st.dates(date(2019, 12, 20), date(2021, 3, 31)), edges()))
    return draw(st.sampled_from(PERSONS)), draw(st.sampled_from(EMPLOYERS)), month.replace(day=1), paid_on, draw(KINDS)


def edges():
    """Days at which a month or February ends."""
    return st.sampled_from(
        [date(2020, 2, 29), date(2020, 3, 1), date(2020, 4, 30), date(2020, 5, 1), date(2020, 12, 31)]
    )


def stretches(draw):
    """Whole months in a row, the usual register: without them random rows hardly ever form a run."""
    rows = []
    for person in PERSONS:
        first, last = sorted(draw(st.lists(st.integers(0, 40), min_size=2, max_size=2)))
        for number in range(24210 + first, 24210 + last):
            month = date(number // 12, number % 12 + 1, 1)
            rows.append((person, "E1", month, month.replace(day=draw(st.integers(1, 28))), ""))
    return rows


@st.composite
def registers(draw, size=14):
    """Rows of three people, with duplicates, gaps, arrears, other employers and nulls; in any order."""
    rows = draw(st.lists(payments(), max_size=size))
    if draw(st.booleans()):
        rows += stretches(draw)
    rows += [rows[draw(st.integers(0, len(rows) - 1))] for _ in range(draw(st.integers(0, 3))) if rows]
    return draw(st.permutations(rows)) if draw(st.booleans()) else sorted(rows, key=lambda row: row[:3])


@st.composite
def claims(draw):
    """Who is asked about; the same person may stand there twice, on different days."""
    rows = []
    for _ in range(draw(st.integers(0, 6))):
        covered = draw(st.one_of(st.none(), st.tuples(DAYS, DAYS)))
        day = draw(st.one_of(edges(), st.dates(date(2020, 3, 1), date(2021, 1, 31))))
        paid_by = draw(st.one_of(st.none(), st.just(day), DAYS))
        who = draw(st.sampled_from([*PERSONS, 9])), draw(st.sampled_from(EMPLOYERS))
        rows.append((*who, day.replace(day=1), *(covered or (None, None)), paid_by))
    return rows


def records_frame(rows):
    return pl.DataFrame(rows, schema=RECORDS, orient="row")


def people_frame(rows):
    return pl.DataFrame(rows, schema=PEOPLE, orient="row")


def scalar_facts(rows, claim, **rest):
    """The facts of one claim by the scalar form, named as columns."""
    person, employer, reference, covered_from, covered_to, paid_by = claim
    own = [Contribution(row[2], row[1], row[3], row[4] or "") for row in rows if row[0] == person]
    covered = None if covered_from is None else (covered_from, covered_to)
    facts = insurance_run(own, employer, reference, covered=covered, paid_by=paid_by, **rest).facts()
    columns = {name: facts[name] for name in PLAIN}
    for name in PAIRS:
        columns[f"{name}_low"], columns[f"{name}_high"] = facts[name]
    return columns
