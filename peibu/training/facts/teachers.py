"""Does a teacher have the title a document asks for? From records of the base, never from being on the timetable
(WH63.2.1)."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable

from peibu.accreditation.enums import TEACHERS
from peibu.accreditation.models import Holding
from peibu.registry.models import Teacher
from peibu.rulebook import Policy
from peibu.rulebook.derived.derive import numbers_of
from peibu.rulebook.derived.registry import KINDS
from peibu.rulebook.derived.teachers import ENOUGH
from peibu.training.facts.known import on_record
from peibu.training.models import Cohort

RECORD = "teachers"
ASKS = "sessions_without_teacher"
Qualified = Callable[[Teacher | None, str], bool | None]


def qualified_teachers(cohort: Cohort, policy: Policy, *, on: dt.date, known_at: dt.datetime) -> Qualified:
    """A function of (teacher, kind of record a session counts as): True, False, or None where nobody said it.

    Practice asks for the titles of practice teachers, every other session for those of theory teachers. Titles come from
    the records about the base and from the holdings of its listed application; of two teachers of one name at a base
    nothing is known by name. A document without the rule is answered None: it does not ask.
    """
    if ASKS not in policy.fact_specs:
        return lambda _teacher, _record: None
    enough = {part: set(numbers_of(policy, KINDS[RECORD], on)[listed]) for part, listed in ENOUGH.items()}
    teachers = [row.teacher for row in cohort.sessions.select_related("teacher") if row.teacher]
    titles = _titles({row.unit_id for row in teachers}, policy, on=on, known_at=known_at)

    def qualified(teacher: Teacher | None, record: str) -> bool | None:
        if teacher is None:
            return False
        alone = Teacher.objects.filter(unit=teacher.unit_id, name=teacher.name).count() == 1
        held = titles.get((str(teacher.unit_id), teacher.name)) if alone else None
        return None if held is None else bool(held & enough["practice" if record == "practice" else "theory"])

    return qualified


def _titles(units: set, policy: Policy, *, on: dt.date, known_at: dt.datetime) -> dict[tuple[str, str], set[str]]:
    """(unit, name of a teacher) -> titles on record; who is in no record is in here not."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for unit, names in on_record("unit", units, on=on, known_at=known_at).items():
        for row in names.get(RECORD, []):
            if row.get("titles") is not None:
                found[unit, row.get("teacher", "")] |= set(row["titles"])
    rows = Holding.objects.filter(
        application__unit__in=units,
        application__case__policy=policy.path,
        application__case__state="listed",
        kind__in=TEACHERS,
    )
    for row in rows.exclude(qualification="").select_related("application"):
        found[str(row.application.unit_id), row.name].add(row.qualification)
    return dict(found)
