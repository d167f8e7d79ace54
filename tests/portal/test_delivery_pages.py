"""The same pages under other documents: a Weihai class to its filing, agreements, records, teacher hours (WH63.2, JN6.4)."""

import datetime as dt
import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from peibu.accounts import clock
from peibu.papers.plain_papers import Part, plain_pdf
from peibu.registry.models import RegisteredFact
from peibu.training.actions.cohorts import draft_cohort
from peibu.training.models import Cohort, EntrustmentAgreement, SignUp, TrainingPlan
from peibu.training.timetable_file import read_timetable
from tests.city import at
from tests.training.filing_forms import follow, page, rows
from tests.training.road_world import JINAN, OCCUPATION, WEIHAI, WEIHAI_PLAN, technician, weihai, weihai_lessons
from tests.training.rosters import xlsx
from tests.training.test_delivery_roads import (
    JINAN_PLAN,
    committed,
    jinan,
    practice,
    signed_up,
    staff,
    teachers_rule,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def road(city):
    clock.move_to(at("2019-10-25 09:00"))
    return weihai(city)


def test_a_weihai_plan_is_written_in_the_words_of_its_policy(road, visit):
    client = visit(road.by)
    plan = TrainingPlan.objects.get(pk=follow(client, "plan-new", data={"policy": WEIHAI})[0].context["plan"].pk)
    text = page(client, "plan-page", plan.pk)[1]
    assert "培训所属产业" in text
    assert "内容类别" not in text
    assert "实训基地" not in text.split("<main")[1]
    data = {"project_name": "焊工技师", "mode": "理论和操作", "fee": "0", "teachers": [t.pk for t in road.teachers]}
    stated = WEIHAI_PLAN["stated"] | {"planned_with_employer": "1"}
    follow(client, "plan-page", plan.pk, data=data | stated)
    plan.refresh_from_db()
    assert plan.stated == WEIHAI_PLAN["stated"]
    assert "已签署" in follow(client, "plan-sign", plan.pk)[1]


def test_a_weihai_roster_is_offered_read_and_judged_by_its_own_columns(road, visit):
    client = visit(road.enterprise)
    book = openpyxl.load_workbook(
        io.BytesIO(client.get(reverse("enterprise-roster-template"), {"policy": WEIHAI}).content)
    )
    told = [str(cell.value) for line in book["填写"].iter_rows() for cell in line if cell.value]
    assert any(word.startswith("申报等级") for word in told)
    assert not any(word.startswith("管理层级") for word in told)
    follow(client, "enterprise-signup-start", data={"policy": WEIHAI})
    signup = SignUp.objects.get(policy=WEIHAI)
    person = staff(road, 1)[0]
    head = ["姓名", "身份证号码", "职务", "职业（工种）编码", "申报等级", "用人单位类别", "岗位类别", "用工关系"]
    good = [person.name, person.id_number, "焊工", OCCUPATION, "技师", "企业", "技能岗位", "劳动合同"]
    bad = [*good[:4], "特级", *good[5:]]
    address = reverse("enterprise-signup-roster", args=[signup.pk])
    answer = client.post(address, {"roster": SimpleUploadedFile("名册.xlsx", xlsx([bad], head=head))}, follow=True)
    assert "“特级”不在可选范围内" in answer.content.decode()
    assert not signup.lines.exists()


def test_copies_of_contracts_are_uploaded_before_the_class_can_be_filed(road, visit):
    cohort = road.cohort(road.signed(**WEIHAI_PLAN), weihai_lessons(road))
    from peibu.training.actions.cohorts import enrol

    enrol(cohort=cohort, lines=committed(road, staff(road, 2), technician()), by=road.by, at=road.now)
    client = visit(road.by)
    text = page(client, "class-page", cohort.pk)[1]
    assert "这个文件包含哪些学员的材料" in text
    assert "filing_papers" not in text
    scan = plain_pdf(title="合同", parts=[Part(heading="", paragraphs=["复印件"])], dated=road.now.date())
    people = [str(key) for key in cohort.enrolments.values_list("pk", flat=True)]

    def send(chosen):
        data = {"code": "contract_copies", "person": chosen, "file": SimpleUploadedFile("合同.pdf", scan)}
        return client.post(reverse("class-paper", args=[cohort.pk]), data, follow=True).content.decode()

    send(people[:1])
    assert "提交后名单和课程表不能再改" not in page(client, "class-page", cohort.pk)[1]
    assert "每名学员的材料都已上传" in send(people[1:])
    follow(client, "class-move", cohort.pk, data={"move": "submit"})
    assert Cohort.objects.get(pk=cohort.pk).case.state == "submitted"


def test_the_timetable_offers_the_kinds_and_topics_of_the_policy(road, visit):
    cohort = road.cohort(road.signed(**WEIHAI_PLAN), weihai_lessons(road))
    client = visit(road.by)
    text = page(client, "class-timetable", cohort.pk)[1]
    for word in ("思政", "模拟操作", "工匠精神"):
        assert word in text
    assert 'value="lecture"' not in text
    lessons = weihai_lessons(road)[:3]
    data = rows(lessons) | {"row-1-topics": ["law", "safety"]}
    follow(client, "class-timetable", cohort.pk, data=data)
    assert cohort.sessions.get(position=2).topics == ["law", "safety"]


def test_an_agreement_is_registered_by_one_side_and_confirmed_by_the_other(city, visit):
    clock.move_to(at("2020-07-06 09:00"))
    road = jinan(city)
    client = visit(road.enterprise)
    data = {
        "policy": JINAN, "provider": road.unit.pk, "number": "委培7号", "valid_from": "2020-07-01",
        "valid_until": "2020-12-31", "payee": "provider",
    }  # fmt: skip
    assert "待受托单位确认" in follow(client, "agreements", data=data)[1]
    first = EntrustmentAgreement.objects.get()
    # what nobody confirmed blocks nothing; of two for the same days one can be confirmed
    follow(client, "agreements", data=data | {"number": "委培8号", "payee": "enterprise"})
    second = EntrustmentAgreement.objects.exclude(pk=first.pk).get()
    provider = visit(road.by)
    assert "双方已确认" in follow(provider, "agreement-accept", first.pk)[1]
    again = provider.post(reverse("agreement-accept", args=[second.pk]), follow=True)
    assert "只能约定一个收款方" in again.content.decode()
    assert "协议已退回委托企业" in follow(provider, "agreement-close", second.pk)[1]
    row = first
    other = city.actor("provider", nth=3)
    assert visit(other).post(reverse("agreement-accept", args=[row.pk])).status_code == 404


def test_an_officer_puts_facts_on_record_and_a_wrong_value_is_told(road, visit):
    officer = road.city.actor("agency_reviewer", road.city.office("agency", road.enterprise.unit.division))
    client = visit(officer)
    person = staff(road, 1)[0]
    data = {
        "policy": WEIHAI, "kind": "person", "about": person.id_number, "name": "outstanding_recognised_by",
        "value": "乡级", "valid_from": "2019-01-01", "source": "证书1号",
    }  # fmt: skip
    before = RegisteredFact.objects.count()
    answer = client.post(reverse("desk-records"), data)
    assert answer.status_code == 422
    assert "应从下列选项中选择" in answer.content.decode()
    client.post(reverse("desk-records"), data | {"value": "市级"})
    row = RegisteredFact.objects.get(name="outstanding_recognised_by")
    assert (row.value, row.about, RegisteredFact.objects.count()) == ("city", str(person.pk), before + 1)


def test_an_officer_puts_a_teachers_titles_on_record_of_the_base(city, visit):
    clock.move_to(at("2019-10-25 09:00"))
    road = weihai(city, None)
    client = visit(city.actor("agency_reviewer", city.office("agency", road.unit.division)))
    data = {
        "policy": WEIHAI, "kind": "unit", "about": road.unit.name, "name": "teachers",
        "value": f"{road.teachers[0].name}；理论和实训；高级职称、高级技师", "valid_from": "2019-01-01", "source": "职称证书",
    }  # fmt: skip
    for wrong in ({"value": "张三；理论"}, {"kind": "person"}, {"value": "张三；理论；大师"}):
        assert client.post(reverse("desk-records"), data | wrong).status_code == 422
    assert not RegisteredFact.objects.filter(name="teachers").exists()
    shown = client.post(reverse("desk-records"), data, follow=True).content.decode()
    assert "高级职称、高级技师" in shown
    row = RegisteredFact.objects.get(name="teachers")
    assert row.value == {
        "teacher": road.teachers[0].name, "teaches": "both", "titles": ["senior_title", "senior_technician"],
    }  # fmt: skip
    assert teachers_rule(road) == "pass"


def test_teacher_hours_count_filed_sessions_and_show_a_clash(road, visit):
    plan = road.signed(**WEIHAI_PLAN)
    cohort = road.cohort(plan, weihai_lessons(road))
    cohort.sessions.update(active=True)
    second = draft_cohort(plan=plan, name="二班", venue="x", by=road.by, at=road.now)
    from peibu.training.actions.cohorts import set_timetable

    set_timetable(cohort=second, lessons=[road.lesson(dt.date(2019, 11, 5), "theory", 8)], by=road.by, at=road.now)
    client = visit(road.by)
    text = page(client, "provider-teacher-hours", since="2019-11-01", until="2019-12-31")[1]
    assert "210" in text
    assert "“二班”" in text
    answer = client.get(reverse("provider-teacher-hours-xlsx"), {"since": "2019-11-01", "until": "2019-12-31"})
    values = [
        cell.value for line in openpyxl.load_workbook(io.BytesIO(answer.content)).active.iter_rows() for cell in line
    ]
    assert 210 in values


def test_what_is_on_record_is_shown_in_words(road, visit):
    """Neither True nor a code is a word of an office."""
    road.record("occupation", OCCUPATION, "occupation_listed", False)
    text = visit(road.bureau).get(reverse("desk-records"), {"policy": WEIHAI}).content.decode()
    table = text.split('id="entered"')[-1]
    assert "信用良好" in table
    assert "高级职称" in table
    assert "good" not in table
    assert "True" not in table


def test_a_fee_that_the_document_refuses_is_told_in_the_form_and_nothing_else_is_lost(city, visit):
    clock.move_to(at("2020-07-06 09:00"))
    road = jinan(city)
    client = visit(road.by)
    plan = TrainingPlan.objects.get(pk=follow(client, "plan-new", data={"policy": JINAN})[0].context["plan"].pk)
    data = {"project_name": "养老护理实操", "goal": "能独立操作", "fee": "100"}
    answer = client.post(reverse("plan-page", args=[plan.pk]), data)
    assert answer.status_code == 422
    assert "JN6.3.1" in str(answer.context["form"].errors["fee"])
    assert "能独立操作" in answer.content.decode()
    plan.refresh_from_db()
    assert (plan.goal, plan.fee_fen) == ("", None)
    follow(client, "plan-page", plan.pk, data=data | {"fee": "0"})
    plan.refresh_from_db()
    assert (plan.goal, plan.fee_fen) == ("能独立操作", 0)


def test_practice_at_ones_own_needs_no_choice_of_a_base(city, visit):
    clock.move_to(at("2020-07-06 09:00"))
    road = jinan(city)
    cohort = road.cohort(road.signed(**JINAN_PLAN, fee_fen=0), practice(road))
    data = {name: "" if name.endswith("-base") else value for name, value in rows(practice(road)).items()}
    follow(visit(road.by), "class-timetable", cohort.pk, data=data)
    assert set(cohort.sessions.values_list("base", flat=True)) == {road.unit.pk}
    head = "日期,开始时间,结束时间,类别,课程,课时,地点,教师"
    line = f"2020-07-20,09:00,17:00,线下实操,护理,8,实训中心,{road.teachers[0].name}"
    lessons, problems = read_timetable("课程表.csv", f"{head}\n{line}".encode(), cohort.plan)
    assert ([row.base for row in lessons], problems) == ([road.unit], [])


def test_the_start_page_tells_of_each_policy_its_own(road, visit):
    """Registers of the 555 list say something under the document that asks for it only; months where they are counted."""
    text = visit(road.enterprise).get(reverse("enterprise-home")).content.decode()
    assert text.count(">我的报名</h2>") == 1
    assert text.count("互联网工业“555”项目企业") == 1
    signup = signed_up(road, staff(road, 1), technician())
    text = visit(road.enterprise).get(reverse("enterprise-signup-check", args=[signup.pk])).content.decode()
    assert "近两年在本企业缴费" not in text
    assert "名册填报为" not in text
