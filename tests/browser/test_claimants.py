"""A person claims for the own certificate on the phone; the office confirms at the desk; a base claims for its class."""

import pytest

from peibu.accounts import clock
from peibu.accounts.models import Assignment
from peibu.casework.actions import move_case
from peibu.claims.models import Claim
from peibu.registry.models import IdentityCheck
from tests.browser.test_claims_pages import sign_in
from tests.city import at, stage
from tests.claims.test_claimants import person_with_account, special_certificate
from tests.training.road_world import WEIHAI_PLAN, technician, weihai, weihai_lessons
from tests.training.test_delivery_roads import certified, committed, copies, enrol, staff, taught

PHONE = {"width": 390, "height": 844}


@pytest.fixture
def city(transactional_db):
    return stage()


def test_five_taps_on_the_phone_and_the_desk_confirms(city, open_page, axe, shot):
    person, me = person_with_account(city)
    me.user.set_password("Peibu-demo-2020")
    me.user.save()
    now = at("2020-11-10 10:00")
    IdentityCheck.objects.create(
        person=person, verdict="match", source="公安人口库（测试）", reference="R1", asked_at=now, answered_at=now
    )
    special_certificate(city, person)
    clock.move_to(now)
    page = open_page(PHONE, touch=True)
    sign_in(page, me, "/trainee/claims/")
    axe(page)
    shot(page, "own-claims-phone")
    page.get_by_role("button", name="申领 特种作业人员安全技能培训").click()  # 1
    page.wait_for_url("**/trainee/claims/*-*/")
    page.get_by_label("开户银行").fill("中国银行黄岛支行")
    page.get_by_label("本人银行账号").fill("6217000000000123")
    page.get_by_role("button", name="保存账户").click()  # 2
    page.get_by_text("收款账户已登记").wait_for()
    axe(page)
    shot(page, "own-claim-phone")
    page.get_by_label("就业地").check()
    page.get_by_label("培训开始日期").fill("2020-05-06")
    page.get_by_label("培训结束日期").fill("2020-05-20")
    page.get_by_role("button", name="保存并重新判定").click()  # 3
    page.get_by_text("已保存，并按最新资料重新判定").wait_for()
    page.get_by_role("button", name="提交申请").click()  # 4
    page.get_by_text("已提交，等待受理").first.wait_for()
    axe(page)
    shot(page, "own-claim-handed-in-phone")
    claim = Claim.objects.get(person=person)
    reviewer = city.actor("agency_reviewer", claim.case.agency)
    move_case(case=claim.case, move="accept", by=reviewer, at=at("2020-11-10 11:00"))
    desk = open_page()
    sign_in(desk, reviewer, f"/desk/cases/{claim.case_id}/")
    axe(desk)
    shot(desk, "own-claim-desk")
    row = desk.locator("#statements .todo", has_text="与本地的联系")
    row.get_by_label("核实依据").fill("核对劳动合同")
    row.get_by_role("button", name="核实无误").click()
    desk.get_by_text("已核实").first.wait_for()
    desk.get_by_label("核查依据").fill("应急管理部门查询平台")
    desk.locator("#pending").get_by_label("是", exact=True).first.check()
    desk.get_by_role("button", name="记录核查结果并判定").click()
    desk.get_by_text("核查结果已记录").wait_for()
    shot(desk, "own-claim-desk-answered")


def test_a_base_claims_for_its_class(city, open_page, axe, shot):
    road = weihai(city)
    cohort = road.cohort(road.signed(**WEIHAI_PLAN), weihai_lessons(road))
    enrol(cohort=cohort, lines=committed(road, staff(road, 2), technician()), by=road.by, at=road.now)
    copies(road, cohort)
    cohort.case.refresh_from_db()
    road.move(cohort.case, "submit", road.by)
    cohort.case.refresh_from_db()
    road.move(cohort.case, "confirm", city.actor("agency_reviewer", cohort.case.agency), at("2019-10-28 10:00"))
    cohort.refresh_from_db()
    taught(road, cohort, "2019-12-10 18:00")
    certified(
        road, cohort, filed="2019-12-11 09:00", held="2019-12-20 09:00", judge=lambda _c: road.bureau,
        issuer=lambda _c: city.actor("city_bureau", nth=min(1, _bureaus() - 1)),
    )  # fmt: skip
    clock.move_to(at("2019-12-23 09:00"))
    page = open_page()
    sign_in(page, road.by, "/enterprise/claims/")
    axe(page)
    page.get_by_role("link", name="谁可以申领").first.click()
    axe(page)
    shot(page, "claim-class-people")
    page.go_back()
    page.get_by_role("button", name="生成申领草稿").first.click()
    page.wait_for_url("**/enterprise/claims/*-*/")
    axe(page)
    shot(page, "base-claim-draft")
    phone = open_page(PHONE, touch=True)
    sign_in(phone, road.by, "/" + page.url.split("/", 3)[3])
    axe(phone)
    shot(phone, "base-claim-phone")


def _bureaus() -> int:
    return Assignment.objects.filter(role="city_bureau").count()
