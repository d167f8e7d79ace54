"""Insurance months as a derivation: the enterprise, the day of payment, and what one more month does (QD97.1.2)."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peibu.rulebook import load_policy
from peibu.rulebook.derived import Records, derive_facts
from peibu.rulebook.records import month_from, month_number

POLICY = load_policy("test/derived", Path(__file__).parents[1] / "policies")
CLAIMED = date(2020, 11, 10)
WHOLE = (date(2015, 1, 1), CLAIMED)
ORDER = {"fail": 0, "unknown": 1, "pass": 2}


def paid(number, late=0, employer="here"):
    month = month_from(number)
    return {"employer": employer, "month": month, "paid_on": month_from(number + late).replace(day=20)}


def derived(rows, employer="here", covered=WHOLE):
    records = {"insurance": Records(rows, covered)}
    return derive_facts(POLICY, "person", {"claimed_on": CLAIMED}, records, on=CLAIMED, employer=employer)


def status(rows, **rest):
    judgement = POLICY.judge("person", derived(rows, **rest), on=CLAIMED)
    return next(finding.status for finding in judgement.findings if finding.rule == "insured_long_enough")


LAST = month_number(date(2020, 10, 1))


def test_six_months_pass_and_five_fail():
    assert status([paid(LAST - age) for age in range(6)]) == "pass"
    assert status([paid(LAST - age) for age in range(5)]) == "fail"


def test_a_payment_after_the_day_of_the_claim_does_not_count():
    late = [paid(LAST - age) for age in range(5)] + [paid(LAST - 5, late=6)]
    assert late[-1]["paid_on"] > CLAIMED
    assert status(late) == "fail"


def test_without_an_enterprise_nothing_is_said_and_another_enterprise_does_not_help():
    rows = [paid(LAST - age) for age in range(6)]
    assert "insured_months" not in derived(rows, employer="")
    assert derived(rows, employer="there")["insured_months"] == (0, 0)


def test_the_run_of_the_demo_day_is_told_with_its_gap():
    found = derived([paid(LAST - age) for age in (0, 1, 2, 4)])
    assert (found["insured_months"], found["insurance_gap_month"]) == ((3, 3), date(2020, 7, 1))


@st.composite
def registers(draw):
    """Months paid in time, late, or missing; at this enterprise or another."""
    rows = []
    for age in range(10):
        for late in draw(st.lists(st.sampled_from([0, 0, 0, 1, 5]), max_size=2)):
            rows.append(paid(LAST - age, late, draw(st.sampled_from(["here", "here", "there"]))))
    return rows


@settings(max_examples=150, deadline=None)
@given(registers(), st.sampled_from([WHOLE, (date(2020, 6, 1), CLAIMED)]), st.booleans())
def test_one_more_insured_month_at_either_end_of_the_run_never_hurts(rows, covered, before):
    found = derived(rows, covered=covered)
    if found.get("run_first_month") is None:
        return
    number = month_number(found["run_first_month"]) - 1 if before else month_number(found["run_last_month"]) + 1
    more = [*rows, paid(number)]
    if more[-1]["paid_on"] > CLAIMED:
        return
    assert ORDER[status(rows, covered=covered)] <= ORDER[status(more, covered=covered)]


def test_the_property_can_fail():
    """A month after a gap starts a new run: that one hurts, which is why only the ends of the run are promised."""
    rows = [paid(LAST - age) for age in range(2, 8)]
    assert (status(rows), status([*rows, paid(LAST)])) == ("pass", "fail")


@pytest.mark.parametrize("day", ["claimed_on", "enrolled_on", "applied_on"])
def test_the_day_is_the_first_that_is_known(day):
    rows = {"insurance": Records([paid(LAST - age) for age in range(6)], WHOLE)}
    facts = {day: "2020-08-31"}
    found = derive_facts(POLICY, "person", facts, rows, on=CLAIMED, employer="here")
    assert found["insured_months"] == (4, 4)
