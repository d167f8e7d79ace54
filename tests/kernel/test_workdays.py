"""Working days: the shipped table, the counting rule, missing years, regional days."""

import csv
import pickle
from datetime import date, timedelta

import chinese_calendar
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from peibu.kernel.errors import Refused
from peibu.kernel.workdays import Calendar, CalendarYearMissing, default_calendar, read_exceptions
from tests.kernel import seed_workdays

CALENDAR = default_calendar()
DAYS = st.dates(date(2004, 1, 1), date(2026, 12, 31))


def differences(calendar):
    """Days on which a calendar and the development package disagree."""
    return [day for day in seed_workdays.days() if calendar.is_workday(day) != chinese_calendar.is_workday(day)]


def test_every_day_of_the_table_equals_the_second_source():
    assert len(list(seed_workdays.days())) == 8401
    assert differences(CALENDAR) == []


def test_the_comparison_notices_one_wrong_day():
    wrong = CALENDAR.overlay({date(2026, 10, 10): False}, version="x")
    assert differences(wrong) == [date(2026, 10, 10)]


@pytest.mark.parametrize(
    ("event", "count", "last"),
    [
        (date(2026, 2, 11), 5, date(2026, 2, 25)),
        (date(2026, 9, 28), 5, date(2026, 10, 10)),
        (date(2020, 1, 20), 5, date(2020, 2, 4)),
        (date(2026, 11, 20), 1, date(2026, 11, 23)),
        (date(2026, 10, 8), -5, date(2026, 9, 23)),
        (date(2026, 10, 10), -5, date(2026, 9, 28)),
        (date(2026, 10, 3), -1, date(2026, 9, 30)),
        (date(2026, 10, 3), 1, date(2026, 10, 8)),
        (date(2026, 10, 3), 0, date(2026, 10, 3)),
    ],
)
def test_the_day_of_the_event_is_not_counted(event, count, last):
    assert CALENDAR.add_workdays(event, count) == last
    if count > 0:
        assert CALENDAR.deadline(event, count) == last
    if count < 0:
        assert CALENDAR.nth_workday_before(event, -count) == last


@given(DAYS, st.integers(1, 300))
def test_adding_agrees_with_counting_day_by_day(start, count):
    try:
        end = CALENDAR.add_workdays(start, count)
    except CalendarYearMissing:
        assume(False)
    walked = [start + timedelta(step) for step in range(1, (end - start).days + 1)]
    assert sum(chinese_calendar.is_workday(day) for day in walked) == count
    assert chinese_calendar.is_workday(end)
    assert CALENDAR.workdays_between(start, end) == count
    assert CALENDAR.workdays_between(end, start) == -count


@given(DAYS, st.integers(1, 300))
def test_counting_back_agrees_with_counting_day_by_day(start, count):
    try:
        end = CALENDAR.nth_workday_before(start, count)
    except CalendarYearMissing:
        assume(False)
    walked = [end + timedelta(step) for step in range((start - end).days)]
    assert sum(chinese_calendar.is_workday(day) for day in walked) == count
    assert chinese_calendar.is_workday(end)


def test_a_missing_year_is_refused_also_when_only_crossed():
    for ask in (
        lambda: CALENDAR.is_workday(date(2027, 1, 4)),
        lambda: CALENDAR.add_workdays(date(2026, 12, 30), 5),
        lambda: CALENDAR.add_workdays(date(2027, 3, 1), -60),
        lambda: CALENDAR.workdays_between(date(2026, 12, 1), date(2027, 1, 5)),
        lambda: CALENDAR.add_workdays(date(2027, 1, 1), 0),
    ):
        with pytest.raises(CalendarYearMissing, match="2027 年.*待国务院通知") as caught:
            ask()
        assert caught.value.year == 2027
    with pytest.raises(CalendarYearMissing, match="2003"):
        CALENDAR.add_workdays(date(2004, 1, 5), -10)
    assert CALENDAR.add_workdays(date(2026, 12, 30), 1) == date(2026, 12, 31)


def test_a_gap_between_covered_years_is_not_jumped():
    gap = Calendar({}, [2020, 2022], "gap")
    with pytest.raises(CalendarYearMissing, match="2021"):
        gap.add_workdays(date(2020, 12, 31), 1)
    with pytest.raises(CalendarYearMissing, match="2021"):
        gap.workdays_between(date(2020, 1, 1), date(2022, 2, 1))


def test_a_region_may_add_its_own_days_without_touching_the_nation():
    closed = {date(2020, 2, day): False for day in (3, 4, 5, 6, 7)}
    shandong = CALENDAR.overlay(closed, version="sd-2020-1", region="山东省")
    assert shandong.add_workdays(date(2020, 1, 20), 5) == date(2020, 2, 11)
    assert CALENDAR.add_workdays(date(2020, 1, 20), 5) == date(2020, 2, 4)
    assert (shandong.version, shandong.region) == ("sd-2020-1", "山东省")


def test_a_new_year_comes_in_by_overlay():
    days, years = read_exceptions("date,kind,occasion\n2027-01-01,holiday,元旦\n")
    later = CALENDAR.overlay(days, years=years, version="cn-2027")
    assert later.add_workdays(date(2026, 12, 31), 1) == date(2027, 1, 4)


def test_days_outside_the_covered_years_are_an_error():
    with pytest.raises(ValueError, match="outside"):
        CALENDAR.overlay({date(2027, 1, 1): False}, version="x")


@pytest.mark.parametrize("count", [0, -1])
def test_a_period_has_at_least_one_day(count):
    with pytest.raises(ValueError, match="one"):
        CALENDAR.deadline(date(2026, 1, 5), count)
    with pytest.raises(ValueError, match="one"):
        CALENDAR.nth_workday_before(date(2026, 1, 5), count)


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("2026-13-01,holiday,x", "第 2 行：日期"),
        ("2026-10-09,rest,x", "类型“rest”"),
        ("2026-10-09,workday,x", "本来就是工作日"),
        ("2026-10-11,holiday,x", "本来就是周末"),
        ("2026-10-09,holiday,x\n2026-10-09,holiday,x", "第 3 行：2026-10-09 重复"),
        ("", "没有任何日期"),
    ],
)
def test_a_wrong_calendar_file_is_refused_with_its_line(row, why):
    with pytest.raises(Refused, match=why):
        read_exceptions("date,kind,occasion\n" + row)


def test_the_missing_year_survives_the_way_between_processes():
    error = pickle.loads(pickle.dumps(CalendarYearMissing(2027, "全国")))
    assert (error.year, error.region, error.code) == (2027, "全国", "calendar_year_missing")


def test_the_seeding_script_reproduces_the_shipped_file(capsys):
    seed_workdays.main()
    rows = list(csv.reader(capsys.readouterr().out.splitlines()))
    assert len(rows) == 558
    assert all(len(row) == 3 and row[2] for row in rows)
