"""What may and may not be entered at the desk for Jinan 2020: the share of practice, and standards the folder knows."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peibu.rulebook import RateEntry, RateError, load_policy
from peibu.rulebook.yaml_reader import read_yaml

POLICY = load_policy("jinan/internet_plus_2020")
SINCE, ON = date(2020, 4, 9), date(2020, 9, 1)
BASES = read_yaml(POLICY.folder / "cases.yaml")["bases"]


def share(percent, start=SINCE):
    return RateEntry("practice_share_percent", ("6-18-02-04",), start, None, percent, "test figure")


def paid(subject, entries, changed=None):
    return POLICY.with_rates(entries).judge(subject, {**BASES[subject], **(changed or {})}, on=ON).amount_fen


def test_a_share_over_80_percent_is_refused_when_it_is_entered():
    assert POLICY.with_rates([share(80)])
    with pytest.raises(RateError) as told:
        POLICY.with_rates([share(81)])
    assert "80" in str(told.value)


def test_a_desk_does_not_override_what_the_folder_knows():
    known = RateEntry("group_standard_fen", ("junior",), SINCE, None, 123400, "another notice")
    with pytest.raises(RateError):
        POLICY.with_rates([known])


@given(standard=st.integers(0, 10_000_000))
def test_the_online_subsidy_is_a_fifth_rounded_down_to_the_fen(standard):
    entry = RateEntry("occupation_standard_fen", ("6-18-02-04", "senior"), SINCE, None, standard, "test figure")
    amount = paid("enterprise_online", [entry])
    assert amount * 5 <= standard < amount * 5 + 5


@given(standard=st.integers(1, 10_000_000), percent=st.integers(0, 80))
def test_online_and_practice_together_never_pass_the_standard(standard, percent):
    entries = [
        RateEntry("occupation_standard_fen", ("6-18-02-04", "senior"), SINCE, None, standard, "test figure"),
        share(percent),
    ]
    online = paid("enterprise_online", entries)
    practice = paid("employee_practice", entries, {"trainee_categories": ["employee"]})
    assert 0 <= online + practice <= standard


@given(seconds=st.integers(0, 2_000_000), more=st.integers(0, 10_000))
def test_one_more_second_of_video_never_hurts(seconds, more):
    def hours_pass(total):
        facts = {**BASES["course_filing"], "video_seconds": total, "stated_online_hours": 30}
        return POLICY.judge("course_filing", facts, on=ON).decision == "pass"

    assert hours_pass(seconds) <= hours_pass(seconds + more)
