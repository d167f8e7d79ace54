"""An exam that took place: who watched says so, marks are entered, looked at once more, kept and sealed."""

from playwright.sync_api import Page

from tests.browser.delivery.base import HRSS_SUPERVISOR, PEOPLE, Walk
from tests.browser.road.base import confirm, fill, says

MARKS = ("88", "60", "91")


def arrange(page: Page, day: str, place: str) -> None:
    """Time, place and paper of an exam, and the officer who watches; as far as both documents ask the same."""
    for label, text in (("考试日期", day), ("开始时间", "09:00"), ("结束时间", "11:00"), ("考场", place)):
        fill(page, label, text)
    page.get_by_role("button", name="保存时间和考场").click()
    for kind, count, points in (("single", "60", "1"), ("practical", "4", "10")):
        page.locator(f"[name={kind}-count]").fill(count)
        page.locator(f"[name={kind}-points]").fill(points)
    page.get_by_role("button", name="保存试卷结构").click()
    page.locator("#supervisor-hrss").select_option(label="任丽娟")
    page.get_by_role("button", name="保存监考人").click()


def watched(walk: Walk, after: str) -> None:
    walk.clock(after)
    page = walk.as_(HRSS_SUPERVISOR)
    page.goto("/desk/exams/")
    page.get_by_role("link", name="查看").first.click()
    fill(page, "监考记录", "应到3人，实到3人，考场秩序良好。")
    walk.look(page, "exam-watched")
    page.get_by_role("button", name="确认本人全程监考").click()
    page.get_by_role("button", name="确认本人全程监考").wait_for(state="detached")


def held(walk: Walk, account: str) -> None:
    """`account`: of whoever examines."""
    page = walk.as_(account)
    page.goto(f"/provider/exams/{walk.memory['exam']}/scores/")
    for name, points in zip(PEOPLE, MARKS, strict=True):
        page.get_by_label(f"{name}的成绩").fill(points)
    page.get_by_role("button", name="核对成绩").click()
    page.get_by_role("button", name="确认保存").click()
    confirm(page, "封存成绩单", "封存成绩单")
    says(page, "已封存", "与封存时一致")
    walk.look(page, "sealed")
