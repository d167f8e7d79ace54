"""How a value given by a person, a spreadsheet or a programme is read."""

from datetime import date, datetime

import pytest

from peibu.rulebook import FactSpec

NAIVE = datetime(2020, 9, 5)  # noqa: DTZ001 - spreadsheets know no time zone
DAY, MONTH = FactSpec("d", "date", "日期", "day"), FactSpec("m", "month", "月份", "month")


@pytest.mark.parametrize(
    "given", ["2020-09-05", "2020/9/5", "2020年9月5日", "20200905", "2020.9.5", NAIVE, date(2020, 9, 5)]
)
def test_dates_as_offices_write_them(given):
    assert DAY.read(given) == date(2020, 9, 5)


@pytest.mark.parametrize(
    "given", ["202095", "202009", "2020111", "44079", 44079.0, "0000-01-01", "5.9.2020", "2020-13-01"]
)
def test_ambiguous_or_impossible_dates_are_refused(given):
    with pytest.raises(ValueError):
        DAY.read(given)


@pytest.mark.parametrize("given", ["2020-09", "2020/9", "202009", "2020年9月", "2020-09-01", date(2020, 9, 30)])
def test_months_as_offices_write_them(given):
    assert MONTH.read(given) == date(2020, 9, 1)


@pytest.mark.parametrize("given", ["20209", "2020-13", "2020-09-15", "0000-01", "九月", True])
def test_ambiguous_or_impossible_months_are_refused(given):
    with pytest.raises(ValueError):
        MONTH.read(given)


@pytest.mark.parametrize(
    ("kind", "given"),
    [("integer", True), ("integer", 1.5), ("fen", 10.0), ("fen", -1), ("boolean", "也许"), ("text", 3)],
)
def test_values_of_the_wrong_kind_are_refused(kind, given):
    with pytest.raises(ValueError):
        FactSpec("x", kind, "事实", "fact").read(given)
