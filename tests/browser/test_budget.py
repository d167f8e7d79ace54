"""The budget of a fund in a real Chromium: a day chosen, the way down to a case's money, an appropriation booked."""

import pytest
from playwright.sync_api import expect

from peibu.accounts import clock
from peibu.accounts.actor import SYSTEM
from peibu.accounts.models import Division, Unit
from peibu.kernel.ids import uuid7
from peibu.ledger import actions
from tests.city import at, stage
from tests.payments.road import NOW, Road

WEST, NORTH = "370211", "370213"


@pytest.fixture
def road(transactional_db, settings) -> Road:
    settings.DEMO = True
    clock.move_to(at("2020-12-10 10:00"))
    made = Road(stage(), Division.objects.get(code=WEST))
    made.money(300_000_000)
    north = Division.objects.get(code=NORTH)
    for month, fen, where in ((9, 31_400_00, north), (10, 265_300_50, made.division), (11, 180_000_00, north)):
        day = at(f"2020-{month:02d}-20 10:00")
        told = {"document_number": f"青财社〔2020〕{month}号", "memo": f"{month}月资金", "source_id": uuid7()}
        actions.appropriate(fund=made.fund, amount_fen=50_000_000, by=SYSTEM, at=day, **told)
        case = _commit(made, fen, day, where)
        if month < 11:
            pay = {"commitment": case, "source_id": uuid7(), "by": SYSTEM, "at": day}
            actions.pay(amount_fen=fen, memo="拨付", **pay)
            actions.recover(amount_fen=fen // 10, memo="追回多付款", **pay)
    return made


def _commit(road, fen, when, where, policy="", source=None):
    told = {"policy": policy or road.policy, "subject": "claim", "division": where, "memo": "补贴申领审批通过"}
    return actions.commit(amount_fen=fen, source_id=source or uuid7(), by=SYSTEM, at=when, **told)


def test_the_budget_on_a_desk_and_on_a_phone(road, enter, desktop, phone, axe, shot):
    asked = road.claim(600_000_000, state="reviewed", notice=False)
    bureau = road.officer("city_bureau", Unit.objects.get(kind="finance", division__code="370200"))
    for page, name in ((desktop, "budget"), (phone, "budget-phone")):
        enter(page, bureau)
        page.goto("/desk/payments/ledger/")
        page.get_by_text("按列支项目").first.wait_for()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.wait_for_timeout(800)
        axe(page)
        shot(page, name)
    expect(desktop.get_by_text("缺口")).to_be_visible()
    assert asked.number not in desktop.content()
    desktop.get_by_label("截至日期").fill("2020-10-15")
    desktop.get_by_role("button", name="查看").click()
    expect(desktop.locator(".kpis")).to_contain_text("28,260.00")
    desktop.locator("section[aria-labelledby=items] a").first.click()
    expect(desktop.locator("h1")).to_contain_text("明细账")
    axe(desktop)
    shot(desktop, "budget-entries")
    desktop.goto("/desk/payments/ledger/budget/")
    form = desktop.locator("form[action*=appropriate]")
    form.get_by_label("文号").fill("青财社〔2020〕88号")
    form.get_by_label("金额（元）").fill("12.345")
    form.get_by_label("摘要").fill("第四批")
    form.get_by_role("button", name="登记").click()
    expect(form).to_contain_text("两位小数")
    axe(desktop)
    shot(desktop, "budget-booking")
    form.get_by_label("金额（元）").fill("12.34")
    form.get_by_role("button", name="登记").click()
    expect(desktop.get_by_text("已登记资金下达 12.34 元")).to_be_visible()


def test_a_district_sees_why_a_later_fund_paid(road, enter, desktop, phone, axe, shot):
    policy = "weihai/gold_collar_2019"
    opened = actions.open_funds(policy=policy, on=NOW.date(), division=road.division)
    told = {"memo": "年度资金", "by": SYSTEM, "at": NOW}
    actions.appropriate(
        fund=opened[0], amount_fen=1_200_00, document_number="西财〔2020〕7号", source_id=uuid7(), **told
    )
    actions.appropriate(
        fund=opened[2], amount_fen=9_000_00, document_number="西财〔2020〕9号", source_id=uuid7(), **told
    )
    case = road.claim(200_000)
    found = _commit(road, 200_000, NOW, road.division, policy, case.pk)
    for page, name in ((desktop, "commitment"), (phone, "commitment-phone")):
        enter(page, road.maker)
        page.goto(f"/desk/payments/ledger/cases/{found.pk}/")
        page.get_by_text("可用资金不足以支付整笔").wait_for()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        axe(page)
        shot(page, name)
    phone.goto("/desk/payments/ledger/budget/")
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    axe(phone)
    shot(phone, "budget-booking-phone")
