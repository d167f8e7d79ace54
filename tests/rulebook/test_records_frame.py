"""The insurance run of many people: columnar form against scalar form, cell by cell."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peibu.rulebook.expr import Expr
from peibu.rulebook.frame import compile_frame
from peibu.rulebook.records_frame import insurance_runs
from tests.rulebook.registers import claims, people_frame, records_frame, registers, scalar_facts


def answers(rows, asked, **rest):
    table = insurance_runs(records_frame(rows).lazy(), people_frame(asked).lazy(), **rest).collect()
    return table.to_dicts()


@settings(max_examples=150, deadline=None)
@given(registers(), claims(), st.integers(0, 5), st.sampled_from([7, 36, 62]))
def test_columnar_form_equals_scalar_form(rows, asked, late_after, lookback):
    table = answers(rows, asked, late_after_months=late_after, lookback=lookback)
    assert len(table) == len(asked)
    for claim, got in zip(asked, table, strict=True):
        expected = scalar_facts(rows, claim, late_after_months=late_after, lookback=lookback)
        assert {name: got[name] for name in expected} == expected
        assert (got["person"], got["employer"], got["reference_month"]) == claim[:3]


ROWS = [(1, "E1", date(2020, month, 1), date(2020, month, 20), "") for month in range(3, 11)]
CLAIM = (1, "E1", date(2020, 10, 1), date(2019, 1, 1), date(2020, 10, 31), date(2020, 10, 25))


def test_the_comparison_sees_one_lost_row():
    whole = scalar_facts(ROWS, CLAIM)
    lost = answers(ROWS[:3] + ROWS[4:], [CLAIM])[0]
    assert {name: lost[name] for name in whole} != whole
    assert lost["insurance_gap_month"] == date(2020, 6, 1)


@pytest.mark.parametrize("kind", [pl.String, pl.Categorical, pl.Enum(["normal", "", "arrears", "unknown", "other"])])
def test_kinds_may_be_text_or_categories(kind):
    rows = [(1, "E1", date(2020, 10, 1), date(2020, 10, 5), text) for text in (None, "normal", "unknown", "other")]
    rows += [(1, "E1", date(2020, 9, 1), date(2020, 10, 2), ""), (1, "E1", date(2020, 8, 1), None, "unknown")]
    table = records_frame(rows).with_columns(pl.col("kind").cast(kind))
    got = insurance_runs(table.lazy(), people_frame([CLAIM]).lazy()).collect().to_dicts()[0]
    expected = scalar_facts(rows, CLAIM)
    assert {name: got[name] for name in expected} == expected


def test_keys_of_text_work_as_keys_of_numbers():
    people = people_frame([CLAIM, (2, *CLAIM[1:])])
    numbered = insurance_runs(records_frame(ROWS).lazy(), people.lazy()).collect()
    text = pl.col("person").cast(pl.String)
    written = insurance_runs(records_frame(ROWS).lazy().with_columns(text), people.lazy().with_columns(text)).collect()
    assert written.drop("person").equals(numbered.drop("person"))


def test_claim_without_a_key_has_no_facts():
    for place in (0, 1, 2):
        claim = [*CLAIM]
        claim[place] = None
        got = answers(ROWS, [CLAIM, tuple(claim), CLAIM])
        assert got[1]["insured_months_low"] is got[1]["insured_months_high"] is got[1]["last_paid_month_high"] is None
        assert got[0]["insured_months_low"] == got[2]["insured_months_low"] == 8


def test_rows_without_keys_belong_to_nobody():
    stray = [(None, "E1", *ROWS[0][2:]), (1, None, date(2020, 2, 1), None, "normal"), (1, "E1", None, None, "normal")]
    uncovered = (*CLAIM[:3], None, None, CLAIM[5])
    for claim in (CLAIM, uncovered):
        assert answers([*ROWS[:2], *stray, *ROWS[2:]], [claim]) == answers([*ROWS, (1, "E2", *stray[1][2:])], [claim])


def test_result_is_lazy_and_takes_what_is_asked_for():
    people = pl.concat([people_frame([CLAIM]).lazy()] * 3).with_columns(number=pl.Series([1, 2, 3]), other=pl.lit("x"))
    lazy = insurance_runs(records_frame(ROWS).lazy(), people)
    assert lazy.filter(pl.col("number") > 1).select("insured_months_low").collect().to_series().to_list() == [8, 8]
    assert lazy.head(2).collect().height == 2


def test_at_most_62_months_are_followed():
    with pytest.raises(ValueError, match="62"):
        answers(ROWS, [CLAIM], lookback=63)


FAR = [date(1, 1, 1), date(1799, 12, 31), date(1800, 1, 1), date(2299, 12, 31), date(2300, 1, 1), date(9999, 12, 31)]
TURNS = st.sampled_from(
    [*FAR, date(2020, 2, 29), date(2020, 1, 31), date(2021, 2, 28), date(2020, 12, 31), date(1969, 12, 31)]
)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.one_of(st.none(), TURNS, st.dates()), max_size=5),
    st.one_of(st.integers(-800, 800), st.sampled_from([0, 12, -5000, 99_999])),
)
def test_months_by_table_are_the_months_of_polars(days, months):
    table = pl.DataFrame({"day": days}, schema={"day": pl.Date})
    expr = Expr("add_months", Expr("fact", data="day"), Expr("lit", data=months))
    many = Expr("add_months", Expr("fact", data="day"), Expr("fact", data="months"))
    got = table.select(later=compile_frame(expr), first=compile_frame(Expr("month_of", Expr("fact", data="day"))))
    slow = table.with_columns(months=pl.lit(months, dtype=pl.Int64)).select(
        later=compile_frame(many), first=pl.col("day").dt.month_start()
    )
    assert got.equals(slow)
