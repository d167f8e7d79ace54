"""What a timetable's file may look like: times as people and Excel write them, teachers of the same name."""

import datetime as dt

import pytest

from peibu.registry.models import Teacher
from peibu.training.models import PlanTeacher
from peibu.training.timetable_file import clock_of, people_of, timetable_spec
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
