"""Quick changes of a timetable that is not filed yet: move a session, copy a week, repeat a lesson by weekdays."""

import dataclasses
import datetime as dt
from collections.abc import Collection

from django.utils import timezone

from peibu.accounts.actor import Actor
from peibu.kernel.errors import Refused
from peibu.kernel.workdays import CalendarYearMissing, default_calendar
from peibu.training.actions.cohorts import Lesson, set_timetable
from peibu.training.models import Cohort, Session
from peibu.training.timetable_file import MAX_ROWS

WEEK = dt.timedelta(days=7)


def lessons_of(cohort: Cohort) -> list[Lesson]:
    """The saved timetable as lessons, in order of time."""
    return [as_lesson(row) for row in sessions_of(cohort)]


def sessions_of(cohort: Cohort) -> list[Session]:
    rows = cohort.sessions.select_related("teacher", "base", "room__venue")
    return list(rows.order_by("starts_at", "id"))


def as_lesson(row: Session) -> Lesson:
    return Lesson(**{field.name: getattr(row, field.name) for field in dataclasses.fields(Lesson)})


def move_session(*, cohort: Cohort, session: Session, to: dt.datetime, by: Actor, at: dt.datetime) -> list[Session]:
    """Put one session at another time; it keeps its length. Refused with what is wrong; then nothing has changed."""
    lessons = [
        _shifted(as_lesson(row), to - row.starts_at) if row.pk == session.pk else as_lesson(row)
        for row in sessions_of(cohort)
    ]
    return set_timetable(cohort=cohort, lessons=lessons, by=by, at=at)


def _shifted(lesson: Lesson, by: dt.timedelta) -> Lesson:
    return dataclasses.replace(lesson, starts_at=lesson.starts_at + by, ends_at=lesson.ends_at + by)


def monday_of(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=day.weekday())


def copy_week(
    *, cohort: Cohort, week: dt.date, to: dt.date, by: Actor, at: dt.datetime, skip_holidays: bool = True
) -> int:
    """Copy every session of the week of `week` to the week of `to`; returns how many were added.

    With `skip_holidays` days on which offices do not work get none of them. Refused: the week is empty; a copy would
    overlap; a year whose holidays are not published.
    """
    source, target = monday_of(week), monday_of(to)
    lessons = lessons_of(cohort)
    taken = [row for row in lessons if source <= timezone.localdate(row.starts_at) < source + WEEK]
    if not taken:
        raise Refused("这一周没有课程可以复制", "empty_week", "请选择有课程的一周")
    if source == target:
        raise Refused("不能复制到同一周", "same_week", "请选择另一周")
    copies = [_shifted(row, target - source) for row in taken]
    return _add(cohort, lessons, copies, skip_holidays=skip_holidays, by=by, at=at)


@dataclasses.dataclass(frozen=True)
class Pattern:
    """A lesson repeated on weekdays (0 = Monday) from `first` to `last`, both included."""

    lesson: Lesson
    weekdays: Collection[int]
    first: dt.date
    last: dt.date


def add_pattern(*, cohort: Cohort, pattern: Pattern, by: Actor, at: dt.datetime, skip_holidays: bool = True) -> int:
    """Add a lesson on every matching day; returns how many were added. All or none."""
    days = (pattern.last - pattern.first).days + 1
    if days < 1 or not pattern.weekdays:
        raise Refused("没有符合条件的日期", "no_days", "请选择起止日期和星期")
    if days > MAX_ROWS * 7:
        raise Refused("起止日期相隔过长", "span_too_long", "请缩短起止日期")
    wanted = [pattern.first + dt.timedelta(days=n) for n in range(days)]
    copies = [_on(pattern.lesson, day) for day in wanted if day.weekday() in pattern.weekdays]
    return _add(cohort, lessons_of(cohort), copies, skip_holidays=skip_holidays, by=by, at=at)


def _on(lesson: Lesson, day: dt.date) -> Lesson:
    return _shifted(lesson, dt.timedelta(days=(day - timezone.localdate(lesson.starts_at)).days))


def _add(
    cohort: Cohort, lessons: list[Lesson], copies: list[Lesson], *, skip_holidays: bool, by: Actor, at: dt.datetime
) -> int:
    if skip_holidays:
        copies = [row for row in copies if _offices_work(timezone.localdate(row.starts_at))]
    if not copies:
        raise Refused("所选日期都是节假日或休息日", "only_holidays", "如确需在休息日上课，请取消“跳过节假日”")
    if len(lessons) + len(copies) > MAX_ROWS:
        raise Refused(f"课程表最多{MAX_ROWS}节课", "too_many_lessons", "请减少课程")
    set_timetable(cohort=cohort, lessons=[*lessons, *copies], by=by, at=at)
    return len(copies)


def _offices_work(day: dt.date) -> bool:
    try:
        return default_calendar().is_workday(day)
    except CalendarYearMissing as missing:
        raise Refused(str(missing), missing.code, "如确需排课，请取消“跳过节假日”后自行核对日期") from missing
