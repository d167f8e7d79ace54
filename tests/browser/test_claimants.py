"""A person claims for the own certificate on the phone, and the office finds the claim on the desk."""

import pytest

from peibu.accounts import clock
from peibu.casework.actions import move_case
from peibu.claims.models import Claim
from peibu.registry.models import IdentityCheck
from tests.browser.test_claims_pages import sign_in
from tests.city import at, stage
from tests.claims.test_claimants import person_with_account, special_certificate

PHONE = {"width": 390, "height": 844}


@pytest.fixture
def city(transactional_db):
    return stage()


def test_four_taps_on_the_phone_and_it_lies_on_the_desk(city, open_page, axe, shot):
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
