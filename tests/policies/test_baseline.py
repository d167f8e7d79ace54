"""No clause of the five documents gets lost: each folder has at least the clauses listed when the document was read."""

from pathlib import Path

import pytest

from peibu.rulebook import list_policies, load_policy
from peibu.rulebook.yaml_reader import read_yaml

BASELINE = read_yaml(Path(__file__).with_name("baseline.yaml"))["clauses"]


def lost(path: str, ids: list[str]) -> list[str]:
    """Clauses of the baseline that the folder does not have."""
    have = {clause.id for clause in load_policy(path).clauses}
    return [clause for clause in ids if clause not in have]


def test_the_baseline_has_the_clauses_of_five_documents():
    assert len(BASELINE) == 5
    assert sum(len(set(ids)) for ids in BASELINE.values()) == 123


@pytest.mark.parametrize("path", BASELINE)
def test_no_clause_is_lost(path):
    if path not in list_policies():
        pytest.fail(f"there is no folder {path}")
    assert lost(path, BASELINE[path]) == []


def test_a_lost_clause_would_be_noticed():
    assert lost("qingdao/industrial_internet_2020", ["QD97.1", "QD97.99"]) == ["QD97.99"]
