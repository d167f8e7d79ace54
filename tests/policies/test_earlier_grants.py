"""Jinan 2020 and Weihai 2019 against earlier grants: one payee per training, exclusive benefits both ways, no repeat of a level."""

from datetime import date

import pytest

from peibu.rulebook import load_policy
from peibu.rulebook.limits import limit_facts
from peibu.rulebook.yaml_reader import read_yaml

JINAN, WEIHAI = "jinan/internet_plus_2020", "weihai/gold_collar_2019"
CLAIM = {"id": "c", "at": date(2020, 9, 1), "person": "p", "occupation": "o", "training": "t1", "certificate": "n1"}
GRANT = {**CLAIM, "id": "g", "at": date(2020, 5, 1), "certain": True}
UPSKILLING = "unemployment_insurance_upskilling"
RULE = {
    "platform_online": "not_paid_to_another",
    "upskilling_check": "no_exclusive_benefit",
    "employee_practice": "no_exclusive_benefit",
    "claim": "not_subsidised_before",
}

CASES = [
    ("the enterprise was paid", JINAN, "platform_online", "online", {"benefit": "online", "payee_kind": "enterprise"}, "fail"),
    ("another training", JINAN, "platform_online", "online", {"benefit": "online", "training": "t2"}, "pass"),
    ("practice of the same training", JINAN, "platform_online", "online", {"benefit": "practice"}, "pass"),
    ("not yet settled", JINAN, "platform_online", "online", {"benefit": "online", "certain": False}, "unknown"),
    ("practice after insurance", JINAN, "employee_practice", "practice", {"benefit": UPSKILLING, "programme": "x"}, "fail"),
    ("insurance after practice", JINAN, "upskilling_check", UPSKILLING, {"benefit": "practice"}, "fail"),
    ("another certificate", JINAN, "upskilling_check", UPSKILLING, {"benefit": "practice", "certificate": "n2"}, "pass"),
    ("the same level", WEIHAI, "claim", "gold_collar", {"level": "senior", "programme": "x"}, "fail"),
    ("the level below", WEIHAI, "claim", "gold_collar", {"level": "middle", "programme": "x"}, "pass"),
    ("somebody else", WEIHAI, "claim", "gold_collar", {"level": "senior", "person": "q"}, "pass"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("path", "subject", "benefit", "earlier", "status"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_an_earlier_grant_counts_as_the_document_says(path, subject, benefit, earlier, status):
    policy = load_policy(path)
    claim = {**CLAIM, "benefit": benefit, "level": "senior"}
    grant = {**GRANT, "level": "senior", "programme": path, **earlier}
    base = read_yaml(policy.folder / "cases.yaml")["bases"][subject]
    facts = {**base, **limit_facts(policy, subject, claim, [grant])}
    found = {item.rule: item for item in policy.judge(subject, facts, on=claim["at"]).findings}[RULE[subject]]
    assert found.status == status
    if status == "fail":
        assert "2020-05-01" in found.sentence
