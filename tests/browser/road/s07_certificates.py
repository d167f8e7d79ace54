"""Stop 7: passed people reported, the district gives serial numbers, anybody can verify a certificate."""

import re

from playwright.sync_api import Page, expect

from tests.browser.road.base import (
    APPROVER,
    CLASS,
    HR,
    PHONE,
    PROVIDER,
    REVIEWER,
    TRAINEES,
    Road,
    file_at,
    run_jobs,
    says,
)


def walk(road: Road) -> None:
    road.clock("2020-11-09 09:00")
    page = road.as_(PROVIDER)
    page.goto("/provider/certificates/")
    road.look(page)
    page.get_by_role("link", name="办理").first.click()
    says(page, "考核结果（合格 4 人）", "QD97.3.9")
    road.look(page, "07-report")
    page.get_by_role("button", name="上报合格名单").click()
    says(page, "已上报，等待核对")
    _issue(road)
    _book(road, page)
    _verify(road)


def _issue(road: Road) -> None:
    road.clock("2020-11-10 09:00")
    desk = road.as_(APPROVER)
    desk.goto("/desk/")
    desk.get_by_role("link", name=re.compile(CLASS)).first.click()
    says(desk, "卢嘉豪", "董子轩", "5/5", "核对")
    road.look(desk, "07-batch")
    reviewer = road.as_(REVIEWER)
    reviewer.goto(desk.url)
    expect(reviewer.get_by_role("button", name="核对并赋予序列号")).to_have_count(0)
    desk.get_by_role("button", name="核对并赋予序列号").click()
    says(desk, "已赋予序列号", "000001", "000004")
    expect(desk.locator("main")).not_to_contain_text("000005")
    road.look(desk)


def _book(road: Road, page: Page) -> None:
    page.reload()
    says(page, "证书已生成")
    page.get_by_role("button", name="生成本批证书 PDF").click()
    run_jobs()
    page.reload()
    link = page.get_by_role("link", name="下载本批证书").first
    assert file_at(page, link).startswith(b"%PDF-")
    road.look(page, "07-issued")
    hr = road.as_(HR)
    hr.goto("/enterprise/certificates/")
    says(hr, *TRAINEES.keys() - {"董子轩"}, "金学文")
    expect(hr.locator("main")).not_to_contain_text("董子轩")
    road.look(hr)


def _verify(road: Road) -> None:
    phone = road.as_(TRAINEES["李素华"], PHONE)
    phone.goto("/trainee/certificates/")
    says(phone, "证书编号", "核验码")
    road.look(phone, "07-certificate")
    serial, code = (phone.locator("dl.pairs dd").nth(n).inner_text() for n in (0, 1))
    assert file_at(phone, phone.get_by_role("link", name="下载证书")).startswith(b"%PDF-")
    public = road.visitor(PHONE)
    public.goto("/verify/")
    road.look(public)
    public.get_by_label("证书编号").fill(serial)
    public.get_by_label("核验码", exact=True).fill("AAAAAAAAAAAA")
    public.get_by_role("button", name="查验证书").click()
    says(public, "没有查到")
    public.get_by_label("核验码", exact=True).fill(code)
    public.get_by_role("button", name="查验证书").click()
    says(public, "证书有效", "李", "青岛大学", "青岛市市南区")
    expect(public.locator("main")).not_to_contain_text("李素华")  # strangers see part of the name only
    road.look(public, "07-verify")
    road.memory["serial"] = serial
