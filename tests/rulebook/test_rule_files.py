"""A long document keeps its rules in rules.py and rules_<part>.py: read together, each error with its own file."""

import shutil
from datetime import date

import pytest

from peibu.rulebook import PolicyError, load_policy, policies_root
from peibu.rulebook.inspection import inspect_folder

PATH = "qingdao/industrial_internet_2020"
PART = '"""五: claim, notice, payment."""\n\nfrom peibu.rulebook import rule\n\n\n'


@pytest.fixture
def split(tmp_path):
    """The folder with its last rules moved into a second file."""
    shutil.copytree(policies_root() / PATH, tmp_path / PATH)
    folder = tmp_path / PATH
    whole = (folder / "rules.py").read_text(encoding="utf-8")
    at = whole.index('@rule("QD97.5.4"')
    end = whole.index("# 六")
    (folder / "rules.py").write_text(whole[:at] + whole[end:], encoding="utf-8")
    (folder / "rules_payment.py").write_text(PART + whole[at:end].strip() + "\n", encoding="utf-8")
    return folder


def test_the_parts_judge_like_the_whole(split, tmp_path):
    whole, parts = load_policy(PATH), load_policy(PATH, root=tmp_path)
    assert {rule.name for rule in parts.rules} == {rule.name for rule in whole.rules}
    assert next(rule for rule in parts.rules if rule.name == "account_is_basic").file == "rules_payment.py"
    facts = {"account_kind": "basic"}
    on = date(2020, 11, 10)
    for policy in (whole, parts):
        found = policy.judge("payment", facts, on=on).findings
        assert {item.rule: item.status for item in found}["account_is_basic"] == "pass"
    assert whole.fingerprint != parts.fingerprint


def test_a_name_in_two_files_is_an_error_with_its_place(split, tmp_path):
    part = split / "rules_payment.py"
    part.write_text(part.read_text(encoding="utf-8").replace("account_is_basic", "exam_passed"), encoding="utf-8")
    with pytest.raises(PolicyError, match=r"rules_payment\.py:\d+: exam_passed is also a function of rules\.py"):
        load_policy(PATH, root=tmp_path)


def test_a_mistake_in_a_part_names_the_part(split, tmp_path):
    part = split / "rules_payment.py"
    part.write_text(part.read_text(encoding="utf-8").replace("QD97.5.4", "QD97.5.9"), encoding="utf-8")
    with pytest.raises(PolicyError, match=r"rules_payment\.py:\d+: .*QD97\.5\.9"):
        load_policy(PATH, root=tmp_path)
    assert any("rules_payment.py" in str(error) for error in inspect_folder(split).errors)
