"""Call-backs in a real browser, at a desk and on a phone: draw, phone, record; every page passes axe."""

import pytest
from django.urls import reverse

from peibu.accounts import clock
from peibu.registry.models import Person
from peibu.training.models import CallbackResult, CallbackRound
from tests.city import at, stage
from tests.classroom import classroom

pytestmark = pytest.mark.django_db(transaction=True)
NUMBER = "13900001234"


@pytest.fixture
def world(transactional_db):
    city = stage()
    room = classroom(city, people=12, stage="taught")
    Person.objects.filter(enrolments__cohort=room.cohort).update(mobile=NUMBER)
    clock.move_to(at("2020-10-20 09:00"))
    return city, room


def test_from_the_draw_to_the_chart(world, enter, desktop, phone, axe, shot):
    city, room = world
    reviewer = city.actor("agency_reviewer", city.office("agency", room.cohort.division))
    enter(desktop, reviewer)
    enter(phone, reviewer)

    def look(name, address):
        for page, end in ((desktop, ""), (phone, "-phone")):
            page.goto(address)
            page.wait_for_load_state("networkidle")
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name}{end} is too wide"
            shot(page, f"callbacks-{name}{end}")
            axe(page)

    of_class = reverse("desk-callbacks", args=[room.cohort.pk])
    look("before", of_class)
    desktop.goto(of_class)
    desktop.get_by_role("button", name="公布种子指纹").click()
    desktop.get_by_role("button", name="抽取名单").click()
    desktop.get_by_text("已抽取3人").wait_for()
    drawn = CallbackRound.objects.get()
    tasks = list(drawn.tasks.order_by("position"))
    look("drawn", of_class)
    look("start", reverse("desk-supervision"))
    look("call", reverse("desk-callback", args=[tasks[0].pk]))

    # the first one answers on the phone of the officer
    phone.get_by_label("已接通并回答").check()
    for n, answer in enumerate(("是", "是", "是", "是", "说不清")):
        phone.locator("fieldset").nth(n + 1).get_by_label(answer, exact=True).check()
    phone.get_by_label("备注（选填）").fill("收过200元押金")
    phone.get_by_role("button", name="登记结果").click()
    phone.get_by_text("的通话结果已登记").wait_for()
    # the second has another number now
    desktop.goto(reverse("desk-callback", args=[tasks[1].pk]))
    desktop.get_by_role("button", name="登记结果").click()
    desktop.get_by_text("没有选择通话结果").wait_for()
    axe(desktop)
    desktop.get_by_label("号码有误或空号").check()
    desktop.get_by_role("button", name="登记结果").click()
    desktop.get_by_text("的通话结果已登记").wait_for()
    assert CallbackResult.objects.count() == 2
    assert drawn.tasks.count() == 4
    look("running", of_class)
    assert desktop.get_by_text(NUMBER).count() == 2
    look("class", reverse("desk-class", args=[room.cohort.pk]))

    enter(desktop, city.actor("auditor"))
    enter(phone, city.actor("auditor"))
    look("auditor", of_class)
    assert desktop.get_by_text(NUMBER).count() == 0

    enter(desktop, room.provider)
    enter(phone, room.provider)
    look("notes", reverse("lesson-notes", args=[room.cohort.pk]))
    look("note", reverse("teaching-session", args=[room.sessions[0].pk]))
    enter(desktop, reviewer)
    enter(phone, reviewer)
    look("held", reverse("desk-held-certificates"))
