"""A technician class of 210 hours under 威人社字〔2019〕63号 (WH63.1.1 to 63.2.8)."""

import datetime as dt
import re

from tests.browser.delivery import filing
from tests.browser.delivery.base import (
    BUREAU,
    BUREAU_SECOND,
    EXAMINER,
    LEARNERS,
    PEOPLE,
    Walk,
    enter_record,
)
from tests.browser.delivery.certificates import certified
from tests.browser.delivery.exams import arrange, held, watched
from tests.browser.delivery.filing import Plan
from tests.browser.delivery.teaching import Lesson, finish, teach
from tests.browser.road.base import PDF, PHONE, PROVIDER, paper, says, upload

POLICY, TITLE = "weihai/gold_collar_2019", "“金蓝领”培训项目"
CLASS = "焊工技师一班"
OCCUPATION = "6-18-01-01"
THEORY_TEACHER, PRACTICE_TEACHER = "叶雅琴", "赵宁"
TOPICS = ("通用知识", "工匠精神", "职业道德", "质量意识", "法律意识", "安全生产", "环境保护", "消防安全", "职业卫生")
ROSTER = {
    "职业（工种）编码": OCCUPATION,
    "申报等级": "技师",
    "用人单位类别": "企业",
    "岗位类别": "技术技能岗位",
    "用工关系": "劳动合同",
    "已持有的最高等级": "高级工",
    "低一级证书的类别": "职业资格证书",
    "取得下一级证书的日期": "2015-05-20",
    "从事本职业累计工作天数": "2000",
    "技能成果": "无",
}
PLAN = Plan(
    title=TITLE,
    texts={
        "培训项目名称": "焊工技师培训",
        "职业（工种）编码": OCCUPATION,
        "培训目标": "达到焊工技师的知识和技能要求。",
        "培训方式": "理论学习、模拟操作和技术攻关交流相结合。",
        "培训地点": "实训中心",
        "实训地点": "实训中心焊接车间",
        "培训内容": "思政、通用知识、专业理论、焊接实训。",
        "课时": "210",
        "培训人数": "3",
        "批次": "1",
        "结业评价标准": "由市级职业技能鉴定机构考核鉴定。",
        "收费标准（元/人）": "0",
    },
    chosen=("技师", "智能制造产业", "是", "理论学习", "模拟操作", "技术攻关交流"),
)


def lessons() -> list[Lesson]:
    """10 ideological, 110 theory, 42 simulated and 48 real practice: 210 hours on working days and Saturdays."""
    parts = [("思政", "思想政治", (5, 5), THEORY_TEACHER), ("理论", "焊接理论", (8,) * 13 + (6,), THEORY_TEACHER)]
    parts += [
        ("模拟操作", "模拟焊接", (8,) * 5 + (2,), PRACTICE_TEACHER),
        ("实际操作", "焊接实训", (8,) * 6, PRACTICE_TEACHER),
    ]
    day, found = dt.date(2019, 11, 4), []
    for kind, subject, hours, teacher in parts:
        for number, length in enumerate(hours):
            words = "、".join(TOPICS) if kind == "理论" and number == 0 else ""
            out = kind in ("模拟操作", "实际操作")
            ends = f"{9 + length:02d}:00"
            found.append(Lesson(day, "09:00", ends, kind, f"{subject}{number + 1}", length, teacher, words, out))
            day += dt.timedelta(days=2 if day.isoweekday() == 6 else 1)
    return found


def walk(road: Walk) -> None:
    road.clock("2019-10-25 09:00")
    road.listed(POLICY, "base", "2019-10-21")
    _records(road)
    _teachers(road)
    filing.sign_up(road, TITLE, list(ROSTER), list(ROSTER.values()))
    filing.write_plan(road, POLICY, PLAN)
    table = lessons()
    filing.open_class(road, CLASS)
    filing.timetable(road, table)
    _papers(road)
    filing.file_it(road, "210", "WH63.2.5")
    road.clock("2019-10-28 10:00")
    filing.confirmed(road, "备案通过", "劳动合同", *PEOPLE)
    shown = (0, next(n for n, row in enumerate(table) if row.out))
    teach(road, table, shown)
    road.clock("2019-12-09 09:00")
    finish(road, len(table))
    _asked(road)
    _arranged(road)
    _approved(road)
    watched(road, "2019-12-16 11:30")
    held(road, EXAMINER)
    certified(road, "2019-12-18 09:00", "2019-12-19 09:00", BUREAU_SECOND, "核对并颁证", "威金蓝领〔2019〕")


