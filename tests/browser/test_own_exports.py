"""The lists that got their file: the button stands where the list is, also on a phone, and a file comes."""

import datetime as dt

import openpyxl
import pytest
from django.urls import reverse

from peibu.accounts import clock
from tests.city import at
from tests.training.exam_world import build, trainee

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def world(city):
    clock.move_to(at("2020-10-24 10:00") + dt.timedelta(minutes=1))
    return build(city)


def downloaded(page):
    with page.expect_download() as told:
        page.get_by_role("link", name="导出 Excel").click()
    with open(told.value.path(), "rb") as file:
        return openpyxl.load_workbook(file).active


def test_attendance_on_the_phone_and_plans_on_the_desk(world, enter, phone, desktop, complaints, axe, shot):
    enter(phone, trainee(world.people[0]))
    phone.goto(reverse("trainee-attendance"))
    phone.get_by_text(world.cohort.name).first.wait_for()
    axe(phone)
    shot(phone, "own-attendance-phone")
    assert downloaded(phone).cell(1, 1).value == "本人考勤记录表"
    enter(desktop, world.provider)
    desktop.goto(reverse("provider-plans"))
    desktop.get_by_text("方案列表").wait_for()
    axe(desktop)
    shot(desktop, "plans-with-file")
    assert downloaded(desktop).cell(1, 1).value == "培训方案一览表"
