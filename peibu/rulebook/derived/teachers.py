"""The teachers of a class or base -> how many theory and practice teachers lack the qualification (WH63.2.1)."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from peibu.rulebook.derived.kinds import TRAINING, Case, Column, RecordKind, Records, Row

TEACHES = {"theory": "理论", "practice": "实训", "both": "理论和实训"}
TEACHES_EN = {"theory": "theory", "practice": "practice", "both": "theory and practice"}
TITLES = {
    "senior_title": "高级职称",
    "intermediate_title": "中级职称",
    "junior_title": "初级职称",
    "senior_instructor": "高级实习指导教师",
    "instructor": "实习指导教师",
    "senior_technician": "高级技师",
    "technician": "技师",
    "other": "其他",
}
TITLES_EN = {
    "senior_title": "senior professional title",
    "intermediate_title": "intermediate professional title",
    "junior_title": "junior professional title",
    "senior_instructor": "senior practice instructor",
    "instructor": "practice instructor",
    "senior_technician": "senior technician",
    "technician": "technician",
    "other": "other",
}
# Code lists of the policy that say which titles are enough, and what holds when it has none.
ENOUGH = {"theory": "theory_teacher_titles", "practice": "practice_teacher_titles"}
DEFAULTS = {
    "theory_teacher_titles": ("senior_title",),
    "practice_teacher_titles": ("senior_instructor", "senior_technician"),
}


def derive(records: Records, case: Case) -> dict[str, Any]:
    """Return how many teach each part and how many of them lack what it asks for, as (certain, possible)."""
    people: dict[Any, list[Row]] = defaultdict(list)
    for number, row in enumerate(records.rows):
        people[number if row.get("teacher") is None else row["teacher"]].append(row)
    facts: dict[str, Any] = {}
    for part, listed in ENOUGH.items():
        marks = [_mark(rows, part, set(case.numbers[listed])) for rows in people.values()]
        facts[f"{part}_teachers"] = _count([teaches for teaches, _lacks in marks], records)
        lacking = [min(teaches, lacks) for teaches, lacks in marks]
        facts[f"{part}_teachers_unqualified"] = _count(lacking, records)
    return facts


def _mark(rows: list[Row], part: str, enough: set[str]) -> tuple[int, int]:
    """Return (teaches the part, lacks the qualification) of one teacher: 2 certainly, 1 possibly, 0 no."""
    parts, titles = [row.get("teaches") for row in rows], [row.get("titles") for row in rows]
    teaches = 2 if part in parts or "both" in parts else 1 if None in parts else 0
    qualified = any(enough & set(listed) for listed in titles if listed is not None)
    return teaches, 0 if qualified else 1 if None in titles else 2


def _count(marks: list[int], records: Records) -> tuple[int, int | None]:
    return marks.count(2), len(marks) - marks.count(0) if records.complete else None


KIND = RecordKind(
    name="teachers",
    label="教师名册",
    label_en="teachers",
    key=TRAINING,
    columns=(
        Column("teacher", "text", "教师", "teacher", also=("教师姓名",)),
        Column("teaches", "code", "任教类型", "teaches", choices=TEACHES, choices_en=TEACHES_EN),
        Column(
            "titles",
            "codes",
            "职称和技能等级",
            "titles and skill levels",
            also=("职称",),
            choices=TITLES,
            choices_en=TITLES_EN,
            help="不知道时留空；都没有时填“无”",
        ),
    ),
    gives=dict.fromkeys(
        ("theory_teachers", "practice_teachers", "theory_teachers_unqualified", "practice_teachers_unqualified"), ()
    ),
    numbers=DEFAULTS,
    derive=derive,
)
