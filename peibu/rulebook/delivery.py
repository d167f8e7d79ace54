"""The `delivery` section of policy.yaml: what of running a class differs from document to document.

A policy without the section has no classes of its own here. Everything the section names must exist in the folder.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from peibu.rulebook.attendance_terms import AttendanceTerms, read_attendance
from peibu.rulebook.errors import PolicyError

PLACES = ("bases", "own")
RECORDS = ("theory", "practice", "ideological", "online", "other", "")
MADE = ("made", "uploaded")
ENROLS = ("enterprise", "institution", "trainee")
# What the system itself writes for a filing, and the parts of an archive it can find (code list `archive_parts`).
PAPERS = ("plan", "training_plan", "roster", "timetable")
ARCHIVE = (
    "plan", "sign_up", "roster", "sign_in", "attendance", "log", "lesson_notes", "images", "papers", "performance_report",
)  # fmt: skip
_KEYS = (
    "list", "listed_fact", "practice_at", "size", "size_rule", "size_beyond", "lead", "free", "plan", "roster", "held_at_signup",
    "sessions", "topics", "papers", "exam", "change_notice", "enrols", "offer_hours", "attendance",
)  # fmt: skip
_NEEDED = {
    "list": "name the published list whoever teaches stands on",
    "size_beyond": "name the parameter of the most people a class has",
}
NUMBERS = ("size", "size_beyond", "lead", "change_notice", "offer_hours")
_PLAN = ("topics", "asks", "from_class", "codes")


BODIES = ("provider", "appraisal_body", "assessment_body")
_EXAM = ("body", "clause", "fact", "codes", "tasks")


@dataclass(frozen=True)
class ExamBody:
    """Who examines: `body` is one of BODIES, `clause` says so ("" = the document's own silence: who teaches examines).

    `fact`: the fact that names who examined, "" when the document has no such rule; `codes`: body -> its code in that
    fact. `tasks`: the fact that lists which tasks of the exam the body did, or "".
    """

    body: str = "provider"
    clause: str = ""
    fact: str = ""
    codes: Mapping[str, str] = field(default_factory=dict)
    tasks: str = ""


@dataclass(frozen=True)
class SessionWord:
    """How a kind of session is called in this document, and as what kind of record its hours count ("" = none)."""

    label: str
    label_en: str
    record: str


@dataclass(frozen=True)
class Delivery:
    """`list`: the published list whoever teaches stands on. `practice_at`: listed bases, or the teaching unit's own
    workshop. `size`, `lead`: parameters of the usual class size and of the days a filing must lie ahead, or "".
    `size_rule`: the rule that may be broken with a recorded reason, or ""; `size_beyond`: parameter of the most people a
    class has then, or where the document names no size.
    `free`: the clause that forbids charging the trainee, or "". `asks`: facts the plan states. `from_class`: parts of
    the plan that the timetable supplies. `roster`: facts a roster states per person. `held_at_signup`: facts that the
    day of the sign-up answers. `papers`: paper of the filing -> made by the system or uploaded. `change_notice`:
    parameter of the working days that a change after the filing lies ahead of the session, or "". `enrols`: who
    may enrol people, of ENROLS; `offer_hours`: parameter of the hours an offered place is held for a trainee, or "".
    `exam`: who examines. `attendance`: sign-out, late scans, location fence."""

    list: str
    size_beyond: str
    listed_fact: str = ""
    practice_at: str = "bases"
    size: str = ""
    size_rule: str = ""
    lead: str = ""
    free: str = ""
    plan_topics: str = ""
    asks: tuple[str, ...] = ()
    from_class: tuple[str, ...] = ()
    choices: Mapping[str, str] = field(default_factory=dict)
    roster: tuple[str, ...] = ()
    held_at_signup: tuple[str, ...] = ()
    sessions: Mapping[str, SessionWord] = field(default_factory=dict)
    topics: str = ""
    papers: Mapping[str, str] = field(default_factory=dict)
    change_notice: str = ""
    enrols: tuple[str, ...] = ("enterprise",)
    offer_hours: str = ""
    exam: ExamBody = field(default_factory=ExamBody)
    attendance: AttendanceTerms = field(default_factory=AttendanceTerms)


def read_delivery(
    path: Path, card: Mapping[str, Any], *, facts: Mapping, codes: Mapping, dated: Mapping, clauses: set, rules: set
):
    """Read the section; None when the card has none. PolicyError names the word that stands for nothing."""
    given = card.get("delivery")
    if given is None:
        return None
    line = getattr(given, "line", 0)
    plan = given.get("plan", {})
    strange = [key for key in given if key not in _KEYS] + [f"plan.{key}" for key in plan if key not in _PLAN]
    if strange:
        _fail(
            path, line, f"unknown key {', '.join(strange)}", f"one of {', '.join(_KEYS)}; in plan {', '.join(_PLAN)}"
        )
    for key, remedy in _NEEDED.items():
        if key not in given:
            _fail(path, line, f"without {key}", remedy)
    named = [*plan.get("asks", ()), *given.get("roster", ()), *given.get("held_at_signup", ())]
    named += [given["listed_fact"]] if "listed_fact" in given else []
    lists = [plan[k] for k in ("topics",) if k in plan] + [given[k] for k in ("topics",) if k in given]
    lists += plan.get("codes", {}).values()
    for word, known, what in (
        *((name, facts, "fact") for name in named),
        *((name, codes, "code list") for name in lists),
        *((given[key], dated, "parameter") for key in NUMBERS if key in given),
        *((given[key], rules, "rule") for key in ("size_rule",) if key in given),
        *((given[key], clauses, "clause") for key in ("free",) if key in given),
        *((value, MADE, "way of a paper") for value in given.get("papers", {}).values()),
        *(
            (paper, PAPERS, "paper the system makes")
            for paper, way in given.get("papers", {}).items()
            if way == "made"
        ),
        *((part, _items(codes, "plan_parts"), "part of a plan") for part in plan.get("from_class", ())),
        *((who, ENROLS, "way into a class") for who in given.get("enrols", ())),
        (given.get("practice_at", "bases"), PLACES, "place of practice"),
    ):
        if word not in known:
            _fail(path, line, f"{word!r} is no {what}", "correct the name, or add it to the folder")
    if "trainee" in given.get("enrols", ()) and "offer_hours" not in given:
        _fail(path, line, "trainees enrol, without offer_hours", "name the parameter of the hours an offer is held")
    _check_lists(path, given.get("papers", {}), codes, line)
    return Delivery(
        list=given["list"],
        size_beyond=given["size_beyond"],
        listed_fact=given.get("listed_fact", ""),
        practice_at=given.get("practice_at", "bases"),
        size=given.get("size", ""),
        size_rule=given.get("size_rule", ""),
        lead=given.get("lead", ""),
        free=given.get("free", ""),
        plan_topics=plan.get("topics", ""),
        asks=tuple(plan.get("asks", ())),
        from_class=tuple(plan.get("from_class", ())),
        choices=dict(plan.get("codes", {})),
        roster=tuple(given.get("roster", ())),
        held_at_signup=tuple(given.get("held_at_signup", ())),
        sessions=_sessions(path, given.get("sessions", {})),
        topics=given.get("topics", ""),
        papers=dict(given.get("papers", {})),
        change_notice=given.get("change_notice", ""),
        enrols=tuple(given.get("enrols", ("enterprise",))),
        offer_hours=given.get("offer_hours", ""),
        exam=_exam(path, given.get("exam", {}), facts=facts, clauses=clauses),
        attendance=read_attendance(
            path, given.get("attendance", {}), dated=dated, kinds=given.get("sessions", {}), fail=_fail
        ),
    )


def _items(codes: Mapping, name: str) -> Mapping[str, str]:
    return codes[name].items if name in codes else {}


def _check_lists(path: Path, papers: Mapping[str, str], codes: Mapping, line: int) -> None:
    """An uploaded paper is one of the filing's; a paper or an archive part nobody knows would be missing for ever."""
    listed = _items(codes, "filing_papers")
    for paper, way in papers.items():
        if paper not in listed and (listed or way == "uploaded"):
            _fail(path, line, f"{paper!r} is no paper of the code list filing_papers", "correct the name, or add it")
    for part in _items(codes, "archive_parts"):
        if part not in ARCHIVE:
            told = f"delivery: {part!r} of the code list archive_parts is no part an archive is searched for"
            file = path.with_name("codes.yaml")
            raise PolicyError(
                told, file=file, clause=codes["archive_parts"].clause, remedy=f"one of {', '.join(ARCHIVE)}"
            )


def _sessions(path: Path, given: Mapping[str, Any]) -> dict[str, SessionWord]:
    found = {}
    for code, word in given.items():
        line = getattr(word, "line", 0)
        if set(word) != {"label", "label_en", "record"} or word["record"] not in RECORDS:
            _fail(path, line, f"session {code}: not label, label_en, record", f"record: one of {', '.join(RECORDS)}")
        found[code] = SessionWord(word["label"], word["label_en"], word["record"])
    return found


def _exam(path: Path, given: Mapping[str, Any], *, facts: Mapping, clauses: set) -> ExamBody:
    line = getattr(given, "line", 0)
    strange = [key for key in given if key not in _EXAM]
    if strange:
        _fail(path, line, f"exam: unknown key {', '.join(strange)}", f"one of {', '.join(_EXAM)}")
    choices = facts[given["fact"]].choices if given.get("fact") in facts else {}
    for word, known, what in (
        (given.get("body", "provider"), BODIES, "body that examines"),
        *((given[key], facts, "fact") for key in ("fact", "tasks") if key in given),
        *((given[key], clauses, "clause") for key in ("clause",) if key in given),
        *((body, BODIES, "body that examines") for body in given.get("codes", {})),
        *((code, choices, f"value of {given.get('fact')}") for code in given.get("codes", {}).values()),
    ):
        if word not in known:
            _fail(path, line, f"exam: {word!r} is no {what}", "correct the name, or add it to the folder")
    if given.get("body", "provider") != "provider" and "clause" not in given:
        _fail(path, line, "exam: a body that is not the provider, without clause", "name the clause that says so")
    return ExamBody(**{key: dict(value) if key == "codes" else value for key, value in given.items()})


def _fail(path: Path, line: int, told: str, remedy: str) -> None:
    raise PolicyError(f"delivery: {told}", file=path, line=line, remedy=remedy)