def _records(road: Walk) -> None:
    """What the city knows of the occupation and of the base, each with its paper."""
    page = road.as_(BUREAU)
    page.goto(f"/desk/records/?policy={POLICY}")
    occupation = {"kind": "职业（工种）", "about": OCCUPATION, "since": "2017-09-12", "source": "国家职业资格目录"}
    enter_record(page, **occupation, name="职业（工种）在国家职业资格目录内", value="是")
    enter_record(page, **occupation, name="职业（工种）列入目录的日期", value="2017-09-12")
    unit = {"kind": "单位", "about": road.memory["unit"], "since": "2019-01-01", "source": "信用评价结果〔2019〕1号"}
    enter_record(page, **unit, name="培训基地信用等级", value="信用良好")
    road.look(page, "records")


def _teachers(road: Walk) -> None:
    """The base enters its teachers and their titles in the register of practitioners (WH63.2.1)."""
    page = road.as_(PROVIDER)
    for name, kind, title in (
        (THEORY_TEACHER, "专业技术职称", "高级职称"),
        (PRACTICE_TEACHER, "职业资格或技能等级", "高级技师"),
    ):
        page.goto("/staff/")
        form = page.locator("form", has=page.get_by_role("button", name="登记", exact=True))
        person = next(row for row in road.city.city.teachers if row.name == name and row.key in ("t10", "t11"))
        form.get_by_label("姓名").fill(name)
        form.get_by_label("公民身份号码").fill(person.id_number)
        form.get_by_label("聘期起").fill("2018-01-01")
        form.get_by_label("合同或聘书").fill("劳动合同")
        form.get_by_role("button", name="登记", exact=True).click()
        says(page, "请继续登记资格")
        page.get_by_label("资格类别").select_option(label=kind)
        page.get_by_label("职称或技能等级").select_option(label=title)
        page.get_by_label("证书编号").fill(f"ZS-{len(name)}-{title}")
        page.get_by_label("发证机构").fill("省人力资源和社会保障厅")
        page.get_by_label("有效期起").fill("2016-01-01")
        page.get_by_label("依据（核对的原件或查询结果）").fill("证书原件")
        page.get_by_role("button", name="登记", exact=True).click()
        says(page, "资格已登记")
    road.look(page, "teacher")


def _papers(road: Walk) -> None:
    """Without the labour contracts of everybody the filing cannot be sent (WH63.2.3)."""
    page = filing.class_page(road)
    says(page, "劳动合同复印件")
    road.look(page, "contracts-missing")
    page.set_input_files("[name=file]", upload("劳动合同.pdf", paper("劳动合同"), PDF))
    page.get_by_role("button", name="上传材料").click()
    says(page, "本班每名学员的材料都已上传")


def _asked(road: Walk) -> None:
    """The base only asks: paper, examiners, inspection and marking are the city body's (WH63.2.6)."""
    page = road.as_(PROVIDER)
    page.goto("/provider/exams/")
    page.get_by_role("button", name=f"建立考试 {CLASS}").click()
    says(page, "职业技能鉴定中心", "WH63.2.6")
    page.get_by_role("button", name="申请考核").click()
    says(page, "已申请，等待市级鉴定机构安排")
    road.look(page, "exam-asked")


def _arranged(road: Walk) -> None:
    road.clock("2019-12-09 14:00")
    page = road.as_(EXAMINER)
    page.goto("/provider/exams/")
    page.get_by_role("link", name=f"办理 {CLASS}").click()
    arrange(page, "2019-12-16", "鉴定中心一楼")
    page.locator("input[name=grader]").first.check()
    page.get_by_role("button", name="保存阅卷人").click()
    says(page, "各项办理完毕后，由主管部门核对并安排考核")
    road.look(page, "exam-arranged")
    road.memory["exam"] = page.url.split("/exams/")[1].split("/")[0]
    road.also_on_phone(EXAMINER, f"/provider/exams/{road.memory['exam']}/", "exam-arranged")


def _approved(road: Walk) -> None:
    road.clock("2019-12-10 09:00")
    desk = road.as_(BUREAU)
    desk.goto("/desk/")
    desk.get_by_role("link", name=re.compile(f"{CLASS}.*考核")).first.click()
    says(desk, "WH63.2.6")
    road.look(desk, "exam-desk")
    desk.get_by_role("button", name="安排考核鉴定").click()
    says(desk, "已办理")
    page = road.as_(EXAMINER)
    page.goto(f"/provider/exams/{road.memory['exam']}/seats/")
    page.locator("main form input[type=text], main form input:not([type])").first.fill("一号考场")
    page.locator("main form input[type=number]").first.fill("30")
    page.get_by_role("button", name="随机编排座位").click()
    page.get_by_role("button", name="发放准考证").click()
    says(page, "已发放", *PEOPLE)
    road.look(page, "seats")
    phone = road.as_(next(iter(LEARNERS.values())), PHONE)
    phone.goto(f"/trainee/exams/{road.memory['exam']}/")
    says(phone, "鉴定中心一楼")
    road.look(phone, "ticket-phone")
