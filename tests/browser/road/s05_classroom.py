"""Stop 5: five days of teaching. The code on the big screen, phones that send it, photos, logs, the end."""

from playwright.sync_api import Page, expect

from peibu.demo.city.photos import draw_photo
from tests.browser.road.base import (
    CLASS,
    PHONE,
    PROVIDER,
    TEACHERS,
    TRAINEES,
    WITHOUT_ACCOUNT,
    Road,
    path_of,
    says,
    upload,
)
from tests.browser.road.s03_provider import LESSONS

REASON = "没有智能手机，教师核对了身份证"
WITH_PHOTO = (0, 3, 4)
SUBJECT, TEACHER = 4, 7


def walk(road: Road) -> None:
    for number, lesson in enumerate(LESSONS):
        _day(road, number, lesson)
    _after(road)


def _day(road: Road, number: int, lesson: list[str]) -> None:
    date, subject, first = lesson[0], lesson[SUBJECT], number == 0
    road.clock(f"{date} 08:50")
    teacher = road.as_(TEACHERS[lesson[TEACHER]])
    teacher.goto("/teaching/")
    if first:
        road.look(teacher, "05-teacher")
    teacher.locator(".today-card").get_by_role("link", name=subject).click()
    session = path_of(teacher)
    teacher.get_by_role("button", name="开放签到").click()
    for nth, account in enumerate(TRAINEES.values()):
        _sign_in(road, teacher, account, by_picture=first and nth == 0)
    expect(teacher.locator(".tally-board")).to_contain_text("刘鹏")  # the big screen tells who has come
    if first:
        road.look(teacher, "05-wall")
    teacher.goto(session)
    _by_hand(road, teacher, first)
    road.clock(f"{date} 16:10")
    teacher.goto(session)
    _papers(road, teacher, number, subject)


def _sign_in(road: Road, teacher: Page, account: str, *, by_picture: bool) -> None:
    phone = road.as_(account, PHONE)
    if by_picture:
        phone.goto("/trainee/")
        says(phone, CLASS, "青岛大学")
        road.look(phone, "05-trainee")
        phone.get_by_role("link", name="扫码签到").first.click()
        road.look(phone)
        picture = teacher.locator(".picture").screenshot()
        phone.set_input_files("#shot", upload("大屏.png", picture, "image/png"))
    else:
        phone.goto("/trainee/scan/")
        phone.get_by_label("教师屏幕上的 6 位口令").fill(teacher.locator(".typed b").inner_text())
        phone.get_by_role("button", name="签到", exact=True).click()
    says(phone, "签到成功")
    if by_picture:
        road.look(phone, "05-signed")


def _by_hand(road: Road, teacher: Page, first: bool) -> None:
    teacher.get_by_role("button", name="人工补签").click()
    teacher.get_by_label("学员", exact=True).select_option(index=1)
    teacher.get_by_role("button", name="确认补签").click()
    expect(teacher.get_by_label("理由")).to_be_focused()  # never without a reason
    teacher.get_by_label("理由").fill(REASON)
    teacher.get_by_role("button", name="确认补签").click()
    says(teacher, "全部到齐", WITHOUT_ACCOUNT, REASON)
    if first:
        road.look(teacher, "05-session")


def _papers(road: Road, teacher: Page, number: int, subject: str) -> None:
    """Photos on three days, a log on every day but the last: the archive will ask for that one."""
    if number in WITH_PHOTO:
        photo = upload(f"现场{number}.jpg", draw_photo(9001 + number), "image/jpeg")
        with teacher.expect_navigation():
            teacher.set_input_files("#photo-album", photo)
        says(teacher, f"现场照片（{WITH_PHOTO.index(number) + 1}）")
    if number < len(LESSONS) - 1:
        teacher.locator("#log-text").fill(f"讲授“{subject}”，全班5人到课，分组讨论并完成练习。")
        teacher.get_by_role("button", name="保存日志").click()
        expect(teacher.locator("#log-text")).to_have_value(f"讲授“{subject}”，全班5人到课，分组讨论并完成练习。")


def _after(road: Road) -> None:
    phone = road.as_(TRAINEES["卢嘉豪"], PHONE)
    phone.goto("/trainee/attendance/")
    says(phone, CLASS, "100%")
    road.look(phone, "05-attendance")
    page = road.as_(PROVIDER)
    page.goto("/teaching/")
    page.get_by_role("link", name=CLASS).first.click()
    says(page, "25", "100%", "张数已够")
    page.get_by_role("button", name="办理结课").click()
    dialog = page.locator("dialog[open]")
    if dialog.locator("#finish-reason").count():  # nobody signed out of practice here
        dialog.locator("#finish-reason").fill("课后统一离场，没有开放签退")
    dialog.get_by_role("button", name="确认结课").click()
    says(page, "已结课")
    road.look(page, "05-taught")
