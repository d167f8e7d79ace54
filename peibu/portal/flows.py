"""A process of a policy as a line of steps: who does what within how many working days, and what else may happen."""

import dataclasses
import datetime as dt
from collections import deque
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from peibu.accounts.enums import Role
from peibu.portal.policy_pages import Figure, figures
from peibu.rulebook import Policy
from peibu.theme.policy_words import said


@dataclasses.dataclass(frozen=True)
class FlowStep:
    """One deed on the straight way. `days`: working days for it; `at_least` for a public notice."""

    label: str
    who: str
    clause: str
    days: Figure | None
    at_least: bool


@dataclasses.dataclass(frozen=True)
class SideMove:
    """Another deed that is possible on the way."""

    label: str
    sources: str
    target: str
    who: str
    needs_reason: bool
    clause: str


@dataclasses.dataclass(frozen=True)
class Flow:
    """A whole process."""

    code: str
    title: str
    clause: str
    steps: list[FlowStep]
    ends: list[str]
    others: list[SideMove]
    documents: list[tuple[str, bool]]


def flows(policy: Policy, on: dt.date) -> list[Flow]:
    """Every process of a policy, in the order of its file."""
    numbers = {item.name: item for item in figures(policy, on)}
    return [_flow(code, raw, numbers) for code, raw in policy.processes.items()]


def _flow(code: str, raw: Mapping[str, Any], numbers: Mapping[str, Figure]) -> Flow:
    way = straight_way(raw)
    last = _decisions(raw, way[-1]) if way else []
    others = [move for name, move in raw["moves"].items() if name not in {*way, *last}]
    documents = [(said(item), bool(item.get("required"))) for item in raw.get("documents", ())]
    return Flow(
        code=code,
        title=said(raw, "title"),
        clause=raw["clause"],
        steps=_steps(raw, way, last, numbers),
        ends=[said(raw["states"][raw["moves"][name]["to"]]) for name in last],
        others=[_side(raw, move) for move in others],
        documents=documents,
    )


def _decisions(raw: Mapping[str, Any], chosen: str) -> list[str]:
    """The last move and those that the same people may choose instead: a yes or no, shown together."""
    move = raw["moves"][chosen]

    def alternative(other: Mapping[str, Any]) -> bool:
        same = all(other[key] == move[key] for key in ("from", "role", "duty"))
        return same and bool(raw["states"][other["to"]].get("final"))

    return [name for name, other in raw["moves"].items() if alternative(other)]


def straight_way(raw: Mapping[str, Any]) -> list[str]:
    """Names of the moves of the shortest way from the start to the first final state of the file."""
    goal = next(name for name, state in raw["states"].items() if state.get("final"))
    reached: dict[str, list[str]] = {raw["start"]: []}
    waiting = deque([raw["start"]])
    while waiting:
        state = waiting.popleft()
        if state == goal:
            return reached[state]
        for name, move in raw["moves"].items():
            if state in move["from"] and move["to"] not in reached:
                reached[move["to"]] = [*reached[state], name]
                waiting.append(move["to"])
    return []


def _steps(raw: Mapping[str, Any], way: list[str], last: list[str], numbers: Mapping[str, Figure]) -> list[FlowStep]:
    found, state = [], raw["start"]
    for name in way:
        move = raw["moves"][name]
        here = raw["states"][state]
        limit = here.get("deadline") or here.get("notice") or {}
        days = numbers.get(limit.get("working_days", ""))
        label = " / ".join(said(raw["moves"][one]) for one in (last if name in last else [name]))
        found.append(FlowStep(label, roles(move["role"]), move["clause"], days, "notice" in here))
        state = move["to"]
    return found


def _side(raw: Mapping[str, Any], move: Mapping[str, Any]) -> SideMove:
    labels = "、".join(said(raw["states"][name]) for name in move["from"])
    target = said(raw["states"][move["to"]])
    return SideMove(said(move), labels, target, roles(move["role"]), move["reason"] == "required", move["clause"])


def roles(codes: list[str]) -> str:
    """Roles of process.yaml in words; the system itself is named only when nobody else may act."""
    people = [code for code in codes if code != "system"]
    return "、".join(str(Role(code).label) for code in people) or _("系统自动")
