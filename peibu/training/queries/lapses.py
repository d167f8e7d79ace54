"""Sessions planned for a day on which their teacher's qualification or engagement does not hold."""

import dataclasses
import datetime as dt

from django.db.models import Q
from django.utils import timezone

from peibu.registry.models import Engagement, Qualification
from peibu.training.enums import SessionKind
from peibu.training.models import Cohort


@dataclasses.dataclass(frozen=True)
class Lapse:
    """A kind of row of the register that leaves sessions of the class uncovered: the teacher, what is missing, the last
    day it held before (None: it was withdrawn, or begins later), the first session without it and how many there are."""

    name: str
    what: str
    ends_on: dt.date | None
    first: dt.date
    sessions: int


def lapses(cohort: Cohort) -> list[Lapse]:
    """Every kind of qualification, and every role at the provider, that a teacher of the class had or has, with the days
    of the teacher's sessions that no row of it covers: after an end, in a gap, before a beginning, after a withdrawal
    in the life of the class. What the teacher never had entered is none of this: that is unknown (facts.teachers)."""
    days: dict[str, list[dt.date]] = {}
    for row in cohort.sessions.exclude(kind=SessionKind.EXAM).exclude(teacher_key=""):
        days.setdefault(row.teacher_key, []).append(timezone.localdate(row.starts_at))
    stood = Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gte=cohort.created_at)
    papers = Qualification.objects.filter(stood, person__person_key__in=days).select_related("person")
    places = Engagement.objects.filter(stood, person__person_key__in=days, unit=cohort.provider_id)
    groups: dict[tuple, list] = {}
    for row in papers:
        groups.setdefault((row.person, str(row.get_kind_display())), []).append(row)
    for row in places.select_related("person"):
        groups.setdefault((row.person, f"聘用（{row.get_role_display()}）"), []).append(row)
    found = [_lapse(person.name, what, rows, days[person.person_key]) for (person, what), rows in groups.items()]
    return sorted((row for row in found if row), key=lambda row: (row.first, row.name))


def _lapse(name: str, what: str, rows: list, days: list[dt.date]) -> Lapse | None:
    live = [row for row in rows if row.withdrawn_at is None]
    bare = [day for day in days if not any(_holds(row, day) for row in live)]
    if not bare:
        return None
    ended = [row.valid_until for row in live if row.valid_until and row.valid_until < min(bare)]
    return Lapse(name, what, max(ended, default=None), min(bare), len(bare))


def _holds(row, day: dt.date) -> bool:
    return row.valid_from <= day and (row.valid_until is None or row.valid_until >= day)
