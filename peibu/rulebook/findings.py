"""Judges by closures, rule by rule, and writes each finding: the readable form that `source_plan` must equal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from peibu.rulebook.errors import RulebookError
from peibu.rulebook.facts import FactSpec
from peibu.rulebook.judgement import Finding, Status
from peibu.rulebook.phrases import GENERIC, ROLE_LABELS
from peibu.rulebook.plan import SOFT_REASONS, Plan, RulePlan
from peibu.rulebook.rates import RateEntry, RateTable
from peibu.rulebook.scalar import Values
from peibu.rulebook.wording import show

_STATUS = {True: Status.PASS, False: Status.FAIL, None: Status.UNKNOWN}
RATE = "rate:"


class Result(NamedTuple):
    """What the rules of a subject come to: see `Judgement` for the fields of the same names."""

    decision: Status
    amount_fen: int | None
    findings: tuple[Finding, ...]
    outcomes: Mapping[str, Any]


def judge_by_closures(plan: Plan, values: Values) -> Result:
    """Judge values that are already read. RulebookError names the rule and its facts when one cannot be computed."""
    excuses = values.get(SOFT_REASONS) or {}
    findings, statuses = [], []
    for rule in plan.rules:
        status = _STATUS[_tested(rule, values, plan.lang)]
        excuse = excuse_of(excuses, rule.name) if rule.soft and status is Status.FAIL else None
        findings.append(finding(rule, status, values, excuse, plan.lang))
        statuses.append((status, bool(excuse)))
    decision = decide(statuses)
    if decision is Status.PASS:
        return passed(plan, values, tuple(findings))
    return Result(decision, 0 if plan.money and decision is Status.FAIL else None, tuple(findings), {})


def passed(plan: Plan, values: Values, findings: tuple[Finding, ...]) -> Result:
    """Complete a case whose rules all pass: its amount and outcomes, or a finding for each that is unknown."""
    results = {item.name: _tested(item, values, plan.lang) for item in plan.results}
    waiting = [item for item in plan.results if results[item.name] is None]
    if waiting:
        open_ends = (finding(item, Status.UNKNOWN, values, None, plan.lang) for item in waiting)
        return Result(Status.UNKNOWN, None, (*findings, *open_ends), {})
    paid = results[plan.money.name] if plan.money else None
    outcomes = {name: results[item.name] for name, item in plan.outcomes.items()}
    return Result(Status.PASS, paid, findings, outcomes)


def _tested(rule: RulePlan, values: Values, lang: str) -> Any:
    try:
        return rule.test(values)
    except (TypeError, ValueError, AttributeError, ArithmeticError) as error:
        seen = "、".join(f"{label}={_seen(spec, own, values, lang)}" for label, spec, own in rule.observe)
        raise RulebookError(
            f"规则 {rule.name}（{rule.clause}）不能计算：{seen}；{type(error).__name__}: {error}"
        ) from error


def excuse_of(reasons: Mapping[str, Any], rule: str) -> Any:
    """Return the recorded reason for exceeding a soft limit (text, or {reason, approver}); None when blank."""
    excuse = reasons.get(rule)
    said = excuse.get("reason") if isinstance(excuse, Mapping) else excuse
    return excuse if isinstance(said, str) and said.strip() else None


def decide(statuses: list[tuple[Status, bool]]) -> Status:
    """Combine (status, excused) of all rules: a failure not excused fails, then an unknown, else pass."""
    found = {status for status, excused in statuses if not excused}
    if Status.FAIL in found:
        return Status.FAIL
    return Status.UNKNOWN if Status.UNKNOWN in found else Status.PASS


def consulted(plan: Plan, values: Values) -> tuple[RateEntry, ...]:
    """The entries of rate tables that the plan looks at for these facts, each once."""
    found = {}
    for item in (*plan.rules, *plan.results):
        for read in item.rates:
            entry = read.day.entries.get(tuple(key(values) for key in read.keys))
            if entry is not None:
                found[entry] = None
    return tuple(found)


def finding(rule: RulePlan, status: Status, values: Values, excuse: Any, lang: str) -> Finding:
    """Say one rule to the person."""
    observed = {label: _seen(spec, slots, values, lang) for label, spec, slots in rule.observe}
    if status is Status.UNKNOWN:
        facts, rates = missing_facts(rule, values), _rates_missing(rule, values)
        missing = (*facts, *(RATE + table.name for table in rates))
        sentence = unknown_sentence(rule, facts, rates, values, lang)
        return Finding(rule.name, rule.clause, status, observed, sentence, None, rule.soft, missing, rule.title)
    write, fix = rule.render.get(status.value), None
    sentence = (write(values) if write else None) or generic(rule, status, lang)
    if status is Status.FAIL:
        advise = rule.render.get("fix")
        fix = advise(values) if advise else None
        if rule.soft:
            sentence = _soften(sentence, excuse, lang)
    return Finding(rule.name, rule.clause, status, observed, sentence, fix, rule.soft, (), rule.title)


def generic(rule: RulePlan, status: Status, lang: str) -> str:
    """The sentence of a rule that has no wording of its own for a status."""
    return GENERIC[lang][status.value].format(title=rule.title)


def missing_facts(rule: RulePlan, values: Values) -> tuple[str, ...]:
    """Names of the facts of a rule of which nothing is known."""
    names = (spec.name for _label, spec, own in rule.observe if all(values[slot] is None for slot in own))
    return tuple(dict.fromkeys(names))


def _rates_missing(rule: RulePlan, values: Values) -> dict[RateTable, tuple[str, ...]]:
    """The rate tables that have nothing for a key that is known: {table: key}."""
    found: dict[RateTable, tuple[str, ...]] = {}
    for read in rule.rates:
        key = tuple(part(values) for part in read.keys)
        if None not in key and key not in read.day.entries:
            found.setdefault(read.day.table, key)
    return found


def _seen(spec: FactSpec, slots: tuple[str, ...], values: Values, lang: str) -> str:
    labels = spec.choices if lang == "zh" else spec.choices_en
    first = values[slots[0]]
    if len(slots) > 1 and values[slots[1]] != first:
        return GENERIC[lang]["to"].join(show(values[slot], spec.type, labels, lang) for slot in slots)
    return show(first, spec.type, labels, lang)


def unknown_sentence(rule: RulePlan, facts: tuple[str, ...], rates: Mapping, values: Values, lang: str) -> str:
    """Say what is missing and who supplies it; or, when nothing is, that the records are incomplete."""
    words = GENERIC[lang]
    if not facts and not rates:
        write = rule.render.get("unknown")
        return (write(values) if write else None) or words["unsure"].format(title=rule.title)
    said = [_rate_unknown(table, key, lang) for table, key in rates.items()]
    labels = []
    for label, spec, _slots in rule.observe:
        if spec.name in facts:
            who = ROLE_LABELS.get(spec.supplied_by)
            labels.append(label + (words["by"].format(who=who[lang == "en"]) if who else ""))
    if labels:
        said.insert(0, words["missing"].format(labels=words["join"].join(labels)))
    return words["and"].join(said)


def _rate_unknown(table: RateTable, key: tuple[str, ...], lang: str) -> str:
    label = table.label if lang == "zh" else table.label_en
    keys = GENERIC[lang]["join"].join(table.key_labels(key, lang))
    who = ROLE_LABELS[table.supplied_by][lang == "en"]
    return GENERIC[lang]["rate"].format(label=label, keys=keys, source=table.source, who=who)


def _soften(sentence: str, excuse: Any, lang: str) -> str:
    words = GENERIC[lang]
    if not excuse:
        return words["reason_needed"].format(sentence=sentence)
    reason = excuse.get("reason") if isinstance(excuse, Mapping) else excuse
    said = words["excused"].format(sentence=sentence, reason=reason)
    approver = excuse.get("approver") if isinstance(excuse, Mapping) else None
    return said + (words["approver"].format(approver=approver) if approver else "")
