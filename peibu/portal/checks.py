"""Which questions of a policy visitors can check for themselves, and whom each of them is for."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as lazy

from peibu.portal.policy_pages import policy_url
from peibu.rulebook import Policy
from peibu.theme.policy_words import said

# `who` of a subject in policy.yaml -> how visitors know themselves, in the order of the page.
VISITORS: dict[str, tuple[str | Promise, str]] = {
    "person": (lazy("我是职工或求职者"), "user-check"),
    "enterprise": (lazy("我是企业"), "building-factory-2"),
    "institution": (lazy("我是培训机构或院校"), "school"),
    "platform": (lazy("我是线上培训平台"), "device-laptop"),
    "base": (lazy("我是基地"), "building-community"),
}


@dataclasses.dataclass(frozen=True)
class Check:
    """One question of one policy."""

    policy: Policy
    subject: str
    who: str
    label: str

    @property
    def url(self) -> str:
        """The address of its page."""
        return f"{policy_url(self.policy, 'self-check-of')}?stage={self.subject}"


def checks_of(policy: Policy) -> list[Check]:
    """The checks of a policy in the order of its card; a subject without `who` is the officers' own business."""
    return [
        Check(policy, code, who, said(subject)) for code, subject in policy.subjects.items() for who in _who(subject)
    ]


def _who(subject: Mapping[str, Any]) -> list[str]:
    named = subject.get("who") or []
    return [named] if isinstance(named, str) else list(named)


def first_check(policy: Policy) -> str:
    """The check to show when none was chosen: the claim where there is one."""
    codes = [check.subject for check in checks_of(policy)]
    return "claim" if "claim" in codes else codes[0]


@dataclasses.dataclass(frozen=True)
class Counter:
    """What one kind of visitor can check, policy by policy."""

    who: str
    title: str | Promise
    icon: str
    policies: list[tuple[Policy, list[Check]]]


def counters(policies: list[Policy]) -> list[Counter]:
    """Every check of every policy, sorted by visitor."""
    found = []
    for who, (title, icon) in VISITORS.items():
        mine = [(policy, [check for check in checks_of(policy) if check.who == who]) for policy in policies]
        mine = [(policy, checks) for policy, checks in mine if checks]
        if mine:
            found.append(Counter(who, title, icon, mine))
    return found
