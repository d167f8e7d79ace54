"""The same rules on one case and on a column: every rule, the decision and the amount agree cell by cell."""

from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peibu.rulebook import Status, list_policies, load_policy
from peibu.rulebook.facts import FactSpec
from peibu.rulebook.frame_judge import frame_type

DAY = date(2020, 11, 10)
VALUES = {Status.PASS: True, Status.FAIL: False, Status.UNKNOWN: None}
ROWS = 40
BENCHMARKS = Path(__file__).parents[2] / "benchmarks" / "policies"


def day_of(policy):
    """A day on which the document is in force."""
    return max(DAY, policy.card["in_force"]["from"])


def value_of(spec: FactSpec, soft: list[str], on: date):
    days = st.integers(-400, 800).map(lambda n: on + timedelta(days=n))
    plain = {
        "boolean": st.sampled_from([True, True, False]),
        "integer": st.one_of(st.integers(0, 12), st.sampled_from([59, 60, 61, 79, 80, 81])),
        "fen": st.sampled_from([0, 1, 179950, 199999, 200000, 200001]),
        "date": days,
        "month": days.map(lambda day: day.replace(day=1)),
        "text": st.sampled_from(["甲", "乙"]),
    }
    if spec.type == "code":
        return st.sampled_from(list(spec.choices))
    if spec.type == "codes":
        some = st.lists(st.sampled_from(list(spec.choices)), unique=True)
        return st.one_of(st.just(list(spec.choices)), some)
    if spec.type == "reasons":
        return st.lists(st.sampled_from(soft), unique=True) if soft else st.just([])
    return plain[spec.type]


@st.composite
def tables(draw, policy, subject):
    soft = [rule.name for rule in policy.rules if rule.mark.soft and subject in rule.mark.subjects]
    slots = [(slot, spec) for spec in policy.facts_of(subject) for slot in spec.slots]
    # one fact in eight is unknown: rows with every kind of result turn up
    unknown = st.integers(0, 7).map(lambda n: n == 0)
    row = {slot: value_of(spec, soft, day_of(policy)) for slot, spec in slots}
    return [
        {slot: None if draw(unknown) else draw(value) for slot, value in row.items()}
        for _ in range(draw(st.integers(1, ROWS)))
    ]


POLICY_SUBJECTS = [(path, subject) for path in list_policies() for subject in load_policy(path).subjects]


@pytest.mark.parametrize(("path", "subject"), POLICY_SUBJECTS)
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_frame_equals_scalar_cell_by_cell(path, subject, data):
    policy = load_policy(path)
    on = day_of(policy)
    rows = data.draw(tables(policy, subject))
    schema = {slot: frame_type(spec) for spec in policy.facts_of(subject) for slot in spec.slots}
    out = policy.judge_frame(subject, pl.DataFrame(rows, schema=schema), on=on).collect(engine="streaming")
    assert len(out) == len(rows)
    for row, line in zip(rows, out.to_dicts(), strict=True):
        given_facts = dict(row)
        if row.get("soft_reasons") is not None:
            given_facts["soft_reasons"] = dict.fromkeys(row["soft_reasons"], "理由")
        judgement = policy.judge(subject, given_facts, on=on)
        assert line["decision"] == judgement.decision
        assert line["amount_fen"] == judgement.amount_fen
        rules = {rule.name for rule in policy.rules if rule.mark.kind == "rule"}
        for finding in judgement.findings:
            if finding.rule in rules:
                assert line[finding.rule] is VALUES[finding.status], (finding, row)
            else:  # an amount or an outcome that is not known makes a passed row unknown
                assert line["decision"] == "unknown"
        for name, value in judgement.outcomes.items():
            assert line[f"outcome_{name}"] == value


def test_facts_without_a_column_are_unknown_in_a_frame():
    policy = load_policy("qingdao/industrial_internet_2020")
    out = policy.judge_frame("claim", pl.DataFrame({"exam_score": [59, 60, None]}), on=DAY).collect()
    assert out["exam_passed"].to_list() == [False, True, None]
    assert out["decision"].to_list() == ["fail", "unknown", "unknown"]
    assert out["amount_fen"].to_list() == [0, None, None]


def test_an_exact_quantity_stands_for_both_of_its_ends_in_a_frame():
    policy = load_policy("qingdao/industrial_internet_2020")
    frame = pl.DataFrame({"insured_months": [5, 6], "arrears_months": [0, 3]})
    assert policy.judge_frame("claim", frame, on=DAY).collect()["insured_long_enough"].to_list() == [False, True]


def test_codes_in_a_dictionary_are_judged_like_text():
    policy = load_policy("bench/fifteen", root=BENCHMARKS)
    words = {
        "post_kind": ["production", "other", None, "technical"],
        "contract_kind": ["open_ended", "open_ended", "fixed_term", None],
        "contract_ends_on": [None, date(2020, 12, 31), None, None],
    }
    text = pl.DataFrame(words, schema_overrides={"contract_ends_on": pl.Date})
    expected = policy.judge_frame("claim", text, on=DAY).collect()
    assert expected["post_covered"].to_list() == [True, False, None, True]
    for posts in (pl.Enum(["other", "production", "technical"]), pl.Categorical):
        # a dictionary may lack a code of the policy
        kinds = pl.Enum(["fixed_term", "open_ended"])
        coded = text.with_columns(pl.col("post_kind").cast(posts), pl.col("contract_kind").cast(kinds))
        judged = policy.judge_frame("claim", coded, on=DAY).collect()
        assert judged.equals(expected.select(judged.columns))
        assert judged.schema["post_kind"] == pl.String


def test_a_dictionary_of_other_codes_only_matches_none():
    policy = load_policy("bench/fifteen", root=BENCHMARKS)
    frame = pl.DataFrame({"post_kind": ["x", None]}, schema={"post_kind": pl.Enum(["x"])})
    assert policy.judge_frame("claim", frame, on=DAY).collect()["post_covered"].to_list() == [False, None]


def test_expressions_are_kept_for_one_stretch_of_law_only():
    changes_on = date(2021, 6, 1)
    draft = load_policy("qingdao/industrial_internet_2020").with_changes(
        parameters={"pass_mark": 61}, since=changes_on
    )
    frame = pl.DataFrame({"exam_score": [59, 60, 61]})
    for on, passed in ((DAY, [False, True, True]), (changes_on, [False, False, True]), (DAY, [False, True, True])):
        assert draft.judge_frame("claim", frame, on=on).collect()["exam_passed"].to_list() == passed
    assert len(draft._frame_judges) == 2
