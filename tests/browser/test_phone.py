"""The trainee's app in a real browser: without network, back again, and out of the door."""

import datetime as dt
import io
from decimal import Decimal

import pgtrigger
import pytest
import segno
from django.urls import reverse

from peibu.accounts import clock
from peibu.training.actions.attendance import current_code, open_check_in, sign_in
from peibu.training.actions.check_out import open_check_out
from peibu.training.actions.venues import add_room, add_venue
from peibu.training.models import Attendance, EntryRequest, Session, SignOut, Whereabouts
from tests.city import at
from tests.classroom import as_practice, classroom, without_fence

pytestmark = pytest.mark.django_db(transaction=True)
START, END = at("2020-10-12 09:00"), at("2020-10-12 12:00")
CODE_IS_OVER = 31_000  # milliseconds: two slots of fifteen seconds, and one


@pytest.fixture
def room(city, monkeypatch):
    without_fence(monkeypatch)
    clock.move_to(START + dt.timedelta(minutes=3))
    room = classroom(city, people=6)
    room.session = as_practice(room)
    room.check_in = open_check_in(session=room.session, by=room.teacher, at=START)
    return room


def picture_of(gate, site: str) -> dict:
    """The code of this moment as a photo of the big screen."""
    out = io.BytesIO()
    link = site + reverse("check-in", args=[current_code(gate, clock.now()).scanned])
    segno.make(link).save(out, kind="png", scale=8, border=4)
    return {"name": "shot.png", "mimeType": "image/png", "buffer": out.getvalue()}


def ready(page) -> None:
    """The worker answers for the page, and today is kept."""
    page.evaluate("navigator.serviceWorker.ready")
    page.wait_for_function("navigator.serviceWorker.controller !== null")
    page.wait_for_function(
        """async () => {
            const open = indexedDB.open("peibu-phone", 1);
            const database = await new Promise((done) => { open.onsuccess = () => done(open.result); });
            const get = database.transaction("kept").objectStore("kept").get("today");
            return await new Promise((done) => { get.onsuccess = () => done(Boolean(get.result)); });
        }"""
    )


def only_the_cut(complaints: list[str]) -> None:
    """Takes out what a cut connection says by itself; everything else still fails the test."""
    complaints[:] = [told for told in complaints if "ERR_INTERNET_DISCONNECTED" not in told]


def test_a_scan_without_network_is_kept_sent_and_counts(room, enter, phone, site, complaints, axe, shot):
    enter(phone, room.trainees[0])
    phone.goto(reverse("trainee-home"))
    ready(phone)
    phone.context.set_offline(True)
    phone.goto(reverse("trainee-scan"))
    phone.get_by_text("手机没有网络").wait_for()
    phone.get_by_text(room.session.subject).first.wait_for()
    axe(phone)
    phone.set_input_files("#shot", picture_of(room.check_in, site))
    phone.get_by_text("次扫码已存在手机上，等待发送").wait_for()
    shot(phone, "phone-offline")
    axe(phone)
    assert not Attendance.objects.exists()
    phone.wait_for_timeout(CODE_IS_OVER)  # the code is of no use to anybody else now
    phone.context.set_offline(False)
    phone.get_by_text("签到成功").wait_for()
    row = Attendance.objects.get()
    assert row.received_at - row.signed_at > dt.timedelta(seconds=25)
    assert phone.get_by_text("次扫码已存在手机上，等待发送").is_hidden()
    only_the_cut(complaints)
    phone.goto(reverse("trainee-session", args=[room.session.pk]))
    phone.get_by_text("扫码时没有网络").wait_for()
    shot(phone, "phone-arrived-late")


def test_a_page_closed_in_between_makes_it_a_matter_of_the_teacher(
    room, enter, phone, desktop, site, complaints, axe, shot
):
    enter(phone, room.trainees[1])
    phone.goto(reverse("trainee-scan"))
    ready(phone)
    phone.context.set_offline(True)
    phone.set_input_files("#shot", picture_of(room.check_in, site))
    phone.get_by_text("次扫码已存在手机上，等待发送").wait_for()
    phone.goto(reverse("trainee-home"))  # closed and opened again: the steady stop-watch is gone
    phone.wait_for_timeout(CODE_IS_OVER)
    phone.context.set_offline(False)
    phone.get_by_text("已转教师确认").wait_for()
    assert not Attendance.objects.exists()
    only_the_cut(complaints)
    phone.goto(reverse("trainee-session", args=[room.session.pk]))
    phone.get_by_text("待教师确认").wait_for()
    axe(phone)
    shot(phone, "phone-asked")
    enter(desktop, room.teacher)
    desktop.goto(reverse("teaching-session", args=[room.session.pk]))
    panel = desktop.locator("#entry-requests")
    panel.get_by_text("手机计时中断").wait_for()
    axe(desktop)
    shot(desktop, "phone-teacher-asked")
    panel.get_by_label("怎样核实的").fill("当堂点名，本人在场")
    panel.get_by_role("button", name="确认在场").click()
    desktop.get_by_text("已确认到课").first.wait_for()
    assert (EntryRequest.objects.get().state, Attendance.objects.get().method) == ("entered", "manual")


