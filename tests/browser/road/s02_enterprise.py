"""Stop 2: the enterprise sends its roster, sees who may go and why, chooses a provider and promises."""

from playwright.sync_api import Page, expect

from tests.browser.road.base import (
    HR,
    NOT_INSURED,
    TRAINEES,
    UNSURE,
    WITHOUT_ACCOUNT,
    Road,
    says,
    upload,
    workbook,
)

HEAD = ["序号", "姓名", "身份证号码", "职务", "管理层级", "层级依据"]
GOING = [*TRAINEES, WITHOUT_ACCOUNT]
ID_COLUMN = 2


def walk(road: Road) -> None:
    road.clock("2020-10-12 09:30")
    page = road.as_(HR)
    page.goto("/enterprise/")
    says(page, "本企业在补贴对象名单内", "2019-09-21列入", "剩余名额", "1,000", "10,000", "80")
    road.look(page, "02-home")
    page.get_by_role("button", name="新建报名").click()
    _refused(road, page)
    _accepted(road, page)
    _sent(road, page)


def _rows(road: Road) -> list[list[str]]:
    people = [road.person(name) for name in (*GOING, NOT_INSURED)]
    told = [[str(n), p.name, p.id_number, p.post, "中层", "任职文件"] for n, p in enumerate(people, start=1)]
    return [HEAD, *told]


def _refused(road: Road, page: Page) -> None:
    """The classic: an identity number typed as a number has lost its last digits."""
    rows = _rows(road)
    rows[1][ID_COLUMN] = rows[1][ID_COLUMN].replace("X", "1")
    rows[3][1] = rows[2][1]  # the same name again is no mistake, but not the name of that number
    content = workbook(rows, title="2020年报名人员花名册", numbers=((1, ID_COLUMN),))
    page.locator("input[type=file]").set_input_files(upload("报名名册.xlsx", content))
    page.get_by_role("button", name="上传并预审").click()
    problems = page.locator(".problems")
    says(problems, "没有保存任何内容", "身份证号码", "数字", "文本")
    expect(problems.locator("tbody tr").first.locator("td").nth(1)).to_have_text("3")  # the row as Excel counts it
    says(page, "名单里还没有人")
    road.look(page, "02-problems")


def _accepted(road: Road, page: Page) -> None:
    content = workbook(_rows(road), title="2020年报名人员花名册")
    page.locator("input[type=file]").set_input_files(upload("报名名册.xlsx", content))
    page.get_by_role("button", name="上传并预审").click()
    says(page, "预审结果（6人）", "符合 4", "不符合 1", "待核实 1")
    line = page.locator(".people li", has_text=NOT_INSURED).first
    line.locator("summary").first.click()
    says(line, "不符合", "QD97.1.2")
    expect(line.locator(".fix").first).to_be_visible()  # what to do about it
    says(page.locator(".people li", has_text=UNSURE).first, "待核实")
    road.look(page, "02-check")


def _sent(road: Road, page: Page) -> None:
    page.get_by_role("link", name="下一步：选择承接单位").click()
    says(page, "18 家")
    road.look(page)
    page.get_by_text("青岛大学", exact=True).click()
    page.get_by_role("button", name="下一步：确认承诺").click()
    says(page, "文本版本", NOT_INSURED, UNSURE)
    road.look(page, "02-commitment")
    page.get_by_role("button", name="承诺并报名").click()
    expect(page.get_by_label("本人已代表企业逐条阅读")).to_be_focused()  # nothing is promised by accident
    page.get_by_label("本人已代表企业逐条阅读").check()
    page.get_by_label(f"{UNSURE}仍然报名").check()  # at the enterprise's own risk
    page.get_by_role("button", name="承诺并报名").click()
    says(page, "已为 5 人报名", "SHA-256", HR)
    road.look(page, "02-sent")
    page.goto("/enterprise/")
    says(page, "995", "9,995")
