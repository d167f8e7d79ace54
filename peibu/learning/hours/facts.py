"""What the records say of a learner's course, as answers to the rulebook's questions (JN6.6.2a, JN6.2).

Nothing at all from a platform leaves every question open; once it reports a learner, a trace that is not there is missing
and is named by the rule. Only what was stored by `known_at` counts.
"""

import dataclasses
import datetime as dt
import math
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils import timezone

from peibu.learning.enums import TraceKind
from peibu.learning.hours.class_hours import HourUnit, hour_unit
from peibu.learning.hours.credit import Day, days_of
from peibu.learning.models import LearningDay, LearningTrace, OnlineClass
from peibu.learning.terms import terms
from peibu.rulebook import Policy

SIGN_IN, RECORD, ANSWERED, TEST = TRACES = ("sign_in", "learning_record", "questions_answered", "test")
FACTS = frozenset({"learning_traces", "online_completed", "online_passed", "online_passed_on"})


@dataclasses.dataclass(frozen=True)
class Learned:
    """One learner in one course. None = nobody has told, which is neither yes nor no.

    seconds: credited; hours: in the policy's class hours (None where it has none); rests_on: trace or fact -> a statement.
    """

    known: bool
    traces: tuple[str, ...] = ()
    seconds: Decimal = Decimal(0)
    hours: int | None = None
    needed: int | None = None
    completed: bool | None = None
    completed_on: dt.date | None = None
    passed: bool | None = None
    passed_on: dt.date | None = None
    rests_on: dict[str, UUID] = dataclasses.field(default_factory=dict)

    @property
    def missing(self) -> tuple[str, ...]:
        """The traces that are not there, of a learner who was reported."""
        return tuple(one for one in TRACES if one not in self.traces) if self.known else ()

    def facts(self) -> dict[str, Any]:
        """By the names of the rulebook; what is not known stays out."""
        found = {
            "learning_traces": self.traces if self.known else None, "online_completed": self.completed,
            "online_passed": self.passed, "online_passed_on": self.passed_on if self.passed else None,
        }  # fmt: skip
        return {name: value for name, value in found.items() if value is not None}


def learned(
    keys: Sequence[str], *, tenant: UUID, course: str, policy: Policy | None, on: dt.date, known_at: dt.datetime,
    days: Iterable[Day | LearningDay] | None = None,
) -> dict[str, Learned]:  # fmt: skip
    """Of each of these people what a platform's records of a course say, in four questions however many they are.

    days: what was credited when that is known already (rows of `LearningDay`); else it is computed as of `known_at`.
    """
    rows = LearningTrace.objects.filter(tenant=tenant, course=course, stored__lte=known_at).order_by("ts", "id")
    about = OnlineClass.objects.filter(tenant=tenant, course=course).first()
    unit = hour_unit(policy, on=on) if policy else None
    credited: dict[str, list] = {}
    # the union goes over all platforms, so it is asked for whole and cut to this course afterwards
    for day in days_of(keys, until=known_at, terms=terms(on)) if days is None else days:
        if (day.tenant, day.course) == (tenant, course):
            credited.setdefault(day.learner, []).append(day)
    answered = rows.filter(kind=TraceKind.REPLY).values_list("id", flat=True).first()
    traces: dict[str, list[LearningTrace]] = {key: [] for key in keys}
    for row in rows.filter(learner__in=keys).exclude(kind=TraceKind.RECORD):
        traces[row.learner].append(row)
    first = _first_records(rows, keys)
    return {key: _one(traces[key], credited.get(key, []), first.get(key), answered, about, unit) for key in keys}


def _first_records(rows, keys: Sequence[str]) -> dict[str, LearningTrace]:
    found = rows.filter(learner__in=keys, kind=TraceKind.RECORD).order_by("learner", "ts", "id").distinct("learner")
    return {row.learner: row for row in found}


def _one(
    rows: list[LearningTrace], days: list, first: LearningTrace | None, answered: UUID | None,
    about: OnlineClass | None, unit: HourUnit | None,
) -> Learned:  # fmt: skip
    if not rows and first is None:
        return Learned(known=False)
    by_kind: dict[str, LearningTrace] = {}
    for row in rows:
        by_kind.setdefault(row.kind, row)
    seconds = sum((day.credited for day in days), Decimal(0))
    rests_on = _rests_on(by_kind, first, answered if seconds or rows else None, seconds)
    passed, passed_row = _passed(rows)
    completed, completed_on = _completed(days, seconds, by_kind.get(TraceKind.DONE), about, unit)
    if passed_row:
        rests_on["passed"] = passed_row.id
    return Learned(
        known=True, traces=tuple(one for one in TRACES if one in rests_on), seconds=seconds,
        hours=unit.hours(seconds) if unit else None, needed=_needed(about), completed=completed, completed_on=completed_on,
        passed=passed, passed_on=timezone.localdate(passed_row.ts) if passed_row and passed else None, rests_on=rests_on,
    )  # fmt: skip


def _rests_on(by_kind: dict, first: LearningTrace | None, answered: UUID | None, seconds: Decimal) -> dict[str, UUID]:
    """Which traces there are, each with a statement that shows it.

    Signing in is a sign-in, a reported sitting or the first record of a session. Questions are answered once the teacher
    has answered one in this course: nobody can be made to ask (interpretation, docs/how-to/read-learning-hours.md).
    """
    signed = by_kind.get(TraceKind.SIGN_IN) or by_kind.get(TraceKind.SITTING) or first
    record = by_kind.get(TraceKind.SITTING) or first
    found = {SIGN_IN: signed, RECORD: record if seconds > 0 else None, TEST: by_kind.get(TraceKind.TEST)}
    ids = {name: row.id for name, row in found.items() if row is not None}
    return ids | ({ANSWERED: answered} if answered else {})


def _passed(rows: list[LearningTrace]) -> tuple[bool | None, LearningTrace | None]:
    """Passed once is passed, on the day of the first pass; only failed is a no; never tested is open."""
    tests = [row for row in rows if row.kind == TraceKind.TEST and row.success is not None]
    good = next((row for row in tests if row.success), None)
    return (None, None) if not tests else (good is not None, good or tests[-1])


def _needed(about: OnlineClass | None) -> int | None:
    return None if about is None or about.learn_hours is None else math.ceil(about.learn_hours)


def _completed(
    days: list, seconds: Decimal, done: LearningTrace | None, about: OnlineClass | None, unit: HourUnit | None
) -> tuple[bool | None, dt.date | None]:
    """Finished = credited for as many class hours as the class has; only without such a number the platform's word."""
    needed = _needed(about)
    if needed is None or unit is None:
        return (True, timezone.localdate(done.ts)) if done else (None, None)
    goal, total = unit.seconds_for(needed), Decimal(0)
    for day in days:
        total += day.credited
        if total >= goal:
            return True, day.day
    return seconds >= goal, None


def learned_facts(
    keys: Sequence[str], *, tenant: UUID, course: str, policy: Policy, on: dt.date, known_at: dt.datetime
) -> dict[str, dict[str, Any]]:
    """`learned` as facts by person, only those that the policy asks for."""
    found = learned(keys, tenant=tenant, course=course, policy=policy, on=on, known_at=known_at)
    asked = set(policy.fact_specs)
    return {key: {n: v for n, v in one.facts().items() if n in asked} for key, one in found.items()}
