"""Written Python equals the closures: for any expression, and for the whole plan of every policy, word by word."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peibu.rulebook import (
    RulebookError,
    add_days,
    add_months,
    all_of,
    any_of,
    at_least,
    at_most,
    count_of,
    days_from,
    greatest,
    has_all,
    has_any,
    is_in,
    is_known,
    least,
    list_policies,
    load_policy,
    missing_from,
    month_of,
    months_between,
    rank_of,
    when,
    years_between,
)
from peibu.rulebook.expr import Expr, Pair, bind
from peibu.rulebook.findings import judge_by_closures
from peibu.rulebook.rates import DayRates
from peibu.rulebook.scalar import compile_scalar
from peibu.rulebook.source import write_scalar
from peibu.rulebook.source_plan import run_of, source_of
from tests.rulebook.test_parity import day_of, tables
from tests.rulebook.test_words import WORDS

HERE = Path(__file__).parent
TESTED = [(None, path) for path in list_policies()]
TESTED += [(HERE / "policies", "test/rates"), (HERE.parents[1] / "benchmarks" / "policies", "bench/fifteen")]
SUBJECTS = [(root, path, subject) for root, path in TESTED for subject in load_policy(path, root=root).subjects]
DAY = date(2020, 11, 10)
CODES = ("y", "z")


def fact(name):
    return Expr("fact", data=name)


def lookup(*keys):
    values = {("y",): 3, ("z", "y"): 4}
    return Expr("rate", *keys, data=DayRates(None, {}, values))


numbers = st.deferred(
    lambda: st.one_of(
        st.sampled_from([fact("n"), fact("m"), fact("low"), fact("high")]),
        st.integers(-3, 3).map(lambda n: Expr("lit", data=n)),
        st.just(Expr("lit", data=None)),
        st.builds(lambda a, b: a + b, numbers, numbers),
        st.builds(lambda a, b: a - b, numbers, numbers),
        st.builds(lambda a, b: a * b, numbers, numbers),
        st.builds(lambda a, b: a // b, numbers, numbers),
        st.builds(lambda a, b: a % b, numbers, numbers),
        st.builds(least, numbers, numbers),
        st.builds(greatest, numbers, numbers, numbers),
        st.builds(lambda c, a, b: when(c).then(a).otherwise(b), truths, numbers, numbers),
        st.builds(days_from, dates, dates),
        st.builds(months_between, dates, dates),
        st.builds(years_between, dates, dates),
        st.just(count_of(fact("codes"))),
        st.just(rank_of(fact("code"), ("x", *CODES))),
        st.just(lookup(fact("code"))),
        st.just(lookup(fact("code"), fact("other"))),
    )
)
dates = st.deferred(
    lambda: st.one_of(
        st.sampled_from([fact("d"), fact("e")]),
        st.builds(add_days, dates, numbers),
        st.builds(add_months, dates, numbers),
        st.builds(month_of, dates),
    )
)
truths = st.deferred(
    lambda: st.one_of(
        st.sampled_from([fact("yes"), fact("no")]),
        st.builds(lambda a, b: a >= b, numbers, numbers),
        st.builds(lambda a, b: a == b, dates, dates),
        st.builds(lambda a, b: a < b, dates, dates),
        st.builds(lambda a: ~a, truths),
        st.builds(all_of, truths, truths),
        st.builds(any_of, truths, truths, truths),
        st.builds(lambda a, b, n: at_least(Pair(a, b), n), numbers, numbers, numbers),
        st.builds(lambda a, b, n: at_most(Pair(a, b), n), numbers, numbers, numbers),
        st.builds(is_known, st.one_of(numbers, dates, truths)),
        st.just(is_in(fact("code"), CODES)),
        st.sampled_from([has_all(fact("codes"), CODES), has_any(fact("codes"), CODES)]),
        st.just(missing_from(fact("codes"), CODES) == missing_from(fact("codes"), ("z",))),
    )
)
VALUES = st.fixed_dictionaries(
    {name: st.one_of(st.none(), st.integers(-4, 9)) for name in ("n", "m", "low", "high")}
    | {name: st.one_of(st.none(), st.dates(date(2018, 1, 1), date(2022, 1, 1))) for name in ("d", "e")}
    | {name: st.sampled_from([True, False, None]) for name in ("yes", "no")}
    | {name: st.sampled_from(["x", "y", "z", "w", None]) for name in ("code", "other")}
    | {"codes": st.one_of(st.none(), st.lists(st.sampled_from(["x", "y", "z"]), unique=True).map(tuple))}
)


@settings(max_examples=150, deadline=None)
@given(expr=st.one_of(numbers, dates, truths), rows=st.lists(VALUES, min_size=1, max_size=8))
def test_any_expression_written_as_python_equals_its_closures(expr, rows):
    closures, written = compile_scalar(expr), write_scalar(expr)
    for values in rows:
        assert (written(values), type(written(values))) == (closures(values), type(closures(values)))


@pytest.mark.parametrize("word", WORDS)
def test_every_word_has_a_written_form(word):
    closures, written = compile_scalar(WORDS[word]), write_scalar(WORDS[word])
    for a, b in [(None, 2), (7, 0), (-7, 3), (10_000, 149)]:
        values = {"a": a, "b": b, "d": date(2020, 2, 29), "e": date(2021, 2, 28), "codes": ("y",)}
        assert written(values) == closures(values)


@pytest.mark.parametrize(("root", "path", "subject"), SUBJECTS, ids=[f"{path}:{name}" for _, path, name in SUBJECTS])
@settings(max_examples=5, deadline=None)
@given(data=st.data())
def test_a_whole_plan_written_as_python_equals_its_closures(root, path, subject, data):
    policy = load_policy(path, root=root)
    rows = data.draw(tables(policy, subject))
    for lang in ("zh", "en"):
        plan = policy.plan(subject, day_of(policy), lang)
        run = run_of(plan, policy.slots)
        for row in rows:
            reasons = {name: {"reason": "并班", "approver": "李"} for name in row.get("soft_reasons") or ()}
            values = policy.reader.read({**row, "soft_reasons": reasons})
            assert run(values) == judge_by_closures(plan, values)


def test_the_comparison_would_notice_a_difference():
    policy = load_policy("qingdao/industrial_internet_2020")
    plan = policy.plan("claim", DAY)
    values = policy.reader.read({"exam_score": 59})
    source = source_of(plan, policy.slots)
    assert "f_exam_score >= 60" in source
    assert "# QD97.3.5 exam_passed" in source
    assert run_of(plan, policy.slots)(values) != judge_by_closures(plan, {**values, "exam_score": 60})


def test_an_unused_reading_leaves_no_trace_in_the_source():
    policy = load_policy("qingdao/industrial_internet_2020")
    assert "late_arrears" not in source_of(policy.plan("claim", DAY), policy.slots)


def test_a_rule_that_cannot_be_computed_names_rule_clause_and_facts(monkeypatch):
    policy = load_policy("bench/fifteen", root=HERE.parents[1] / "benchmarks" / "policies")
    monkeypatch.setattr(type(policy.reader), "read", lambda _reader, given: dict.fromkeys(policy.slots) | dict(given))
    with pytest.raises(RulebookError, match=r"规则 exam_passed（B3.2）不能计算：考试成绩=六十；TypeError"):
        policy.judge("claim", {"exam_score": "六十"}, on=DAY)


def test_bind_keeps_a_pair_of_readings_apart():
    chosen = bind(Expr("pick", Expr("param", data="r"), fact("n"), fact("m"), data=("one", "two")), {"r": "one"})
    assert write_scalar(chosen)({"n": 1, "m": 2}) == 1
