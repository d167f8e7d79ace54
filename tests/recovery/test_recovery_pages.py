"""Recoveries on the pages: register, opening, the case's panel, the party's page; who sees what."""

import pytest

from peibu.recovery.models import Receipt, Recovery
from tests.city import at
from tests.claims.claim_world import FEE
from tests.recovery.recovery_world import AFTER_APPEAL, OPENED, TOLD

pytestmark = pytest.mark.django_db


@pytest.fixture
def now(monkeypatch):
    def move(to) -> None:
        monkeypatch.setattr("peibu.accounts.clock.now", lambda: to)

    move(OPENED)
    return move


def test_from_the_recheck_to_the_register(made, now, visit):
    [recheck] = made.rechecks("恰六月")
    page = visit(made.reviewer)
    body = page.get(f"/desk/rechecks/{recheck.pk}/").content.decode()
    url = f"/desk/recoveries/claims/{made.claim.pk}/"
    assert url in body
    assert url in page.get("/desk/recoveries/").content.decode()
    assert page.post(url, {"lines": [str(recheck.pk)], "nature": "party_error"}).status_code == 422
    told = {"lines": [str(recheck.pk)], "nature": "party_error", "nature_reason": "误报缴费月份"}
    body = page.post(url, told, follow=True).content.decode()
    row = Recovery.objects.get()
    assert (row.owed_fen, "误报缴费月份" in body, "1,800.00" in body) == (FEE, True, True)
    assert page.get(url).status_code == 404
    body = page.get("/desk/recoveries/").content.decode()
    assert row.case.number in body
    assert "申报差错" in body
    assert page.get("/desk/recoveries/?as=xlsx").content[:2] == b"PK"


def test_the_party_reads_answers_and_appeals(made, now, visit):
    row = made.told()
    now(TOLD)
    page, url = visit(made.world.hr), f"/enterprise/recoveries/{row.pk}/"
    assert row.case.number in page.get("/enterprise/recoveries/").content.decode()
    body = page.get(url).content.decode()
    assert "请先签收告知书" in body
    assert "缴费" in body
    letter = row.case.documents.get()
    assert page.get(f"{url}letters/{letter.pk}/").getvalue()[:5] == b"%PDF-"
    page.post(f"{url}move/", {"move": "receive"})
    body = page.post(f"{url}move/", {"move": "answer", "reason": ""}, follow=True, HTTP_REFERER=url).content.decode()
    assert "须写明理由" in body
    page.post(f"{url}move/", {"move": "answer", "reason": "缴费当时已经办理"})
    made.move(row, "decide", made.world.approver, at("2020-12-21 10:00"), "事实清楚")
    now(at("2020-12-22 10:00"))
    body = page.get(url).content.decode()
    assert "2021-01-05前申诉" in body
    page.post(f"{url}move/", {"move": "appeal", "reason": "社保局正在更正"})
    assert "暂停执行" in page.get(url).content.decode()
    payer = visit(made.payer)
    told = {"amount": "10", "on": "2020-12-22", "reference": "T1"}
    payer.post(f"/desk/recoveries/{row.pk}/returned/", told)
    assert not Receipt.objects.exists()


def test_the_payer_enters_what_came_back(made, now, visit):
    row = made.decided()
    now(AFTER_APPEAL)
    page = visit(made.payer)
    body = page.get(f"/desk/cases/{row.case_id}/").content.decode()
    assert "登记退回款" in body
    url = f"/desk/recoveries/{row.pk}/returned/"
    told, back = {"amount": "x", "on": "", "reference": ""}, f"/desk/cases/{row.case_id}/"
    body = page.post(url, told, follow=True, HTTP_REFERER=back).content.decode()
    assert "填写有误" in body
    assert not Receipt.objects.exists()
    body = page.post(url, {"amount": "1800", "on": "2021-01-08", "reference": "T9"}, follow=True).content.decode()
    assert "已追回办结" in body
    assert "T9" in body


def test_the_approver_agrees_on_instalments(made, now, visit):
    row = made.decided()
    now(AFTER_APPEAL)
    told = {"count": "3", "first": "2021-01-20", "every_days": "30", "reason": "经营困难"}
    body = visit(made.world.approver).post(f"/desk/recoveries/{row.pk}/instalments/", told, follow=True)
    assert "600.00" in body.content.decode()


def test_nobody_elses_recovery_is_found(made, now, visit, city):
    row = made.told()
    stranger = city.actor("enterprise", next(u for u in city.loaded.firms.values() if u != made.world.enterprise))
    assert visit(stranger).get(f"/enterprise/recoveries/{row.pk}/").status_code == 404
    assert visit(stranger).post(f"/enterprise/recoveries/{row.pk}/move/", {"move": "receive"}).status_code == 404
    assert visit(made.world.hr).get("/desk/recoveries/").status_code == 403
    elsewhere = city.office(
        "agency", next(d.division for d in city.loaded.firms.values() if d.division != row.division)
    )
    other = city.actor("finance", elsewhere)
    told = {"amount": "1", "on": "2020-12-16", "reference": "T9"}
    assert visit(other).post(f"/desk/recoveries/{row.pk}/returned/", told).status_code == 404
    assert row.case.number not in visit(other).get("/desk/recoveries/").content.decode()
