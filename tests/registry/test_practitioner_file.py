"""The unit's people from Excel: whole or not at all, every error at once, a second time harmless."""

import datetime as dt
import io

import openpyxl
import pytest

from peibu.registry.models import Engagement, Practitioner, Qualification
from peibu.registry.practitioner_file import import_people, people_spec
from tests.registry.practitioner_world import NOW, number, providers

pytestmark = pytest.mark.django_db
HEADS = [column.label for column in people_spec().columns]
GOOD = ["王建国", number(7), "教师", "专职", dt.date(2020, 1, 1), None, "合同1号", "专业技术职称", "高级职称", "自动化", None,
        "ZC1", "省厅", dt.date(2018, 1, 1), None, "原件"]  # fmt: skip
PLACE = ["李明", number(9), "考评人员", "兼职", dt.date(2020, 1, 1), dt.date(2021, 1, 1), "聘书2号", *[None] * 9]


def book(*rows) -> bytes:
    sheet = openpyxl.Workbook()
    for row in (HEADS, *rows):
        sheet.active.append(list(row))
    sink = io.BytesIO()
    sheet.save(sink)
    return sink.getvalue()


def read(by, *rows):
    return import_people(unit=by.unit, name="师资.xlsx", content=book(*rows), by=by, at=NOW, on=NOW.date())


def changed(row, **cells):
    names = [column.name for column in people_spec().columns]
    return [cells.get(name, value) for name, value in zip(names, row, strict=True)]


def test_a_good_file_is_entered_and_a_second_time_changes_nothing(city):
    by = providers(city)[0]
    assert read(by, GOOD, PLACE) == (2, [])
    assert read(by, GOOD, PLACE) == (2, [])
    assert Engagement.objects.filter(unit=by.unit).count() == 2
    assert Qualification.objects.get(unit=by.unit).title == "senior_title"


def test_every_error_at_once_and_nothing_half_saved(city):
    by, before = providers(city)[0], Practitioner.objects.count()
    done, problems = read(
        by, GOOD,
        changed(PLACE, engaged_until=dt.date(2019, 1, 1)),
        changed(GOOD, id_number=number(11), name="张强", title=None, number="ZC3"),
        changed(GOOD, id_number=number(13), name="赵刚"),  # the number of the first row
        changed(PLACE, id_number=number(15), name="孙丽", issuer="省厅"),
    )  # fmt: skip
    assert done == 0
    assert [problem.row for problem in problems] == [3, 4, 5, 6]
    assert all(problem.todo for problem in problems)
    assert Practitioner.objects.count() == before
    assert not Qualification.objects.filter(unit=by.unit).exists()


@pytest.mark.parametrize(
    ("row", "change", "says"),
    [
        (PLACE, {"engaged_until": dt.date(2021, 6, 30)}, "聘用关系已登记，但止与文件不同"),
        (PLACE, {"engaged_until": None}, "聘用关系已登记，但止与文件不同"),
        (PLACE, {"full_time": "专职", "contract": "聘书3号"}, "聘用关系已登记，但专职、依据与文件不同"),
        (GOOD, {"title": "中级职称"}, "资格已登记，但职称或技能等级与文件不同"),
        (GOOD, {"issuer": "市局", "occupation": "电气"}, "资格已登记，但专业或职业（工种）、发证机构与文件不同"),
        (GOOD, {"valid_until": dt.date(2022, 1, 1)}, "资格已登记，但止与文件不同"),
    ],
)
def test_a_correction_in_a_file_is_never_passed_over_in_silence(city, row, change, says):
    by = providers(city)[0]
    assert read(by, GOOD, PLACE) == (2, [])
    done, (problem,) = read(by, changed(row, **change))
    assert done == 0
    assert says in problem.what
    assert "撤回" in problem.todo
