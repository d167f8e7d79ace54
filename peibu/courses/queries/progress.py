"""How far learners are: one learner's course with every item, and a unit's whole roster."""

import dataclasses
import datetime as dt
from collections.abc import Sequence

from django.db.models import Count, Max, Q, QuerySet

from peibu.courses.enums import CheckOutcome, ItemKind
from peibu.courses.models import Chapter, Course, Item, ItemProgress, QuizAttempt, Registration


@dataclasses.dataclass(frozen=True)
class OwnItem:
    """An item as one learner has it; `percent` of a video in whole percent, rounded down."""

    item: Item
    progress: ItemProgress | None
    attempts: Sequence[QuizAttempt]

    @property
    def done(self) -> bool:
        return self.progress is not None and self.progress.completed_at is not None

    @property
    def percent(self) -> int:
        if self.done or self.item.kind != ItemKind.VIDEO or self.progress is None:
            return 100 if self.done else 0
        return 100 * self.progress.watched // self.item.media.milliseconds


@dataclasses.dataclass(frozen=True)
class OwnChapter:
    chapter: Chapter
    items: Sequence[OwnItem]


def outline(registration: Registration) -> list[OwnChapter]:
    """Chapters and items of the learner's edition with the learner's progress."""
    progress = {row.item_id: row for row in registration.progress.all()}
    attempts: dict = {}
    for row in registration.attempts.order_by("number"):
        attempts.setdefault(row.item_id, []).append(row)
    chapters = registration.edition.chapters.prefetch_related("items__media__captions", "items__questions")
    return [
        OwnChapter(
            chapter,
            [OwnItem(item, progress.get(item.pk), attempts.get(item.pk, [])) for item in chapter.items.all()],
        )
        for chapter in chapters
    ]


def percent_of(chapters: Sequence[OwnChapter]) -> int:
    """Items done, of all, in whole percent."""
    items = [own for chapter in chapters for own in chapter.items]
    return 100 * sum(own.done for own in items) // len(items) if items else 0


def all_done(registration: Registration) -> bool:
    """Is every item of the learner's edition done?"""
    done = ItemProgress.objects.filter(registration=registration, completed_at__isnull=False).values("item")
    return not Item.objects.filter(chapter__edition=registration.edition_id).exclude(pk__in=done).exists()


@dataclasses.dataclass(frozen=True)
class Line:
    """A learner on the roster: times in the server's clock, video in milliseconds."""

    registration: Registration
    items: int
    done: int
    watched: int
    questions: int
    checks: int
    missed: int
    last_at: dt.datetime | None
    best: str

    @property
    def percent(self) -> int:
        return 100 * self.done // self.items if self.items else 0


def roster_of(course: Course) -> list[Line]:
    """Everybody registered for a course, the newest first; five queries whatever their number."""
    rows = list(course.registrations.select_related("person", "edition").order_by("-registered_at"))
    items = dict(
        Item.objects.filter(chapter__edition__course=course).values_list("chapter__edition").annotate(n=Count("pk"))
    )
    progress = _by(course.registrations, "progress__watched", "progress__completed_at")
    asked = dict(course.registrations.values_list("pk").annotate(n=Count("questions")))
    seen = _sessions(course.registrations)
    best = dict(
        QuizAttempt.objects.filter(registration__course=course, submitted_at__isnull=False)
        .values_list("registration").annotate(best=Max("points"))
    )  # fmt: skip
    return [
        Line(
            registration=row, items=items.get(row.edition_id, 0), done=progress[row.pk][0],
            watched=progress[row.pk][1], questions=asked[row.pk], checks=seen[row.pk][0], missed=seen[row.pk][1],
            last_at=seen[row.pk][2], best=f"{best[row.pk]:f}" if row.pk in best else "",
        )
        for row in rows
    ]  # fmt: skip


def _by(rows: QuerySet, watched: str, completed: str) -> dict:
    found: dict = {}
    for key, video, done in rows.values_list("pk", watched, completed):
        count, whole = found.get(key, (0, 0))
        found[key] = (count + (done is not None), whole + (video or 0))
    return found


def _sessions(rows: QuerySet) -> dict:
    asked = Count(
        "sessions__checks", filter=Q(sessions__checks__outcome__in=(CheckOutcome.PASSED, CheckOutcome.MISSED))
    )
    missed = Count("sessions__checks", filter=Q(sessions__checks__outcome=CheckOutcome.MISSED))
    told = rows.annotate(asked=asked, missed=missed, last=Max("sessions__last_at"))
    return {row.pk: (row.asked, row.missed, row.last) for row in told}
