"""Stop 9: review, approval by somebody else, public notice, payment by two payers, the bank's answer, paid."""

import re

from playwright.sync_api import Page, expect

from tests.browser.road.base import APPROVER, HR, PAYERS, PHONE, REVIEWER, TREASURY, Road, confirm, says


def walk(road: Road) -> None:
    _money(road)
    _review(road)
    _approve(road)
    _publish(road)
    _public(road)
    _end(road)
    _pay(road)


def _money(road: Road) -> None:
    """The city's finance bureau books what it has received for the programme."""
    road.clock("2020-11-12 09:00")
    page = road.as_(TREASURY)
    page.goto("/desk/payments/ledger/")
    page.get_by_role("link", name="预算登记").click()
    form = page.locator("form[action*=appropriate]")
    road.look(page)
    form.locator("[name=document_number]").fill("青财社〔2020〕12号")
    form.locator("[name=amount]").fill("1000000")
    form.locator("[name=memo]").fill("2020年职业技能提升行动资金下达")
    form.get_by_role("button", name="登记").click()
    says(page, "1,000,000.00")
    road.look(page, "09-ledger")


def _claim(page: Page) -> None:
    page.goto("/desk/claims/")
    page.get_by_role("link", name="办理").first.click()


def _review(road: Road) -> None:
    page = road.as_(REVIEWER)
    page.goto("/desk/")
    says(page, "待受理")
    _claim(page)
    page.get_by_role("button", name="受理", exact=True).click()
    says(page, "已办理，当前状态：待审核")
    for name in ("卢嘉豪", "刘鹏"):
        line = page.locator(".claim-line", has_text=name)
        line.locator("summary").first.click()
        says(line, "劳动合同与就业登记", "在本企业参保", "就业登记")
    says(page.locator(".claim-line", has_text="卢嘉豪"), "92", "5/5", "1,800.00")
    road.look(page, "09-review")
    page.get_by_role("button", name="无疑点人员标记为已核对").click()
    while (waiting := page.locator(".claim-line:has(form[data-look])")).count():
        waiting.first.locator("summary").first.click()
        waiting.first.get_by_role("button", name="标记为已核对").click()
        page.wait_for_load_state()
    page.get_by_role("button", name="审核通过").click()
    says(page, "已办理，当前状态：待审批")
    # the reviewer cannot approve: the page offers nothing of the kind
    expect(page.get_by_role("button", name="审批通过")).to_have_count(0)
    expect(page.locator(".move-form")).to_have_count(0)


def _approve(road: Road) -> None:
    road.clock("2020-11-13 09:00")
    page = road.as_(APPROVER)
    page.goto("/desk/")
    page.locator(".todo a").first.click()
    says(page, "5,400.00", "审核通过")
    road.look(page, "09-approve")
    page.get_by_role("button", name="审批通过").click()
    says(page, "已办理，当前状态：待公示")


def _publish(road: Road) -> None:
    road.clock("2020-11-16 09:00")  # Monday
    page = road.as_(REVIEWER)
    page.goto("/desk/notices/")
    says(page, "待公示的申领", "5,400.00")
    road.look(page)
    page.get_by_role("button", name="发布公示").click()
    says(page, "已发布公示", "共 3 人", "5,400.00")
    road.look(page, "09-notice-desk")


def _public(road: Road) -> None:
    phone = road.visitor(PHONE)
    phone.goto("/notices/")
    road.look(phone)
    phone.locator(".todo a").first.click()
    says(phone, "公示中", "2020-11-16", "共 3 人", "1,800.00", "青岛沐垣智能装备有限公司", "提出异议")
    text = phone.locator("body").inner_text()
    assert not re.search(r"\d{17}[\dX]|\d{6}\*+", text), "an identity number on a public page"
    assert not any(name in text for name in ("卢嘉豪", "李素华", "金学文", "董子轩", "刘鹏"))
    road.look(phone, "09-notice-phone")
    desktop = road.visitor()
    desktop.goto(phone.url)
    road.look(desktop, "09-notice")
    # no objection without a word on what is wrong
    desktop.get_by_role("button", name="提交异议").click()
    expect(desktop.get_by_label("异议内容")).to_be_focused()


def _end(road: Road) -> None:
    page = road.as_(REVIEWER)
    road.clock("2020-11-20 17:00")  # four full working days: too early
    page.goto("/desk/notices/")
    page.locator(".todo a").first.click()
    says(page, "已满")
    expect(page.get_by_role("button", name="公示期满，结束公示")).to_have_count(0)
    road.clock("2020-11-24 09:00")
    page.reload()
    page.get_by_role("button", name="公示期满，结束公示").click()
    says(page, "待拨付")
    road.look(page)


def _pay(road: Road) -> None:
    first, second = (road.as_(account) for account in PAYERS)
    first.goto("/desk/payments/")
    says(first, "5,400.00", "可以拨付")
    road.look(first, "09-payments")
    first.get_by_role("checkbox", name="选择").check()
    first.get_by_role("button", name="生成拨付批次").click()
    says(first, "请另一位资金拨付人员复核放行")
    expect(first.get_by_role("button", name="复核放行")).to_have_count(0)
    second.goto(first.url)
    confirm(second, "复核放行", "复核放行")
    says(second, "下载银行文件")
    road.look(second, "09-batch")
    second.get_by_role("button", name="已送银行").click()
    second.get_by_role("button", name="请演示银行回盘").click()
    says(second, "5,400.00", "2020-11-24")
    road.look(second, "09-paid")
    expect(second.get_by_role("button", name="请演示银行回盘")).to_have_count(0)  # paid once
    hr = road.as_(HR)
    hr.goto(road.memory["claim"])
    says(hr, "补贴已到账", "5,400.00")
    road.look(hr, "09-hr")
    treasury = road.as_(TREASURY)
    treasury.goto("/desk/payments/ledger/")
    says(treasury, "994,600.00")
