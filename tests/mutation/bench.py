"""The bench a changed policy is tried on: its worked examples, read once, and what each rule came to in them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from peibu.rulebook import load_policy
from peibu.rulebook.cases import Example, read_examples, situation
from peibu.rulebook.errors import NotInForce
from peibu.rulebook.expr import Expr, bind
from peibu.rulebook.judgement import Judgement, Status
from peibu.rulebook.plan import outcome_name
from peibu.rulebook.policy import Policy
from peibu.rulebook.rates import DayRates
from peibu.rulebook.rules_reader import Rule
from peibu.rulebook.scalar import compile_scalar
from tests.mutation.outcome import DORMANT, KILLED, STILLBORN, SURVIVED, UNREAD

Renumber = Callable[[Policy, Any, dict[str, Any]], dict[str, Any]]


@dataclass(frozen=True)
class Tried:
    """A worked example, read: the law and its numbers of the day, the facts in their slots, what comes out."""

    example: Example
    law: Policy
    numbers: dict[str, Any]
    values: Mapping[str, Any]
    judged: Judgement


def same(one: Expr, other: Expr) -> bool:
    """Whether two bound expressions are written alike (`==` builds an expression)."""
    if one.op != other.op or len(one.args) != len(other.args):
        return False
    mine, yours = ((item.data.values if isinstance(item.data, DayRates) else item.data) for item in (one, other))
    return type(mine) is type(yours) and mine == yours and all(map(same, one.args, other.args))


class Bench:
    """The worked examples of one policy. `verdict` says whether one of them notices a change."""

    def __init__(self, path: str):
        self.policy = load_policy(path)
        self._numbers: dict[Any, dict[str, Any]] = {}
        self.tried = [self._read(example) for example in read_examples(self.policy)[0]]
        self._came: dict[tuple[int, str], Any] = {}
        self._bound: dict[tuple[int, int], Expr] = {}

    def _read(self, example: Example) -> Tried:
        law, facts = situation(self.policy, example)
        numbers = self._numbers.setdefault((id(law), example.on), law.numbers(example.on))
        judged = law.judge(example.subject, facts, on=example.on)
        return Tried(example, law, numbers, judged.facts, judged)

    def verdict(self, changed: Iterable[tuple[Rule, Expr]], renumber: Renumber | None = None) -> str:
        """Try rules with other expressions, or on other numbers, and say what became of them."""
        dormant, changed = True, list(changed)
        try:
            for rule, expr in changed:
                for place, tried in enumerate(self.tried):
                    if rule.mark.kind != "figure" and tried.example.subject not in rule.mark.subjects:
                        continue
                    here = renumber(tried.law, tried.example.on, tried.numbers) if renumber else tried.numbers
                    old, new = self._base(rule, tried), bind(expr, here)
                    if same(old, new):
                        continue
                    dormant = False
                    if self._notices(rule, tried, self._value(place, rule, tried), compile_scalar(new)):
                        return KILLED
        except NotInForce:
            return KILLED
        except (TypeError, AttributeError, KeyError, ValueError, IndexError):
            return STILLBORN
        if not changed:
            return UNREAD
        return DORMANT if dormant and not self._matters_some_day(changed, renumber) else SURVIVED

    def _matters_some_day(self, changed: list[tuple[Rule, Expr]], renumber: Renumber | None) -> bool:
        """Whether the law of some stretch of time differs, though no example lies there."""
        for day in self.policy._breakpoints:
            numbers = self.policy.numbers(day)
            other = renumber(self.policy, day, numbers) if renumber else numbers
            for rule, expr in changed:
                try:
                    if not same(bind(rule.expr, numbers), bind(expr, other)):
                        return True
                except NotInForce:
                    continue
        return False

    def _base(self, rule: Rule, tried: Tried) -> Expr:
        key = (id(rule), id(tried.numbers))
        if key not in self._bound:
            self._bound[key] = bind(rule.expr, tried.numbers)
        return self._bound[key]

    def _value(self, place: int, rule: Rule, tried: Tried) -> Any:
        key = (place, rule.name)
        if key not in self._came:
            self._came[key] = compile_scalar(self._base(rule, tried))(tried.values)
        return self._came[key]

    @staticmethod
    def _notices(rule: Rule, tried: Tried, old: Any, test: Callable) -> bool:
        """Whether the example, as written, is decided otherwise with the new test."""
        expected, judged = tried.example.expected, tried.judged
        kind, name = rule.mark.kind, outcome_name(rule)
        if kind == "figure":
            return rule.name in expected.get("figures", {}) and test(tried.values) != old
        if kind == "rule":
            return test(tried.values) is not old
        results = {"amount_fen" if kind == "amount" else name}
        waiting = {finding.rule for finding in judged.unknown} <= {rule.name, name}
        if judged.decision is not Status.PASS and not (judged.decision is Status.UNKNOWN and waiting):
            return False
        new = test(tried.values)
        if (new is None) != (old is None):
            return True
        stated = {"amount_fen"} & set(expected) | set(expected.get("outcomes", ())) | {"payee"} & set(expected)
        return bool(results & stated) and new != old
