"""Stop 8: the enterprise claims for the people who meet the conditions on that day, with the provider's invoice."""

from playwright.sync_api import Page, expect

from tests.browser.road.base import (
    CLASS,
    HR,
    PDF,
    UNSURE,
    Road,
    fill,
    paper,
    path_of,
    says,
    upload,
)

PAID = ("卢嘉豪", "李素华", "金学文")
FAILED = "董子轩"


def walk(road: Road) -> None:
    road.clock("2020-11-11 10:00")
    page = road.as_(HR)
    page.goto("/enterprise/claims/")
    says(page, CLASS)
    road.look(page)
    page.get_by_role("button", name="生成申领草稿").first.click()
    says(page, "提交前还缺", "培训费票据")
    road.memory["claim"] = path_of(page)
    expect(page.get_by_role("button", name="提交申领")).to_have_count(1)
    page.get_by_role("button", name="提交申领").click()
    says(page, "填写中")  # refused with a sentence, nothing happened
    _invoice(page)
    _lines(road, page)
    page.get_by_role("button", name="使用系统生成的花名册").click()
    says(page, "材料已齐", "基本存款账户")
    road.look(page, "08-draft")
    page.get_by_role("button", name="提交申领").click()
    says(page, "已提交，等待受理", "5,400.00")
    road.look(page, "08-submitted")
    page.get_by_role("link", name="培训报名").first.click()


def _invoice(page: Page) -> None:
    form = page.locator("form[action*=invoice]")
    form.locator("[name=kind]").select_option(index=1)
    fill(form, "票据号码", "20201109001")
    form.locator("[name=amount]").fill("7200.00")
    form.locator("[name=on]").fill("2020-11-09")
    form.locator("[name=scan]").set_input_files(upload("培训费发票.pdf", paper("培训费发票"), PDF))
    page.get_by_role("button", name="保存票据并判定").click()
    says(page, "20201109001")


def _lines(road: Road, page: Page) -> None:
    for name in PAID:
        says(page.locator(".claim-line", has_text=name), "1,800.00")
    failed = page.locator(".claim-line", has_text=FAILED)
    failed.get_by_text("逐条说明").click()
    says(failed, "59", "QD97.3.5")
    unsure = page.locator(".claim-line", has_text=UNSURE)
    says(unsure, "待核实")
    expect(unsure).not_to_contain_text("1,800.00 元")
    says(page, "5,400.00")
