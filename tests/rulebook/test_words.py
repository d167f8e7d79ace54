"""Every word on one case and on a column: equal cell by cell, unknowns, negatives, leap days and month ends included."""

from calendar import monthrange
from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from peibu.rulebook import (
    add_days,
    add_months,
    add_years,
    days_from,
    has_all,
    has_any,
    minutes,
    months_between,
    percent_of,
    rank_of,
    ratio_at_least,
    ratio_at_most,
    years_between,
)
from peibu.rulebook.expr import Expr
from peibu.rulebook.frame import compile_frame
from peibu.rulebook.scalar import compile_scalar

A, B, D, E, L = (Expr("fact", data=name) for name in ("a", "b", "d", "e", "codes"))
SCHEMA = {"a": pl.Int64, "b": pl.Int64, "d": pl.Date, "e": pl.Date, "codes": pl.List(pl.String)}
NUMBERS = st.one_of(st.none(), st.integers(-30, 30), st.sampled_from([0, 149, 150, 10_000, 2_000_000_00]))
# the ends of months, leap days, and the ends of the calendar turn up often
EDGES = [
    date(year, month, day)
    for year in (1900, 1999, 2000, 2019, 2020, 2021, 2024)
    for month in (1, 2, 3, 12)
    for day in (1, 28, monthrange(year, month)[1])
]
DAYS = st.one_of(st.none(), st.sampled_from(EDGES), st.dates(date(1950, 1, 1), date(2100, 1, 1)))
LISTS = st.one_of(st.none(), st.lists(st.sampled_from(["x", "y", "z"]), unique=True))
ROWS = st.lists(
    st.fixed_dictionaries({"a": NUMBERS, "b": NUMBERS, "d": DAYS, "e": DAYS, "codes": LISTS}), min_size=1, max_size=25
)
CODES = ("y", "z")
WORDS = {
    "mod": A % B,
    "mod of a number": A % 7,
    "floordiv": A // B,
    "percent_of": percent_of(A, B),
    "minutes": minutes(A),
    "years_between": years_between(D, E),
    "months_between": months_between(D, E),
    "days_from": days_from(D, E),
    "add_days": add_days(D, A),
    "add_months": add_months(D, A),
    "add_years": add_years(D, B),
    "ratio_at_least": ratio_at_least(A, B, 150),
    "ratio_at_most": ratio_at_most(A, B, 150),
    "has_any": has_any(L, CODES),
    "has_any of nothing": has_any(L, ()),
    "has_all": has_all(L, CODES),
}


@pytest.mark.parametrize("word", WORDS)
@settings(max_examples=25, deadline=None)
@given(rows=ROWS)
@example(rows=[{"a": 10, "b": 0, "d": date(9999, 12, 31), "e": date(1, 1, 1), "codes": []}])
@example(rows=[{"a": -10, "b": -1, "d": date(1, 1, 1), "e": date(9999, 12, 31), "codes": ["z"]}])
def test_word_on_one_case_equals_word_on_a_column(word, rows):
    expr = WORDS[word]
    column = pl.DataFrame(rows, schema=SCHEMA).lazy().select(compile_frame(expr).alias("x")).collect()["x"]
    scalar = compile_scalar(expr)
    for row, cell in zip(rows, column.to_list(), strict=True):
        one = scalar({**row, "codes": None if row["codes"] is None else tuple(row["codes"])})
        assert (one, type(one)) == (cell, type(cell)), row


@pytest.mark.parametrize(("a", "n", "rest", "times"), [(7, 3, 1, 2), (-7, 3, 2, -3), (7, -3, -2, -3), (-7, -3, -1, 2)])
def test_remainder_and_quotient_round_down_like_python(a, n, rest, times):
    values = {"a": a, "b": n}
    assert compile_scalar(A % B)(values) == rest
    assert compile_scalar(A // B)(values) == times
    assert times * n + rest == a


def test_a_zero_divisor_is_unknown():
    assert compile_scalar(A % B)({"a": 1, "b": 0}) is None
    assert compile_scalar(A // B)({"a": 1, "b": 0}) is None


@pytest.mark.parametrize(
    ("start", "end", "years"),
    [
        (date(2016, 10, 21), date(2019, 10, 20), 2),
        (date(2016, 10, 21), date(2019, 10, 21), 3),
        (date(2016, 2, 29), date(2019, 2, 27), 2),
        (date(2016, 2, 29), date(2019, 2, 28), 3),
        (date(2016, 2, 29), date(2020, 2, 28), 3),
        (date(2016, 2, 29), date(2020, 2, 29), 4),
        (date(2015, 2, 28), date(2016, 2, 27), 0),
        (date(2020, 1, 1), date(2019, 12, 31), -1),
        (date(2020, 1, 1), date(2020, 1, 1), 0),
    ],
)
def test_complete_years(start, end, years):
    assert compile_scalar(years_between(D, E))({"d": start, "e": end}) == years


@given(st.dates(date(1950, 1, 1), date(2050, 1, 1)), st.integers(-40_000, 40_000))
def test_n_years_are_complete_when_the_nth_anniversary_has_come(start, days):
    end = start + timedelta(days=days)
    years = compile_scalar(years_between(D, E))({"d": start, "e": end})
    anniversary = compile_scalar(add_years(D, A))
    assert anniversary({"d": start, "a": years}) <= end < anniversary({"d": start, "a": years + 1})


def test_percent_of_rounds_down_to_the_fen():
    assert compile_scalar(percent_of(A, 20))({"a": 100004}) == 20000
    assert compile_scalar(percent_of(A, 20))({"a": 100005}) == 20001


@given(st.integers(0, 10**9), st.integers(0, 100))
def test_a_share_and_the_rest_lose_at_most_one_fen(amount, percent):
    parts = compile_scalar(percent_of(A, B))
    total = parts({"a": amount, "b": percent}) + parts({"a": amount, "b": 100 - percent})
    assert amount - 1 <= total <= amount


@pytest.mark.parametrize(
    ("part", "whole", "least", "most"),
    [(15, 1000, True, True), (14, 1000, False, True), (16, 1000, True, False), (0, 0, False, False)],
)
def test_a_ratio_is_exact_and_an_empty_whole_fails(part, whole, least, most):
    values = {"a": part, "b": whole}
    assert compile_scalar(ratio_at_least(A, B, 150))(values) is least
    assert compile_scalar(ratio_at_most(A, B, 150))(values) is most


@pytest.mark.parametrize(("code", "place"), [("y", 0), ("z", 1), ("x", None), (None, None)])
def test_rank_is_the_place_in_the_list(code, place):
    expr = rank_of(Expr("fact", data="c"), CODES)
    assert compile_scalar(expr)({"c": code}) == place
    frame = pl.DataFrame({"c": [code]}, schema={"c": pl.String})
    assert frame.select(compile_frame(expr).alias("x"))["x"].to_list() == [place]


def test_minutes_are_seconds():
    assert compile_scalar(minutes(40))({}) == 2400
