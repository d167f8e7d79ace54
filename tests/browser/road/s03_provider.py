"""Stop 3: the provider writes a plan, two bases co-sign it, a class with timetable and people is filed."""

from playwright.sync_api import Page, expect

from tests.browser.road.base import BASES, CLASS, PLAN, PROVIDER, TEACHERS, Road, confirm, fill, says, upload, workbook

FIRST, SECOND = TEACHERS
BASE_NAMES = ("青岛海尔工业智能研究院有限公司", "青岛青软实训教育科技股份有限公司")
HEAD = ["日期", "开始时间", "结束时间", "类别", "课程", "课时", "地点", "教师", "实训基地"]
LESSONS = [
    ["2020-10-26", "09:00", "16:00", "专题讲座", "工业互联网平台架构", "6", "实训楼 301", FIRST, ""],
    ["2020-10-27", "09:00", "16:00", "专题讲座", "智能制造案例研讨", "6", "实训楼 301", FIRST, ""],
    ["2020-10-28", "09:00", "16:00", "专题讲座", "工业数据与网络安全", "6", "实训楼 301", SECOND, ""],
    ["2020-10-29", "09:00", "16:00", "基地实训", "互联工厂参观与实操", "6", "海尔路1号", FIRST, BASE_NAMES[0]],
    ["2020-10-30", "09:00", "16:00", "基地实训", "数字孪生建模实操", "6", "软件园8号", FIRST, BASE_NAMES[1]],
]
PRACTICE = 3  # index of the first practice lesson


def walk(road: Road) -> None:
    road.clock("2020-10-12 14:00")
    page = road.as_(PROVIDER)
    page.goto("/provider/")
    says(page, "青岛沐垣智能装备有限公司", "收到的报名（待编班）")
    road.look(page, "03-home")
    _plan(road, page)
    for account in BASES:
        _cosign(road, account)
    _class(road, page)
    _people(road, page)
    _timetable(road, page)
    _file(road, page)


def _plan(road: Road, page: Page) -> None:
    page.goto("/provider/plans/")
    road.look(page)
    page.get_by_role("button", name="开始编写").click()
    says(page, "缺少", "才能签署")
    texts = {
        "培训项目名称": PLAN,
        "培训目标": "掌握工业互联网平台的组成和应用方法，能提出本企业的改造方案。",
        "培训方式": "专题讲座18课时，基地实训12课时。",
        "培训地点": "青岛大学实训楼 301",
        "实训地点": "海尔路1号；软件园8号",
        "培训内容": "平台架构、智能制造、数据安全、数字孪生。",
        "课时": "30",
        "培训人数": "5",
        "批次": "1",
        "结业评价标准": "结业考核60分合格；缺勤的补课后考核。",
        "收费标准（元/人）": "1800",
    }
    form = page.locator("form[action$='/']").filter(has=page.get_by_role("button", name="保存方案"))
    for label, text in texts.items():
        fill(form, label, text)
    form.locator("[name=topics]").nth(0).check()
    form.locator("[name=topics]").nth(1).check()
    for name in (*BASE_NAMES, *TEACHERS):
        form.get_by_label(name).check()
    road.look(page, "03-plan-edit")
    page.get_by_role("button", name="保存方案").click()
    says(page, "内容已齐全")
    confirm(page, "签署方案", "确认签署")
    says(page, "1,800.00", *BASE_NAMES)
    road.memory["plan"] = page.url.split("/")[-2]


def _cosign(road: Road, account: str) -> None:
    page = road.as_(account)
    page.goto("/base/")
    says(page, "等待会签的培训方案")
    road.look(page)
    page.get_by_role("link", name=PLAN).click()
    says(page, "青岛大学", "数字孪生")
    road.look(page, "03-cosign")
    confirm(page, "会签方案", "确认会签")
    expect(page.get_by_role("button", name="会签方案")).to_have_count(0)


def _class(road: Road, page: Page) -> None:
    page.goto(f"/provider/plans/{road.memory['plan']}/")
    road.look(page)
    page.get_by_role("link", name="按此方案新建班次").click()
    page.get_by_label("班次名称").fill(CLASS)
    page.get_by_label("主要培训地点").fill("青岛大学实训楼 301")
    road.look(page)
    page.get_by_role("button", name="建立班次").click()
    expect(page.get_by_role("heading", name=CLASS, level=1)).to_be_visible()
    page.goto("/provider/classes/")
    page.get_by_role("link", name=CLASS).first.click()
    road.memory["class"] = page.url.split("/")[-2]
    says(page, "还有")  # an empty class cannot be filed, and the page says what is missing
    expect(page.get_by_role("button", name="提交备案")).to_have_count(0)


def _people(road: Road, page: Page) -> None:
    page.locator("main .tabs-line").get_by_role("link", name="学员").click()
    page.get_by_label("选择青岛沐垣智能装备有限公司的全部人员").check()
    says(page, "已选 5 人")
    page.get_by_role("button", name="编入本班").click()
    says(page, "在班人员（5 人）", "5 / 80 人")
    road.look(page, "03-people")


def _timetable(road: Road, page: Page) -> None:
    page.locator("main .tabs-line").get_by_role("link", name="课程表").click()
    page.locator("#timetable-file").set_input_files(upload("课程表.xlsx", workbook([HEAD, *LESSONS], title="课程表")))
    page.get_by_role("button", name="读入并预览").click()
    says(page, "已从文件读入 5 节课", "尚未保存")
    page.get_by_role("button", name="保存课程表").click()
    expect(page.get_by_text("尚未保存")).to_have_count(0)
    says(page.locator("#checks"), "QD97.3.2", "培训5天", "实训2天", "实训基地2个", "时间跨度5天")
    road.look(page, "03-timetable")


def _file(road: Road, page: Page) -> None:
    page.goto(f"/provider/classes/{road.memory['class']}/")
    says(page, "2020年10月19日", "青岛市市南区")  # five working days before the 26th
    road.look(page, "03-check-sheet")
    confirm(page, "提交备案", "提交备案")
    says(page, "已提交，等待审核")
    road.look(page)
