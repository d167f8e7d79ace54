"""Judges one case: every rule of a subject, on the law of one day, with a sentence for each."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from peibu.rulebook.facts import FactReader, FactSpec
from peibu.rulebook.findings import Result, consulted, excuse_of, judge_by_closures
from peibu.rulebook.judgement import Judgement
from peibu.rulebook.plan import SOFT_REASONS, Plan
from peibu.rulebook.scalar import Values
from peibu.rulebook.source_plan import run_of

__all__ = ["SOFT_REASONS", "Judge", "excuse_of"]


class Judge:
    """A plan with its function, kept ready for the next case."""

    def __init__(self, plan: Plan, slots: Mapping[str, FactSpec], reader: FactReader, policy: str, fingerprint: str):
        self._plan, self._reader, self._run = plan, reader, run_of(plan, slots)
        self._policy, self._fingerprint = policy, fingerprint
        self._amount_clause = plan.amount_clause
        self._looks_up = any(item.rates for item in (*plan.rules, *plan.results))

    def judge(self, facts: Mapping[str, Any], on: date, known_at: date | None) -> Judgement:
        """Judge one case. FactError for values that cannot be read."""
        plan, values = self._plan, self._reader.read(facts)
        decision, paid, findings, outcomes = self._result(values)
        rates = consulted(plan, values) if self._looks_up else ()
        payee = outcomes.get("payee", plan.payee)
        head = (decision, paid, findings, self._policy, self._fingerprint, plan.subject, on, known_at)
        return Judgement._make((*head, values, self._amount_clause, rates, outcomes, payee))

    def _result(self, values: Values) -> Result:
        try:
            return self._run(values)
        except Exception:
            # The closures say which rule and which facts; they never run otherwise.
            return judge_by_closures(self._plan, values)
