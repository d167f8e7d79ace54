"""A Weihai technician class in a real Chromium: plan, timetable, contract copies, filing, confirmation; a Jinan agreement."""

import pytest
from playwright.sync_api import Page

from peibu.accounts import clock
from peibu.accounts.actor import Actor
from peibu.demo.loader.base import PASSWORD
from peibu.papers.plain_papers import Part, plain_pdf
from peibu.training.actions.cohorts import enrol
from peibu.training.models import Cohort
from tests.city import at, stage
from tests.training.road_world import WEIHAI_PLAN, technician, weihai, weihai_lessons
from tests.training.test_delivery_roads import committed, jinan, staff

PHONE = {"width": 390, "height": 844}


@pytest.fixture
def city(transactional_db):
    return stage()


def sign_in(page: Page, actor: Actor, where: str) -> None:
    page.goto(f"/sign-in/?next={where}")
    page.fill("[name=username]", actor.user.username)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(f"**{where}")


def test_a_weihai_class_is_filed_and_confirmed(city, open_page, axe, shot):
    clock.move_to(at("2019-10-25 09:00"))
    road = weihai(city)
    plan = road.plan(**WEIHAI_PLAN)
    page = open_page()
    sign_in(page, road.by, f"/provider/plans/{plan.pk}/")
    axe(page)
    shot(page, "weihai-plan")
    page.get_by_role("button", name="签署方案").click()
    page.get_by_role("button", name="确认签署").click()
    page.get_by_text("培训方案已签署").wait_for()
    cohort = road.cohort(plan, weihai_lessons(road))
    enrol(cohort=cohort, lines=committed(road, staff(road, 3), technician()), by=road.by, at=road.now)
    page.goto(f"/provider/classes/{cohort.pk}/timetable/", timeout=60_000)
    axe(page)
    shot(page, "weihai-timetable", full=False)
    page.goto(f"/provider/classes/{cohort.pk}/")
    axe(page)
    shot(page, "weihai-class")
    scan = plain_pdf(title="劳动合同", parts=[Part(heading="", paragraphs=["复印件"])], dated=road.now.date())
    page.set_input_files("[name=file]", {"name": "合同.pdf", "mimeType": "application/pdf", "buffer": scan})
    page.get_by_role("button", name="上传材料").click()
    page.get_by_text("每名学员的材料都已上传").wait_for()
    page.get_by_role("button", name="提交").first.click()
    page.locator("dialog[open]").get_by_role("button", name="提交").click()
    page.get_by_text("已提交，等待审核").first.wait_for()
    phone = open_page(PHONE, touch=True)
    sign_in(phone, road.by, f"/provider/classes/{cohort.pk}/")
    axe(phone)
    shot(phone, "weihai-class-phone")
    officer = open_page()
    sign_in(officer, city.actor("agency_reviewer", cohort.case.agency), f"/desk/cases/{cohort.case_id}/")
    axe(officer)
    shot(officer, "weihai-filing-desk")
    assert Cohort.objects.get(pk=cohort.pk).case.state == "submitted"


def test_a_jinan_agreement_and_the_records_of_its_class(city, open_page, axe, shot):
    clock.move_to(at("2020-07-06 09:00"))
    road = jinan(city)
    page = open_page()
    sign_in(page, road.enterprise, "/agreements/")
    page.locator("#id_policy").select_option(road.policy)
    page.locator("#id_provider").select_option(str(road.unit.pk))
    page.get_by_label("协议编号").fill("委培7号")
    page.get_by_label("协议开始日期").fill("2020-07-01")
    page.get_by_label("协议结束日期").fill("2020-12-31")
    page.get_by_role("radio", name="受托培训单位").check()
    page.get_by_role("button", name="登记").click()
    page.get_by_text("待受托单位确认").first.wait_for()
    axe(page)
    shot(page, "agreements")
    phone = open_page(PHONE, touch=True)
    sign_in(phone, road.by, "/agreements/")
    phone.get_by_role("button", name="确认协议").click()
    phone.get_by_text("双方已确认").wait_for()
    axe(phone)
    shot(phone, "agreements-phone")
    phone.goto("/provider/teachers/")
    axe(phone)
    shot(phone, "teacher-hours-phone")
    officer = open_page()
    sign_in(officer, city.actor("agency_reviewer"), "/desk/records/")
    axe(officer)
    shot(officer, "records-desk")
