"""Weihai 2019: years of work and of a level held, on generated dates; more of either never hurts."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from peibu.rulebook import load_policy
from peibu.rulebook.yaml_reader import read_yaml

POLICY = load_policy("weihai/gold_collar_2019")
BASE = read_yaml(POLICY.folder / "cases.yaml")["bases"]["enrolment"]
ON = date(2019, 12, 30)
YEARS = {"senior": 10, "technician": 14, "senior_technician": 18}
DAYS = st.dates(date(2019, 10, 21), date(2019, 12, 31))


def may_enrol(**changed):
    judgement = POLICY.judge("enrolment", {**BASE, **changed}, on=ON)
    return next(finding for finding in judgement.findings if finding.rule == "a_way_to_enrol").status == "pass"


def by_work(day, level, start):
    worked = (day - start).days
    return may_enrol(
        applied_on=day,
        target_level=level,
        held_level="none",
        occupation_work_days=worked,
        skill_stated_by_employer=True,
    )


@given(day=DAYS, level=st.sampled_from([*YEARS]))
def test_work_without_a_break_since_the_same_day_of_the_year_passes_and_a_day_later_fails(day, level):
    start = day.replace(year=day.year - YEARS[level])
    assert by_work(day, level, start)
    assert not by_work(day, level, start + timedelta(days=1))


@given(day=DAYS)
def test_a_level_held_since_the_same_day_three_years_ago_passes_and_a_day_later_fails(day):
    since = day.replace(year=day.year - 3)
    assert may_enrol(applied_on=day, prior_level_since=since)
    assert not may_enrol(applied_on=day, prior_level_since=since + timedelta(days=1))


@given(days=st.integers(0, 9000), more=st.integers(0, 3000), level=st.sampled_from([*YEARS]))
def test_more_work_never_hurts(days, more, level):
    facts = {"target_level": level, "held_level": "none", "skill_stated_by_employer": True}
    fewer = may_enrol(occupation_work_days=days, **facts)
    assert fewer <= may_enrol(occupation_work_days=days + more, **facts)
