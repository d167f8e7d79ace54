"""Every limit of the documents counts what limit_cases.yaml says, and nothing else."""

import pytest

from peibu.rulebook import list_policies, load_policy
from tests.policies.limit_cases import CASES, counted, limit_cases

ALL = [(path, case) for path in CASES for case in limit_cases(path)]


@pytest.mark.parametrize(("path", "case"), ALL, ids=[f"{path}:{case.limit}:{case.told}" for path, case in ALL])
def test_the_limit_counts_as_the_document_says(path, case):
    policy = load_policy(path)
    assert counted(policy, policy.limits[case.limit], case) is case.counts


def test_no_limit_is_left_out():
    """A limit that ranks candidates looks at all of them: tests/policies/test_limits_of_documents.py."""
    there = {
        (path, name) for path in list_policies() for name, item in load_policy(path).limits.items() if not item.ranks
    }
    assert there == {(path, case.limit) for path, case in ALL}
