"""Tables whose rows fall under different versions of the law: each row is judged as if it came alone."""

from datetime import date

import polars as pl
import pytest

from peibu.rulebook import FactError, Status
from peibu.rulebook.batch import judge_table, result_columns
from peibu.rulebook.frame_judge import frame_type
from tests.rulebook.two_periods import CHANGE, claims, two_periods

VALUES = {Status.PASS: True, Status.FAIL: False, Status.UNKNOWN: None}


@pytest.fixture(scope="module")
def policy(tmp_path_factory):
    return two_periods(tmp_path_factory.mktemp("policies"))


def frame_of(policy, rows, **more):
    schema = {slot: frame_type(spec) for spec in policy.facts_of("claim") for slot in spec.slots}
    return pl.DataFrame(rows, schema=schema).with_columns(**more)


def difference(policy, rows, table):
    """Cells in which the table differs from the scalar judge of the row's own day."""
    found = []
    for number, (row, line) in enumerate(zip(rows, table.iter_rows(named=True), strict=True)):
        judgement = policy.judge("claim", row, on=row["claimed_on"])
        cells = {"decision": judgement.decision, "amount_fen": judgement.amount_fen}
        cells |= {finding.rule: VALUES[finding.status] for finding in judgement.findings}
        found += [(number, name) for name, value in cells.items() if line[name] != value]
    return found


def test_each_row_is_judged_by_the_law_of_its_own_day(policy):
    rows = claims(policy, 400)
    table = judge_table(policy, "claim", frame_of(policy, rows), day="claimed_on")
    assert difference(policy, rows, table) == []
    paid = table.filter(pl.col("amount_fen") > 0)
    assert paid.filter(pl.col("claimed_on") < CHANGE)["amount_fen"].max() == 200000
    assert paid.filter(pl.col("claimed_on") >= CHANGE)["amount_fen"].max() == 150000
    assert set(table["decision"]) == {"pass", "fail", "unknown"}


def test_the_comparison_notices_a_table_judged_on_one_day_only(policy):
    rows = claims(policy, 400)
    wrong = frame_of(policy, rows, day=pl.lit(date(2020, 10, 1)))
    assert difference(policy, rows, judge_table(policy, "claim", wrong, day="day"))


def test_rows_keep_their_order_and_other_columns_and_an_empty_table_its_columns(policy):
    rows = claims(policy, 50)
    frame = frame_of(policy, rows, number=pl.int_range(pl.len()))
    table = judge_table(policy, "claim", frame, day="claimed_on")
    assert table["number"].to_list() == list(range(50))
    empty = judge_table(policy, "claim", frame.clear(), day="claimed_on")
    assert empty.schema == table.schema
    names = result_columns(policy, "claim", table)
    assert names[:2] == ["decision", "amount_fen"]
    assert len(names) == 2 + sum(rule.mark.kind == "rule" and "claim" in rule.mark.subjects for rule in policy.rules)


def test_rows_without_a_day_or_before_the_policy_are_named(policy):
    rows = claims(policy, 4)
    days = pl.Series("day", [date(2020, 9, 14), date(2020, 9, 15), None, date(2021, 1, 1)])
    with pytest.raises(FactError) as told:
        judge_table(policy, "claim", frame_of(policy, rows).with_columns(days), day="day")
    assert [problem.partition("：")[0] for problem in told.value.problems] == ["第1行", "第3行"]
    assert "尚未生效" in told.value.problems[0]
    assert "没有判定日" in told.value.problems[1]
