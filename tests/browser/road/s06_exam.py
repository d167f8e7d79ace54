"""Stop 6: the examination filed three working days ahead, approved, watched by two bodies, scored and sealed."""

import re

from playwright.sync_api import Page, expect

from tests.browser.road.base import (
    CLASS,
    GRADER,
    PDF,
    PHONE,
    PROVIDER,
    REVIEWER,
    SUPERVISORS,
    TEACHERS,
    TRAINEES,
    Road,
    confirm,
    fill,
    paper,
    says,
    upload,
)

SCORES = {"卢嘉豪": "92", "李素华": "60", "董子轩": "59", "金学文": "75.5", "刘鹏": "88"}


def walk(road: Road) -> None:
    road.clock("2020-11-03 10:00")  # Tuesday; the exam is on Friday the 6th: three working days
    page = road.as_(PROVIDER)
    page.goto("/provider/exams/")
    road.look(page)
    page.get_by_role("button", name="建立考试").click()
    _prepare(road, page)
    page.get_by_role("button", name="申报考试").click()
    says(page, "已申报，等待审核")
    road.look(page)
    _approve(road)
    road.clock("2020-11-06 16:30")
    for account in SUPERVISORS:
        _watch(road, account)
    _survey(road, page)
    _score(road, page)


def _prepare(road: Road, page: Page) -> None:
    for label, text in (("考试日期", "2020-11-06"), ("开始时间", "14:00"), ("结束时间", "16:00"), ("考场", "一教101")):
        fill(page, label, text)
    page.get_by_role("button", name="保存时间和考场").click()
    for kind, count, points in (("single", "25", "1"), ("true_false", "25", "1"), ("short", "10", "5")):
        page.locator(f"[name={kind}-count]").fill(count)
        page.locator(f"[name={kind}-points]").fill(points)
    says(page.locator("#share"), "50%", "不足 60%")  # told while typing
    page.locator("[name=single-count]").fill("45")
    page.locator("[name=short-points]").fill("3")
    says(page.locator("#share"), "70%", "达到 60%", "100 分")
    page.get_by_role("button", name="保存试卷结构").click()
    sample = page.locator("#sample").locator("xpath=ancestor-or-self::section")
    sample.locator("input[type=file]").set_input_files(upload("考试样卷.pdf", paper("考试样卷"), PDF))
    page.get_by_role("button", name="上传样卷").click()
    says(page, "考试样卷.pdf")
    page.locator("#supervisor-hrss").select_option(label="任丽娟")
    page.locator("#supervisor-industry").select_option(label="史景行")
    page.get_by_role("button", name="保存监考人").click()
    for taught in TEACHERS:
        expect(page.get_by_role("checkbox", name=taught)).to_be_disabled()  # who taught does not grade
    page.get_by_role("checkbox", name=GRADER).check()
    page.get_by_role("button", name="保存阅卷人").click()
    expect(page.get_by_role("checkbox", name=GRADER)).to_be_checked()
    road.look(page, "06-exam")


def _approve(road: Road) -> None:
    road.clock("2020-11-04 09:00")
    desk = road.as_(REVIEWER)
    desk.goto("/desk/")
    desk.get_by_role("link", name=re.compile(f"{CLASS}.*考核")).first.click()
    says(desk, "考试样卷.pdf", "任丽娟", "史景行", GRADER, "QD97.3.6")
    road.look(desk, "06-filing")
    desk.get_by_role("button", name="同意开考").click()
    says(desk, "已办理，当前状态：同意开考")


def _watch(road: Road, account: str) -> None:
    page = road.as_(account)
    page.goto("/desk/exams/")
    says(page, "待确认监考记录")
    road.look(page)
    page.get_by_role("link", name="查看").first.click()
    fill(page, "监考记录", "应到5人，实到5人，考场秩序良好，无异常。")
    road.look(page)
    page.get_by_role("button", name="确认本人全程监考").click()
    expect(page.get_by_role("button", name="确认本人全程监考")).to_have_count(0)


def _survey(road: Road, page: Page) -> None:
    """Two people answer on their phones, at the address in the QR code on the wall."""
    page.goto("/provider/exams/")
    page.get_by_role("link", name="办理").first.click()
    address = page.locator("img.qr").get_attribute("src").removesuffix("qr.svg")
    for name in ("卢嘉豪", "李素华"):
        phone = road.as_(TRAINEES[name], PHONE)
        phone.goto(address)
        if name == "卢嘉豪":
            road.look(phone, "06-survey")
        for topic in ("quality", "teachers", "organisation", "overall"):
            phone.locator(f"[name={topic}]").first.check()
        phone.get_by_role("button", name="提交评价").click()
        says(phone, "谢谢")


def _score(road: Road, page: Page) -> None:
    page.get_by_role("link", name="成绩登记").click()
    says(page, "未完成", "以上各项完成后可以封存")
    for name, points in SCORES.items():
        page.get_by_label(f"{name}的成绩").fill(points)
    page.get_by_role("button", name="核对成绩").click()
    says(page.locator("tr", has_text="李素华"), "60", "合格")
    expect(page.locator("tr", has_text="李素华")).not_to_contain_text("不合格")
    says(page.locator("tr", has_text="董子轩"), "59", "不合格")
    road.look(page, "06-scores")
    page.get_by_role("button", name="确认保存").click()
    confirm(page, "封存成绩单", "封存成绩单")
    says(page, "已封存", "与封存时一致", "5 人中 2 人已填写")
    expect(page.locator("main input[name^=points-]")).to_have_count(0)
    road.look(page, "06-sealed")
