"""A policy's process.yaml, asked as questions: what may be done next, by whom, until when."""

import dataclasses
import datetime as dt

from django.utils.translation import get_language

from peibu.kernel.errors import PeibuError
from peibu.kernel.workdays import default_calendar
from peibu.rulebook import Policy, load_policy


def _in_english(chinese: str, english: str) -> str:
    """The wording for the visitor's language; what is stored or refused stays Chinese."""
    if not english or not (get_language() or "").startswith("en"):
        return chinese
    return english[0].upper() + english[1:]


@dataclasses.dataclass(frozen=True)
class Move:
    """One allowed move: `roles` may make it, `duty` keeps natural persons apart, `clock` suspends or resumes."""

    code: str
    label: str
    sources: tuple[str, ...]
    target: str
    roles: tuple[str, ...]
    duty: str = ""
    needs_reason: bool = False
    clock: str = "none"
    label_en: str = ""

    @property
    def said(self) -> str:
        """The label for pages."""
        return _in_english(self.label, self.label_en)


@dataclasses.dataclass(frozen=True)
class State:
    code: str
    label: str
    applicant_label: str
    final: bool
    working_days: int | None
    deadline_role: str
    deadline_clause: str
    label_en: str = ""

    def said(self, *, for_applicant: bool = False) -> str:
        """The label for pages; officers and applicants read different Chinese words."""
        return _in_english(self.applicant_label if for_applicant else self.label, self.label_en)


@dataclasses.dataclass(frozen=True)
class Process:
    """A process of a policy version."""

    policy: Policy
    code: str
    title: str
    clause: str
    start: str
    states: dict[str, State]
    moves: dict[str, Move]
    title_en: str = ""

    @property
    def said(self) -> str:
        """The title for pages."""
        return _in_english(self.title, self.title_en)

    @property
    def has_notice(self) -> bool:
        """Does the document put what was approved on public notice?"""
        return "publish" in self.moves

    def moves_from(self, state: str, role: str) -> list[Move]:
        """What a role may do in a state, in the order of the file."""
        return [m for m in self.moves.values() if state in m.sources and role in m.roles]

    def roles_waiting(self, state: str) -> set[str]:
        """Whose turn it is: the role the state's deadline names, when it can move the case on; else all that can.

        A right to withdraw or to refuse along the way is no task: the case waits for whoever the days run against.
        """
        able = {role for m in self.moves.values() if state in m.sources for role in m.roles}
        return able & {self.states[state].deadline_role} or able


def _days(policy: Policy, value: int | str | None, on: dt.date) -> int | None:
    if value is None or isinstance(value, int):
        return value
    return int(policy.value(value, on=on))


def process_of(policy_path: str, code: str, *, on: dt.date) -> Process:
    """The process `code` of a policy, its deadlines resolved for a day. Raises PeibuError when there is none."""
    policy = load_policy(policy_path)
    raw = policy.processes.get(code)
    if raw is None:
        raise PeibuError(
            f"政策“{policy.card['title']}”没有名为“{code}”的业务流程", "no_process", "请检查政策目录中的 process.yaml"
        )
    states = {key: _state(policy, key, value, on) for key, value in raw["states"].items()}
    moves = {key: _move(key, value) for key, value in raw["moves"].items()}
    return Process(
        policy, code, raw["title"], raw.get("clause", ""), raw["start"], states, moves, raw.get("title_en", "")
    )


def _state(policy: Policy, code: str, raw: dict, on: dt.date) -> State:
    deadline = raw.get("deadline") or {}
    return State(
        code=code,
        label=raw["label"],
        applicant_label=raw.get("applicant_label", raw["label"]),
        final=bool(raw.get("final", False)),
        working_days=_days(policy, deadline.get("working_days"), on),
        deadline_role=deadline.get("role", ""),
        deadline_clause=deadline.get("clause", ""),
        label_en=raw.get("label_en", ""),
    )


def _as_tuple(value: str | list[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def _move(code: str, raw: dict) -> Move:
    return Move(
        code=code,
        label=raw["label"],
        sources=_as_tuple(raw["from"]),
        target=raw["to"],
        roles=_as_tuple(raw["role"]),
        duty=raw.get("duty", "") or "",
        needs_reason=raw.get("reason") == "required",
        clock=raw.get("clock", "none") or "none",
        label_en=raw.get("label_en", ""),
    )


def deadline(start: dt.date, working_days: int | None) -> dt.date | None:
    """The last day of a period of working days; the day of the event is not counted."""
    return None if working_days is None else default_calendar().deadline(start, working_days)
