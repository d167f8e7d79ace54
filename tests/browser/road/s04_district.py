"""Stop 4: the district sends the filing back with a reason, gets it corrected, and confirms it."""

from playwright.sync_api import expect

from tests.browser.road.base import CLASS, PROVIDER, REVIEWER, Road, confirm, says
from tests.browser.road.s03_provider import PRACTICE

REASON = "第一处实训地点没有写明楼栋，请补正"


def walk(road: Road) -> None:
    road.clock("2020-10-13 09:00")
    desk = road.as_(REVIEWER)
    desk.goto("/desk/")
    says(desk, "待办事项", CLASS, "工作日")
    road.look(desk, "04-desk")
    desk.get_by_role("link", name=CLASS).first.click()
    says(desk, "青岛大学", "叶雅琴", "互联工厂参观与实操", "办理过程", "QD97.3.2")
    road.look(desk, "04-filing")
    back = desk.locator(".move-form", has=desk.get_by_role("button", name="退回补正"))
    back.get_by_role("button").click()
    expect(back.locator("textarea")).to_be_focused()  # no return without a reason
    back.locator("textarea").fill(REASON)
    back.get_by_role("button").click()
    says(desk, "已退回", REASON)
    expect(desk.get_by_role("button", name="审核确认")).to_have_count(0)

    road.clock("2020-10-13 14:00")
    provider = road.as_(PROVIDER)
    provider.goto("/provider/")
    provider.get_by_role("link", name=CLASS).first.click()
    says(provider, "受理机构已退回", REASON)
    road.look(provider, "04-returned")
    provider.locator("main .tabs-line").get_by_role("link", name="课程表").click()
    provider.locator(f"[name=row-{PRACTICE}-place]").fill("海尔路1号创新楼二层")
    provider.get_by_role("button", name="保存课程表").click()
    says(provider, "课程表已保存")
    provider.goto(f"/provider/classes/{road.memory['class']}/")
    says(provider, "海尔路1号创新楼二层")
    confirm(provider, "补正后提交", "补正后提交")
    says(provider, "已提交，等待审核")

    road.clock("2020-10-14 09:00")
    desk.reload()
    says(desk, "海尔路1号创新楼二层", "补正后提交")
    desk.get_by_role("button", name="审核确认").click()
    says(desk, "已办理，当前状态：已确认")
    road.look(desk)
    provider.reload()
    says(provider, "已确认开班")
