"""Calendar, venues and leave in a real browser, on the desk and on the phone."""

import datetime as dt

import pytest
from django.urls import reverse

from peibu.accounts import clock
from peibu.training.actions.leave import ask_leave
from peibu.training.actions.venues import add_room, add_venue
from peibu.training.models import Session
from tests.city import at
from tests.classroom import classroom
from tests.training.filing_world import Filing

pytestmark = pytest.mark.django_db(transaction=True)
PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1440, "height": 900}


def no_sideways(page) -> None:
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, page.url


def test_a_session_is_dragged_or_moved_by_keyboard_and_clashes_are_told_while_typing(
    city,
    enter,
    desktop,
    axe,
    shot,
):
    clock.move_to(at("2020-09-28 10:00"))
    filing = Filing(city)
    venue = add_venue(name="一号楼", address="一号路1号", by=filing.by, at=filing.now)
    room = add_room(venue=venue, name="301", seats=40, by=filing.by, at=filing.now)
    cohort = filing.cohort()
    other = classroom(city, number=1, opens="2020-10-19", days=1)
    Session.objects.filter(pk=other.sessions[0].pk).update(room=room)
    enter(desktop, filing.by)
    desktop.goto(reverse("class-calendar", args=[cohort.pk]))
    axe(desktop)
    shot(desktop, "calendar-class-desktop")
    block = desktop.locator(".cal-block").first
    target = desktop.locator('.cal-day[data-date="2020-10-24"]')
    block.drag_to(target, target_position={"x": 20, "y": 300})
    desktop.get_by_text("已移动：课程").wait_for()
    assert cohort.sessions.filter(starts_at__date=dt.date(2020, 10, 24)).count() == 1
    # by keyboard: the name of the course fills the form in
    desktop.get_by_role("button", name="移动：10/20").press("Enter")
    desktop.get_by_label("开始时间").first.fill("13:00")
    desktop.get_by_role("button", name="移动", exact=True).press("Enter")
    desktop.get_by_text("已移动：课程").wait_for()
    assert cohort.sessions.filter(starts_at=at("2020-10-20 13:00")).count() == 1
    desktop.goto(reverse("class-timetable", args=[cohort.pk]))
    desktop.locator("[name=row-0-date]").fill("2020-10-19")
    desktop.locator("[name=row-0-starts]").fill("09:00")
    desktop.locator("[name=row-0-ends]").fill("12:00")
    desktop.locator("[name=row-0-room]").select_option(index=1)
    desktop.get_by_text("已被占用").wait_for()
    axe(desktop)
    shot(desktop, "calendar-clash-desktop")
    desktop.goto(reverse("venues"))
    axe(desktop)
    shot(desktop, "calendar-venues-desktop")


def test_calendars_and_leave_on_both_sizes(city, enter, open_page, axe, shot):
    clock.move_to(at("2020-10-11 09:00"))
    one = classroom(city, days=5)
    reason = "参加公司招标会"
    ask_leave(session=one.sessions[0], enrolment=one.enrolments[1], reason=reason, by=one.trainees[1], at=clock.now())
    clock.move_to(at("2020-10-12 08:50"))
    pages = [
        (one.trainees[0], "calendar", [], ""),
        (one.trainees[0], "trainee-session", [one.sessions[2].pk], ""),
        (one.teacher, "calendar", [], "?view=month"),
        (one.teacher, "teaching-session", [one.sessions[0].pk], ""),
        (one.provider, "calendar", [], ""),
        (one.provider, "venues", [], ""),
    ]
    for size, name in ((PHONE, "phone"), (DESKTOP, "desktop")):
        for actor, url, args, query in pages:
            page = open_page(size, touch=name == "phone")
            enter(page, actor)
            page.goto(reverse(url, args=args) + query)
            axe(page)
            no_sideways(page)
            shot(page, f"calendar-{actor.role}-{url}-{name}")
            page.context.close()
