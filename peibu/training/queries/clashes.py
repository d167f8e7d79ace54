"""What stands in the way of a timetable outside itself: teachers, rooms and trainees that are taken elsewhere, rooms
that are too small. Shown while a timetable is edited; the constraints of the database have the last word."""

import datetime as dt
from collections.abc import Iterable, Sequence

from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format

from peibu.kernel.errors import Problem
from peibu.training.enums import EnrolmentState
from peibu.training.models import Cohort, Seat, Session

SHEET = "课程表"


def clashes(cohort: Cohort, lessons: Iterable[Session], rows: Sequence[int] = ()) -> list[Problem]:
    """Every clash of these sessions (saved ones, or lessons as they stand in a form) with binding sessions of other classes, of whatever provider, and every room with
    fewer seats than the class has people. `rows` are their numbers; names of other classes' people are not told."""
    lessons = list(lessons)
    if not lessons:
        return []
    numbered = list(zip(rows or range(1, len(lessons) + 1), lessons, strict=True))
    first, last = min(x.starts_at for x in lessons), max(x.ends_at for x in lessons)
    taken = _binding_elsewhere(cohort, first, last)
    seats = _seats_elsewhere(cohort, first, last)
    found: list[Problem] = []
    for row, lesson in numbered:
        busy = [other for other in taken if _overlap(lesson, other)]
        found += _of_teacher(row, lesson, busy) + _of_room(row, lesson, busy, cohort)
        found += _of_trainees(row, [seat for seat in seats if _overlap(lesson, seat)])
    return found


def _binding_elsewhere(cohort: Cohort, first: dt.datetime, last: dt.datetime) -> list[Session]:
    rows = Session.objects.filter(active=True, starts_at__lt=last, ends_at__gt=first).exclude(cohort=cohort)
    return list(rows.filter(~Q(teacher_key="") | Q(room__isnull=False)).select_related("cohort__provider"))


def _seats_elsewhere(cohort: Cohort, first: dt.datetime, last: dt.datetime) -> list[Seat]:
    people = cohort.enrolments.filter(state=EnrolmentState.ACTIVE).values("person_id")
    rows = Seat.objects.filter(person_id__in=people, starts_at__lt=last, ends_at__gt=first)
    return list(rows.exclude(session__cohort=cohort).select_related("session__cohort__provider"))


def _overlap(one, other) -> bool:
    return one.starts_at < other.ends_at and other.starts_at < one.ends_at


def _of_teacher(row: int, lesson, busy: list[Session]) -> list[Problem]:
    key = lesson.teacher.person_key if lesson.teacher else ""
    return [
        _problem(row, "教师", f"教师{lesson.teacher.name}{_told(other)}已有授课", "请调整时间或更换教师")
        for other in busy
        if key and other.teacher_key == key
    ]


def _of_room(row: int, lesson, busy: list[Session], cohort: Cohort) -> list[Problem]:
    if lesson.room is None:
        return []
    found = [
        _problem(row, "教室", f"教室“{lesson.room}”{_told(other)}已被占用", "请调整时间或更换教室")
        for other in busy
        if other.room_id == lesson.room.pk
    ]
    if lesson.room.seats < cohort.seats_taken:
        told = f"教室“{lesson.room}”可容纳{lesson.room.seats}人，本班有{cohort.seats_taken}人"
        found.append(_problem(row, "教室", told, "请更换较大的教室，或减少人数", why="座位少于学员人数"))
    return found


def _of_trainees(row: int, seats: list[Seat]) -> list[Problem]:
    by_session = {seat.session_id: seat.session for seat in seats}
    return [
        _problem(
            row, "时间",
            f"本班有{len({s.person_id for s in seats if s.session_id == key})}名学员{_told(other)}在另一班次上课",
            "请调整时间，或请其退出其中一个班次",
        )
        for key, other in by_session.items()
    ]  # fmt: skip


def _told(other: Session) -> str:
    start, end = timezone.localtime(other.starts_at), timezone.localtime(other.ends_at)
    return f"{date_format(start, 'n月j日 H:i')}—{end:%H:%M}（{other.cohort.provider.name}）"


def _problem(row: int, column: str, what: str, todo: str, why: str = "同一时间只能在一处") -> Problem:
    return Problem(SHEET, row, column, what, why, todo, code="clash")
