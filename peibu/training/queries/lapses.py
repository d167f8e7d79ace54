"""Sessions planned for a day on which a qualification or the engagement of their teacher has ended."""

import dataclasses
import datetime as dt

from django.utils import timezone

from peibu.registry.models import Engagement, Qualification
from peibu.training.enums import SessionKind
from peibu.training.models import Cohort


@dataclasses.dataclass(frozen=True)
class Lapse:
    """A row of the register that ends before sessions of the class: the teacher, what ends, its last day, the first
    session after it and how many there are."""

    name: str
    what: str
    ends_on: dt.date
    first: dt.date
    sessions: int


def lapses(cohort: Cohort) -> list[Lapse]:
    """Every such row that no other row of the same kind (or place) of the teacher continues on the days concerned."""
    days: dict[str, list[dt.date]] = {}
    for row in cohort.sessions.exclude(kind=SessionKind.EXAM).exclude(teacher_key=""):
        days.setdefault(row.teacher_key, []).append(timezone.localdate(row.starts_at))
    mine = {"person__person_key__in": days, "withdrawn_at__isnull": True}
    papers = list(Qualification.objects.filter(**mine).select_related("person"))
    places = list(Engagement.objects.filter(**mine, unit=cohort.provider_id).select_related("person"))
    found = [_lapse(row, papers, days, lambda one: one.kind, str(row.get_kind_display())) for row in papers]
    found += [_lapse(row, places, days, lambda one: one.role, f"聘用（{row.get_role_display()}）") for row in places]
    return sorted((row for row in found if row), key=lambda row: (row.first, row.name))


def _lapse(row, others, days, same, what) -> Lapse | None:
    if row.valid_until is None:
        return None
    kin = [x for x in others if x.person_id == row.person_id and same(x) == same(row)]
    after = [d for d in days[row.person.person_key] if d > row.valid_until and not any(_holds(x, d) for x in kin)]
    # of several that ran out the last one is told
    latest = max(x.valid_until for x in kin if x.valid_until)
    if not after or row.valid_until != latest:
        return None
    return Lapse(row.person.name, what, row.valid_until, min(after), len(after))


def _holds(row, day: dt.date) -> bool:
    return row.valid_from <= day and (row.valid_until is None or row.valid_until >= day)
