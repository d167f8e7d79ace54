"""The to-do list when it is long: searched, filtered, and moved on in bulk, every case for itself."""

import dataclasses
import datetime as dt
from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from peibu.accounts.actor import Actor
from peibu.casework.actions import move_case
from peibu.casework.models import Case, Task
from peibu.casework.processes import Move, process_of
from peibu.casework.queries import cases_for, possible_moves
from peibu.casework.refusals import refusing
from peibu.kernel.errors import PeibuError, Refused

DUE = ("overdue", "today", "week")
MOST_AT_ONCE = 100
WEEK = 7


@dataclasses.dataclass(frozen=True, kw_only=True)
class Wanted:
    """What of the list is asked for; an empty text asks for everything. `due`: one of DUE."""

    text: str = ""
    policy: str = ""
    process: str = ""
    state: str = ""
    due: str = ""


@dataclasses.dataclass(frozen=True)
class Choice:
    """A value to filter by, its words, and how many open tasks have it."""

    code: str
    label: str
    count: int


@dataclasses.dataclass(frozen=True)
class Choices:
    policies: list[Choice]
    processes: list[Choice]
    states: list[Choice]


@dataclasses.dataclass(frozen=True)
class Moved:
    """What came of one case of a bulk: `refusal` is empty when it was moved."""

    case: Case | None
    refusal: str = ""
    remedy: str = ""


def narrowed(tasks: QuerySet[Task], wanted: Wanted, *, today: dt.date) -> QuerySet[Task]:
    """The tasks that fit: every word of the text is part of number, subject or applicant; unknown `due` fits all."""
    for word in wanted.text.split():
        tasks = tasks.filter(
            Q(case__number__icontains=word)
            | Q(case__subject__icontains=word)
            | Q(case__applicant__name__icontains=word)
        )
    same = {"case__policy": wanted.policy, "case__process": wanted.process, "state": wanted.state}
    tasks = tasks.filter(**{name: value for name, value in same.items() if value})
    sunday = today + dt.timedelta(days=WEEK - today.isoweekday())
    days = {"overdue": Q(due_on__lt=today), "today": Q(due_on=today), "week": Q(due_on__range=(today, sunday))}
    return tasks.filter(days.get(wanted.due, Q()))


def choices(tasks: QuerySet[Task], *, on: dt.date) -> Choices:
    """What the list can be filtered by, with counts; one query."""
    names = ("case__policy", "case__process", "state")
    found: tuple[dict, dict, dict] = ({}, {}, {})
    counted = tasks.order_by(*names).values_list(*names).annotate(count=Count("pk"))
    for policy, process, state, count in counted:
        flow = process_of(policy, process, on=on)
        words = (flow.policy.card["title"], flow.said, flow.states[state].said())
        for kept, code, label in zip(found, (policy, process, state), words, strict=True):
            before = kept[code].count if code in kept else 0
            kept[code] = Choice(code, kept[code].label if before else label, before + count)
    return Choices(*([*kept.values()] for kept in found))


def waiting(tasks: QuerySet[Task], case_ids: Iterable[str]) -> list[Case]:
    """The chosen cases that are among the tasks, in the order of the list; others are left out."""
    chosen = tasks.filter(case_id__in=_keys(case_ids)[:MOST_AT_ONCE])
    return [task.case for task in chosen]


def common_moves(actor: Actor, cases: Sequence[Case], *, on: dt.date) -> list[Move]:
    """The moves the actor can make with every one of the cases: same code, same words."""
    able = [{(move.code, move.label): move for move in possible_moves(actor, case, on=on)} for case in cases]
    return [move for key, move in able[0].items() if all(key in rest for rest in able)] if able else []


def move_many(*, case_ids: Iterable[str], move: str, by: Actor, at: dt.datetime, reason: str = "") -> list[Moved]:
    """Make one move with each case, each in a transaction of its own: a refusal of one leaves the others done.

    Refused as a whole, before anything is done: nothing chosen, or more than MOST_AT_ONCE.
    """
    keys = _keys(case_ids)
    if not keys:
        raise Refused("没有选择业务", "nothing_chosen", "请先在待办清单中勾选")
    if len(keys) > MOST_AT_ONCE:
        raise Refused(f"一次最多办理{MOST_AT_ONCE}件，您选了{len(keys)}件", "too_many_chosen", "请分次办理")
    mine = cases_for(by).in_bulk(keys)
    return [_moved(mine.get(key), move=move, by=by, at=at, reason=reason) for key in keys]


def _moved(case: Case | None, *, move: str, by: Actor, at: dt.datetime, reason: str) -> Moved:
    if case is None:
        return Moved(None, "没有这项业务，或不在您的办理范围", "请刷新待办清单")
    try:
        with refusing():
            return Moved(move_case(case=case, move=move, by=by, at=at, reason=reason))
    except PeibuError as refusal:
        return Moved(case, refusal.message, refusal.remedy)


def _keys(case_ids: Iterable[str]) -> list[UUID]:
    """Well-formed ids, each once, in order."""
    found = []
    for text in case_ids:
        try:
            found.append(UUID(str(text)))
        except ValueError:
            continue
    return list(dict.fromkeys(found))
