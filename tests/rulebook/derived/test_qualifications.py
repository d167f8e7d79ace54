"""Certificates: the level held and since when (WH63.2.2a), and the certificate of a claim (HD2.5.15a)."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from peibu.rulebook import load_policy
from peibu.rulebook.derived import Records, derive_facts

POLICY = load_policy("test/derived", Path(__file__).parents[1] / "policies")
APPLIED = date(2019, 11, 20)
DAY = timedelta(days=1)


def held(level, issued, **rest):
    row = {"number": f"{level}1", "kind": "vocational_qualification", "occupation": "A", "level": level}
    return row | {"issued_on": issued} | rest


def derived(rows, target="senior", complete=True, **facts):
    facts = {"applied_on": APPLIED, "occupation_code": "A", "target_level": target} | facts
    given = {name: value for name, value in facts.items() if value is not None}
    return derive_facts(POLICY, "person", given, {"qualifications": Records(rows, complete=complete)}, on=APPLIED)


def status(found):
    judgement = POLICY.judge("person", found, on=APPLIED)
    return next(finding.status for finding in judgement.findings if finding.rule == "held_long_enough")


@pytest.mark.parametrize(
    ("issued", "expected"), [(date(2016, 11, 20), "pass"), (date(2016, 11, 21), "fail"), (date(2012, 1, 1), "pass")]
)
def test_three_full_years_are_counted_to_the_day(issued, expected):
    assert status(derived([held("middle", issued)])) == expected


def test_the_level_directly_below_counts_and_no_other():
    found = derived([held("junior", date(2010, 1, 1)), held("middle", date(2018, 1, 1))])
    assert (found["held_level"], found["prior_level_since"]) == ("middle", date(2018, 1, 1))
    assert status(found) == "fail"
    assert "prior_level_since" not in derived([held("junior", date(2010, 1, 1))])
    assert "prior_level_since" not in derived([held("junior", date(2010, 1, 1))], target="junior")


def test_the_earliest_of_two_certificates_of_one_level_counts():
    rows = [held("middle", date(2018, 1, 1)), held("middle", date(2014, 1, 1), number="m2")]
    assert derived(rows)["prior_level_since"] == date(2014, 1, 1)


@pytest.mark.parametrize(
    "void",
    [
        {"status": "revoked"},
        {"valid_until": APPLIED - DAY},
        {"issued_on": APPLIED + DAY},
        {"occupation": "B"},
        {"kind": "special_operation", "level": None},
    ],
)
def test_certificates_that_do_not_count(void):
    found = derived([held("middle", date(2010, 1, 1)) | void])
    assert found["held_level"] == "none"
    assert "prior_level_since" not in found


def test_a_certificate_is_still_valid_on_its_last_day():
    assert derived([held("middle", date(2010, 1, 1), valid_until=APPLIED)])["held_level"] == "middle"


@pytest.mark.parametrize(
    "unclear", [{"status": "unknown"}, {"level": None}, {"occupation": None}, {"issued_on": None}], ids=str
)
def test_what_a_row_leaves_open_makes_the_level_unknown(unclear):
    rows = [held("junior", date(2010, 1, 1)), held("middle", date(2015, 1, 1)) | unclear]
    assert "held_level" not in derived(rows)
    certain = held("middle", date(2016, 1, 1), number="m2")
    assert "prior_level_since" not in derived([*rows, certain])


def test_nothing_in_a_complete_register_is_none_and_in_an_incomplete_one_unknown():
    assert derived([])["held_level"] == "none"
    assert derived([])["certificate_held"] is False
    assert {"held_level", "certificate_held"} & set(derived([], complete=False)) == set()
    assert derived([held("senior_technician", date(2010, 1, 1))], complete=False)["held_level"] == "senior_technician"


def test_the_certificate_of_a_claim_is_the_latest_valid_one_of_the_occupation_and_level():
    claimed = {"claimed_on": date(2020, 2, 1)}
    rows = [
        held("senior", date(2019, 12, 1), number="s1", issuer="甲机构"),
        held("senior", date(2019, 12, 30), number="s2", valid_until=date(2025, 1, 1)),
        held("senior", date(2020, 1, 5), number="s3", status="revoked"),
        held("senior", date(2020, 2, 2), number="s4"),
        held("technician", date(2020, 1, 9), number="t1"),
    ]
    found = derived(rows, **claimed)
    assert found["certificate_number"] == "s2"
    assert (found["certificate_held"], found["certificate_valid"]) == (True, True)
    assert (found["certificate_kind"], found["certificate_level"]) == ("vocational_qualification", "senior")
    assert derived(rows, certificate_number="s1", **claimed)["certificate_issuer"] == "甲机构"
    assert derived(rows, certificate_number="s3", **claimed)["certificate_valid"] is False
    assert derived(rows, certificate_number="s9", **claimed)["certificate_held"] is False


def test_a_certificate_without_levels_has_none():
    row = {"number": "x", "kind": "special_operation", "issued_on": date(2019, 1, 1)}
    assert derived([row], target=None, occupation_code=None)["certificate_level"] == "none"
