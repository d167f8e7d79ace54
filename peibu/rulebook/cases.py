"""The worked examples of a policy (cases.yaml): read with their lines, judged, and compared with what they expect."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from peibu.rulebook.errors import FactError, PolicyError, RulebookError
from peibu.rulebook.expr import bind
from peibu.rulebook.judgement import Judgement, Status
from peibu.rulebook.policy import Policy
from peibu.rulebook.rates import RateEntry
from peibu.rulebook.scalar import compile_scalar
from peibu.rulebook.yaml_reader import read_yaml

_KEYS = {"name", "subject", "facts", "without", "as_of", "decision", "amount_fen", "fails", "unknown"}
_KEYS |= {"rates", "records", "covered", "outcomes", "payee", "employer", "figures", "each", "lacking"}
_UNSAID = object()


@dataclass(frozen=True)
class Example:
    """One worked example. facts: base and changes together. expected: what the file says should come out."""

    name: str
    subject: str
    facts: Mapping[str, Any]
    on: date
    line: int
    expected: Mapping[str, Any] = field(default_factory=dict)
    rates: tuple[Mapping[str, Any], ...] = ()
    records: Mapping[str, Any] = field(default_factory=dict)
    employer: str = ""


def read_examples(policy: Policy) -> tuple[list[Example], list[PolicyError]]:
    """Return the examples of cases.yaml and an error for each that cannot be used.

    The facts of a case are those of its subject's base, then its own, less those of `without`. `each: {fact: [value, ...]}`
    makes an example of every value, `lacking: {fact: [item, ...]}` one of the fact's list without each item. A case is
    judged on its `as_of`, else on `as_of` at the top of the file, else on the first day of the document.
    """
    path = policy.folder / "cases.yaml"
    content = read_yaml(path, optional=True)
    bases, day = content.get("bases") or {}, content.get("as_of", policy.card["in_force"]["from"])
    found: list[Example] = []
    problems: list[PolicyError] = []
    names: set[str] = set()
    for case in content.get("cases") or ():
        told = _unfit(case, policy, names) or _unfit_list(case, bases.get(case["subject"]) or {})
        if told:
            line = getattr(case, "line", 0)
            problems.append(PolicyError(told, file=path, line=line, remedy=f"keys: {', '.join(sorted(_KEYS))}"))
            continue
        names.add(case["name"])
        facts = {**_base(bases.get(case["subject"]) or {}, case), **case.get("facts", {})}
        facts = {name: value for name, value in facts.items() if name not in case.get("without", ())}
        more = (tuple(case.get("rates", ())), case.get("records", {}), case.get("employer", ""))
        for name, own in _variants(case, facts):
            found.append(Example(name, case["subject"], own, case.get("as_of", day), case.line, case, *more))
    return found, problems


def _unfit_list(case: Mapping[str, Any], base: Mapping[str, Any]) -> str:
    """What is wrong with `each` and `lacking`: a value that stands twice, an item that the fact does not have."""
    for name, values in case.get("each", {}).items():
        if len({repr(value) for value in values}) < len(values):
            return f"case {case['name']}: a value of {name} occurs twice"
    for name, items in case.get("lacking", {}).items():
        there = {**base, **case.get("facts", {})}.get(name) or ()
        if strange := [str(item) for item in items if item not in there]:
            return f"case {case['name']}: {', '.join(strange)} is not in the list of {name}"
    return ""


def _variants(case: Mapping[str, Any], facts: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Name and facts of each example that a case stands for: one, unless it has `each` or `lacking`."""
    listed = [(name, value, value) for name, values in case.get("each", {}).items() for value in values]
    for name, items in case.get("lacking", {}).items():
        listed += [(name, item, [one for one in facts[name] if one != item]) for item in items]
    for name, told, value in listed:
        yield f"{case['name']}（{told}）", {**facts, name: value}
    if not listed:
        yield case["name"], facts


def _base(base: Mapping[str, Any], case: Mapping[str, Any]) -> Mapping[str, Any]:
    """The facts of the base; those that the case's records give make way for them."""
    if not case.get("records"):
        return base
    from peibu.rulebook.derived import KINDS

    told = {name for kind in case["records"] if kind in KINDS for name in KINDS[kind].gives}
    return {name: value for name, value in base.items() if name not in told}


