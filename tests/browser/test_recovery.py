"""A recovery with appeal, and an objection that stops one person, in a real Chromium; desk and phone, no axe finding."""

import datetime as dt

import pytest

from peibu.accounts import clock
from peibu.casework.models import PublicNotice
from peibu.claims.models import ClaimLine
from peibu.recovery.models import Recovery
from tests.city import at, stage
from tests.claims.claim_world import build
from tests.recovery.recovery_world import FOUND, owing

PHONE = {"width": 390, "height": 844}


@pytest.fixture
def made(transactional_db):
    made = owing(stage())
    made.rechecks("恰六月")
    return made


def test_a_recovery_is_told_heard_decided_appealed_and_paid_back(made, open_page, enter, axe, shot):
    clock.move_to(FOUND + dt.timedelta(hours=1))
    desk, party = open_page(), open_page()
    enter(desk, made.reviewer)
    enter(party, made.world.hr)
    desk.goto("/desk/recoveries/")
    axe(desk)
    desk.get_by_role("link", name="拟定追回").first.click()
    desk.get_by_label("申报差错").check()
    desk.get_by_label("定性理由").fill("企业误报一个月缴费，没有故意")
    axe(desk)
    shot(desk, "recovery-open")
    desk.get_by_role("button", name="拟定并核算").click()
    desk.get_by_text("请核对后送达").wait_for()
    desk.locator("#reason-notify").fill("请核对缴费记录后陈述意见。")
    desk.get_by_role("button", name="送达追回告知书").click()
    desk.get_by_text("已告知，待签收").first.wait_for()

    row = Recovery.objects.get()
    where = f"/enterprise/recoveries/{row.pk}/"
    party.goto("/enterprise/recoveries/")
    axe(party)
    party.get_by_role("link", name=row.case.number).click()
    party.get_by_role("button", name="签收").click()
    party.get_by_text("现在还没有作出决定").wait_for()
    axe(party)
    shot(party, "recovery-party")
    party.locator("#reason-answer").fill("该月缴费已经办理，银行回单另行提交。")
    party.get_by_role("button", name="提交陈述申辩").click()
    party.get_by_text("另一名工作人员").wait_for()

    enter(desk, made.world.approver)
    desk.goto(f"/desk/cases/{row.case_id}/")
    desk.locator("#reason-decide").fill("补缴在更正之后，不影响当时的认定")
    desk.get_by_role("button", name="决定追回").click()
    desk.get_by_text("已决定，待退回").first.wait_for()
    axe(desk)
    shot(desk, "recovery-decided")

    party.reload()
    party.locator("#reason-appeal").fill("社保机构正在核对，请暂缓执行。")
    party.get_by_role("button", name="提出申诉").click()
    party.get_by_text("决定暂停执行").wait_for()
    axe(party)
    phone = open_page(PHONE, touch=True)
    enter(phone, made.world.hr)
    phone.goto(where)
    axe(phone)
    shot(phone, "recovery-party-phone")

    enter(desk, made.payer)
    desk.goto(f"/desk/cases/{row.case_id}/")
    assert desk.get_by_role("button", name="登记退回款").count() == 0  # an open appeal suspends
    made.move(row, "dismiss_appeal", made.bureau, at("2020-12-28 10:00"), "事实清楚")
    clock.move_to(at("2020-12-28 15:00"))
    desk.reload()
    desk.get_by_label("金额（元）").first.fill("1800")
    desk.get_by_label("到账日期").fill("2020-12-28")
    desk.get_by_label("银行流水号").fill("TK20201228001")
    axe(desk)
    shot(desk, "recovery-money")
    desk.get_by_role("button", name="登记退回款").click()
    desk.get_by_text("已追回办结").first.wait_for()
    desk.goto("/desk/recoveries/")
    desk.get_by_text("1,800.00").first.wait_for()
    axe(desk)
    shot(desk, "recoveries")
    enter(phone, made.reviewer)
    phone.goto("/desk/recoveries/")
    axe(phone)
    shot(phone, "recoveries-phone")


@pytest.fixture
def notice(transactional_db):
    world = build(stage())
    for name in ("赵甲一", "钱乙二", "孙丙三"):
        world.person(name)
    world.certify()
    world.on_notice()
    return world, PublicNotice.objects.get()


def test_an_objection_stops_one_line_and_anybody_checks_a_proof(notice, open_page, enter, axe, shot):
    world, row = notice
    clock.move_to(at("2020-11-17 10:00"))
    page = open_page()
    page.goto(f"/notices/{row.number}/")
    axe(page)
    shot(page, "notice")
    proof = page.request.get(f"/notices/{row.number}/proof/1.json").text()
    page.get_by_label("针对序号").fill("2")
    page.get_by_label("异议内容").fill("该同志十月已调离该企业，请核实其参保情况")
    page.get_by_role("button", name="提交异议").click()
    page.get_by_text("异议已收到").wait_for()
    states = ClaimLine.objects.order_by("position").values_list("state", flat=True)
    assert list(states) == ["included", "held", "included"]
    page.goto("/notices/check/")
    axe(page)
    page.get_by_label("核验文件的内容").fill(proof)
    page.get_by_role("button", name="核对").click()
    page.get_by_text("核验通过").wait_for()
    axe(page)
    shot(page, "notice-check")
    enter(page, world.reviewer)
    page.goto(f"/desk/cases/{row.lines.first().case_id}/")
    page.get_by_text("异议暂缓").first.wait_for()
    axe(page)
    shot(page, "claim-one-held")
    phone = open_page(PHONE, touch=True)
    phone.goto("/notices/check/")
    axe(phone)
    shot(phone, "notice-check-phone")
