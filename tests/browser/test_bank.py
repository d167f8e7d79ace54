"""Money that is not simple, in a real Chromium: another account, a lost result, the bank's day; desktop and phone."""

import pytest
from playwright.sync_api import expect

from peibu.accounts import clock
from peibu.gateways.bank.fake import FakeBank
from peibu.gateways.bank.statements import Kind, statement_format
from peibu.payments.actions import bring_into_force, report_unknown, run_reconciliation
from peibu.payments.models import Reconciliation
from tests.city import at, stage
from tests.payments.road import Road
from tests.payments.steps import DAY, PDF, reply, sent
from tests.payments.test_reconciliation import line, the_queue_is_worked_off, told

EVENING = at("2020-11-25 20:00")
PAPER = {"name": "基本存款账户信息.pdf", "mimeType": "application/pdf", "buffer": PDF}


@pytest.fixture
def road(transactional_db, settings) -> Road:
    settings.DEMO = True
    clock.move_to(EVENING)
    made = Road(stage())
    made.money(300_000_000)
    return made


def looks_right(page, axe, shot, name):
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    axe(page)
    shot(page, name)


def test_a_payee_changes_its_account(road, enter, desktop, phone, axe, shot):
    firm = road.firms[0]
    road.account(firm)
    road.claim(firm=firm)
    first, second = road.officer("enterprise", firm), road.officer("enterprise", firm)
    enter(desktop, first)
    desktop.goto("/enterprise/account/")
    looks_right(desktop, axe, shot, "account")
    desktop.get_by_role("button", name="提出变更").click()
    expect(desktop.get_by_text("没有填写账号")).to_be_visible()
    desktop.get_by_label("新开户银行").fill("演示银行青岛分行")
    desktop.get_by_label("新的基本存款账户账号").fill("6228 4800 9900 0777")
    desktop.get_by_label("变更原因").fill("原开户网点撤并")
    desktop.locator("input[type=file]").set_input_files(PAPER)
    desktop.get_by_role("button", name="提出变更").click()
    expect(desktop.get_by_text("待第二人确认").first).to_be_visible()
    enter(phone, second)
    phone.goto("/enterprise/account/")
    expect(phone.get_by_text("请立即提出异议")).to_be_visible()
    looks_right(phone, axe, shot, "account-phone")
    phone.get_by_label("情况说明").fill("请核实是否财务部提出")
    phone.get_by_role("button", name="提出异议，停止变更").click()
    expect(phone.get_by_text("异议已提交")).to_be_visible()
    enter(desktop, road.approver)
    desktop.goto("/desk/payments/accounts/")
    desktop.get_by_role("link", name=firm.name).click()
    looks_right(desktop, axe, shot, "account-desk")
    desktop.get_by_label("核实情况和意见").fill("已电话核实，确为本单位财务部提出")
    desktop.get_by_role("button", name="异议不成立").click()
    desktop.get_by_label("依据和理由").fill("已核对基本存款账户信息原件")
    desktop.get_by_role("button", name="确认，进入冷静期").click()
    expect(desktop.get_by_text("冷静期至2020-12-02")).to_be_visible()
    bring_into_force(at=at("2020-12-03 03:00"))
    clock.move_to(at("2020-12-03 09:00"))
    enter(phone, second)
    phone.goto("/enterprise/account/")
    expect(phone.get_by_text("已生效")).to_be_visible()


def test_a_lost_result_is_settled_by_two_people(road, enter, desktop, phone, axe, shot):
    road.bank("neither")
    batch = sent(road, road.claim(), road.claim())
    lost = batch.payments.get(position=2)
    reply(road, batch, FakeBank(keyed=False), lose={lost.key})
    report_unknown(batch=batch, by=road.maker, at=EVENING)
    enter(desktop, road.maker)
    desktop.goto("/desk/payments/")
    looks_right(desktop, axe, shot, "payments-unknown")
    desktop.get_by_role("link", name=f"核实 {lost.case.number}").click()
    desktop.get_by_label("核实结果", exact=True).select_option(label="已支付到账")
    desktop.get_by_label("银行日期", exact=True).fill("2020-11-25")
    desktop.get_by_label("银行流水号").fill("YH20201125001")
    desktop.get_by_label("依据", exact=True).fill("11月25日电话银行业务部并取得盖章流水")
    desktop.locator("input[type=file]").set_input_files(PAPER)
    desktop.get_by_role("button", name="登记", exact=True).click()
    expect(desktop.get_by_text("核实结果已登记")).to_be_visible()
    looks_right(desktop, axe, shot, "doubt")
    enter(phone, road.releaser)
    phone.goto(f"/desk/payments/unknown/{lost.pk}/")
    looks_right(phone, axe, shot, "doubt-phone")
    phone.get_by_role("button", name="确认", exact=True).click()
    expect(phone.get_by_text("付款状态已按银行证明更新")).to_be_visible()
    enter(desktop, road.maker)
    desktop.goto(f"/desk/payments/batches/{batch.pk}/")
    looks_right(desktop, axe, shot, "batch-calls")


def test_the_bank_and_the_book_of_a_day(road, enter, desktop, phone, axe, shot):
    road.bank("asked", statement_format="camt.053")
    batch = sent(road, road.claim(215_000), road.claim(180_000), road.claim(99_900))
    reply(road, batch, FakeBank())
    lines = [line(fen=-p.amount_fen, key=p.key, reference=p.bank_reference) for p in batch.payments.all()]
    lines[2] = line(Kind.OTHER, -1_500, "", "FEE1", "账户管理费")
    lines.append(line(Kind.RECEIPT, 20_000_000, "", "IN1", "拨款"))
    content = statement_format("camt.053").write(told(*lines))
    enter(desktop, road.maker)
    desktop.goto("/desk/payments/reconciliation/")
    expect(desktop.get_by_text("还没有银行对账单")).to_be_visible()
    upload = {"name": "20201125.xml", "mimeType": "application/xml", "buffer": content}
    desktop.locator("input[type=file]").set_input_files(upload)
    desktop.get_by_role("button", name="导入并对账").click()
    expect(desktop.get_by_text("对账单已导入")).to_be_visible()
    run_reconciliation(run=Reconciliation.objects.get(), by=road.maker, at=EVENING)
    the_queue_is_worked_off()
    for page, name in ((desktop, "reconciliation"), (phone, "reconciliation-phone")):
        enter(page, road.maker)
        page.goto(f"/desk/payments/reconciliation/?on={DAY:%Y-%m-%d}")
        expect(page.get_by_text("差额（银行减账上）")).to_be_visible()
        looks_right(page, axe, shot, name)
    desktop.get_by_label("原因和处理情况").first.fill("银行手续费，已请退还")
    desktop.get_by_role("button", name="登记", exact=True).first.click()
    expect(desktop.get_by_text("差异处理情况已登记")).to_be_visible()
    enter(desktop, road.city.actor("city_bureau"))
    desktop.goto("/desk/payments/banks/")
    looks_right(desktop, axe, shot, "banks")
