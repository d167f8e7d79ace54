"""Does a teacher have the title a document asks for, and is everybody who teaches on the register (WH63.2.1, HD2.4.13)?

Read from the one register of practitioners with the day of the session, never from being on the timetable (ADR 0025).
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable

from django.utils import timezone

from peibu.accreditation.enums import TEACHERS
from peibu.accreditation.models import Holding
from peibu.registry.enums import PractitionerRole
from peibu.registry.models import Teacher
from peibu.registry.practitioner_queries import engaged, is_valid, titles_of, titles_on
from peibu.rulebook import Policy
from peibu.rulebook.derived.derive import numbers_of
from peibu.rulebook.derived.registry import KINDS
from peibu.rulebook.derived.teachers import ENOUGH
from peibu.training.facts.known import on_record
from peibu.training.models import Cohort

RECORD = "teachers"
ASKS = "sessions_without_teacher"
UNREGISTERED = "unregistered_teachers"
Qualified = Callable[[Teacher | None, str, dt.date], bool | None]


def qualified_teachers(cohort: Cohort, policy: Policy, *, on: dt.date, known_at: dt.datetime) -> Qualified:
    """A function of (teacher, kind of record a session counts as, its day): True, False, or None where nobody said it.

    Practice asks for the titles of practice teachers, every other session for those of theory teachers. The register
    answers for the day of the session: a title that ended before it does not count. Of whom it holds no title at all, what
    was put on record before it, by the teacher's name at the base, still speaks; of two of one name nothing is known by
    name. A document without the rule is answered None: it does not ask.
    """
    if ASKS not in policy.fact_specs:
        return lambda _teacher, _record, _day: None
    enough = {part: set(numbers_of(policy, KINDS[RECORD], on)[listed]) for part, listed in ENOUGH.items()}
    teachers = [row.teacher for row in cohort.sessions.select_related("teacher") if row.teacher]
    registered = titles_of({row.person_key for row in teachers}, known_at=known_at)
    named = _named({row.unit_id for row in teachers}, policy, on=on, known_at=known_at)

    def qualified(teacher: Teacher | None, record: str, day: dt.date) -> bool | None:
        if teacher is None:
            return False
        held = titles_on(registered.get(teacher.person_key), day)
        if held is None and Teacher.objects.filter(unit=teacher.unit_id, name=teacher.name).count() == 1:
            held = named.get((str(teacher.unit_id), teacher.name))
        return None if held is None else bool(held & enough["practice" if record == "practice" else "theory"])

    return qualified


def unregistered_teachers(cohort: Cohort, *, known_at: dt.datetime) -> int | None:
    """How many who teach the class have no place as a teacher of the provider on a day they teach (HD2.4.13).

    None while the provider entered nobody, or nobody teaches yet: then nothing is known.
    """
    places = engaged(cohort.provider_id, PractitionerRole.TEACHER, known_at=known_at)
    taught = [row for row in cohort.sessions.all() if row.teacher_key]
    if not places or not taught:
        return None
    return len({row.teacher_key for row in taught if not _placed(places.get(row.teacher_key, ()), row)})


def _placed(places, session) -> bool:
    day = timezone.localdate(session.starts_at)
    return any(is_valid(row, day) for row in places)


def _named(units: set, policy: Policy, *, on: dt.date, known_at: dt.datetime) -> dict[tuple[str, str], set[str]]:
    """(unit, name of a teacher) -> titles on record about the base; who is in no record is in here not."""
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
