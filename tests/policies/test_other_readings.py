"""Every reading of Weihai 2019 and Jinan 2020 that was not chosen is wired too: with it, a documented case comes out otherwise."""

from dataclasses import replace
from datetime import date

import pytest

from peibu.rulebook import RateEntry, load_policy
from peibu.rulebook.yaml_reader import read_yaml

WEIHAI, JINAN = "weihai/gold_collar_2019", "jinan/internet_plus_2020"
ON = {WEIHAI: date(2019, 12, 30), JINAN: date(2020, 9, 1)}
OWN_RATES = {
    WEIHAI: [("training_standard_fen", ("senior",), 100000)],
    JINAN: [
        ("practice_share_percent", ("6-18-02-04",), 60),
        ("occupation_standard_fen", ("6-18-02-04", "senior"), 200000),
    ],
}

# policy, interpretation, the other reading, subject, facts changed, decision as read now, decision as read otherwise
OTHERWISE = [
    (WEIHAI, "focus_reading", "condition", "class_filing", {"industries": ["other"]}, "pass", "fail"),
    (WEIHAI, "counting_day_reading", "class_opening", "enrolment",
     {"prior_level_since": date(2016, 11, 4), "class_starts_on": date(2019, 11, 4)}, "fail", "pass"),
    (WEIHAI, "qualification_kind_reading", "qualification_only", "enrolment",
     {"prior_certificate_kind": "skill_level"}, "pass", "fail"),
    (WEIHAI, "skill_reading", "district", "enrolment",
     {"prior_certificate_kind": "other", "occupation_work_days": 4000, "skill_stated_by_employer": True,
      "skill_checked_by_district": False}, "pass", "fail"),
    (WEIHAI, "outstanding_reading", "both", "enrolment",
     {"prior_level_since": date(2019, 1, 1), "outstanding_achievement": "innovation",
      "outstanding_recognised_by": "employer", "outstanding_evidence": True}, "pass", "fail"),
    (WEIHAI, "main_modes_reading", "one", "class_filing", {"training_modes": ["theory"]}, "fail", "pass"),
    (WEIHAI, "ideological_reading", "within_theory", "class_filing", {"class_hours_theory": 100}, "fail", "pass"),
    (WEIHAI, "before_day_reading", "day_excluded", "exam", {"exam_on": date(2019, 12, 31)}, "pass", "fail"),
    (WEIHAI, "repeat_reading", "this_project_once", "claim", {"programme_grants": 1}, "pass", "fail"),
    (WEIHAI, "fund_first_reading", "until_empty", "payment",
     {"fund_used": "employment_subsidy_fund", "unemployment_fund_balance_fen": 2999999}, "pass", "fail"),
    (JINAN, "repeat_reading", "three_a_year_too", "platform_online", {"subsidies_this_year": 3}, "pass", "fail"),
    (JINAN, "after_epidemic_reading", "after_period", "institution_practice",
     {"practice_starts_on": date(2020, 6, 30), "offline_resumed_on": date(2020, 6, 1)}, "pass", "fail"),
    (JINAN, "dispatched_reading", "own", "enterprise_online", {"worker_relation": "dispatched"}, "fail", "pass"),
    (JINAN, "contract_reading", "longer", "enterprise_prejob", {"contract_ends_on": date(2021, 4, 12)}, "pass", "fail"),
    (JINAN, "insured_reading", "at_claim", "enterprise_prejob",
     {"last_paid_month": "2020-05", "claimed_on": date(2020, 6, 1)}, "pass", "fail"),
    (JINAN, "window_day_reading", "end", "enterprise_prejob", {"contract_signed_on": date(2019, 5, 6)}, "pass", "fail"),
    (JINAN, "window_last_day_reading", "excluded", "enterprise_prejob",
     {"contract_signed_on": date(2019, 5, 6)}, "pass", "fail"),
    (JINAN, "exclusive_reading", "whole_person", "upskilling_check", {"exclusive_person_grants": 1}, "pass", "fail"),
    (JINAN, "period_day_reading", "opening", "platform_online", {"training_ended_on": date(2020, 7, 1)}, "fail", "pass"),
    (JINAN, "period_day_reading", "claim", "platform_online", {"claimed_on": date(2020, 7, 1)}, "pass", "fail"),
    (JINAN, "prejob_period_reading", "unbound", "enterprise_prejob",
     {"training_ended_on": date(2020, 7, 1)}, "fail", "pass"),
    (JINAN, "speciality_evaluator_reading", "city_or_district", "speciality_evaluation",
     {"evaluated_by": "district_bureau"}, "fail", "pass"),
]  # fmt: skip
PAYEES = [
    (WEIHAI, "payee_reading", "base", "claim", {"cost_advanced_by": "enterprise"}, "enterprise", "base"),
    (JINAN, "special_payee_reading", "person", "special_operation", {}, "institution", "person"),
]
# Readings of the money: they decide nothing about a person, but what is booked where (tests/rulebook/test_funds.py).
MONEY = [(JINAN, "fund_reading", "employment_fund"), (JINAN, "item_reading", "by_kind")]


def read_as(policy, name, reading):
    item = policy.interpretations[name]
    other = replace(item, values=(reading,) * len(item.values))
    return replace(policy, interpretations={**policy.interpretations, name: other}, _plans={})


def judged(path, subject, changed, name="", reading=""):
    day = ON[path]
    entries = [RateEntry(table, key, day, None, value, "test figure") for table, key, value in OWN_RATES[path]]
    policy = load_policy(path).with_rates(entries)
    if name:
        policy = read_as(policy, name, reading)
    base = read_yaml(policy.folder / "cases.yaml")["bases"][subject]
    return policy.judge(subject, {**base, **changed}, on=day)


@pytest.mark.parametrize(("path", "name", "reading", "subject", "changed", "now", "otherwise"), OTHERWISE)
def test_the_other_reading_decides_otherwise(path, name, reading, subject, changed, now, otherwise):
    assert judged(path, subject, changed).decision == now
    assert judged(path, subject, changed, name, reading).decision == otherwise


@pytest.mark.parametrize(("path", "name", "reading", "subject", "changed", "now", "otherwise"), PAYEES)
def test_the_other_reading_pays_somebody_else(path, name, reading, subject, changed, now, otherwise):
    assert judged(path, subject, changed).payee == now
    assert judged(path, subject, changed, name, reading).payee == otherwise


def test_no_reading_is_left_out():
    tried = {(path, name, reading) for path, name, reading, *_rest in [*OTHERWISE, *PAYEES, *MONEY]}
    chosen = {
        (path, item.name, item.value(ON[path])) for path in ON for item in load_policy(path).interpretations.values()
    }
    there = {
        (path, item.name, reading)
        for path in ON
        for item in load_policy(path).interpretations.values()
        for reading in item.readings
    }
    assert there == tried | chosen
