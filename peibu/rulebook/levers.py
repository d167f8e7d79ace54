"""What a draft can turn: the numbers and readings that the determination of some subjects depends on."""

from __future__ import annotations

from collections.abc import Collection

from peibu.rulebook.dated import Parameter
from peibu.rulebook.policy import Policy

_DECIDES = ("rule", "amount", "outcome")


def money_subjects(policy: Policy) -> tuple[str, ...]:
    """The subjects whose determination carries money, in the order of the card."""
    paid = {subject for rule in policy.rules if rule.mark.kind == "amount" for subject in rule.mark.subjects}
    return tuple(subject for subject in policy.subjects if subject in paid)


def levers(policy: Policy, subjects: Collection[str]) -> tuple[Parameter, ...]:
    """Numbers and readings (as `Interpretation`) that rules, amounts or outcomes of the subjects look at.

    A number that only a page, a deadline or a derivation from records uses is not among them: changing it changes no
    determination whose facts are kept. In the order of the folder, numbers first.
    """
    used = {
        node.data
        for rule in policy.rules if rule.mark.kind in _DECIDES and set(rule.mark.subjects) & set(subjects)
        for node in rule.expr.walk() if node.op == "param"
    }  # fmt: skip
    return tuple(item for name, item in policy.dated.items() if name in used)
