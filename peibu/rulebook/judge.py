"""Judges one case: every rule of a subject, on the law of one day, with a sentence for each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from peibu.rulebook.facts import FactSpec, read_facts
from peibu.rulebook.judgement import Finding, Judgement, Status
from peibu.rulebook.phrases import GENERIC, ROLE_LABELS
from peibu.rulebook.plan import SOFT_REASONS, Plan, RulePlan
from peibu.rulebook.rates import RateEntry, RateTable
from peibu.rulebook.scalar import Values
from peibu.rulebook.wording import show

_STATUS = {True: Status.PASS, False: Status.FAIL, None: Status.UNKNOWN}
RATE = "rate:"


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


def judge_case(
    plan: Plan, specs: Mapping[str, FactSpec], slots: Mapping[str, FactSpec], facts: Mapping[str, Any], stamp: Mapping
) -> Judgement:
    """Judge the facts by the plan. stamp: policy, fingerprint, subject, on, known_at."""
    values = read_facts(specs, slots, facts)
    excuses = values.get(SOFT_REASONS) or {}
    findings, statuses = [], []
    for rule in plan.rules:
        status = _STATUS[rule.test(values)]
        excuse = excuse_of(excuses, rule.name) if rule.soft and status is Status.FAIL else None
        findings.append(_finding(rule, status, values, excuse, plan.lang))
        statuses.append((status, bool(excuse)))
    decision = decide(statuses)
    paid, outcomes = 0 if plan.money and decision is Status.FAIL else None, {}
    if decision is Status.PASS:
        open_results = [result for result in plan.results if result.test(values) is None]
        findings += [_finding(result, Status.UNKNOWN, values, None, plan.lang) for result in open_results]
        if open_results:
            decision = Status.UNKNOWN
        else:
            paid = plan.money.test(values) if plan.money else None
            outcomes = {name: outcome.test(values) for name, outcome in plan.outcomes.items()}
    last = {"amount_clause": plan.amount_clause, "rates": consulted(plan, values), "outcomes": outcomes}
    payee = outcomes.get("payee", plan.payee)
    return Judgement(decision, paid, tuple(findings), facts=values, payee=payee, **last, **stamp)


def consulted(plan: Plan, values: Values) -> tuple[RateEntry, ...]:
    """The entries of rate tables that the plan looks at for these facts, each once."""
    found = {}
    for item in (*plan.rules, *plan.results):
        for read in item.rates:
            entry = read.day.entries.get(tuple(key(values) for key in read.keys))
            if entry is not None:
                found[entry] = None
    return tuple(found)


def _finding(rule: RulePlan, status: Status, values: Values, excuse: Any, lang: str) -> Finding:
    observed = {label: _seen(spec, slots, values, lang) for label, spec, slots in rule.observe}
    missing: tuple[str, ...] = ()
    fix = None
    if status is Status.UNKNOWN:
        facts = tuple(dict.fromkeys(spec.name for _l, spec, own in rule.observe if _absent(own, values)))
        rates = _rates_missing(rule, values)
        missing = (*facts, *(RATE + table.name for table in rates))
        sentence = _unknown(rule, facts, rates, values, lang)
    else:
        write = rule.render.get(status.value)
        sentence = (write(values) if write else None) or GENERIC[lang][status.value].format(title=rule.title)
        if status is Status.FAIL:
            advise = rule.render.get("fix")
            fix = advise(values) if advise else None
            if rule.soft:
                sentence = soften(sentence, excuse, lang)
    return Finding(rule.name, rule.clause, status, observed, sentence, fix, rule.soft, missing, rule.title)


def _absent(slots: tuple[str, ...], values: Values) -> bool:
    return all(values[slot] is None for slot in slots)


def _rates_missing(rule: RulePlan, values: Values) -> dict[RateTable, tuple[str, ...]]:
    """The rate tables that have nothing for a key that is known: {table: key}."""
    found = {}
    for read in rule.rates:
        key = tuple(part(values) for part in read.keys)
        if None not in key and key not in read.day.entries:
            found.setdefault(read.day.table, key)
    return found


def _seen(spec: FactSpec, slots: tuple[str, ...], values: Values, lang: str) -> str:
    labels = spec.choices if lang == "zh" else spec.choices_en
    first = values[slots[0]]
    if len(slots) > 1 and values[slots[1]] != first:
        ends = [show(values[slot], spec.type, labels, lang) for slot in slots]
        return GENERIC[lang]["to"].join(ends)
    return show(first, spec.type, labels, lang)


def _unknown(rule: RulePlan, facts: tuple[str, ...], rates: Mapping, values: Values, lang: str) -> str:
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


def soften(sentence: str, excuse: Any, lang: str) -> str:
    """The sentence of a soft limit that is exceeded: with its recorded reason, or saying that one is needed."""
    words = GENERIC[lang]
    if not excuse:
        return words["reason_needed"].format(sentence=sentence)
    reason = excuse.get("reason") if isinstance(excuse, Mapping) else excuse
    said = words["excused"].format(sentence=sentence, reason=reason)
    approver = excuse.get("approver") if isinstance(excuse, Mapping) else None
    return said + (words["approver"].format(approver=approver) if approver else "")
