"""Runs cases.yaml of every policy folder, and checks that the examples reach every rule in all three ways.

A case: name, subject, facts, without, as_of, rates (rows as in rates.yaml, with `table`), records ({kind: rows}) with the
employer they are looked up for, and what is expected: decision, amount_fen, fails, unknown, outcomes, payee.
"""

from datetime import date

import pytest

from peibu.rulebook import RateEntry, Status, check_policy, list_policies, load_policy
from peibu.rulebook.derived import KINDS, derive_facts, read_records
from peibu.rulebook.yaml_reader import read_yaml

DAY = date(2020, 11, 10)


def rate_of(row):
    return RateEntry(row["table"], tuple(row["key"]), row["from"], row.get("to"), row["value"], row["cite"])


def cases_of(path):
    policy = load_policy(path)
    content = read_yaml(policy.folder / "cases.yaml")
    for case in content["cases"]:
        entered = policy.with_rates(map(rate_of, case.get("rates", ())))
        # what the base gives makes way for the records that give it; the case's own facts stay
        told = {name for kind in case.get("records", {}) for name in KINDS[kind].gives}
        base = {name: value for name, value in content["bases"][case["subject"]].items() if name not in told}
        facts = {**base, **case.get("facts", {})}
        facts = {name: value for name, value in facts.items() if name not in case.get("without", ())}
        records, day = read_records(entered, case.get("records", {})), case.get("as_of", DAY)
        employer = case.get("employer", "")
        yield entered, case, derive_facts(entered, case["subject"], facts, records, on=day, employer=employer)


ALL = [(path, *rest) for path in list_policies() for rest in cases_of(path)]


@pytest.mark.parametrize(
    ("policy", "case", "facts"), [entry[1:] for entry in ALL], ids=[f"{entry[0]}:{entry[2]['name']}" for entry in ALL]
)
def test_case_is_decided_as_written(policy, case, facts):
    judgement = policy.judge(case["subject"], facts, on=case.get("as_of", DAY))
    assert judgement.decision == case["decision"]
    assert {finding.rule for finding in judgement.failed} == set(case.get("fails", ()))
    assert {finding.rule for finding in judgement.unknown} == set(case.get("unknown", ()))
    if "amount_fen" in case:
        assert judgement.amount_fen == case["amount_fen"]
    if "outcomes" in case:
        assert dict(judgement.outcomes) == case["outcomes"]
    if "payee" in case:
        assert judgement.payee == case["payee"]


def test_there_are_policies():
    assert "qingdao/industrial_internet_2020" in list_policies()


@pytest.mark.parametrize("path", list_policies())
def test_every_rule_passes_fails_and_is_unknown_in_some_case(path):
    seen = set()
    for policy, case, facts in cases_of(path):
        findings = policy.judge(case["subject"], facts, on=case.get("as_of", DAY)).findings
        seen |= {(finding.rule, finding.status) for finding in findings}
    wanted = {(rule.name, status) for rule in load_policy(path).rules if rule.mark.kind == "rule" for status in Status}
    assert wanted - seen == set()


@pytest.mark.parametrize("path", list_policies())
def test_every_clause_is_realised_as_it_says(path):
    assert check_policy(load_policy(path)) == []


@pytest.mark.parametrize("path", list_policies())
def test_every_sentence_can_be_said_in_both_languages(path):
    for policy, case, facts in cases_of(path):
        for lang in ("zh", "en"):
            for finding in policy.judge(case["subject"], facts, on=case.get("as_of", DAY), lang=lang).findings:
                assert finding.sentence
                assert "None" not in finding.sentence
                assert "{" not in finding.sentence + (finding.fix or "")
                if lang == "en":
                    chinese = [c for c in finding.sentence if "\u4e00" <= c <= "\u9fff"]
                    sources = [table.source for table in policy.rates.values()]  # titles of documents stay Chinese
                    given = "".join(map(str, [*facts.values(), *sources]))
                    assert all(c in given for c in chinese), finding.sentence
