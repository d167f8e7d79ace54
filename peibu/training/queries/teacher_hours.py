"""How many hours a unit's teachers taught in a period, and where one of them stands in two places (QD97.3.2)."""

import dataclasses
import datetime as dt
from uuid import UUID

from django.db.models import QuerySet

from peibu.accounts.models import Unit
from peibu.registry.models import Practitioner, Teacher
from peibu.training.enums import SessionKind
from peibu.training.models import Session


@dataclasses.dataclass(frozen=True)
class TeacherHours:
    """One teacher of a unit: sessions and class hours in this unit's binding timetables, and hours taught elsewhere
    (`elsewhere`: class hours in other providers' binding timetables, without saying where). `person`: on the register."""

    teacher: Teacher
    sessions: int
    hours: int
    elsewhere: int
    clashes: list[Session]
    person: UUID | None


def _binding(since: dt.date, until: dt.date) -> QuerySet[Session]:
    rows = Session.objects.filter(active=True, starts_at__date__gte=since, starts_at__date__lte=until)
    return rows.exclude(kind=SessionKind.EXAM).exclude(not_held__agreed_at__isnull=False)


def teacher_hours(unit: Unit | None, *, since: dt.date, until: dt.date) -> list[TeacherHours]:
    """Every teacher on the unit's list, full-time ones first; both days included."""
    teachers = list(Teacher.objects.filter(unit=unit).order_by("-full_time", "name", "id"))
    keys = [row.person_key for row in teachers]
    rows = list(_binding(since, until).filter(teacher_key__in=keys).select_related("cohort"))
    drafts = list(
        Session.objects.filter(
            cohort__provider=unit, active=False, teacher_key__in=keys, starts_at__date__range=(since, until)
        )
        .exclude(cohort__stage="cancelled")
        .select_related("cohort")
    )
    people = dict(Practitioner.objects.filter(person_key__in=keys).values_list("person_key", "pk"))
    found = []
    for teacher in teachers:
        mine = [row for row in rows if row.teacher_key == teacher.person_key]
        own = [row for row in mine if row.cohort.provider_id == teacher.unit_id]
        hours, total = sum(row.class_hours for row in own), sum(row.class_hours for row in mine)
        clashes = [d for d in drafts if d.teacher_key == teacher.person_key and _taken(d, mine)]
        found.append(TeacherHours(teacher, len(own), hours, total - hours, clashes, people.get(teacher.person_key)))
    return found


def _taken(draft: Session, binding: list[Session]) -> bool:
    """Does a planned session overlap one that already binds the same natural person, at whatever provider?"""
    return any(row.starts_at < draft.ends_at and row.ends_at > draft.starts_at for row in binding)
