"""Which clause is realised by what, and which worked examples try each rule: clause -> rules, numbers, steps -> cases."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from peibu.rulebook.cases import judge_example, read_examples
from peibu.rulebook.errors import PolicyError, RulebookError
from peibu.rulebook.judgement import Judgement, Status
from peibu.rulebook.loader import check_policy
from peibu.rulebook.policy import Policy
from peibu.rulebook.rules_reader import Rule
from peibu.rulebook.scalar import shift_months

REALISED: Mapping[str, tuple[str, str]] = {
    "computed": ("计算", "computed"),
    "parameter": ("数字", "parameter"),
    "process": ("流程", "process"),
    "by_hand": ("人工核实", "by hand"),
    "report": ("报表", "report"),
    "for_information": ("告知", "for information"),
}


@dataclass(frozen=True)
class RuleCoverage:
    """How often the cases try a rule, and how often at its very edge (one step of one fact flips it)."""

    name: str
    kind: str
    clause: str
    title: str
    passed: int = 0
    failed: int = 0
    unknown: int = 0
    boundary_passed: int = 0
    boundary_failed: int = 0

    @property
    def lacking(self) -> tuple[str, ...]:
        """Which of pass, fail and unknown no case shows. Only rules are asked."""
        if self.kind != "rule":
            return ()
        counts = {"pass": self.passed, "fail": self.failed, "unknown": self.unknown}
        return tuple(word for word, count in counts.items() if not count)


@dataclass(frozen=True)
class ClauseCoverage:
    """One clause and everything that realises it. gap: what is known to be missing, '' when nothing is."""

    id: str
    cite: str
    realised: str
    says_zh: str
    says_en: str
    rules: tuple[RuleCoverage, ...]
    numbers: tuple[str, ...]
    steps: tuple[str, ...]
    pages: tuple[str, ...]
    gap: str
    accounted: bool


@dataclass(frozen=True)
class Coverage:
    """A whole policy. problems: Chinese sentences; with none, every clause is accounted for and every rule tried."""

    policy: str
    document_number: str
    title: str
    title_en: str
    cases: int
    clauses: tuple[ClauseCoverage, ...]
    problems: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return asdict(self)


def coverage(policy: Policy, gaps: Mapping[str, str] | None = None) -> Coverage:
    """Return what covers each clause of the policy. gaps: {clause id: what is known to be missing}."""
    tried, cases, broken = _tried(policy)
    unaccounted = {error.clause for error in check_policy(policy)}
    cited = _cited(policy)
    steps = _steps(policy)
    clauses = []
    for clause in policy.clauses:
        rules = tuple(item for item in tried if item.clause == clause.id)
        head = (clause.id, clause.cite, clause.realised, clause.says_zh, clause.says_en)
        tail = (tuple(cited.get(clause.id, ())), tuple(steps.get(clause.id, ())), clause.pages)
        gap = (gaps or {}).get(clause.id, "")
        clauses.append(ClauseCoverage(*head, rules, *tail, gap, clause.id not in unaccounted))
    problems = [*broken, *_problems(clauses)]
    card = policy.card
    names = (policy.path, card["document_number"], card["title"], card["title_en"])
    return Coverage(*names, cases, tuple(clauses), tuple(problems))


def untried(policy: Policy) -> Iterable[PolicyError]:
    """Yield an error for each rule that no worked example shows passing, failing, or unknown."""
    places = {rule.name: (policy.folder / rule.file, rule.line) for rule in policy.rules}
    for item in _tried(policy)[0]:
        if item.lacking:
            file, line = places[item.name]
            where = {"file": file, "line": line, "clause": item.clause}
            told = f"rule {item.name}: no case in cases.yaml shows {', '.join(item.lacking)}"
            yield PolicyError(told, remedy="write the case from the document", **where)


def _problems(clauses: Iterable[ClauseCoverage]) -> Iterable[str]:
    words = {"pass": "符合", "fail": "不符合", "unknown": "待核实"}
    for clause in clauses:
        if not clause.accounted:
            yield f"{clause.id}（{clause.cite}）标为“{REALISED[clause.realised][0]}”，却没有任何规则、数字或流程引用它"
        for rule in clause.rules:
            if rule.lacking:
                told = "、".join(words[word] for word in rule.lacking)
                yield f"{clause.id} 规则 {rule.name}：cases.yaml 没有使它{told}的例子"


def _cited(policy: Policy) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    parts = ("parameters", "interpretations", "rates", "limits", "codes", "texts")
    for part in parts:
        for name, item in (getattr(policy, part, None) or {}).items():
            clause = item.get("clause", "") if isinstance(item, Mapping) else item.clause
            found.setdefault(clause, []).append(name)
    return found


def _steps(policy: Policy) -> dict[str, list[str]]:
    """{clause: process, process.move, process.state or process.document, in the order of process.yaml}."""
    found: dict[str, list[str]] = {}

    def note(item: Any, name: str) -> None:
        if isinstance(item, Mapping) and isinstance(item.get("clause"), str):
            found.setdefault(item["clause"], []).append(name)

    for code, process in policy.processes.items():
        note(process, code)
        for name, move in process["moves"].items():
            note(move, f"{code}.{name}")
        for name, state in process["states"].items():
            for part in ("deadline", "notice"):
                note(state.get(part), f"{code}.{name}.{part}")
        for document in process.get("documents", ()):
            note(document, f"{code}.{document['code']}")
    return found


def _tried(policy: Policy) -> tuple[list[RuleCoverage], int, list[str]]:
    examples, problems = read_examples(policy)
    broken = [str(problem) for problem in problems]
    counts: dict[str, dict[str, int]] = {rule.name: {} for rule in policy.rules}
    for example in examples:
        try:
            judged = judge_example(policy, example)
        except RulebookError as error:
            broken.append(f"例子“{example.name}”不能判定：{error}")
            continue
        for finding in judged.findings:
            _count(counts[finding.rule], _COUNTED[finding.status])  # an unknown amount or outcome has a finding too
        for name, word in _boundaries(policy, judged):
            _count(counts[name], word)
        _count_results(policy, judged, counts)
    titles = {name: words.get("title", name) for name, words in policy.wording.items()}
    marked = [rule for rule in policy.rules if rule.mark.kind != "figure"]
    tried = [_coverage(rule, titles.get(rule.name, rule.name), counts[rule.name]) for rule in marked]
    return tried, len(examples), broken


_COUNTED = {Status.PASS: "passed", Status.FAIL: "failed", Status.UNKNOWN: "unknown"}


def _count(counts: dict[str, int], word: str) -> None:
    counts[word] = counts.get(word, 0) + 1


def _count_results(policy: Policy, judged: Judgement, counts: dict[str, dict[str, int]]) -> None:
    """Amounts and outcomes are tried by the cases that pass; a failed case gives none."""
    for rule in policy.rules:
        mine = rule.mark.kind in ("amount", "outcome") and judged.subject in rule.mark.subjects
        if mine and judged.decision is not Status.UNKNOWN:
            _count(counts[rule.name], _COUNTED[judged.decision])


def _coverage(rule: Rule, title: str, counts: Mapping[str, int]) -> RuleCoverage:
    return RuleCoverage(rule.name, rule.mark.kind, rule.mark.clause, title, **counts)


def _boundaries(policy: Policy, judged: Judgement) -> Iterable[tuple[str, str]]:
    """The rules that this case meets at their edge: one step of one fact turns pass into fail, or fail into pass."""
    plan = policy.plan(judged.subject, judged.on)
    statuses = {finding.rule: finding.status for finding in judged.findings}
    for rule in plan.rules:
        before = statuses[rule.name]
        if before is Status.UNKNOWN:
            continue
        turned = before is not Status.PASS
        for values in _neighbours(policy, rule.slots, judged.facts):
            if rule.test(values) is turned:
                yield rule.name, "boundary_passed" if before is Status.PASS else "boundary_failed"
                break


def _neighbours(policy: Policy, slots: Iterable[str], facts: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
    for spec in {policy.slots[slot].name: policy.slots[slot] for slot in slots}.values():
        step = _STEPS.get(spec.type)
        known = {slot: facts[slot] for slot in spec.slots if facts.get(slot) is not None}
        if step is None or not known:
            continue
        for by in (-1, 1):
            yield {**facts, **{slot: step(value, by) for slot, value in known.items()}}


def _next_day(day: date, by: int) -> date:
    return day + timedelta(days=by)


_STEPS: Mapping[str, Callable[[Any, int], Any]] = {
    "integer": lambda value, by: value + by,
    "fen": lambda value, by: value + by,
    "date": _next_day,
    "month": shift_months,
}
