"""A timetable -> class hours by kind, topics, days and span (WH63.2.5, QD97.3.4)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from peibu.rulebook.derived.kinds import TRAINING, Case, Column, RecordKind, Records, Row

KINDS = ("theory", "practice", "ideological")
ONLINE, THEORY, PRACTICE = "online", "theory", "practice"
Test = Callable[[Row], bool | None]


def derive(records: Records, case: Case) -> dict[str, Any]:
    """Return sums and sets of the timetable; what a row does not say widens the possible side."""
    rows, more = once(records.rows), not records.complete
    facts = {f"class_hours_{kind}": _hours(rows, _is(kind), more) for kind in KINDS}
    facts["class_hours_total"] = _hours(rows, lambda _row: True, more)
    facts["class_hours_online"] = _hours(rows, is_online, more)
    facts["class_days"] = _days(rows, lambda _row: True, more)
    facts["practice_days"] = _days(rows, _is(PRACTICE), more)
    facts["class_span_days"] = _span(rows, more)
    facts["sessions_without_teacher"] = _count(rows, lambda row: _not(row.get("teacher_qualified")), more)
    facts["theory_topics_present"] = _topics(rows, list(case.specs["theory_topics_present"].choices), more)
    facts["session_kinds_present"] = _kinds(rows, list(case.specs["session_kinds_present"].choices), more)
    return facts


def once(rows: Iterable[Row]) -> list[Row]:
    """Drop repeated rows. Without a time of day two equal rows may be morning and afternoon, so both stay."""
    seen, kept = set(), []
    for row in rows:
        mark = tuple(_plain(row.get(column.name)) for column in KIND.columns)
        if row.get("starts_at") is None or row.get("held_on") is None or mark not in seen:
            kept.append(row)
            seen.add(mark)
    return kept


def _plain(value: Any) -> Any:
    return tuple(value) if isinstance(value, list | tuple) else value


def _is(kind: str) -> Test:
    return lambda row: None if row.get("kind") is None else row["kind"] == kind


def _not(value: bool | None) -> bool | None:
    return None if value is None else not value


def is_online(row: Row) -> bool | None:
    """A session is online by its kind or by its mode; a blank mode leaves it open."""
    return True if row.get("kind") == ONLINE else row.get("online")


def _hours(rows: list[Row], test: Test, more: bool) -> tuple[int, int | None]:
    sure = [row.get("hours") for row in rows if test(row)]
    maybe = [row.get("hours") for row in rows if test(row) is not False]
    low = sum(hours for hours in sure if hours is not None)
    return low, None if more or None in maybe else sum(maybe)


def _count(rows: list[Row], test: Test, more: bool) -> tuple[int, int | None]:
    return sum(test(row) is True for row in rows), None if more else sum(test(row) is not False for row in rows)


def _days(rows: list[Row], test: Test, more: bool) -> tuple[int, int | None]:
    sure = [row.get("held_on") for row in rows if test(row)]
    maybe = [row.get("held_on") for row in rows if test(row) is not False]
    low = max(len({day for day in sure if day is not None}), 1 if sure else 0)
    return low, None if more else len({day for day in maybe if day is not None}) + maybe.count(None)


def _span(rows: list[Row], more: bool) -> tuple[int, int | None]:
    days = [row["held_on"] for row in rows if row.get("held_on") is not None]
    low = (max(days) - min(days)).days + 1 if days else min(len(rows), 1)
    return low, None if more or len(days) < len(rows) else low


def _topics(rows: list[Row], choices: list[str], more: bool) -> tuple[str, ...] | None:
    """The named topics of the theory sessions; unknown while a session may still hold one that is missing."""
    known = {topic for row in rows if row.get("kind") == THEORY for topic in row.get("topics") or ()}
    unsaid = any(row.get("kind") in (None, THEORY) and row.get("topics") is None for row in rows)
    other = {topic for row in rows if row.get("kind") is None for topic in row.get("topics") or ()}
    open_ = (more or unsaid or bool(other - known)) and bool(set(choices) - known)
    return None if open_ else tuple(topic for topic in choices if topic in known)


def _kinds(rows: list[Row], choices: list[str], more: bool) -> tuple[str, ...] | None:
    known = {row.get("kind") for row in rows}
    open_ = (more or None in known) and bool(set(choices) - known)
    return None if open_ else tuple(kind for kind in choices if kind in known)


def _check(row: Row) -> str | None:
    if row.get("hours") is not None and row["hours"] < 0:
        return "课时不能为负数"
    return None


HOURS = tuple(f"class_hours_{kind}" for kind in ("total", *KINDS, ONLINE))
KIND = RecordKind(
    name="sessions",
    label="课程表",
    label_en="timetable",
    key=TRAINING,
    columns=(
        Column("held_on", "date", "日期", "date", also=("上课日期",)),
        Column("starts_at", "text", "开始时间", "starts at", help="如 08:30；填了才能识别重复的行"),
        Column("hours", "integer", "课时", "class hours", also=("课时数",)),
        Column("kind", "code", "课程类型", "kind of session", choices_from="session_kinds_present"),
        Column("online", "boolean", "是否线上", "online", also=("线上",)),
        Column("topics", "codes", "课程内容", "topics", choices_from="theory_topics_present", help="都不涉及时填“无”"),
        Column("teacher", "text", "教师", "teacher", also=("授课教师",)),
        Column("teacher_qualified", "boolean", "教师符合条件", "teacher is qualified"),
    ),
    gives=dict.fromkeys(
        (
            *HOURS,
            "theory_topics_present",
            "session_kinds_present",
            "class_days",
            "practice_days",
            "class_span_days",
            "sessions_without_teacher",
        ),
        (),
    ),
    derive=derive,
    check=_check,
)
