"""Claims and notices in a real Chromium: looked at on a desk and a phone, walked with the keyboard, no axe finding."""

import datetime as dt

import pytest

from peibu.accounts import clock
from peibu.accounts.actor import SYSTEM, Actor
from peibu.casework.models import PublicNotice
from peibu.casework.objections import raise_objection
from peibu.demo.loader.base import PASSWORD
from peibu.ledger.actions import appropriate, open_funds
from peibu.registry.models import EarlierGrant
from tests.city import at, stage
from tests.claims.claim_world import build


@pytest.fixture
def world(transactional_db):
    world = build(stage())
    world.person("赵志远")
    world.person("钱小燕", months=5)
    world.person("孙立新", registered=None)
    world.person("李建国", months=6, arrears=3)
    world.person("周文静", earlier=True)
    world.certify()
    return world


def sign_in(page, actor: Actor, where: str) -> None:
    page.goto(f"/sign-in/?next={where}")
    page.fill("[name=username]", actor.user.username)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(f"**{where}")


def test_the_enterprise_fills_in_and_hands_in(world, open_page, axe, shot):
    clock.move_to(at("2020-11-10 10:00"))
    page = open_page()
    sign_in(page, world.hr, "/enterprise/claims/")
    axe(page)
    shot(page, "claims-list")
    page.get_by_role("button", name="生成申领草稿").first.click()
    page.wait_for_url("**/enterprise/claims/*-*/")
    axe(page)
    shot(page, "claim-draft")
    world.invoice(world.cohort.claims.get())
    page.reload()
    page.get_by_role("button", name="使用系统生成的花名册").click()
    page.get_by_text("材料已齐").wait_for()
    shot(page, "claim-ready")
    phone = open_page({"width": 390, "height": 844}, touch=True)
    sign_in(phone, world.hr, "/" + page.url.split("/", 3)[3])
    axe(phone)
    shot(phone, "claim-phone")
    page.get_by_role("button", name="提交申领").click()
    page.get_by_text("已提交，等待受理").first.wait_for()
    axe(page)


def test_the_desk_reviews_and_the_public_looks(world, open_page, axe, shot):
    claim = world.accepted()
    EarlierGrant.objects.create(
        person=claim.lines.get(person__name="李建国").person, policy=claim.policy, paid_by="某机构",
        employer_name="他企业", paid_on=dt.date(2020, 10, 1), amount_fen=1, source="测试",
        known_at=at("2020-11-11 12:00"),
    )  # fmt: skip
    clock.move_to(at("2020-11-12 09:00"))
    page = open_page()
    sign_in(page, world.reviewer, f"/desk/cases/{claim.case_id}/")
    first = page.locator(".claim-summary").first
    first.focus()
    page.keyboard.press("Enter")
    page.locator("#line-1 .claim-inside").wait_for()
    page.locator("#line-1").get_by_text("逐条判定").click()
    axe(page)
    shot(page, "claim-review")
    page.locator("#line-4").get_by_role("button", name="重新判定").click()
    page.get_by_text("按最新资料重新判定：审核剔除").wait_for()
    page.goto("/desk/claims/")
    axe(page)
    shot(page, "desk-claims")
    claim = world.move(claim, "review", world.reviewer, at("2020-11-12 10:00"))
    (fund,) = open_funds(policy=claim.policy, on=at("2020-11-12 10:00").date())
    told = {"document_number": "青财社〔2020〕1号", "memo": "下达", "source_id": claim.pk}
    appropriate(fund=fund, amount_fen=10**8, by=SYSTEM, at=at("2020-11-12 10:00"), **told)
    claim = world.move(claim, "approve", world.approver, at("2020-11-13 09:00"))
    clock.move_to(at("2020-11-16 09:00"))
    page.goto("/desk/notices/")
    axe(page)
    shot(page, "desk-notices")
    page.get_by_role("button", name="发布公示").click()
    page.get_by_text("已发布公示").wait_for()
    axe(page)
    notice = PublicNotice.objects.get()
    for name, visitor in (("desk", open_page()), ("phone", open_page({"width": 390, "height": 844}, touch=True))):
        visitor.goto("/notices/")
        axe(visitor)
        visitor.goto(f"/notices/{notice.number}/")
        axe(visitor)
        shot(visitor, f"notice-{name}")
    visitor.fill("[name=text]", "名单中有人已调离该企业，请核实其参保情况")
    visitor.fill("[name=line]", "1")
    visitor.get_by_role("button", name="提交异议").click()
    visitor.get_by_text("异议已收到").wait_for()
    raise_objection(notice=notice, text="整个公示的班次名称有误，请核实", at=at("2020-11-16 10:00"))
    page.goto("/desk/objections/")
    axe(page)
    shot(page, "desk-objections")
    page.get_by_role("link", name="办理").first.click()
    page.get_by_text("暂停拨付的申领").wait_for()
    axe(page)
    shot(page, "desk-objection")
