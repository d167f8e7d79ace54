"""An exam that took place: who watched says so, marks are entered, looked at once more, kept and sealed."""

from tests.browser.delivery.base import HRSS_SUPERVISOR, PEOPLE, Walk
from tests.browser.road.base import confirm, fill, says

MARKS = ("88", "60", "91")


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
