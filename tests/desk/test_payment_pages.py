"""The pages of payment: who may, whose district, both people, the reply's problems on the page, the returned payment."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from peibu.accounts import clock
from peibu.accounts.models import Unit
from peibu.gateways.bank.fake import FakeBank
from peibu.ledger import queries as book
from peibu.payments.actions import bring_into_force
from peibu.payments.models import Payment, PaymentBatch
from tests.payments.road import NOW, Road
from tests.payments.steps import COOLED

pytestmark = pytest.mark.django_db


@pytest.fixture
def road(city, settings) -> Road:
    settings.DEMO = True
    clock.move_to(NOW + dt.timedelta(hours=1))
    made = Road(city)
    made.money(100_000_00)
    return made


def foreigner(road, role="finance"):
    agency = Unit.objects.filter(kind="agency").exclude(division=road.division).first()
    return road.officer(role, agency)


def prepared(road, visit, *cases) -> PaymentBatch:
    visit(road.maker).post(reverse("desk-payments-prepare"), {"case": [c.pk for c in cases]})
    return PaymentBatch.objects.latest("prepared_at")


def go(name, row):
    return reverse(name, args=[row.pk])


def test_the_road_of_two_people_through_the_pages(road, visit):
    cases = [road.claim(200000), road.claim(123456)]
    page = visit(road.maker).get(reverse("desk-payments"))
    assert all(c.number in page.content.decode() for c in cases)
    batch = prepared(road, visit, *cases)
    client = visit(road.maker)
    assert "请另一位资金拨付人员复核放行" in client.get(go("desk-payment-batch", batch)).content.decode()
    client.post(go("desk-payment-batch-release", batch))
    batch.refresh_from_db()
    assert batch.state == "prepared"
    client = visit(road.releaser)
    client.post(go("desk-payment-batch-release", batch))
    file = client.get(go("desk-payment-batch-file", batch))
    assert file["Content-Disposition"].startswith("attachment")
    content = b"".join(file.streaming_content)
    client.post(go("desk-payment-batch-sent", batch))
    key = batch.payments.get(position=2).key
    answer = FakeBank().answer(batch.format, content, on=NOW.date(), returns={key: "1002"})
    upload = SimpleUploadedFile("回盘.txt", answer)
    told = client.post(go("desk-payment-batch-reply", batch), {"reply": upload}, follow=True).content.decode()
    assert "到账1笔，退回1笔" in told
    assert "户名与账号不符" in told
    again = SimpleUploadedFile("回盘.txt", answer)
    client.post(go("desk-payment-batch-reply", batch), {"reply": again})
    assert book.figures(road.fund).paid == 200000


def test_problems_of_a_reply_are_all_on_the_page_and_nothing_is_saved(road, visit):
    batch = prepared(road, visit, road.claim(), road.claim())
    client = visit(road.releaser)
    client.post(go("desk-payment-batch-release", batch))
    content = b"".join(client.get(go("desk-payment-batch-file", batch)).streaming_content)
    answer = FakeBank().answer(batch.format, content, on=NOW.date()).replace(b"|0000|", b"|4444|")
    page = client.post(go("desk-payment-batch-reply", batch), {"reply": SimpleUploadedFile("a.txt", answer)})
    assert page.status_code == 422
    text = page.content.decode()
    assert text.count("4444") == 2
    assert "校验值不符" in text
    assert not Payment.objects.filter(state="paid").exists()
    for bad, said in ((b"", "文件是空的"), (b"%PDF-1.4\n", "PDF")):
        page = client.post(go("desk-payment-batch-reply", batch), {"reply": SimpleUploadedFile("a.txt", bad)})
        assert (page.status_code, said in page.content.decode()) == (422, True)
    page = client.post(go("desk-payment-batch-reply", batch), {})
    assert "没有选择文件" in page.content.decode()


def test_the_demo_bank_answers_in_demo_mode_only(road, visit, settings):
    batch = prepared(road, visit, road.claim(), road.claim())
    client = visit(road.releaser)
    client.post(go("desk-payment-batch-release", batch))
    key = batch.payments.get(position=1).key
    assert "演示银行" in client.get(go("desk-payment-batch", batch)).content.decode()
    settings.DEMO = False
    settings.SECURE_SSL_REDIRECT = False
    wish = {"return": [key], "status": "1003"}
    assert client.post(go("desk-payment-batch-demo-bank", batch), wish).status_code == 404
    settings.DEMO = True
    client.post(go("desk-payment-batch-demo-bank", batch), wish)
    assert sorted(batch.payments.values_list("state", flat=True)) == ["paid", "returned"]
    client.post(go("desk-payment-batch-demo-bank", batch))
    assert sorted(batch.payments.values_list("state", flat=True)) == ["paid", "returned"]


def test_a_returned_payment_goes_through_finance_approver_finance(road, visit):
    batch = prepared(road, visit, road.claim())
    client = visit(road.releaser)
    client.post(go("desk-payment-batch-release", batch))
    payment = batch.payments.get()
    client.post(go("desk-payment-batch-demo-bank", batch), {"return": [payment.key], "status": "1003"})
    page = client.get(go("desk-returned-payment", payment)).content.decode()
    assert "账户已销户" in page
    bad = client.post(go("desk-returned-payment-correct", payment), {"bank_name": "", "number": "abc"})
    assert (bad.status_code, "没有填写开户银行" in bad.content.decode()) == (422, True)
    bad = client.post(go("desk-returned-payment-correct", payment), {"bank_name": "新", "number": "abc"})
    assert (bad.status_code, "6至32位数字" in bad.content.decode()) == (422, True)
    client.post(go("desk-returned-payment-correct", payment), {"bank_name": "新银行", "number": "622848009999"})
    assert "待第二人确认" in client.get(go("desk-returned-payment", payment)).content.decode()
    approver = visit(road.approver)
    assert "核准该账户" in approver.get(go("desk-returned-payment", payment)).content.decode()
    approver.post(go("desk-returned-payment-approve", payment), {"reason": "企业提供了新的开户信息"})
    assert "冷静期至" in visit(road.maker).get(go("desk-returned-payment", payment)).content.decode()
    clock.move_to(COOLED)
    (change,) = bring_into_force(at=COOLED)
    assert change.in_force_on == COOLED.date()
    visit(road.maker).post(go("desk-returned-payment-reissue", payment))
    assert Payment.objects.get(attempt=2).bank_name == "新银行"


def test_another_district_finds_nothing(road, visit):
    case = road.claim()
    batch = prepared(road, visit, road.claim())
    client = visit(foreigner(road))
    assert case.number not in client.get(reverse("desk-payments")).content.decode()
    assert batch.number not in client.get(reverse("desk-payment-batches")).content.decode()
    assert client.get(go("desk-payment-batch", batch)).status_code == 404
    assert client.get(go("desk-payment-batch-file", batch)).status_code == 404
    for name in ("release", "sent", "cancel", "reply", "demo-bank"):
        assert client.post(go(f"desk-payment-batch-{name}", batch)).status_code == 404
    assert client.get(go("desk-returned-payment", batch.payments.get())).status_code == 404
    visit(foreigner(road)).post(reverse("desk-payments-prepare"), {"case": [case.pk]})
    assert not Payment.objects.filter(case=case).exists()
    assert case.number not in client.get(reverse("desk-ledger")).content.decode()


@pytest.mark.parametrize(
    ("role", "status"),
    [("finance", 200), ("agency_reviewer", 200), ("hrss_approver", 200), ("hrss_supervisor", 403), ("operator", 403)],
)
def test_who_may_look(road, visit, role, status):
    client = visit(road.officer(role, road.agency))
    assert client.get(reverse("desk-payments")).status_code == status
    assert client.get(reverse("desk-ledger")).status_code == status


@pytest.mark.parametrize("role", ["agency_reviewer", "hrss_approver", "auditor"])
def test_only_finance_prepares_and_downloads(road, visit, role):
    batch = prepared(road, visit, road.claim())
    client = visit(road.officer(role, road.agency))
    assert client.post(reverse("desk-payments-prepare"), {"case": []}).status_code == 403
    assert client.post(go("desk-payment-batch-release", batch)).status_code == 403
    assert client.get(go("desk-payment-batch-file", batch)).status_code == 403


def test_enterprises_and_strangers_see_nothing(road, visit, client):
    assert client.get(reverse("desk-payments")).status_code == 302
    assert visit(road.city.actor("enterprise")).get(reverse("desk-payments")).status_code == 403


def test_account_numbers_are_masked_on_every_page(road, visit):
    case = road.claim()
    number = case.claim.account.number
    batch = prepared(road, visit, case)
    client = visit(road.releaser)
    client.post(go("desk-payment-batch-release", batch))
    client.post(go("desk-payment-batch-demo-bank", batch))
    for address in (reverse("desk-payments"), go("desk-payment-batch", batch), reverse("desk-ledger")):
        assert number not in client.get(address).content.decode()
