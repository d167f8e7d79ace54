"""Attendance in a real browser: the code on the big screen, the phone that reads it, the pages on both sizes."""

import datetime as dt

import pytest
from django.urls import reverse

from peibu.accounts import clock
from peibu.demo.city.photos import draw_photo
from peibu.training.actions.attendance import current_code, open_check_in, sign_in_by_hand
from peibu.training.models import Attendance
from tests.city import at
from tests.classroom import classroom

pytestmark = pytest.mark.django_db(transaction=True)
START = at("2020-10-12 09:00")


@pytest.fixture
def room(city):
    clock.move_to(START + dt.timedelta(minutes=3))
    room = classroom(city, people=9, days=5)
    open_check_in(session=room.sessions[0], by=room.teacher, at=START)
    for person in room.enrolments[2:5]:
        sign_in_by_hand(
            session=room.sessions[0], enrolment=person, by=room.teacher, at=START, reason="手机没电，本人在场"
        )
    return room


def test_the_phone_reads_the_code_on_the_big_screen(room, enter, desktop, open_page, axe, shot):
    session = room.sessions[0]
    enter(desktop, room.teacher)
    desktop.goto(reverse("check-in-wall", args=[session.pk]))
    first = desktop.locator(".code").get_attribute("data-code")
    axe(desktop)
    shot(desktop, "attendance-wall", full=False)
    picture = desktop.locator(".picture").screenshot()
    # the trainee takes a picture of it: the same path a phone without camera permission takes
    phone = open_page({"width": 390, "height": 844}, touch=True)
    enter(phone, room.trainees[0])
    phone.goto(reverse("trainee-scan"))
    axe(phone)
    shot(phone, "attendance-scan")
    phone.set_input_files("#shot", {"name": "shot.png", "mimeType": "image/png", "buffer": picture})
    phone.wait_for_url(f"**{reverse('trainee-session', args=[session.pk])}")
    assert phone.get_by_text("签到成功").is_visible()
    axe(phone)
    shot(phone, "attendance-signed")
    # the big screen tells it within a poll, and changes its code
    desktop.get_by_text(room.trainees[0].name).wait_for()
    desktop.locator(f".code:not([data-code='{first}'])").wait_for(timeout=25_000)
    assert Attendance.objects.filter(method="qr").count() == 1


def test_a_picture_of_something_else_is_told(room, enter, phone):
    enter(phone, room.trainees[1])
    phone.goto(reverse("trainee-scan"))
    phone.set_input_files("#shot", {"name": "x.png", "mimeType": "image/png", "buffer": phone.screenshot()})
    phone.get_by_text("没有认出签到二维码").wait_for()
    assert Attendance.objects.filter(method="qr").count() == 0


def test_the_camera_opens_and_is_read_without_complaint(room, enter, phone):
    enter(phone, room.trainees[1])
    phone.goto(reverse("trainee-scan"))
    phone.get_by_role("button", name="打开相机扫码").click()
    phone.locator(".scanner.on video").wait_for()
    phone.wait_for_timeout(1500)  # several frames through the decoder; any error fails the test
    assert phone.evaluate("document.querySelector('video').videoWidth") > 0


def test_a_teacher_takes_photos_with_the_phone(room, enter, phone, axe, shot):
    enter(phone, room.teacher)
    phone.goto(reverse("teaching-session", args=[room.sessions[0].pk]))
    for drawing in (1, 2):
        photo = {"name": f"{drawing}.jpg", "mimeType": "image/jpeg", "buffer": draw_photo(drawing)}
        with phone.expect_navigation():
            phone.set_input_files("#photo-camera", photo)
    phone.get_by_text("张数已够").wait_for()
    shown = "[...document.querySelectorAll('.photo-grid img')].map(image => image.complete && image.naturalWidth > 0)"
    phone.locator("#photos-head").scroll_into_view_if_needed()
    phone.wait_for_timeout(500)
    assert phone.evaluate(shown) == [True, True]
    axe(phone)
    shot(phone, "attendance-photos")


def test_the_confirmation_counts_down_and_gives_way(room, enter, phone, desktop, axe, shot):
    enter(desktop, room.teacher)
    desktop.goto(reverse("check-in-wall", args=[room.sessions[0].pk]))
    code = current_code(room.sessions[0].check_in, clock.now()).scanned
    enter(phone, room.trainees[1])
    phone.goto(reverse("check-in", args=[code]))
    axe(phone)
    shot(phone, "attendance-confirm")
    phone.get_by_text("签到码已过期").wait_for(timeout=40_000)
    assert phone.get_by_role("button", name="确认签到").count() == 0


def test_pages_of_trainee_and_teacher_on_both_sizes(room, enter, open_page, axe, shot):
    session, cohort = room.sessions[0], room.cohort
    phone_size, desktop_size = {"width": 390, "height": 844}, {"width": 1440, "height": 900}
    pages = [
        (room.trainees[0], "trainee-home", []),
        (room.trainees[2], "trainee-attendance", []),
        (room.teacher, "teacher-home", []),
        (room.teacher, "teaching-session", [session.pk]),
        (room.teacher, "teaching-class", [cohort.pk]),
        (room.provider, "teacher-home", []),
        (room.provider, "teaching-session", [session.pk]),
        (room.provider, "teaching-class", [cohort.pk]),
    ]
    for size, name in ((phone_size, "phone"), (desktop_size, "desktop")):
        for actor, url, args in pages:
            page = open_page(size, touch=name == "phone")
            enter(page, actor)
            page.goto(reverse(url, args=args))
            axe(page)
            wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wide <= 0, f"{url} scrolls sideways on the {name}"
            shot(page, f"attendance-{actor.role}-{url}-{name}")
            page.context.close()


def test_a_person_is_entered_by_hand_from_the_dialog(room, enter, phone, axe, shot):
    enter(phone, room.teacher)
    phone.goto(reverse("teaching-session", args=[room.sessions[0].pk]))
    phone.get_by_role("button", name="人工补签").click()
    axe(phone)
    shot(phone, "attendance-by-hand", full=False)
    phone.get_by_label("学员", exact=True).select_option(index=1)
    phone.get_by_role("button", name="确认补签").click()
    assert phone.get_by_label("理由").evaluate("field => field.validity.valueMissing")
    phone.get_by_label("理由").fill("手机没电，本人在场，教师核对了身份证")
    phone.get_by_role("button", name="确认补签").click()
    phone.get_by_text("补签。", exact=False).first.wait_for()
    assert Attendance.objects.filter(method="manual").count() == 4
