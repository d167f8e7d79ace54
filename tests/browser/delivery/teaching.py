"""Days of teaching: the first of each kind on pages, every other by the same forms sent without drawing them."""

import datetime as dt
import re
from dataclasses import dataclass

from playwright.sync_api import Page, expect

from peibu.demo.city.photos import draw_photo
from tests.browser.delivery.base import LEARNERS, REASON, WITHOUT_ACCOUNT, Walk
from tests.browser.road.base import PHONE, PROVIDER, path_of, says, upload

CODE = re.compile(r'data-code="(\w+)"')
SESSION = re.compile(r"/teaching/sessions/([0-9a-f-]{36})/\"")
BEFORE, AFTER = dt.timedelta(minutes=10), dt.timedelta(minutes=5)


@dataclass(frozen=True)
class Lesson:
    """A line of the timetable's file; `words`: the named topics it teaches; `out`: it ends with a sign-out."""

    day: dt.date
    starts: str
    ends: str
    kind: str
    subject: str
    hours: int
    teacher: str
    words: str = ""
    out: bool = False

    def moment(self, clock: str) -> dt.datetime:
        return dt.datetime.combine(self.day, dt.time.fromisoformat(clock))

    @property
    def log(self) -> str:
        return f"讲授“{self.subject}”{self.hours}课时，全班到课，分组练习并点评。"


def teach(walk: Walk, lessons: list[Lesson], shown: tuple[int, ...]) -> None:
    """All lessons in their order; those in `shown` on pages, the first of them with pictures."""
    page = walk.as_(PROVIDER)
    page.goto("/teaching/")
    page.get_by_role("link", name=walk.memory["name"]).first.click()
    walk.memory["teaching"] = path_of(page)
    ids = list(dict.fromkeys(SESSION.findall(page.content())))
    assert len(ids) == len(lessons)
    for number, (session, lesson) in enumerate(zip(ids, lessons, strict=True)):
        if number in shown:
            on_pages(walk, f"/teaching/sessions/{session}/", lesson, pictures=number == shown[0] or lesson.out)
        else:
            in_bulk(walk, f"/teaching/sessions/{session}/", lesson)


def on_pages(walk: Walk, path: str, lesson: Lesson, *, pictures: bool) -> None:
    """The teacher's big screen, two phones, one person by hand, the way out, a photo, the log."""
    name = "practice" if lesson.out else "theory"
    walk.clock(str(lesson.moment(lesson.starts) - BEFORE)[:16])
    page = walk.as_(walk.teachers[lesson.teacher])
    page.goto(path)
    page.get_by_role("button", name="开放签到").click()
    for account in LEARNERS.values():
        phone = typed(walk, page, account)
        says(phone, "签到成功")
    if pictures:
        walk.look(phone, f"{name}-signed-phone")
        expect(page.locator(".tally-board")).to_contain_text(next(iter(LEARNERS)))
        walk.look(page, f"{name}-wall")
    page.goto(path)
    page.get_by_role("button", name="人工补签").click()
    page.get_by_label("学员", exact=True).select_option(index=1)
    page.get_by_label("理由").fill(REASON)
    page.get_by_role("button", name="确认补签").click()
    says(page, "全部到齐", WITHOUT_ACCOUNT)
    walk.clock(str(lesson.moment(lesson.ends) - AFTER)[:16])
    page.goto(path)
    if lesson.out:
        page.get_by_role("button", name="开放签退").click()
        for account in LEARNERS.values():
            says(typed(walk, page, account), "签退成功")
        page.goto(path)
    with page.expect_navigation():
        page.set_input_files("#photo-album", upload("现场.jpg", draw_photo(lesson.day.toordinal()), "image/jpeg"))
    says(page, "已上传1张照片")
    page.locator("#log-text").fill(lesson.log)
    page.get_by_role("button", name="保存日志").click()
    expect(page.locator("#log-text")).to_have_value(lesson.log)
    if pictures:
        walk.look(page, f"{name}-session")


def typed(walk: Walk, teacher: Page, account: str) -> Page:
    """The six characters of the big screen, typed on a phone."""
    phone = walk.as_(account, PHONE)
    phone.goto("/trainee/scan/")
    phone.get_by_label("教师屏幕上的 6 位口令").fill(teacher.locator(".typed b").inner_text())
    phone.get_by_role("button", name="签到", exact=True).click()
    return phone


def in_bulk(walk: Walk, path: str, lesson: Lesson) -> None:
    """The same forms, sent by the same sessions: open, sign in, by hand, sign out, log."""
    walk.clock_at_once(lesson.moment(lesson.starts) - BEFORE)
    page = walk.as_(PROVIDER)
    walk.send(page, f"{path}open/")
    _codes(walk, page, f"{path}wall/code/")
    if "by-hand" not in walk.memory:
        told = page.request.get(path).text()
        walk.memory["by-hand"] = re.search(rf'<option value="([^"]+)">{WITHOUT_ACCOUNT}', told)[1]
    came = f"{lesson.moment(lesson.starts) - BEFORE:%H:%M}"
    walk.send(page, f"{path}by-hand/", enrolment=walk.memory["by-hand"], arrived_at=came, reason=REASON)
    walk.clock_at_once(lesson.moment(lesson.ends) - AFTER)
    if lesson.out:
        walk.send(page, f"{path}out/open/")
        _codes(walk, page, f"{path}out/code/")
    walk.send(page, f"{path}log/", text=lesson.log)


def _codes(walk: Walk, page: Page, wall: str) -> None:
    for account in LEARNERS.values():
        code = CODE.search(page.request.get(wall).text())[1]
        walk.send(walk.as_(account, PHONE), "/trainee/scan/", code=code)


def finish(walk: Walk, sessions: int) -> None:
    """The provider declares the teaching over; everybody was at every session."""
    page = walk.as_(PROVIDER)
    page.goto(walk.memory["teaching"])
    says(page, str(sessions), "100%")
    page.get_by_role("button", name="办理结课").click()
    dialog = page.locator("dialog[open]")
    if dialog.locator("#finish-reason").count():
        dialog.locator("#finish-reason").fill("个别学员忘记签退，教师已当面核实")
    dialog.get_by_role("button", name="确认结课").click()
    says(page, "已结课")
    walk.look(page, "taught")
    walk.also_on_phone(PROVIDER, walk.memory["teaching"], "taught")
