"""How a value given by a person, a spreadsheet or a programme is read."""

from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peibu.rulebook import FactError, FactSpec, load_policy

NAIVE = datetime(2020, 9, 5)  # noqa: DTZ001 - spreadsheets know no time zone
DAY, MONTH = FactSpec("d", "date", "日期", "day"), FactSpec("m", "month", "月份", "month")


@pytest.mark.parametrize(
    "written", ["2020-09-05", "2020/9/5", "2020年9月5日", "20200905", "2020.9.5", NAIVE, date(2020, 9, 5)]
)
def test_dates_as_offices_write_them(written):
    assert DAY.read(written) == date(2020, 9, 5)


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


QD = load_policy("qingdao/industrial_internet_2020")


def slowly(spec, value):
    try:
        return spec.read(value)
    except ValueError:
        return ValueError


ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 80),
    st.floats(allow_nan=False, allow_infinity=False, width=16),
    st.dates(date(2019, 1, 1), date(2021, 1, 1)),
    st.just(NAIVE),
    st.sampled_from(["", " ", "middle", "中层", "是", "2020-09", "2020-02-30", "60", "x"]),
    st.lists(st.sampled_from(["big_data", "x"]), max_size=2),
    st.tuples(st.integers(0, 9), st.one_of(st.none(), st.integers(0, 9))),
    st.dates(date(2020, 1, 1), date(2020, 12, 1)).map(lambda day: day.replace(day=1)),
)


@settings(max_examples=300, deadline=None)
@given(value=ANYTHING, data=st.data())
def test_reading_quickly_is_as_strict_as_reading_slowly(value, data):
    policy = load_policy("qingdao/industrial_internet_2020")
    slot = data.draw(st.sampled_from(sorted(policy.slots)))
    wanted = slowly(policy.slots[slot], value)
    try:
        found = policy.reader.read({slot: value})[slot]
    except FactError:
        found = ValueError
    assert (found, type(found)) == (wanted, type(wanted))


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from([*QD.fact_specs, *QD.slots, "exam_scor"]), ANYTHING, max_size=6))
def test_a_case_read_quickly_is_the_case_read_slowly(facts):
    def outcome(read):
        try:
            return [(name, value, type(value)) for name, value in read(facts).items()]
        except FactError as error:
            return error.problems

    assert outcome(QD.reader.read) == outcome(QD.reader.read_slowly)


def test_a_plain_number_stands_for_both_ends_and_later_answers_win():
    reader = load_policy("qingdao/industrial_internet_2020").reader
    values = reader.read({"insured_months": 5, "insured_months_high": 7})
    assert (values["insured_months_low"], values["insured_months_high"]) == (5, 7)
    values = reader.read({"insured_months_high": 7, "insured_months": 5})
    assert (values["insured_months_low"], values["insured_months_high"]) == (5, 5)
