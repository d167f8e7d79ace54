"""Judges one case: every rule of a subject, on the law of one day, with a sentence for each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from peibu.rulebook.expr import Expr, bind
from peibu.rulebook.facts import FactSpec, read_facts
from peibu.rulebook.judgement import Finding, Judgement, Status
from peibu.rulebook.rules_reader import Rule
from peibu.rulebook.scalar import Compiled, Values, compile_scalar
from peibu.rulebook.wording import Render, Template, show

_STATUS = {True: Status.PASS, False: Status.FAIL, None: Status.UNKNOWN}
SOFT_REASONS = "soft_reasons"
GENERIC = {
    "zh": {
        "pass": "符合：{title}",
        "fail": "不符合：{title}",
        "missing": "尚不能判断：缺少{labels}",
        "unsure": "尚不能判断：现有记录不完整，{title}有待核实",
        "by": "（由{who}提供）",
        "join": "、",
        "excused": "{sentence}；已记录理由：{reason}",
        "approver": "（批准人：{approver}）",
        "reason_needed": "{sentence}；属“原则上”的限制，确需突破的须填写理由并经审核人批准",
        "to": "至",
    },
    "en": {
        "pass": "Met: {title}",
        "fail": "Not met: {title}",
        "missing": "Cannot be judged yet: missing {labels}",
        "unsure": "Cannot be judged yet: records are incomplete for: {title}",
        "by": " (from {who})",
        "join": ", ",
        "excused": "{sentence}; reason on record: {reason}",
        "approver": " (approved by {approver})",
        "reason_needed": "{sentence}; a limit 'in principle': exceeding it needs a reason and an approver",
        "to": " to ",
    },
}
ROLE_LABELS = {
    "trainee": ("学员", "the trainee"),
    "enterprise": ("企业", "the enterprise"),
    "provider": ("培训承接单位", "the provider"),
    "teacher": ("教师", "the teacher"),
    "base": ("实训基地", "the practice base"),
    "agency_reviewer": ("区（市）公共就业服务机构", "the district agency"),
    "city_bureau": ("市级主管部门", "the city bureau"),
    "system": ("信息系统", "the system"),
}


@dataclass(frozen=True)
class RulePlan:
    """A rule made ready for one day and one language."""

    name: str
    clause: str
    soft: bool
    title: str
    test: Compiled
    slots: tuple[str, ...]
    observe: tuple[tuple[str, FactSpec, tuple[str, ...]], ...]
    render: Mapping[str, Render]


@dataclass(frozen=True)
class Plan:
    """A subject made ready for one day and one language."""

    subject: str
    lang: str
    rules: tuple[RulePlan, ...]
    amount: Compiled | None
    amount_clause: str
    amount_slots: tuple[str, ...]


class Planner:
    """Makes plans from what the loader read."""

    def __init__(self, rules: list[Rule], slots: Mapping[str, FactSpec], kinds: Mapping[str, str], wording: Mapping):
        self._rules, self._slots, self._kinds, self._wording = rules, slots, kinds, wording
        self._figures = {rule.name: rule for rule in rules if rule.mark.kind == "figure"}

    def plan(self, subject: str, numbers: dict[str, Any], lang: str) -> Plan:
        """Bind the rules of a subject to the numbers of one day."""
        mine = [rule for rule in self._rules if subject in rule.mark.subjects]
        rules = tuple(self._rule(rule, numbers, lang) for rule in mine if rule.mark.kind == "rule")
        for rule in mine:
            if rule.mark.kind == "amount":
                expr = bind(rule.expr, numbers)
                return Plan(subject, lang, rules, compile_scalar(expr), rule.mark.clause, slots_of(expr))
        return Plan(subject, lang, rules, None, "", ())

    def _rule(self, rule: Rule, numbers: dict[str, Any], lang: str) -> RulePlan:
        expr = bind(rule.expr, numbers)
        slots, words = slots_of(expr), self._wording[rule.name]
        suffix = "" if lang == "zh" else "_en"
        renders = {
            kind: self._render(Template(words[kind + suffix]), numbers, lang)
            for kind in ("title", "pass", "fail", "fix", "unknown")
            if words.get(kind + suffix)
        }
        title = renders["title"](_NOTHING) or words["title" + suffix]
        specs = {self._slots[slot].name: self._slots[slot] for slot in slots}
        label = "label" if lang == "zh" else "label_en"
        observe = tuple((getattr(spec, label), spec, spec.slots) for spec in specs.values())
        mark = rule.mark
        return RulePlan(rule.name, mark.clause, mark.soft, title, compile_scalar(expr), slots, observe, renders)

    def _render(self, template: Template, numbers: dict[str, Any], lang: str) -> Render:
        shows: dict[str, Callable[[Any], str]] = {}
        for name in template.names:
            kind, labels = self._kind(name, lang)
            shows[name] = _shower(kind, labels, lang)
        return template.bind(lambda name: self._value(name, numbers), shows)

    def _kind(self, name: str, lang: str) -> tuple[str, Mapping[str, str]]:
        if name in self._slots:
            spec = self._slots[name]
            return spec.type, spec.choices if lang == "zh" else spec.choices_en
        if name in self._kinds:
            return self._kinds[name], {}
        kind = "fen" if name.endswith("_fen") else "month" if name.endswith("_month") else "plain"
        labels: dict[str, str] = {}
        for node in self._figures[name].expr.walk():
            if node.op == "fact":
                spec = self._slots[node.data]
                labels |= spec.choices if lang == "zh" else spec.choices_en
        return kind, labels

    def _value(self, name: str, numbers: dict[str, Any]) -> Compiled:
        if name in self._slots:
            return compile_scalar(Expr("fact", data=name))
        if name in numbers:
            return compile_scalar(Expr("lit", data=numbers[name]))
        return compile_scalar(bind(self._figures[name].expr, numbers))


def excuse_of(reasons: Mapping[str, Any], rule: str) -> Any:
    """Return the recorded reason for exceeding a soft limit (text, or {reason, approver}); None when blank."""
    excuse = reasons.get(rule)
    said = excuse.get("reason") if isinstance(excuse, Mapping) else excuse
    return excuse if isinstance(said, str) and said.strip() else None


class _Nothing(dict):
    def __missing__(self, key: str) -> None:
        return None


_NOTHING = _Nothing()


def _shower(kind: str, labels: Mapping[str, str], lang: str) -> Callable[[Any], str]:
    return lambda value: show(value, kind, labels, lang)


def slots_of(expr: Expr) -> tuple[str, ...]:
    """The fact slots an expression reads, in order, each once."""
    return tuple(dict.fromkeys(node.data for node in expr.walk() if node.op == "fact"))


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
    paid: int | None = None
    if plan.amount is not None:
        paid = plan.amount(values) if decision is Status.PASS else 0 if decision is Status.FAIL else None
        if paid is None:
            decision = Status.UNKNOWN
    return Judgement(decision, paid, tuple(findings), facts=values, amount_clause=plan.amount_clause, **stamp)


def _finding(rule: RulePlan, status: Status, values: Values, excuse: Any, lang: str) -> Finding:
    observed = {label: _seen(spec, slots, values, lang) for label, spec, slots in rule.observe}
    missing: tuple[str, ...] = ()
    fix = None
    if status is Status.UNKNOWN:
        missing = tuple(dict.fromkeys(spec.name for _l, spec, own in rule.observe if _absent(own, values)))
        sentence = _unknown(rule, missing, values, lang)
    else:
        write = rule.render.get(status.value)
        sentence = (write(values) if write else None) or GENERIC[lang][status.value].format(title=rule.title)
        if status is Status.FAIL:
            advise = rule.render.get("fix")
            fix = advise(values) if advise else None
            if rule.soft:
                sentence = _soft(sentence, excuse, lang)
    return Finding(rule.name, rule.clause, status, observed, sentence, fix, rule.soft, missing, rule.title)


def _absent(slots: tuple[str, ...], values: Values) -> bool:
    return all(values[slot] is None for slot in slots)


def _seen(spec: FactSpec, slots: tuple[str, ...], values: Values, lang: str) -> str:
    labels = spec.choices if lang == "zh" else spec.choices_en
    first = values[slots[0]]
    if len(slots) > 1 and values[slots[1]] != first:
        ends = [show(values[slot], spec.type, labels, lang) for slot in slots]
        return GENERIC[lang]["to"].join(ends)
    return show(first, spec.type, labels, lang)


def _unknown(rule: RulePlan, missing: tuple[str, ...], values: Values, lang: str) -> str:
    words = GENERIC[lang]
    if not missing:
        write = rule.render.get("unknown")
        return (write(values) if write else None) or words["unsure"].format(title=rule.title)
    labels = []
    for label, spec, _slots in rule.observe:
        if spec.name in missing:
            who = ROLE_LABELS.get(spec.supplied_by)
            labels.append(label + (words["by"].format(who=who[lang == "en"]) if who else ""))
    return words["missing"].format(labels=words["join"].join(labels))


def _soft(sentence: str, excuse: Any, lang: str) -> str:
    words = GENERIC[lang]
    if not excuse:
        return words["reason_needed"].format(sentence=sentence)
    reason = excuse.get("reason") if isinstance(excuse, Mapping) else excuse
    said = words["excused"].format(sentence=sentence, reason=reason)
    approver = excuse.get("approver") if isinstance(excuse, Mapping) else None
    return said + (words["approver"].format(approver=approver) if approver else "")
