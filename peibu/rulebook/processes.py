"""Validates process.yaml: the states and moves that the cases of a policy go through."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from peibu.rulebook.errors import PolicyError
from peibu.rulebook.yaml_reader import Lined

ROLES = (
    "trainee",
    "enterprise",
    "provider",
    "teacher",
    "base",
    "agency_reviewer",
    "hrss_approver",
    "hrss_supervisor",
    "industry_supervisor",
    "finance",
    "city_bureau",
    "auditor",
    "system",
)
DUTIES = ("apply", "review", "approve", "pay", "audit")
CLOCKS = ("suspend", "resume", "none")
REASONS = ("required", "optional")
Fail = Callable[..., None]


def check_processes(path: Path, processes: Mapping[str, Lined], clauses: set[str], numbers: set[str]) -> None:
    """Raise PolicyError for an unknown word, an unreachable or dead-end state, a missing or unknown clause."""
    for code, process in processes.items():

        def fail(
            told: str, item: Any = process, remedy: str = "see docs/adr/0002-rulebook.md", code: str = code
        ) -> None:
            line = getattr(item, "line", 0)
            raise PolicyError(f"process {code}: {told}", file=path, line=line, remedy=remedy)

        _need(process, ("title", "title_en", "clause", "start", "states", "moves"), fail, "the process")
        _clauses_exist(process, clauses, fail)
        for name, state in process["states"].items():
            _check_state(name, state, numbers, fail)
        for name, move in process["moves"].items():
            _check_move(name, move, process["states"], fail)
        _check_reach(process, fail)
        if "evaluation" in process:
            _check_evaluation(process, fail)
        if "claims" in process:
            _check_claims(process, fail)
        for document in process.get("documents", ()):
            _need(document, ("code", "label", "label_en", "clause"), fail, "a document")


def cited_by(processes: Mapping[str, Lined]) -> set[str]:
    """Every clause id cited anywhere in the processes."""
    return {clause for process in processes.values() for clause, _item in _citations(process)}


def _citations(item: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(item, dict):
        if isinstance(item.get("clause"), str):
            yield item["clause"], item
        for value in item.values():
            yield from _citations(value)
    elif isinstance(item, list):
        for value in item:
            yield from _citations(value)


def _need(item: Any, keys: tuple[str, ...], fail: Fail, what: str) -> None:
    absent = [key for key in keys if key not in item]
    if absent:
        fail(f"{what} is without {', '.join(absent)}", item, "add it")


def _clauses_exist(process: Lined, clauses: set[str], fail: Fail) -> None:
    for clause, item in _citations(process):
        if clause not in clauses:
            fail(f"cites the clause {clause!r}, which clauses.yaml does not have", item, "correct the id")


def _check_state(name: str, state: Lined, numbers: set[str], fail: Fail) -> None:
    _need(state, ("label", "applicant_label", "label_en"), fail, f"state {name}")
    deadline = state.get("deadline")
    if deadline is None:
        return
    _need(deadline, ("working_days", "clause", "role"), fail, f"the deadline of {name}")
    days = deadline["working_days"]
    if days not in numbers:
        fail(f"the deadline of {name}: {days!r} is not a number of parameters.yaml", deadline, "name a parameter")
    _known(deadline["role"], ROLES, "role", name, deadline, fail)


EVALUATION_MOVES = ("submit", "resubmit", "evaluate", "list")
NOTICE_MOVES = ("publish", "object", "settle_objection", "end_notice")  # where the document asks for a public notice
MANAGERS = ("city_bureau", "hrss_approver", "agency_reviewer")
BUREAUS = ("hrss", "education", "industry", "finance")


def _check_evaluation(process: Lined, fail: Fail) -> None:
    """A process by which applicants are evaluated: what a call may ask for, who runs it, who decides, by what criteria."""
    section = process["evaluation"]
    _need(section, ("clause", "subjects", "manager", "bureaus"), fail, "the evaluation")
    _known(section["manager"], MANAGERS, "manager", "evaluation", section, fail)
    for kind in section["bureaus"]:
        _known(kind, BUREAUS, "bureau", "evaluation", section, fail)
    for name, subject in section["subjects"].items():
        _need(subject, ("list", "applicants"), fail, f"the evaluated subject {name}")
        for role in subject["applicants"]:
            _known(role, ROLES, "role", f"evaluation of {name}", subject, fail)
    wanted = (*EVALUATION_MOVES, *NOTICE_MOVES) if "notice" in process["states"] else EVALUATION_MOVES
    absent = [move for move in wanted if move not in process["moves"]]
    if absent:
        fail(f"an evaluated process is without the moves {', '.join(absent)}", section, "add them")


CLAIMANTS = ("enterprise", "provider", "base", "trainee")
CLAIMED_FOR = ("class", "certificate", "project")
ROUTES = ("registration", "work", "issuer", "city")
PAPERS_HOW = ("made", "entered", "known", "uploaded", "optional")
CLAIM_MOVES = ("submit", "resubmit", "accept", "approve", "refuse", "pay", "withdraw")


def _check_claims(process: Lined, fail: Fail) -> None:
    """A process by which money is claimed (ADR 0029): per subject who claims, for what, at which office, with what papers."""
    codes = {document["code"] for document in process.get("documents", ())}
    for name, claim in process["claims"].items():
        _need(claim, ("claimants", "of", "route", "clause", "papers"), fail, f"the claim of {name}")
        for role in claim["claimants"]:
            _known(role, CLAIMANTS, "claimant", f"claim of {name}", claim, fail)
        _known(claim["of"], CLAIMED_FOR, "of", f"claim of {name}", claim, fail)
        _known(claim["route"], ROUTES, "route", f"claim of {name}", claim, fail)
        for code, how in claim["papers"].items():
            _known(how, PAPERS_HOW, "way of a paper", f"claim of {name}", claim, fail)
            if code not in codes:
                fail(f"the claim of {name}: {code!r} is not among the documents", claim, "add the document")
    absent = [move for move in CLAIM_MOVES if move not in process["moves"]]
    if absent:
        fail(f"a claimed process is without the moves {', '.join(absent)}", process["claims"], "add them")


def _known(word: Any, words: tuple[str, ...], what: str, name: str, item: Any, fail: Fail) -> None:
    if word not in words:
        fail(f"{name}: unknown {what} {word!r}", item, f"one of {', '.join(words)}")


def _check_move(name: str, move: Lined, states: Mapping[str, Any], fail: Fail) -> None:
    keys = ("label", "label_en", "from", "to", "role", "duty", "reason", "clock", "clause")
    _need(move, keys, fail, f"move {name}")
    for state in [*move["from"], move["to"]]:
        if state not in states:
            fail(f"move {name}: unknown state {state!r}", move, f"one of {', '.join(states)}")
    for state in move["from"]:
        if states[state].get("final"):
            fail(f"move {name} leaves the final state {state!r}", move, "drop the move or `final`")
    for role in move["role"]:
        _known(role, ROLES, "role", f"move {name}", move, fail)
    _known(move["duty"], DUTIES, "duty", f"move {name}", move, fail)
    _known(move["reason"], REASONS, "reason", f"move {name}", move, fail)
    _known(move["clock"], CLOCKS, "clock", f"move {name}", move, fail)


def _check_reach(process: Lined, fail: Fail) -> None:
    states, moves = process["states"], process["moves"].values()
    if process["start"] not in states:
        fail(f"unknown start state {process['start']!r}", process)
    reached, open_ends = {process["start"]}, [process["start"]]
    while open_ends:
        state = open_ends.pop()
        new = {move["to"] for move in moves if state in move["from"]} - reached
        reached |= new
        open_ends.extend(new)
    for name, state in states.items():
        if name not in reached:
            fail(f"the state {name!r} cannot be reached", state, "add a move that leads there")
        if not state.get("final") and not any(name in move["from"] for move in moves):
            fail(f"the state {name!r} has no way out", state, "add a move, or `final: true`")
