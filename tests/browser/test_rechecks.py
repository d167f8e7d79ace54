"""Re-checks in a real Chromium: list, both determinations side by side, settling; desk and phone, no axe finding."""

import pytest

from peibu.accounts import clock
from peibu.accounts.actor import SYSTEM, Actor
from peibu.claims.actions.rechecks import recheck_lines
from peibu.claims.rechecks import lines_with_an_answer, with_later_evidence
from peibu.demo.loader.base import PASSWORD
from tests.city import stage
from tests.claims.claim_world import build
from tests.claims.test_rechecks import LATER, paid, take_back


@pytest.fixture
def world(transactional_db):
    world = build(stage())
    world.person("恰六月", months=6)
    world.person("赵志远")
    world.certify()
    paid(world)
    take_back("恰六月")
    recheck_lines(with_later_evidence(lines_with_an_answer(), at=LATER), by=SYSTEM, at=LATER)
    return world


def sign_in(page, actor: Actor, where: str) -> None:
    page.goto(f"/sign-in/?next={where}")
    page.fill("[name=username]", actor.user.username)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(f"**{where}")


def test_a_reviewer_settles_a_recheck(world, open_page, axe, shot):
    clock.move_to(LATER)
    page = open_page()
    sign_in(page, world.second_reviewer, "/desk/rechecks/")
    axe(page)
    shot(page, "rechecks-list")
    page.get_by_role("link", name="恰六月").click()
    page.wait_for_url("**/desk/rechecks/*-*/")
    axe(page)
    shot(page, "recheck")
    where = "/" + page.url.split("/", 3)[3]
    page.get_by_label("追回多付款").check()
    page.get_by_label("理由").fill("社保冲销，应退回")
    page.get_by_role("button", name="记录处理结果").click()
    page.get_by_text("已记录处理结果").wait_for()
    axe(page)
    page.get_by_role("link", name="按其他日期掌握的资料查看").click()
    page.get_by_text("没有保存").wait_for()
    axe(page)
    shot(page, "as-known")
    phone = open_page({"width": 390, "height": 844}, touch=True)
    sign_in(phone, world.second_reviewer, where)
    axe(phone)
    shot(phone, "recheck-phone")
    phone.goto("/desk/rechecks/")
    axe(phone)
    shot(phone, "rechecks-list-phone")
