"""The review page of a claim by keyboard, line by line; and an exception from its proposal to the list."""

import pytest
from playwright.sync_api import expect

from peibu.accounts import clock
from peibu.claims.models import Look, Override
from tests.browser.test_claims_pages import sign_in
from tests.city import at, stage
from tests.claims.claim_world import build
from tests.claims.override_world import fourth_claim

PHONE = {"width": 390, "height": 844}


@pytest.fixture
def city(transactional_db):
    return stage()


def stands_at(page, line: str) -> None:
    """The line has the focus, at once or when its script has run."""
    expect(page.locator(f"#{line} summary").first).to_be_focused()


def test_a_claim_is_reviewed_by_keyboard(city, open_page, axe, shot):
    world = build(city)
    for name, wishes in (("赵志远", {}), ("钱小燕", {}), ("孙立新", {"months": 5}), ("李建国", {})):
        world.person(name, **wishes)
    world.certify()
    claim = world.accepted()
    clock.move_to(at("2020-11-12 09:00"))
    page = open_page()
    sign_in(page, world.reviewer, f"/desk/cases/{claim.case_id}/")
    expect(page.get_by_text("已核对 0 / 4")).to_be_visible()
    expect(page.locator("[data-review-hint]")).to_be_visible()
    page.keyboard.press("j")
    page.keyboard.press("j")
    stands_at(page, "line-2")
    page.keyboard.press("k")
    stands_at(page, "line-1")
    page.keyboard.press("o")
    expect(page.locator("#line-1 .claim-inside")).to_be_visible()
    axe(page)
    shot(page, "review-line")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="键盘操作")).to_be_visible()
    axe(page)
    shot(page, "review-help")
    page.keyboard.press("j")  # a dialog is open: the keys belong to it
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="键盘操作")).to_be_hidden()
    page.locator("#line-1 summary").first.focus()
    page.keyboard.press("a")  # a clean line at once, and on to the next
    page.wait_for_url("**#line-2")
    stands_at(page, "line-2")
    page.locator("#line-3 summary").first.focus()
    page.keyboard.press("a")  # something to look into: opened first
    expect(page.locator("#line-3 .claim-inside")).to_be_visible()
    assert Look.objects.count() == 1
    page.keyboard.press("a")
    page.wait_for_url("**#line-4")
    stands_at(page, "line-4")
    assert Look.objects.count() == 2
    page.keyboard.press("r")
    expect(page.locator("textarea[data-return]")).to_be_focused()
    page.keyboard.type("joak")  # letters typed into a field are letters
    expect(page.locator("textarea[data-return]")).to_have_value("joak")
    page.locator("textarea[data-return]").fill("")
    page.get_by_role("button", name="审核通过").click()
    page.get_by_text("还有2人（项）没有核对").wait_for()
    page.goto(f"/desk/cases/{claim.case_id}/")
    page.get_by_role("button", name="将 2 名无疑点人员标记为已核对").click()
    page.get_by_text("全部核对完毕").wait_for()
    shot(page, "review-looked")
    _keys_can_be_switched_off(page)
    page.get_by_role("button", name="审核通过").click()
    page.get_by_text("已办理，当前状态：待审批").wait_for()
    phone = open_page(PHONE, touch=True)
    sign_in(phone, world.reviewer, f"/desk/cases/{claim.case_id}/")
    axe(phone)
    shot(phone, "review-phone")


def _keys_can_be_switched_off(page):
    page.keyboard.press("?")
    page.get_by_label("使用单键快捷键").uncheck()
    page.keyboard.press("Escape")
    page.locator("#line-1 summary").first.focus()
    page.keyboard.press("j")
    stands_at(page, "line-1")
    page.get_by_role("button", name="键盘操作").click()
    page.get_by_label("使用单键快捷键").check()
    page.keyboard.press("Escape")


def test_an_exception_from_proposal_to_list(city, open_page, axe, shot):
    world = fourth_claim(city)
    clock.move_to(at("2020-11-11 10:00"))
    page, where = open_page(), f"/desk/cases/{world.claim.case_id}/"
    sign_in(page, world.reviewer, where)
    page.locator("#line-1 summary").first.click()
    page.locator(".claim-except > summary").click()
    page.get_by_label("例外理由（必填）").fill("该工种为园区急需，经培训主管科室研究")
    page.get_by_label("有效期至（必填）").fill("2020-12-31")
    axe(page)
    shot(page, "override-propose")
    page.get_by_role("button", name="提出例外").click()
    page.get_by_text("已提出例外，须由另一位工作人员确认").wait_for()
    page.locator("#line-1 summary").first.click()
    expect(page.get_by_role("button", name="同意例外")).to_have_count(0)
    second = open_page()
    sign_in(second, world.second, "/desk/overrides/")
    second.get_by_text("可由您确认").wait_for()
    axe(second)
    shot(second, "overrides-list")
    second.get_by_role("link", name="庄一").click()
    second.locator("#line-1 .claim-inside").wait_for(state="attached")
    if not second.locator("#line-1 .claim-inside").is_visible():
        second.locator("#line-1 summary").first.click()
    second.get_by_label("确认意见").fill("核对会议纪要")
    axe(second)
    shot(second, "override-confirm")
    second.get_by_role("button", name="同意例外").click()
    second.get_by_text("已确认例外，并重新判定").wait_for()
    assert Override.objects.get().state == "confirmed"
    second.locator("#line-1 summary").first.click()
    axe(second)
    shot(second, "override-confirmed")
    phone = open_page(PHONE, touch=True)
    sign_in(phone, world.second, "/desk/overrides/")
    axe(phone)
    shot(phone, "overrides-phone")
