"""A policy that runs: its card, its clauses, its numbers, and the judge of its subjects."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from peibu.rulebook.clauses import Clause
from peibu.rulebook.codes import CodeList, Text
from peibu.rulebook.dated import Interpretation, Parameter, breakpoints
from peibu.rulebook.delivery import Delivery
from peibu.rulebook.errors import NotInForce, RulebookError
from peibu.rulebook.facts import FactReader, FactSpec
from peibu.rulebook.funds import PASSING, Funds, FundSource
from peibu.rulebook.judge import Judge
from peibu.rulebook.judgement import Judgement
from peibu.rulebook.limits.model import Limit
from peibu.rulebook.plan import SOFT_REASONS, Plan, Planner
from peibu.rulebook.rates import RateEntry, RateTable, add_entries
from peibu.rulebook.rules_reader import Rule
from peibu.rulebook.wording import Template

if TYPE_CHECKING:
    import polars as pl

    from peibu.rulebook.frame_judge import FrameJudge

_VARIANTS_KEPT = 8  # sets of desk rates whose plans are kept ready
_DAYS_KEPT = 4096  # (subject, day, language) looked up at once


class _DayNumbers(dict[str, Any]):
    """The numbers of one day. One that a rule needs and that is not in force is an error, never a zero."""

    def __init__(self, dated: Mapping[str, Parameter], on: date):
        super().__init__()
        self._dated, self._on = dated, on

    def __missing__(self, name: str) -> Any:
        return self._dated[name].value(self._on)


@dataclass(frozen=True, eq=False)
class Policy:
    """One policy folder, read and checked. Make it with `load_policy`."""

    path: str
    folder: Path
    fingerprint: str
    card: Mapping[str, Any]
    clauses: list[Clause]
    parameters: Mapping[str, Parameter]
    interpretations: Mapping[str, Interpretation]
    processes: Mapping[str, Any]
    codes: Mapping[str, CodeList]
    texts: Mapping[str, Text]
    facts: list[FactSpec]
    rules: list[Rule]
    wording: Mapping[str, Mapping[str, str]]
    rates: Mapping[str, RateTable] = field(default_factory=dict)
    limits: Mapping[str, Limit] = field(default_factory=dict)
    delivery: Delivery | None = None
    funds: Funds | None = None
    _plans: dict[Any, Plan] = field(default_factory=dict, repr=False)
    _variants: dict[tuple[RateEntry, ...], Policy] = field(default_factory=dict, repr=False)

    @cached_property
    def fact_specs(self) -> Mapping[str, FactSpec]:
        """Facts by name."""
        return {spec.name: spec for spec in self.facts}

    @cached_property
    def slots(self) -> Mapping[str, FactSpec]:
        """Facts by the columns they are carried in (two for a quantity known within bounds)."""
        return {slot: spec for spec in self.facts for slot in spec.slots}

    @property
    def subjects(self) -> Mapping[str, Mapping[str, str]]:
        """What can be judged: {code: {label, label_en}}."""
        return self.card["subjects"]

    def fund_order(self, on: date) -> tuple[FundSource, ...]:
        """The funds a payment of that day may come from, the first one first; empty for a policy that pays nothing."""
        return self.funds.order.value(self.dated, on) if self.funds else ()

    def item_of(self, subject: str, on: date) -> str:
        """The item of the chart of accounts this subject is booked on; "" when it is booked on none."""
        choice = self.funds.item.get(subject) if self.funds else None
        return choice.value(self.dated, on) if choice else ""

    def funds_until_empty(self, on: date) -> bool:
        """May a fund be passed over only when nothing is left in it, rather than when it does not cover the sum?"""
        return bool(self.funds and self.funds.passing) and self.dated[self.funds.passing].value(on) == PASSING[1]

    @cached_property
    def dated(self) -> Mapping[str, Parameter]:
        """Numbers and readings by name."""
        return {**self.parameters, **self.interpretations}

    @cached_property
    def _breakpoints(self) -> tuple[date, ...]:
        return breakpoints([*self.dated.values(), *self.rates.values()])

    def with_rates(self, entries: Iterable[RateEntry]) -> Policy:
        """Return the policy with rates entered at the desk beside those of its folder.

        Entries that it already has change nothing. RateError tells, in Chinese, every entry that cannot be used, also
        one that contradicts another for the same key and day.
        """
        key = tuple(sorted((entry._replace(key=tuple(entry.key)) for entry in entries), key=repr))
        if not key:
            return self
        variant = self._variants.get(key)
        if variant is None:
            rates = add_entries(self.rates, key)
            if len(self._variants) >= _VARIANTS_KEPT:
                self._variants.pop(next(iter(self._variants)), None)
            variant = replace(self, rates=rates, _plans={}, _variants={})
            self._variants[key] = variant
        return variant

    def with_changes(
        self,
        *,
        parameters: Mapping[str, Any] | None = None,
        readings: Mapping[str, str] | None = None,
        since: date | None = None,
    ) -> Policy:
        """Return a draft with other numbers or chosen readings from a day on (peibu.rulebook.changes)."""
        from peibu.rulebook.changes import with_changes  # a draft is made of a policy: it stands above

        return with_changes(self, parameters=parameters, readings=readings, since=since)

    def clause(self, clause_id: str) -> Clause:
        """Return a clause by its id. KeyError when the document has no such clause."""
        return next(clause for clause in self.clauses if clause.id == clause_id)

    def value(self, name: str, on: date) -> Any:
        """Return the number, or the chosen reading, in force on that day. NotInForce when there is none."""
        if name not in self.dated:
            raise KeyError(f"{self.path}: no number or reading {name!r}")
        return self.dated[name].value(on)

    def facts_of(self, subject: str) -> list[FactSpec]:
        """Return the facts a subject asks for, in the order of declaration."""
        return [spec for spec in self.facts if spec.name in self._asked[self._known(subject)]]

    @cached_property
    def _asked(self) -> Mapping[str, set[str]]:
        return {subject: self._asked_by(subject) for subject in self.subjects}

    def _asked_by(self, subject: str) -> set[str]:
        named = {rule.name: rule for rule in self.rules}
        open_rules = [rule for rule in self.rules if subject in rule.mark.subjects]
        asked = {SOFT_REASONS} if any(rule.mark.soft for rule in open_rules) else set()
        seen: set[str] = set()
        while open_rules:
            rule = open_rules.pop()
            seen.add(rule.name)
            slots = {node.data for node in rule.expr.walk() if node.op == "fact"}
            words = {name for text in self.wording.get(rule.name, {}).values() for name in Template(text).names}
            asked |= {self.slots[name].name for name in slots | words if name in self.slots}
            open_rules += [named[name] for name in words if name in named and name not in seen]
        return asked

    def _known(self, subject: str) -> str:
        if subject not in self.subjects:
            raise RulebookError(f"政策 {self.path} 没有判定对象“{subject}”，可选：{'、'.join(self.subjects)}")
        return subject

    def in_force(self, on: date) -> None:
        """Raise NotInForce when the document was not yet in force on that day.

        `until` does not raise: what a claim handed in after the last day comes to is for a rule to say.
        """
        since = self.card["in_force"]["from"]
        if on < since:
            raise NotInForce(f"{self.card['document_number']}自{since.isoformat()}起施行，{on.isoformat()}尚未生效")

    def plan(self, subject: str, on: date, lang: str = "zh") -> Plan:
        """Return the rules of a subject bound to the law of one day (kept for the next call)."""
        key = (self._known(subject), bisect_right(self._breakpoints, on), lang)
        plan = self._plans.get(key)
        if plan is None:
            plan = self._planner.plan(subject, self.numbers(on), lang, self._payee(subject))
            self._plans[key] = plan
        return plan

    def numbers(self, on: date) -> dict[str, Any]:
        numbers = _DayNumbers(self.dated, on)
        numbers.update((name, item.value(on)) for name, item in self.dated.items() if self._has_value(item, on))
        numbers.update((name, table.day(on)) for name, table in self.rates.items())
        return numbers

    def _payee(self, subject: str) -> str | None:
        payee = self.subjects[subject].get("payee", self.card["payee"])
        return payee if isinstance(payee, str) else None

    @staticmethod
    def _has_value(item: Parameter, on: date) -> bool:
        try:
            item.value(on)
        except NotInForce:
            return False
        return True

    @cached_property
    def _planner(self) -> Planner:
        kinds = {name: item.unit for name, item in self.dated.items()}
        return Planner(self.rules, self.slots, kinds, self.wording)

    def judge(
        self, subject: str, facts: Mapping[str, Any], *, on: date, known_at: date | None = None, lang: str = "zh"
    ) -> Judgement:
        """Judge one case on the law of the day `on`.

        facts: {name: value}; a fact left out is unknown. lang: zh or en, the language of the sentences.
        Raises FactError for values that cannot be read, NotInForce before the document's first day.
        """
        judge = self._judges.get((subject, on, lang)) or self._judge_of(subject, on, lang)
        return judge.judge(facts, on, known_at)

    def _judge_of(self, subject: str, on: date, lang: str) -> Judge:
        self.in_force(on)
        plan = self.plan(subject, on, lang)
        judge = self._made.get(id(plan))
        if judge is None:
            judge = self._made[id(plan)] = Judge(plan, self.slots, self.reader, self.path, self.fingerprint)
        if len(self._judges) >= _DAYS_KEPT:
            self._judges.clear()
        self._judges[subject, on, lang] = judge
        return judge

    @cached_property
    def reader(self) -> FactReader:
        """Reads given facts into the slots of this policy."""
        return FactReader(self.fact_specs, self.slots)

    @cached_property
    def _judges(self) -> dict[tuple[str, date, str], Judge]:
        return {}  # by day, so that a case finds its judge with one look

    @cached_property
    def _made(self) -> dict[int, Judge]:
        return {}  # by plan (plans are kept, so their ids stay theirs)

    def judge_frame(self, subject: str, frame: pl.LazyFrame | pl.DataFrame, *, on: date) -> pl.LazyFrame:
        """Judge a whole table lazily: adds decision, amount_fen, outcome_<name>, and a nullable boolean per rule."""
        from peibu.rulebook.frame_judge import FrameJudge  # polars loads only when a table is judged

        self.in_force(on)
        key = (self._known(subject), bisect_right(self._breakpoints, on))
        judge = self._frame_judges.get(key)
        if judge is None:
            mine = [rule for rule in self.rules if subject in rule.mark.subjects]
            judge = self._frame_judges[key] = FrameJudge(mine, self.slots, self.numbers(on))
        return judge.judge(frame)

    @cached_property
    def _frame_judges(self) -> dict[tuple[str, int], FrameJudge]:
        return {}  # by stretch of unchanged law, like plans
