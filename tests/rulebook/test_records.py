"""The insurance run of one person, against brute force."""

from datetime import date
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from peibu.rulebook.records import Contribution, insurance_run, month_from, month_number

HERE, THERE = "here", "there"
REFERENCE = date(2020, 11, 1)


def months(*texts: str, **rest) -> list[Contribution]:
    return [Contribution(date.fromisoformat(f"{text}-01"), HERE, **rest) for text in texts]


def test_run_is_counted_back_to_the_first_gap():
    rows = months("2020-05", "2020-07", "2020-08", "2020-09", "2020-10", kind="normal")
    run = insurance_run(rows, HERE, REFERENCE, covered=(date(2019, 1, 1), REFERENCE))
    assert (run.run_low, run.run_high, run.first_gap) == (4, 4, date(2020, 6, 1))
    assert (run.run_first_month, run.run_last_month) == (date(2020, 7, 1), date(2020, 10, 1))


def test_month_paid_later_is_in_arrears_and_does_not_count_before_it_was_paid():
    rows = months("2020-10", kind="normal") + months("2020-09", paid_on=date(2020, 11, 5))
    whole = (date(2019, 1, 1), REFERENCE)
    assert insurance_run(rows, HERE, REFERENCE, covered=whole).arrears == 1
    early = insurance_run(rows, HERE, REFERENCE, covered=whole, paid_by=date(2020, 11, 4))
    assert (early.run_low, early.run_high, early.first_gap) == (1, 1, date(2020, 9, 1))


def test_duplicates_and_other_employers_do_not_lengthen_the_run():
    rows = months("2020-10", "2020-10", "2020-09", kind="normal")
    rows.append(Contribution(date(2020, 8, 1), THERE, None, "normal"))
    run = insurance_run(rows, HERE, REFERENCE, covered=(date(2019, 1, 1), REFERENCE))
    assert run.run_low == run.run_high == 2
    assert {mark.month: mark.kind for mark in run.months}[date(2020, 8, 1)] == "elsewhere"


def test_months_the_extract_does_not_cover_are_possible_not_certain():
    rows = months("2020-08", "2020-09", "2020-10", kind="normal")
    run = insurance_run(rows, HERE, REFERENCE, covered=(date(2020, 8, 1), REFERENCE))
    assert run.run_low == 3
    assert run.run_high > 6
    assert insurance_run([], HERE, REFERENCE).facts()["insured_months"][0] == 0


SMALL = 7


@st.composite
def small_registers(draw):
    """Seven months, each paid, in arrears, paid without a date, unanswered, or absent; possibly twice."""
    rows = []
    for age in range(SMALL):
        month = month_from(month_number(REFERENCE) - age)
        for kind in draw(st.lists(st.sampled_from(["normal", "arrears", "bare", "unknown", "late"]), max_size=2)):
            late = {"arrears": 1, "late": 5}.get(kind)
            paid_on = month_from(month_number(month) + late) if late else None
            rows.append(Contribution(month, HERE, paid_on, "" if kind in ("bare", "arrears", "late") else kind))
    return rows


def scenarios(run):
    """Every complete register that the incomplete one allows: unknown months paid or not, in arrears or not."""
    options = {
        "normal": ["normal"],
        "arrears": ["arrears"],
        "undetermined": ["normal", "arrears"],
        "unknown": ["normal", "arrears", "gap"],
        "gap": ["gap"],
    }
    return product(*(options[mark.kind] for mark in run.months))


def counted(strip, allowed):
    newest_first = list(reversed(strip))
    start = next((age for age, kind in enumerate(newest_first) if kind != "gap"), None)
    if start is None:
        return 0, None
    run = []
    for kind in newest_first[start:]:
        if kind == "gap":
            break
        run.append(kind)
    return len(run) - max(run.count("arrears") - allowed, 0), start


@settings(max_examples=150, deadline=None)
@given(small_registers(), st.integers(0, 3))
def test_bounds_hold_in_every_scenario(rows, allowed):
    run = insurance_run(rows, HERE, REFERENCE, covered=(date(2020, 5, 1), REFERENCE), lookback=SMALL)
    low = run.run_low - max(run.arrears_low - allowed, 0)
    high = run.run_high - max(run.arrears_high - allowed, 0)
    results = [counted(strip, allowed) for strip in scenarios(run)]
    assert all(low <= months <= high for months, _start in results)
    for _months, start in results:
        if start is not None:
            last = month_from(month_number(REFERENCE) - start)
            assert (run.last_paid_month or last) <= last <= run.last_possible_month
