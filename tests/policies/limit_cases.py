"""Reads limit_cases.yaml: which grants a limit counts, and which it does not."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from peibu.rulebook.limits.matching import matcher
from peibu.rulebook.limits.model import Limit
from peibu.rulebook.policy import Policy
from peibu.rulebook.yaml_reader import read_yaml

CASES = read_yaml(Path(__file__).with_name("limit_cases.yaml"))
_DAYS = (date(2020, 10, 10), date(2020, 5, 5))
_COMMON = {
    "person": "甲", "occupation": "A", "level": "middle", "certificate": "Z1", "training": "T1", "payee_kind": "institution",
    "payee": "甲校", "certain": True,
}  # fmt: skip


class LimitCase(NamedTuple):
    """A claim, a grant, and whether the limit counts it."""

    limit: str
    told: dict[str, Any]
    claim: dict[str, Any]
    grant: dict[str, Any]
    counts: bool


def limit_cases(path: str) -> Iterator[LimitCase]:
    """Yield the cases of a policy."""
    for name, item in CASES.get(path, {}).items():
        first, second = item.get("days", _DAYS)
        own = {**_COMMON, "programme": path, **item["more"]}
        claim, grant = {**own, "id": "c", "at": first}, {**own, "id": "g", "at": second, **item.get("grant", {})}
        for key, counts in (("counts", True), ("counts_not", False)):
            for told in item[key]:
                yield LimitCase(name.split("/")[0], told, claim, {**grant, **told}, counts)


def counted(policy: Policy, limit: Limit, case: LimitCase) -> bool | None:
    """Whether a limit counts the grant of a case against its claim."""
    return matcher(policy, limit, case.claim["at"])(case.claim, case.grant)
