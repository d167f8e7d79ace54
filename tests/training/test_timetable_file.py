"""What a timetable's file may look like: times as people and Excel write them, teachers of the same name."""

import datetime as dt

import pytest

from peibu.registry.models import Teacher
from peibu.training.actions.venues import add_room, add_venue
from peibu.training.models import PlanTeacher
from peibu.training.timetable_file import clock_of, people_of, read_timetable, timetable_spec
from tests.training.filing_world import Filing


@pytest.mark.parametrize(
    ("text", "clock"),
    [
        ("09:00", (9, 0)),
        ("9：30", (9, 30)),
        ("9时", (9, 0)),
        ("9时5分", (9, 5)),
        ("13:30:00", (13, 30)),
        ("1899-12-31T14:00:00", (14, 0)),
        ("0.375", (9, 0)),
        ("24:00", None),
        ("9:60", None),
        ("9", None),
        ("上午", None),
        ("", None),
    ],
)
def test_a_time_of_day_is_read_or_refused_never_guessed(text, clock):
    assert clock_of(text) == (dt.time(*clock) if clock else None)


@pytest.mark.django_db
def test_teachers_of_the_same_name_can_be_told_apart(city):
    filing = Filing(city)
    plan = filing.plan()
    first = filing.teachers[0]
    twin = Teacher.objects.create(unit=filing.unit, person_key="k", name=first.name, title="客座教授")
    assert first.name in people_of(plan)
    PlanTeacher.objects.create(plan=plan, teacher=twin)
    named = people_of(plan)
    assert named[f"{first.name}（客座教授）"] == twin
    assert first.name not in named
    assert [c.name for c in timetable_spec(plan).columns][-3:] == ["teacher", "base", "room"]


@pytest.mark.django_db
def test_a_room_of_the_file_is_the_lessons_room_and_its_place(city):
    filing = Filing(city)
    plan = filing.plan()
    venue = add_venue(name="一号楼", address="一号路1号", by=filing.by, at=filing.now)
    room = add_room(venue=venue, name="301", seats=40, by=filing.by, at=filing.now)
    head = "日期,开始时间,结束时间,类别,课程,课时,地点,教师,实训基地,教室"
    teacher = next(iter(people_of(plan)))
    lines = [
        f"2020-10-19,09:00,12:00,专题讲座,平台,4,,{teacher},,一号楼 301",
        f"2020-10-20,09:00,12:00,专题讲座,平台,4,报告厅,{teacher},,",
    ]
    lessons, problems = read_timetable("课程表.csv", "\n".join([head, *lines]).encode(), plan)
    assert problems == []
    assert [(row.room, row.place) for row in lessons] == [(room, "一号楼 301"), (None, "报告厅")]
    nowhere = lines[1].replace("报告厅", "")
    _lessons, problems = read_timetable("课程表.csv", "\n".join([head, nowhere]).encode(), plan)
    assert [problem.what for problem in problems] == ["课程或地点为空"]
