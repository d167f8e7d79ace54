"""What the call-backs of a class gave: who is still to be phoned, counts, concerns, the chart."""

import dataclasses
from collections import Counter, defaultdict
from collections.abc import Iterable
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from peibu.accounts.actor import Actor
from peibu.training.callback_terms import Question, questions_of
from peibu.training.enums import CallbackAnswer, CallbackOutcome
from peibu.training.models import CallbackResult, CallbackRound, CallbackTask, Cohort


@dataclasses.dataclass(frozen=True)
class Asked:
    """One question with its answers counted; `concerns` = answers that give a reason to look, never a verdict."""

    question: Question
    counts: dict[str, int]

    @property
    def concerns(self) -> int:
        return self.counts[self.question.concern]


@dataclasses.dataclass(frozen=True)
class Callbacks:
    """The figures of a class. `wanted` people are to be reached; substitutes raise `drawn` above it."""

    round: CallbackRound | None
    wanted: int
    drawn: int
    open: int
    calls: int
    reached: int
    not_reached: int
    wrong_number: int
    asked: tuple[Asked, ...]

    @property
    def state(self) -> str:
        """none, committed, open or done."""
        if self.round is None:
            return "none"
        if self.round.drawn_at is None:
            return "committed"
        return "open" if self.open else "done"

    @property
    def concerns(self) -> int:
        return sum(each.concerns for each in self.asked)


def callbacks_of(cohort: Cohort) -> Callbacks:
    """The figures of one class."""
    return callbacks_of_all([cohort])[cohort.pk]


def callbacks_of_all(cohorts: Iterable[Cohort]) -> dict[UUID, Callbacks]:
    """The figures of many classes in three questions to the database."""
    cohorts = list(cohorts)
    rounds = {row.cohort_id: row for row in CallbackRound.objects.filter(cohort__in=[c.pk for c in cohorts])}
    tasks, results = defaultdict(list), defaultdict(list)
    for task in CallbackTask.objects.filter(round__in=rounds.values()):
        tasks[task.round_id].append(task)
    for result in CallbackResult.objects.filter(task__round__in=rounds.values()).select_related("task"):
        results[result.task.round_id].append(result)
    return {
        c.pk: _figures(c, (row := rounds.get(c.pk)), tasks[row and row.pk], results[row and row.pk]) for c in cohorts
    }


def _figures(cohort: Cohort, row: CallbackRound | None, tasks: list, results: list) -> Callbacks:
    last: dict[UUID, CallbackResult] = {}
    for result in sorted(results, key=lambda each: (each.called_at, str(each.pk))):
        last[result.task_id] = result
    ended = Counter(last[task.pk].outcome for task in tasks if task.closed_at is not None and task.pk in last)
    return Callbacks(
        round=row,
        wanted=row.wanted if row else 0,
        drawn=len(tasks),
        open=sum(task.closed_at is None for task in tasks),
        calls=len(results),
        reached=ended[CallbackOutcome.REACHED],
        not_reached=ended[CallbackOutcome.NOT_REACHED],
        wrong_number=ended[CallbackOutcome.WRONG_NUMBER],
        asked=_counted(cohort, [each.answers for each in results if each.outcome == CallbackOutcome.REACHED]),
    )


def _counted(cohort: Cohort, answers: list[dict]) -> tuple[Asked, ...]:
    return tuple(
        Asked(q, {a: sum(each.get(q.code) == a for each in answers) for a in CallbackAnswer.values})
        for q in questions_of(cohort.policy)
    )


def tasks_of(row: CallbackRound) -> QuerySet[CallbackTask]:
    """The calls of a class in the order of the draw, with what they gave."""
    rows = row.tasks.select_related("enrolment__person", "enrolment__enterprise", "caller", "round__cohort")
    return rows.prefetch_related("results__called_by")


def open_calls_of(actor: Actor) -> QuerySet[CallbackTask]:
    """The calls this account still has to make, oldest class first."""
    if actor.user is None:
        return CallbackTask.objects.none()
    rows = CallbackTask.objects.filter(caller=actor.user, closed_at__isnull=True)
    rows = rows if actor.whole_city else rows.filter(division_id__in=actor.division_ids())
    rows = rows.select_related("enrolment__person", "enrolment__enterprise", "round__cohort")
    return rows.annotate(tries=Count("results", filter=Q(results__outcome=CallbackOutcome.NOT_REACHED))).order_by(
        "opened_at", "round", "position"
    )


def draw_file(row: CallbackRound) -> dict:
    """What `python -m peibu.kernel.draw` checks; the numbers are keys of the roster, no names."""
    return {
        "seed": row.seed,
        "commitment": row.commitment,
        "pool": sorted(row.order),
        "pool_sha256": row.pool_sha256,
        "order": row.order,
        "seats": row.wanted,
    }


def callback_chart(figures: Callbacks, labels: dict[str, str]) -> dict:
    """The answers by question, stacked. `labels`: question code and answer code -> word."""
    colours = {"yes": "#165dcc", "no": "#b42318", "unsure": "#9aa5b6"}
    return {
        "grid": {"left": 10, "right": 16, "top": 34, "bottom": 10, "containLabel": True},
        "legend": {"top": 0},
        "xAxis": {"type": "value", "minInterval": 1},
        "yAxis": {"type": "category", "inverse": True, "data": [labels[a.question.code] for a in figures.asked]},
        "series": [
            {
                "name": labels[answer],
                "type": "bar",
                "stack": "answers",
                "barMaxWidth": 18,
                "itemStyle": {"color": colours[answer]},
                "data": [a.counts[answer] for a in figures.asked],
            }
            for answer in CallbackAnswer.values
        ],
    }
