"""The benchmark of one case compares what it says it compares (peers that are not installed are left out)."""

import pytest

from benchmarks import single_case
from peibu.rulebook import Status

POLICY = single_case.load()


def test_engines_agree_word_by_word():
    single_case.compare(POLICY, single_case.make_cases(POLICY, 150, seed=3))


def test_the_cases_reach_every_rule_in_all_three_ways():
    seen = set()
    for facts in single_case.make_cases(POLICY, 600):
        findings = POLICY.judge("claim", facts, on=single_case.DAY).findings
        seen |= {(finding.rule, finding.status) for finding in findings}
    assert len(seen) == 15 * len(Status)


def test_a_difference_stops_the_benchmark(monkeypatch):
    def careless(facts):
        decision, amount, findings = single_case.judge_by_hand(facts)
        return decision, amount, tuple(finding._replace(sentence=finding.sentence + "。") for finding in findings)

    judge, handed, read = careless, lambda facts: facts, single_case._of_hand
    engines = single_case.engines(POLICY) | {"careless": (judge, handed, read)}
    monkeypatch.setattr(single_case, "engines", lambda _policy: engines)
    with pytest.raises(SystemExit, match="careless answers differently"):
        single_case.compare(POLICY, single_case.make_cases(POLICY, 1))


def test_it_measures_and_prints_a_ratio(capsys):
    took = single_case.measure(POLICY, single_case.make_cases(POLICY, 4), rounds=1)
    single_case.report("four cases", took)
    assert "1.00" in capsys.readouterr().out
    assert all(len(times) == 4 for times in took.values())
