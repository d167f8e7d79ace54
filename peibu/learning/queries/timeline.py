"""A learner's days: stretches of learning, tests, questions, checks. And the figures of classes for the lists."""

import dataclasses
import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal
from uuid import UUID

from django.db.models import Count, Max, Q, Sum
from django.utils import timezone

from peibu.learning.enums import TraceKind
from peibu.learning.models import (
    LearningDay,
    LearningSignal,
    LearningStretch,
    LearningTrace,
    OnlineClass,
    OnlinePlace,
)
from peibu.learning.tables import CHINA

MARKED = (TraceKind.TEST, TraceKind.QUESTION, TraceKind.REPLY, TraceKind.CHECK, TraceKind.PHOTO, TraceKind.DONE)
ONE_DAY = dt.timedelta(days=1)


@dataclasses.dataclass(frozen=True)
class Bar:
    """A part of a stretch that lies on one day; `begins`, `ends` are local times, the end of a day as the next midnight."""

    begins: dt.datetime
    ends: dt.datetime
    row: LearningStretch


@dataclasses.dataclass
class DayRow:
    """One day with everything on it, and the seconds credited on it by (platform, course)."""

    day: dt.date
    bars: list[Bar] = dataclasses.field(default_factory=list)
    marks: list[LearningTrace] = dataclasses.field(default_factory=list)
    credited: dict[tuple[UUID, str], Decimal] = dataclasses.field(default_factory=dict)

    @property
    def seconds(self) -> Decimal:
        return sum(self.credited.values(), Decimal(0))


def days_with_everything(learner: str) -> list[DayRow]:
    """The days on which a learner did anything on any platform, in order."""
    rows: dict[dt.date, DayRow] = {}

    def on(day: dt.date) -> DayRow:
        return rows.setdefault(day, DayRow(day))

    for stretch in LearningStretch.objects.filter(learner=learner).order_by("starts", "first_id"):
        for bar in _parts(stretch):
            on(bar.begins.date()).bars.append(bar)
    for trace in LearningTrace.objects.filter(learner=learner, kind__in=MARKED).order_by("ts", "id"):
        on(timezone.localdate(trace.ts)).marks.append(trace)
    for row in LearningDay.objects.filter(learner=learner):
        on(row.day).credited[row.tenant, row.course] = row.credited
    return [rows[day] for day in sorted(rows)]


def _parts(row: LearningStretch) -> Iterable[Bar]:
    begins, end = row.starts.astimezone(CHINA), row.ends.astimezone(CHINA)
    while begins < end:
        midnight = begins.replace(hour=0, minute=0, second=0, microsecond=0) + ONE_DAY
        yield Bar(begins, min(midnight, end), row)
        begins = midnight


@dataclasses.dataclass(frozen=True)
class ClassFigures:
    """Of one class: people, those without a known identity, credited seconds, signals nobody looked at, last record."""

    learners: int
    unknown: int
    seconds: Decimal
    signals: int
    last: dt.datetime | None


def figures_of(classes: Sequence[OnlineClass]) -> dict[UUID, ClassFigures]:
    """The figures of some classes, in four questions."""
    mine = Q()
    for row in classes:
        mine |= Q(tenant=row.tenant, course=row.course)
    if not classes:
        return {}

    def by_class(rows, **figures) -> dict:
        found = rows.filter(mine).values("tenant", "course").annotate(**figures)
        return {(one["tenant"], one["course"]): one for one in found}

    people = by_class(OnlinePlace.objects, n=Count("pk"), unknown=Count("pk", filter=Q(known=False)))
    seconds = by_class(LearningDay.objects, total=Sum("credited"))
    last = by_class(LearningTrace.objects, last=Max("stored"))
    open_ = by_class(LearningSignal.objects.filter(reviews=None), n=Count("pk"))
    empty: dict = {}
    return {
        row.pk: ClassFigures(
            people.get(key, empty).get("n", 0), people.get(key, empty).get("unknown", 0),
            seconds.get(key, empty).get("total") or Decimal(0), open_.get(key, empty).get("n", 0),
            last.get(key, empty).get("last"),
        )
        for row in classes
        for key in [(row.tenant, row.course)]
    }  # fmt: skip


def signals_of(*, tenant: UUID, course: str, learner: str | None = None):
    """Signals of a class (about one learner), those that nobody looked at first."""
    rows = LearningSignal.objects.filter(tenant=tenant, course=course).prefetch_related("reviews")
    if learner is not None:
        rows = rows.filter(learners__contains=[learner])
    return sorted(rows, key=lambda row: (bool(row.reviews.all()), row.code, row.about))