def _unfit(case: Any, policy: Policy, names: set[str]) -> str:
    if not isinstance(case, Mapping) or not {"name", "subject", "decision"} <= set(case):
        return "a case needs name, subject and decision"
    if strange := sorted(set(case) - _KEYS):
        return f"case {case['name']}: unknown key {', '.join(map(str, strange))}"
    if case["subject"] not in policy.subjects:
        return f"case {case['name']}: unknown subject {case['subject']!r}"
    if case["decision"] not in list(Status):
        return f"case {case['name']}: unknown decision {case['decision']!r}"
    figures = {rule.name for rule in policy.rules if rule.mark.kind == "figure"}
    if strange := sorted(set(case.get("figures", ())) - figures):
        return f"case {case['name']}: no figure {', '.join(strange)} in rules.py"
    return f"case {case['name']}: the name occurs twice" if case["name"] in names else ""


def situation(policy: Policy, example: Example) -> tuple[Policy, Mapping[str, Any]]:
    """Return the policy with the rates of the example, and its facts with those that follow from its records."""
    law = policy.with_rates(map(_rate, example.rates)) if example.rates else policy
    facts = example.facts
    if example.records:
        from peibu.rulebook.derived import derive_facts, read_records

        records = read_records(law, example.records)
        facts = derive_facts(law, example.subject, facts, records, on=example.on, employer=example.employer)
    return law, facts


def judge_example(policy: Policy, example: Example, *, lang: str = "zh") -> Judgement:
    """Judge one example, with its rates and its records. Raises FactError for facts that cannot be read."""
    law, facts = situation(policy, example)
    return law.judge(example.subject, facts, on=example.on, lang=lang)


def _rate(row: Mapping[str, Any]) -> RateEntry:
    return RateEntry(row["table"], tuple(row["key"]), row["from"], row.get("to"), row["value"], row["cite"])


def figures_of(policy: Policy, example: Example) -> dict[str, Any]:
    """Return the figures an example states, as the policy computes them from its facts; None for an unknown one."""
    law, facts = situation(policy, example)
    values = law.reader.read(facts)
    asked = [rule for rule in law.rules if rule.name in example.expected.get("figures", ())]
    return {rule.name: compile_scalar(bind(rule.expr, law.numbers(example.on)))(values) for rule in asked}


def differs(example: Example, judged: Judgement, policy: Policy | None = None) -> list[str]:
    """Return what came out otherwise than the example says; nothing when it is decided as written.

    policy: where given, the figures that the example states are compared as well.
    """
    wanted = example.expected
    come = {
        "decision": judged.decision.value,
        "fails": sorted(finding.rule for finding in judged.failed),
        "unknown": sorted(finding.rule for finding in judged.unknown),
        "amount_fen": judged.amount_fen,
        "outcomes": dict(judged.outcomes),
        "payee": judged.payee,
    }
    if policy is not None and "figures" in wanted:
        come["figures"] = figures_of(policy, example)
    said = {"fails": sorted(wanted.get("fails", ())), "unknown": sorted(wanted.get("unknown", ()))}
    told = []
    for key, value in come.items():
        expected = said.get(key, wanted.get(key, _UNSAID))
        if expected is not _UNSAID and expected != value:
            told.append(f"{key}: expected {expected}, came out {value}")
    return told


def run_examples(policy: Policy) -> list[PolicyError]:
    """Return an error, with its line, for each example that cannot be used or is decided otherwise than written."""
    path = policy.folder / "cases.yaml"
    examples, problems = read_examples(policy)
    if not examples and not problems:
        problems.append(PolicyError("no worked example", file=path, remedy="write cases from the document"))
    for example in examples:
        told = _run(policy, example)
        if told:
            remedy = "compare with the document: correct the rule, or the case"
            clause = _clause(policy, example)
            where: dict[str, Any] = {"file": path, "line": example.line, "clause": clause}
            problems.append(PolicyError(f"case {example.name}: {told}", remedy=remedy, **where))
    return problems


def _run(policy: Policy, example: Example) -> str:
    try:
        return "; ".join(differs(example, judge_example(policy, example), policy))
    except FactError as error:
        return "; ".join(error.problems)
    except (RulebookError, KeyError, TypeError, ValueError) as error:
        return f"{type(error).__name__}: {error}"


def _clause(policy: Policy, example: Example) -> str:
    """The clauses of the rules the example is about."""
    named = [*example.expected.get("fails", ()), *example.expected.get("unknown", ())]
    clauses = {rule.name: rule.mark.clause for rule in policy.rules}
    return ", ".join(dict.fromkeys(clauses[name] for name in named if name in clauses))
