"""What a policy says about an evaluation: the `evaluation` section of a process, and its panel_* numbers."""

import dataclasses
import datetime as dt
from collections.abc import Mapping
from functools import cached_property

from peibu.accounts.enums import Role
from peibu.casework.processes import Process, process_of
from peibu.kernel.errors import PeibuError
from peibu.programmes.queries import current_policies
from peibu.rulebook import FactSpec, Policy, load_policy

# Facts that these people answer are the applicant's to fill in; what others supply comes in the course of the evaluation.
APPLICANTS = frozenset({Role.PROVIDER, Role.BASE, Role.ENTERPRISE})
NAMED = frozenset({"course", "speciality"})


@dataclasses.dataclass(frozen=True)
class Terms:
    """One subject that a policy lets a bureau call for, on the law of a day.

    list_role: the list it leads to; applicants: roles that may apply; manager: the role that runs the evaluation;
    bureaus: kinds of the authorities that must agree, the leading one first; criteria: code -> Chinese label.
    """

    policy: Policy
    process: str
    subject: str
    on: dt.date
    raw: Mapping

    @property
    def list_role(self) -> str:
        return self.raw["subjects"][self.subject]["list"]

    @property
    def named(self) -> bool:
        """Is the list one of something a unit offers, not of the unit itself?"""
        return self.list_role in NAMED

    @property
    def applicants(self) -> tuple[str, ...]:
        return tuple(self.raw["subjects"][self.subject]["applicants"])

    @property
    def manager(self) -> str:
        return self.raw["manager"]

    @property
    def bureaus(self) -> tuple[str, ...]:
        return tuple(self.raw["bureaus"])

    @property
    def clause(self) -> str:
        return self.raw["clause"]

    @property
    def of_the_city(self) -> bool:
        """City level; else the district evaluates and, where the process says so, reports upward (JN6.5a)."""
        return self.manager == Role.CITY_BUREAU

    @property
    def has_panel(self) -> bool:
        """Do experts evaluate? Otherwise the office checks the conditions (HD2.4.10)."""
        return "criteria" in self.raw

    @property
    def has_notice(self) -> bool:
        return "publish" in self.flow.moves

    @property
    def signs(self) -> bool:
        """Is listing the signature of an agreement with term and scope (申报签约, HD2.4.10)?"""
        return bool(self.raw.get("agreement"))

    @property
    def decision_state(self) -> str:
        """The state in which the bureaus decide: the one that leads to the notice, else to the list."""
        return self.flow.moves["publish" if self.has_notice else "list"].sources[0]

    @property
    def listing_state(self) -> str:
        """The state from which an application is listed."""
        return self.flow.moves["list"].sources[0]

    @cached_property
    def flow(self) -> Process:
        return process_of(self.policy.path, self.process, on=self.on)

    @cached_property
    def criteria(self) -> Mapping[str, str]:
        return self.policy.codes[self.raw["criteria"]].items if self.has_panel else {}

    @cached_property
    def criteria_en(self) -> Mapping[str, str]:
        return self.policy.codes[self.raw["criteria"]].items_en if self.has_panel else {}

    def number(self, name: str) -> int:
        """panel_experts, panel_mark_max, panel_pass_percent, panel_spread_percent_max."""
        return int(self.policy.value(name, on=self.on))

    @property
    def subject_label(self) -> str:
        return self.policy.subjects[self.subject]["label"]

    @cached_property
    def documents(self) -> list[Mapping]:
        """The documents of the process: code, label, label_en, clause, required."""
        return list(self.policy.processes[self.process].get("documents", ()))

    @cached_property
    def asked(self) -> list[FactSpec]:
        """The facts the applicant answers."""
        read = {slot for _clause, slots in self.policy.plan(self.subject, self.on).reads() for slot in slots}
        names = {self.policy.slots[slot].name for slot in read}
        return [spec for spec in self.policy.facts if spec.name in names and spec.supplied_by in APPLICANTS]


def terms_of(policy: str, subject: str, *, on: dt.date) -> Terms:
    """The terms of one subject. Raises PeibuError when the policy knows no evaluation of it."""
    read = load_policy(policy)
    for code, raw in read.processes.items():
        if subject in raw.get("evaluation", {}).get("subjects", {}):
            return Terms(read, code, subject, on, raw["evaluation"])
    raise PeibuError(f"政策没有“{subject}”的征集和评估", "no_evaluation", "请检查政策目录 process.yaml 的 evaluation")


def all_terms(*, on: dt.date) -> list[Terms]:
    """Everything that may be called for, policy by policy."""
    return [
        Terms(policy, code, subject, on, raw["evaluation"])
        for policy in current_policies()
        for code, raw in policy.processes.items()
        for subject in raw.get("evaluation", {}).get("subjects", {})
    ]
