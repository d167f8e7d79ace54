"""Questions to the register of practitioners; answers are read as they were known at a moment."""

import dataclasses
import datetime as dt
from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q, QuerySet

from peibu.accounts.actor import Actor
from peibu.accounts.models import Unit
from peibu.registry.enums import WITH_TITLE, PractitionerRole
from peibu.registry.models import Engagement, EngagementEnd, Practitioner, Qualification, Teacher

SOON = dt.timedelta(days=90)


def _known(rows: QuerySet, known_at: dt.datetime) -> QuerySet:
    return rows.filter(Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gt=known_at), known_at__lte=known_at)


def titles_of(keys: Iterable[str], *, known_at: dt.datetime) -> dict[str, list[Qualification]]:
    """Person key -> the titles and skill levels on the register at a moment, of whatever dates. Who is in here not, about
    whom nobody entered a title: that is unknown, not "has none"."""
    rows = _known(Qualification.objects.filter(person__person_key__in=set(keys), kind__in=WITH_TITLE), known_at)
    found: dict[str, list[Qualification]] = {}
    for row in rows.select_related("person"):
        found.setdefault(row.person.person_key, []).append(row)
    return found


def titles_on(rows: Iterable[Qualification] | None, day: dt.date) -> set[str] | None:
    """The titles of one person (from `titles_of`) that are valid on a day; None where nothing was entered."""
    if rows is None:
        return None
    return {row.title for row in rows if is_valid(row, day)}


def is_valid(row: Qualification | Engagement, day: dt.date) -> bool:
    """Do both ends, which count, enclose the day?"""
    return row.valid_from <= day and (row.valid_until is None or row.valid_until >= day)


def engaged(unit: UUID, role: str, *, known_at: dt.datetime) -> dict[str, list[Engagement]]:
    """Person key -> engagements in a role at a unit, as known; empty when the unit entered nobody."""
    rows = _known(Engagement.objects.filter(unit=unit, role=role), known_at).select_related("person")
    found: dict[str, list[Engagement]] = {}
    for row in _ending_as_known(rows, known_at):
        found.setdefault(row.person.person_key, []).append(row)
    return found


def _ending_as_known(rows: QuerySet[Engagement], known_at: dt.datetime) -> list[Engagement]:
    """The rows with the ends they had at the moment; never to be saved."""
    later = EngagementEnd.objects.filter(engagement__in=rows, known_at__gt=known_at).order_by("-known_at", "-id")
    ends = {end.engagement_id: end.was for end in later}  # the first one set since then tells what it was
    found = list(rows)
    for row in found:
        row.valid_until = ends.get(row.pk, row.valid_until)
    return found


@dataclasses.dataclass(frozen=True)
class Listed:
    """A practitioner as a list shows one: live engagements and qualifications, and what is wrong on the day. `units`: names of
    those with a place for the person, and of those that only list the person as a teacher.

    state: valid, soon (the next end within 90 days), expired (one ran out and none of its kind took its place), none.
    """

    person: Practitioner
    engagements: list[Engagement]
    qualifications: list[Qualification]
    units: list[str]
    state: str
    next_end: dt.date | None


def of_unit(unit: Unit) -> QuerySet[Practitioner]:
    """Everybody with a place at the unit or in its list of teachers."""
    keys = Teacher.objects.filter(unit=unit).values("person_key")
    mine = Q(engagements__unit=unit, engagements__withdrawn_at__isnull=True) | Q(person_key__in=keys)
    return Practitioner.objects.filter(mine).distinct()


def in_reach(actor: Actor) -> QuerySet[Practitioner]:
    """Whom an officer may look up: everybody for the city, those with a place at a unit of the district else."""
    if actor.whole_city:
        return Practitioner.objects.all()
    units = Unit.objects.filter(division__in=actor.division_ids())
    keys = Teacher.objects.filter(unit__in=units).values("person_key")
    mine = Q(engagements__unit__in=units, engagements__withdrawn_at__isnull=True) | Q(person_key__in=keys)
    return Practitioner.objects.filter(mine).distinct()


def at_unit_named(text: str) -> QuerySet[Practitioner]:
    """Everybody with a place at, or in the list of teachers of, a unit whose name holds the text."""
    keys = Teacher.objects.filter(unit__name__icontains=text).values("person_key")
    mine = Q(engagements__unit__name__icontains=text, engagements__withdrawn_at__isnull=True)
    return Practitioner.objects.filter(mine | Q(person_key__in=keys)).distinct()


def with_rows(
    people: Iterable[Practitioner], *, on: dt.date, unit: Unit | None = None, role: str = "", state: str = ""
) -> list[Listed]:
    """The people with their rows, three questions to the database however many; `unit` leaves other units' places out."""
    people = list(people)
    places = Engagement.objects.filter(person__in=people, withdrawn_at__isnull=True).select_related("unit")
    papers = Qualification.objects.filter(person__in=people, withdrawn_at__isnull=True)
    lists = Teacher.objects.filter(person_key__in=[row.person_key for row in people]).select_related("unit")
    if unit is not None:
        places, lists = places.filter(unit=unit), lists.filter(unit=unit)
    rows = (_by(places, "person_id"), _by(papers, "person_id"), _by(lists, "person_key"))
    found = [_listed(row, *rows, on) for row in people]
    return [x for x in found if (not role or role in _roles(x)) and (not state or x.state == state)]


def _by(rows: Iterable, name: str) -> dict:
    found: dict = {}
    for row in rows:
        found.setdefault(getattr(row, name), []).append(row)
    return found


def _roles(listed: Listed) -> set[str]:
    """Who stands in a list of teachers without an engagement is shown as a teacher."""
    return {row.role for row in listed.engagements} or ({PractitionerRole.TEACHER} if listed.units else set())


def _listed(person: Practitioner, places: dict, papers: dict, lists: dict, on: dt.date) -> Listed:
    mine, held = places.get(person.pk, []), papers.get(person.pk, [])
    valid = [row for row in held if is_valid(row, on)]
    over = {row.kind for row in held if row.valid_until and row.valid_until < on} - {row.kind for row in valid}
    next_end = min((row.valid_until for row in valid if row.valid_until), default=None)
    soon = next_end is not None and next_end <= on + SOON
    state = "expired" if over else "none" if not valid else "soon" if soon else "valid"
    units = dict.fromkeys(row.unit.name for row in (*mine, *lists.get(person.person_key, [])))
    return Listed(person, mine, held, list(units), state, next_end)


ROLES = PractitionerRole.choices
