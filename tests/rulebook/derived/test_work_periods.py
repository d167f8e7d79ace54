"""Years of work in the occupation (WH63.2.2b): counted in days, overlaps once, unknown ends within bounds."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peibu.rulebook import load_policy
from peibu.rulebook.derived import Records, derive_facts
from peibu.rulebook.derived.work_periods import days_covered

POLICY = load_policy("test/derived", Path(__file__).parents[1] / "policies")
DAY = timedelta(days=1)


def work(start, end, occupation="A", **rest):
    return {"occupation": occupation, "starts_on": start, "ends_on": end, **rest}


def derived(rows, applied=date(2019, 11, 20), **rest):
    facts = {"applied_on": applied, "occupation_code": "A"}
    return derive_facts(POLICY, "person", facts, {"work_periods": Records(rows, **rest)}, on=applied)


def days(rows, *args, **rest):
    return derived(rows, *args, **rest).get("occupation_work_days")


def status(rows, applied):
    judgement = POLICY.judge("person", derived(rows, applied), on=applied)
    return next(finding.status for finding in judgement.findings if finding.rule == "worked_long_enough")


@pytest.mark.parametrize("applied", [date(2019, 11, 20), date(2020, 2, 28), date(2020, 2, 29), date(2020, 3, 1)])
def test_ten_uninterrupted_years_pass_and_one_day_less_fails(applied):
    """Whether the day of application itself was worked or not: the ten years are as long from either side."""
    begun = applied.replace(year=applied.year - 10, day=min(applied.day, 28) if applied.month == 2 else applied.day)
    assert status([work(begun, applied - DAY)], applied) == "pass"
    assert status([work(begun + DAY, None, ongoing=True)], applied) == "pass"
    assert status([work(begun + DAY, applied - DAY)], applied) == "fail"
    assert status([work(begun + 2 * DAY, None, ongoing=True)], applied) == "fail"


def test_ten_years_in_three_pieces_with_overlaps_count_once():
    applied = date(2019, 11, 20)
    pieces = [work(date(2005, 1, 1), date(2009, 12, 31)), work(date(2009, 1, 1), date(2012, 12, 31))]
    assert days(pieces) == (2922, 2922)  # eight years, two of them leap years
    assert status(pieces, applied) == "fail"
    assert status([*pieces, work(date(2013, 1, 1), date(2014, 12, 31), "B")], applied) == "fail"
    assert status([*pieces, work(date(2013, 1, 1), date(2014, 12, 31))], applied) == "pass"


def test_an_unknown_end_is_possible_up_to_the_day_of_application():
    assert days([work(date(2009, 11, 20), None)]) == (1, 3653)
    assert status([work(date(2009, 11, 20), None)], date(2019, 11, 20)) == "unknown"
    assert days([work(date(2009, 11, 20), None, ongoing=True)]) == (3653, 3653)


def test_work_after_the_day_of_application_does_not_count():
    assert days([work(date(2019, 11, 11), date(2030, 1, 1))]) == (10, 10)
    assert days([work(date(2019, 11, 21), None, ongoing=True)]) == (0, 0)


def test_what_the_records_leave_open_is_never_a_refusal():
    assert days([]) == (0, 0)
    assert days([], complete=False) == (0, None)
    assert days([work(None, date(2019, 1, 1))]) == (1, None)
    assert days([work(date(2019, 11, 1), date(2019, 11, 20), None)]) == (0, 20)
    assert days([], covered=(None, date(2019, 11, 10))) == (0, 10)
    assert days([], covered=(date(2015, 1, 1), None)) == (0, None)


def test_without_the_occupation_nothing_is_said():
    found = derive_facts(
        POLICY, "person", {"applied_on": "2019-11-20"}, {"work_periods": Records([])}, on=date(2020, 1, 1)
    )
    assert "occupation_work_days" not in found


def test_a_given_fact_wins_in_whole():
    facts = {"applied_on": "2019-11-20", "occupation_code": "A", "occupation_work_days_low": 5}
    rows = [work(date(2019, 11, 11), date(2019, 11, 20))]
    found = derive_facts(POLICY, "person", facts, {"work_periods": Records(rows)}, on=date(2020, 1, 1))
    assert "occupation_work_days" not in found
    assert found["occupation_work_days_low"] == 5
    assert found["occupation_work_from"] == date(2019, 11, 11)


SPAN = st.tuples(st.dates(date(2019, 12, 1), date(2020, 4, 1)), st.integers(-3, 60))
SPANS = st.lists(SPAN.map(lambda item: (item[0], item[0] + item[1] * DAY)), max_size=8)


@settings(max_examples=100, deadline=None)
@given(SPANS)
def test_days_covered_equals_counting_the_days_one_by_one(spans):
    counted = {start + n * DAY for start, end in spans for n in range((end - start).days + 1)}
    assert days_covered(spans) == len(counted)


@settings(max_examples=60, deadline=None)
@given(SPANS, st.integers(0, 7), st.integers(1, 40))
def test_a_longer_period_never_hurts(spans, which, longer):
    rows = [work(start, end) for start, end in spans if start <= end]
    if not rows:
        return
    row = rows[which % len(rows)]
    stretched = [*rows, row | {"ends_on": row["ends_on"] + longer * DAY}, row | {"starts_on": row["starts_on"] - DAY}]
    before, after = days(rows, date(2020, 3, 31)), days(stretched, date(2020, 3, 31))
    assert all(old <= new for old, new in zip(before, after, strict=True))