def test_signing_out_from_the_wall_and_what_the_teacher_sees(room, enter, phone, open_page, site, axe, shot):
    for trainee in room.trainees[:4]:
        now = clock.now()
        sign_in(code=current_code(room.check_in, now).scanned, by=trainee, at=now)
    clock.move_to(END - dt.timedelta(minutes=40))
    gate = open_check_out(session=room.session, by=room.teacher, at=clock.now())
    enter(phone, room.trainees[0])
    phone.goto(reverse("trainee-scan"))
    phone.set_input_files("#shot", picture_of(gate, site))
    phone.get_by_text("已签退").wait_for()
    axe(phone)
    shot(phone, "phone-signed-out")
    clock.move_to(END - dt.timedelta(minutes=2))
    phone.context.clear_cookies()
    enter(phone, room.trainees[1])
    phone.goto(reverse("check-in", args=[current_code(gate, clock.now()).scanned]))
    axe(phone)
    phone.get_by_role("button", name="确认签退").click()
    phone.get_by_text("签退成功").wait_for()
    wall = open_page({"width": 1440, "height": 900})
    enter(wall, room.teacher)
    wall.goto(reverse("check-out-wall", args=[room.session.pk]))
    axe(wall)
    shot(wall, "phone-out-wall", full=False)
    clock.move_to(END + dt.timedelta(minutes=45))
    for size, name in (({"width": 390, "height": 844}, "phone"), ({"width": 1440, "height": 900}, "desktop")):
        page = open_page(size, touch=name == "phone")
        enter(page, room.teacher if name == "phone" else room.provider)
        page.goto(reverse("teaching-session", args=[room.session.pk]))
        axe(page)
        shot(page, f"phone-session-{name}")
        page.goto(reverse("teaching-statistics", args=[room.cohort.pk]))
        axe(page)
        shot(page, f"phone-statistics-{name}")
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0
    page.goto(reverse("teaching-session", args=[room.session.pk]))
    forgotten = page.locator("#sign-outs .leaving").first
    page.locator("#sign-outs summary").first.click()
    forgotten.get_by_label("理由").fill("忘记扫码，教师看到离开")
    forgotten.get_by_role("button", name="补签退").click()
    page.get_by_text("补签退。", exact=False).first.wait_for()
    assert SignOut.objects.filter(method="manual").count() == 1


def test_the_place_is_asked_for_with_consent_and_only_where_wanted(room, enter, phone, site, axe, shot, monkeypatch):
    monkeypatch.undo()  # the folder wants the place checked
    enter(phone, room.trainees[0])
    phone.goto(reverse("trainee-scan"))
    assert phone.get_by_text("本课次核对是否在培训场所").is_hidden()
    venue = add_venue(
        name="实训楼", address="一号路1号", longitude=Decimal("120.383"), latitude=Decimal("36.067"), radius_m=150,
        by=room.provider, at=START,
    )  # fmt: skip
    place = add_room(venue=venue, name="301", seats=60, by=room.provider, at=START)
    with pgtrigger.ignore("training.Session:a_taught_session_never_changes"):  # as if planned there from the start
        Session.objects.filter(pk=room.session.pk).update(room=place)
    phone.context.grant_permissions(["geolocation"])
    phone.context.set_geolocation({"latitude": 36.0671, "longitude": 120.3831, "accuracy": 20})
    phone.goto(reverse("trainee-scan"))
    phone.get_by_label("同意这一次使用手机位置").check()
    phone.get_by_text("已取得位置").wait_for()
    axe(phone)
    shot(phone, "phone-place")
    phone.set_input_files("#shot", picture_of(room.check_in, site))
    phone.get_by_text("签到成功").wait_for()
    assert Whereabouts.objects.get().nearness == "inside"


def test_one_scan_that_fails_takes_no_other_answer_with_it(room, enter, phone, complaints):
    """Three wait; the server has no answer for the first, a page of its own for the second, and takes the third."""
    enter(phone, room.trainees[0])
    phone.goto(reverse("trainee-home"))
    ready(phone)
    answers = iter([(500, "<html>"), (400, "<html>"), (200, '{"outcome": "done", "said": "签到成功。"}')])

    def answer(route):
        status, body = next(answers)
        kind = "application/json" if body.startswith("{") else "text/html"
        route.fulfill(status=status, body=body, content_type=kind)

    phone.route("**/trainee/scans/", answer)
    told, left = phone.evaluate(
        """async (module) => {
            const outbox = await import(module);
            for (const code of ["A", "B", "C"]) await outbox.hold(await outbox.scanned(code));
            const { owner } = await outbox.kept("today");
            const told = [];
            await outbox.flush("/trainee/scans/", owner, (answer) => told.push(answer.outcome));
            return [told, (await outbox.waiting()).map((scan) => scan.code).sort()];
        }""",
        phone.locator("script[src*='portal/phone']").get_attribute("src").replace("phone.js", "outbox.js"),
    )
    assert told == ["done"]
    assert left == ["A", "B"]  # kept, and sent again later
    complaints[:] = [text for text in complaints if "status of" not in text and "/trainee/scans/" not in text]
