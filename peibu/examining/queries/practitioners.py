"""A practitioner's sheet: what somebody holds, where somebody belongs, and what somebody did and has to do."""

import dataclasses
import datetime as dt
from uuid import UUID

from peibu.accounts.models import Unit
from peibu.casework.models import Document
from peibu.examining.models import Paper
from peibu.registry.models import Engagement, Practitioner, Qualification
from peibu.registry.practitioner_queries import SOON
from peibu.training.queries.duties import Duty, double_bookings, duties_of


@dataclasses.dataclass(frozen=True)
class Bar:
    """A qualification on the time line: where it begins and how wide it is, in thousandths; its state on the day.

    `foreign`: another unit than the one that looks entered it; who, on what word, with which scan and why it was taken
    back are then not shown, because they tell where else somebody works.
    """

    row: Qualification
    x: int
    width: int
    state: str
    scan: Document | None
    foreign: bool


@dataclasses.dataclass(frozen=True)
class Sheet:
    """Everything about one person; `names` are the units by id. For a unit that looks, other units are left unnamed."""

    person: Practitioner
    bars: list[Bar]
    today: int
    first: dt.date
    last: dt.date
    engagements: list[Engagement]
    duties: list[tuple[Duty, str]]
    pairs: list[tuple[Duty, str, Duty, str]]
    papers: list[Paper]


def sheet_of(person: Practitioner, *, on: dt.date, seen_by: Unit | None = None) -> Sheet:
    """The person's sheet on a day; `seen_by` a unit: of duties elsewhere only kind and time, of
    places only its own, of papers another unit entered only what stands on them."""
    papers = list(person.qualifications.select_related("entered_by", "unit"))
    places = person.engagements.select_related("unit", "entered_by")
    places = places.filter(unit=seen_by) if seen_by else places
    duties = duties_of([person.person_key]).get(person.person_key, [])
    pairs = double_bookings([person.person_key]).get(person.person_key, [])
    name = _namer([*duties, *(duty for pair in pairs for duty in pair)], seen_by)
    drawn = Paper.objects.filter(drawn_by__person_key=person.person_key).select_related("exam__cohort")
    drawn = drawn.filter(exam__cohort__provider=seen_by) if seen_by else drawn
    bars, today, first, last = _bars(papers, on, seen_by)
    return Sheet(
        person=person,
        bars=bars,
        today=today,
        first=first,
        last=last,
        engagements=list(places),
        duties=[(name(duty)) for duty in reversed(duties)],
        pairs=[(*name(one), *name(other)) for one, other in pairs],
        papers=list(drawn.order_by("-drawn_at")),
    )


def _namer(duties: list[Duty], seen_by: Unit | None):
    names: dict[UUID, str] = dict(Unit.objects.filter(pk__in={d.unit for d in duties}).values_list("pk", "name"))

    def name(duty: Duty) -> tuple[Duty, str]:
        if seen_by is not None and duty.unit != seen_by.pk:
            return dataclasses.replace(duty, what=""), ""
        return duty, names.get(duty.unit, "")

    return name


def _bars(papers: list[Qualification], on: dt.date, seen_by: Unit | None) -> tuple[list[Bar], int, dt.date, dt.date]:
    """The time line reaches from the first beginning to the last end, at least a year around the day."""
    year = dt.timedelta(days=365)
    first = min([on - year, *(row.valid_from for row in papers)])
    last = max([on + year, *(row.valid_until for row in papers if row.valid_until)])
    days = (last - first).days
    foreign = {row.pk for row in papers if seen_by and row.unit_id not in (None, seen_by.pk)}
    mine = [row.pk for row in papers if row.pk not in foreign]
    scans = {d.subject_id: d for d in Document.objects.filter(subject_id__in=mine)}

    def place(day: dt.date) -> int:
        return round((day - first).days * 1000 / days)

    bars = [
        Bar(row, place(row.valid_from), max(4, place(row.valid_until or last) - place(row.valid_from)), _state(row, on),
            scans.get(row.pk), row.pk in foreign)
        for row in papers
    ]  # fmt: skip
    return bars, place(on), first, last


def _state(row: Qualification, on: dt.date) -> str:
    if row.withdrawn_at is not None:
        return "withdrawn"
    if row.valid_until is not None and row.valid_until < on:
        return "expired"
    return "soon" if row.valid_until is not None and row.valid_until <= on + SOON else "valid"
