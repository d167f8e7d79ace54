"""A practice class of forty hours after the online part, under 济人社发〔2020〕6号 (JN6.3.1, 6.3.2, 6.4.1b, 6.6.1a)."""

import datetime as dt
import re

from tests.browser.delivery import filing
from tests.browser.delivery.base import BUREAU, PEOPLE, Walk, enter_record
from tests.browser.delivery.certificates import certified
from tests.browser.delivery.exams import arrange, held, watched
from tests.browser.delivery.filing import Plan
from tests.browser.delivery.teaching import Lesson, finish, teach
from tests.browser.road.base import APPROVER, HR, PHONE, PROVIDER, REVIEWER, says

POLICY, TITLE = "jinan/internet_plus_2020", "互联网+职业技能培训"
CLASS = "养老护理实操一班"
OCCUPATION = "6-18-01-01"
TEACHER = "赵宁"
PLAN = Plan(
    title=TITLE,
    texts={
        "培训项目名称": "养老护理实操",
        "职业（工种）编码": OCCUPATION,
        "培训等级或证书类别": "培训合格",
        "课程类型": "技能类专业",
        "培训目标": "能独立完成常用护理操作。",
        "培训方式": "线上理论合格后线下实操。",
        "培训地点": "实训中心",
        "实训地点": "实训中心",
        "培训内容": "生活照料、基础护理、康复服务。",
        "课时": "40",
        "培训人数": "3",
        "批次": "1",
        "结业评价标准": "实操考核60分合格。",
        "收费标准（元/人）": "0",
    },
    chosen=(),
    wrong=("收费标准（元/人）", "100", "JN6.3.1"),
)


def lessons() -> list[Lesson]:
    """Five days of eight hours."""
    days = [dt.date(2020, 7, 20) + dt.timedelta(days=n) for n in range(5)]
    return [
        Lesson(day, "09:00", "17:00", "线下实操", f"护理实操{n}", 8, TEACHER, out=True)
        for n, day in enumerate(days, start=1)
    ]


def walk(road: Walk) -> None:
    road.clock("2020-07-06 09:00")
    road.listed(POLICY, "provider", "2020-06-01")
    _records(road)
    filing.sign_up(road, TITLE, ["人员类别"], ["企业职工"])
    filing.write_plan(road, POLICY, PLAN)
    table = lessons()
    filing.open_class(road, CLASS)
    filing.timetable(road, table)
    _agreement(road)
    filing.file_it(road, "JN6.3.2", "JN6.4.1b")
    road.clock("2020-07-07 10:00")
    filing.confirmed(road, "备案通过", *PEOPLE)
    teach(road, table, (0,))
    road.clock("2020-07-27 09:00")
    finish(road, len(table))
    _exam(road)
    _begins(road)
    watched(road, "2020-07-30 11:30")
    held(road, PROVIDER)
    certified(road, "2020-07-31 09:00", "2020-08-03 09:00", APPROVER, "核对并发证", "济实培〔2020〕")


def _records(road: Walk) -> None:
    """The city resumed practice, the speciality is listed, and each of the people has passed the online part."""
    page = road.as_(BUREAU)
    page.goto(f"/desk/records/?policy={POLICY}")
    listed = {"about": OCCUPATION, "since": "2019-07-01", "source": "培训专业目录〔2019〕1号", "kind": "职业（工种）"}
    enter_record(page, **listed, name="专业在职业培训目录清单内", value="是")
    enter_record(page, **listed, name="专业列入目录清单的日期", value="2019-07-01")
    city = {"kind": "全市", "about": "", "since": "2020-05-15", "source": "复训通知"}
    enter_record(page, **city, name="本市恢复线下培训的日期", value="2020-05-15")
    for name in PEOPLE:
        number = road.person(name).id_number
        online = {"kind": "个人", "about": number, "since": "2020-06-20", "source": f"线上学习记录{number[-4:]}"}
        enter_record(page, **online, name="已完成线上培训课程", value="是")
        enter_record(page, **online, name="线上考核合格", value="是")
        enter_record(page, **online, name="线上考核合格日期", value="2020-06-20")
    road.look(page, "records")


def _agreement(road: Walk) -> None:
    """JN6.4.1b: the enterprise names the payee, the provider confirms on its phone; before that nothing is filed."""
    page = filing.class_page(road)
    says(page, "JN6.4.1b")
    road.look(page, "no-agreement")
    page = road.as_(HR)
    page.goto("/agreements/")
    page.locator("#id_policy").select_option(POLICY)
    page.locator("#id_provider").select_option(label=road.memory["unit"])
    page.get_by_label("协议编号").fill("委培1号")
    page.get_by_label("协议开始日期").fill("2020-07-01")
    page.get_by_label("协议结束日期").fill("2020-12-31")
    page.get_by_role("radio", name="受托培训单位").check()
    page.get_by_role("button", name="登记").click()
    says(page, "待受托单位确认")
    road.look(page, "agreement")
    phone = road.as_(PROVIDER, PHONE)
    phone.goto("/agreements/")
    phone.get_by_role("button", name="确认协议").click()
    says(phone, "双方已确认")
    road.look(phone, "agreement-phone")


def _exam(road: Walk) -> None:
    """The provider itself examines (JN6.3.2)."""
    page = road.as_(PROVIDER)
    page.goto("/provider/exams/")
    page.get_by_role("button", name=f"建立考试 {CLASS}").click()
    arrange(page, "2020-07-30", "实训中心")
    page.get_by_role("button", name="申报考试").click()
    says(page, "已提交，等待审核")
    road.look(page, "exam")


def _begins(road: Walk) -> None:
    """The district reads the filing and lets the exam begin."""
    page = road.as_(PROVIDER)
    road.memory["exam"] = page.url.split("/exams/")[1].split("/")[0]
    road.also_on_phone(PROVIDER, f"/provider/exams/{road.memory['exam']}/", "exam")
    desk = road.as_(REVIEWER)
    desk.goto("/desk/")
    desk.get_by_role("link", name=re.compile(f"{CLASS}.*考核")).first.click()
    road.look(desk, "exam-desk")
    desk.get_by_role("button", name="同意开考").click()
    says(desk, "已办理")
