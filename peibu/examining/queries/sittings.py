"""Questions about online tests: a candidate's paper in its own order, who is where in the room."""

import dataclasses
import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from peibu.examining.models import OnlineTest, PaperItem, Sitting
from peibu.examining.order import option_order, shuffled
from peibu.examining.papers import LETTERS
from peibu.training.enums import ItemKind
from peibu.training.models import Exam
from peibu.training.queries.exams import Candidate, candidates


@dataclasses.dataclass(frozen=True)
class Option:
    place: int
    letter: str
    text: str
    chosen: bool


@dataclasses.dataclass(frozen=True)
class Shown:
    """One question as this candidate sees it."""

    number: int
    item: PaperItem
    options: list[Option]

    @property
    def answered(self) -> bool:
        return any(option.chosen for option in self.options)

    @property
    def several(self) -> bool:
        return self.item.version.kind == ItemKind.MULTIPLE


def seed_of(sitting: Sitting) -> str:
    return f"{sitting.exam.online.order_seed}\n{sitting.enrolment_id}"


def order_of_options(sitting: Sitting, item: PaperItem) -> list[int]:
    """Position in the question of the option shown at each place; true and false keep theirs."""
    n = len(item.version.options)
    if item.version.kind == ItemKind.TRUE_FALSE:
        return list(range(n))
    return option_order(seed_of(sitting), item.pk, n)


def items_of(exam: Exam) -> list[PaperItem]:
    rows = PaperItem.objects.filter(paper__exam=exam).select_related("version")
    return list(rows.order_by("position"))


def latest_answers(sitting: Sitting) -> dict[UUID, list[int]]:
    """Item id -> positions chosen last."""
    return dict(sitting.answers.order_by("number").values_list("item_id", "chosen"))


def shown_paper(sitting: Sitting) -> list[Shown]:
    """The whole paper in this candidate's order: kinds stay together, items and options are mixed."""
    given = latest_answers(sitting)
    kinds = list(ItemKind.values)
    mixed = shuffled(seed_of(sitting), items_of(sitting.exam), key=lambda item: item.pk)
    rows = sorted(mixed, key=lambda item: kinds.index(item.version.kind))
    return [shown(sitting, item, number, given.get(item.pk, [])) for number, item in enumerate(rows, start=1)]


def shown(sitting: Sitting, item: PaperItem, number: int, chosen: Sequence[int]) -> Shown:
    order = order_of_options(sitting, item)
    texts = item.version.options
    options = [Option(at, LETTERS[at], texts[position], position in chosen) for at, position in enumerate(order)]
    return Shown(number, item, options)


def online_test(exam: Exam) -> OnlineTest | None:
    return OnlineTest.objects.filter(exam=exam).first()


@dataclasses.dataclass(frozen=True)
class Seen:
    """One candidate on the monitor: `answered` of the paper's items; `left` until the end of a live sitting."""

    candidate: Candidate
    sitting: Sitting | None
    answered: int
    taken_over: int
    left: dt.timedelta | None


def monitor(exam: Exam, *, at: dt.datetime) -> list[Seen]:
    """Every candidate of the exam with what the server knows at the moment."""
    rows = exam.sittings.prefetch_related("answers", "events")
    sittings = {row.enrolment_id: row for row in rows}
    return [_seen(candidate, sittings.get(candidate.enrolment.pk), at) for candidate in candidates(exam)]


def _seen(candidate: Candidate, sitting: Sitting | None, at: dt.datetime) -> Seen:
    if sitting is None:
        return Seen(candidate, None, 0, 0, None)
    last = {row.item_id: row.chosen for row in sorted(sitting.answers.all(), key=lambda row: row.number)}
    moved = sum(event.deed == "take_over" for event in sitting.events.all())
    left = max(sitting.ends_at - at, dt.timedelta(0)) if sitting.submitted_at is None else None
    return Seen(candidate, sitting, sum(bool(chosen) for chosen in last.values()), moved, left)
