"""Makes a subject ready for the law of one day: bound rules, sentences and rate tables, in one language."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from peibu.rulebook.expr import Expr, bind
from peibu.rulebook.facts import FactSpec
from peibu.rulebook.phrases import GENERIC
from peibu.rulebook.rates import DayRates
from peibu.rulebook.rules_reader import Rule
from peibu.rulebook.scalar import Compiled, compile_scalar
from peibu.rulebook.wording import Render, Template, show

SOFT_REASONS = "soft_reasons"


@dataclass(frozen=True)
class RateRead:
    """One `rate()` of a rule: the table on that day and how to get the key."""

    day: DayRates
    keys: tuple[Compiled, ...]


class Use(NamedTuple):
    """A name in a sentence: the expression that gives it, and how it is shown."""

    expr: Expr
    kind: str
    labels: Mapping[str, str]


class Spoken(NamedTuple):
    """A sentence ready for one day: its template and what the names in it are."""

    template: Template
    uses: Mapping[str, Use]

    def render(self, lang: str) -> Render:
        """Return the function from values to the sentence."""
        values = {name: compile_scalar(use.expr) for name, use in self.uses.items()}
        shows = {name: _shower(use.kind, use.labels, lang) for name, use in self.uses.items()}
        return self.template.bind(values.__getitem__, shows)


@dataclass(frozen=True)
class RulePlan:
    """A rule, the amount or an outcome, made ready for one day and one language.

    test: from values to True / False / None; for an amount or an outcome, to its value or None.
    observe: (label, fact, its slots) of everything that it looks at.
    """

    name: str
    clause: str
    soft: bool
    title: str
    expr: Expr
    test: Compiled
    slots: tuple[str, ...]
    observe: tuple[tuple[str, FactSpec, tuple[str, ...]], ...]
    spoken: Mapping[str, Spoken]
    render: Mapping[str, Render]
    rates: tuple[RateRead, ...]


@dataclass(frozen=True)
class Plan:
    """A subject made ready for one day and one language. results: what a passed case gives, by name."""

    subject: str
    lang: str
    rules: tuple[RulePlan, ...]
    money: RulePlan | None
    outcomes: Mapping[str, RulePlan]
    payee: str | None

    @property
    def amount(self) -> Compiled | None:
        """The function that gives the money, if the subject carries money."""
        return self.money.test if self.money else None

    @property
    def amount_clause(self) -> str:
        """The clause of the money, or ""."""
        return self.money.clause if self.money else ""

    @property
    def results(self) -> tuple[RulePlan, ...]:
        """The amount and the outcomes."""
        return (*((self.money,) if self.money else ()), *self.outcomes.values())

    def reads(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yield (clause, fact slots) of every rule and result."""
        for item in (*self.rules, *self.results):
            yield item.clause, item.slots


def slots_of(expr: Expr) -> tuple[str, ...]:
    """The fact slots an expression reads, in order, each once."""
    return tuple(dict.fromkeys(node.data for node in expr.walk() if node.op == "fact"))


def outcome_name(rule: Rule) -> str:
    """The name under which an outcome is given."""
    return rule.mark.name or rule.name


class Planner:
    """Makes plans from what the loader read."""

    def __init__(self, rules: list[Rule], slots: Mapping[str, FactSpec], kinds: Mapping[str, str], wording: Mapping):
        self._rules, self._slots, self._kinds, self._wording = rules, slots, kinds, wording
        self._figures = {rule.name: rule for rule in rules if rule.mark.kind == "figure"}

    def plan(self, subject: str, numbers: dict[str, Any], lang: str, payee: str | None) -> Plan:
        """Bind the rules of a subject to the numbers of one day. payee: who is paid unless an outcome says so."""
        mine = {"rule": [], "amount": [], "outcome": []}  # type: dict[str, list[Rule]]
        for rule in self._rules:
            if subject in rule.mark.subjects:
                mine[rule.mark.kind].append(rule)
        rules = tuple(self._rule(rule, numbers, lang) for rule in mine["rule"])
        money = next((self._rule(rule, numbers, lang) for rule in mine["amount"]), None)
        outcomes = {outcome_name(rule): self._rule(rule, numbers, lang) for rule in mine["outcome"]}
        return Plan(subject, lang, rules, money, outcomes, None if "payee" in outcomes else payee)

    def _rule(self, rule: Rule, numbers: dict[str, Any], lang: str) -> RulePlan:
        expr = bind(rule.expr, numbers)
        slots, words = slots_of(expr), self._wording.get(rule.name, {})
        suffix = "" if lang == "zh" else "_en"
        spoken = {
            kind: self._spoken(Template(words[kind + suffix]), numbers, lang)
            for kind in ("title", "pass", "fail", "fix", "unknown")
            if words.get(kind + suffix)
        }
        renders = {kind: said.render(lang) for kind, said in spoken.items()}
        specs = {self._slots[slot].name: self._slots[slot] for slot in slots}
        label = "label" if lang == "zh" else "label_en"
        observe = tuple((getattr(spec, label), spec, spec.slots) for spec in specs.values())
        head = (rule.name, rule.mark.clause, rule.mark.soft, self._title(rule, words, renders, lang))
        return RulePlan(*head, expr, compile_scalar(expr), slots, observe, spoken, renders, _rates_of(expr))

    def _title(self, rule: Rule, words: Mapping[str, str], renders: Mapping[str, Render], lang: str) -> str:
        if "title" in renders:
            return renders["title"](_NOTHING) or words["title" if lang == "zh" else "title_en"]
        return GENERIC[lang]["payee" if rule.mark.kind == "outcome" else "amount"]

    def _spoken(self, template: Template, numbers: dict[str, Any], lang: str) -> Spoken:
        return Spoken(
            template, {name: Use(self._value(name, numbers), *self._kind(name, lang)) for name in template.names}
        )

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

    def _value(self, name: str, numbers: dict[str, Any]) -> Expr:
        if name in self._slots:
            return Expr("fact", data=name)
        if name in self._kinds:
            return Expr("lit", data=numbers[name])
        return bind(self._figures[name].expr, numbers)


def _rates_of(expr: Expr) -> tuple[RateRead, ...]:
    return tuple(
        RateRead(node.data, tuple(map(compile_scalar, node.args))) for node in expr.walk() if node.op == "rate"
    )


class _Nothing(dict):
    def __missing__(self, key: str) -> None:
        return None


_NOTHING = _Nothing()


def _shower(kind: str, labels: Mapping[str, str], lang: str) -> Callable[[Any], str]:
    return lambda value: show(value, kind, labels, lang)
