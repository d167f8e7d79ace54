"""Pages of lost results, of account changes and of the bank's day: who may, what they offer, what they refuse."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from peibu.accounts import clock
from peibu.casework.models import Document
from peibu.gateways.bank import read_ask, read_batch
from peibu.gateways.bank.fake import FakeBank
from peibu.gateways.bank.statements import Kind, statement_format
from peibu.payments.actions import bring_into_force, run_reconciliation
from peibu.payments.models import AccountChange, BankChannel, Doubt, Reconciliation, Statement
from tests.city import at
from tests.payments.road import NOW, Road
from tests.payments.steps import DAY, LATER, PDF, content, reply, sent
from tests.payments.test_reconciliation import line, the_queue_is_worked_off, told

pytestmark = pytest.mark.django_db
EVENING = at("2020-11-25 20:00")


@pytest.fixture
def road(city, settings) -> Road:
    settings.DEMO = True
    clock.move_to(EVENING)
    made = Road(city)
    made.money(100_000_00)
    return made


def go(name, *rows):
    return reverse(name, args=[getattr(row, "pk", row) for row in rows])


def text(answer) -> str:
    return answer.content.decode()


def silent(road, ability, visit):
    """A batch with one payment the bank has said nothing of."""
    road.bank(ability)
    batch = sent(road, road.claim(), road.claim())
    bank = FakeBank(keyed=ability == "keyed")
    reply(road, batch, bank, lose={batch.payments.get(position=2).key})
    visit(road.maker).post(go("desk-payment-batch-unknown", batch))
    return batch, bank, batch.payments.get(position=2)


def test_a_bank_that_can_be_asked_gets_a_question_and_answers_it(road, visit):
    batch, bank, payment = silent(road, "asked", visit)
    assert payment.state == "unknown"
    client = visit(road.maker)
    page = text(client.get(go("desk-payment-batch", batch)))
    assert "下载查询文件" in page
    assert "生成再送文件" not in page
    assert "结果不明，查明前不再送银行" in text(client.get(reverse("desk-payments")))
    asked = b"".join(client.get(go("desk-payment-batch-question", batch)).streaming_content)
    assert [key for _serial, key in read_ask("generic_txt", asked).lines] == [payment.key]
    bank.paid.pop(payment.key)
    bank.seen.pop(payment.key)
    answer = bank.tell("generic_txt", asked, on=DAY + dt.timedelta(days=1))
    clock.move_to(at("2020-11-26 09:00"))
    client.post(go("desk-payment-batch-reply", batch), {"reply": SimpleUploadedFile("答复.txt", answer)})
    payment.refresh_from_db()
    assert payment.state == "unsent"
    assert "生成再送文件" in text(client.get(go("desk-payment-batch", batch)))
    client.post(go("desk-payment-batch-again", batch))
    file = client.get(go("desk-payment-delivery-file", batch, 2))
    again = read_batch("generic_txt", b"".join(file.streaming_content))
    assert (again.number, [one.key for one in again.lines]) == (f"{batch.number}-2", [payment.key])
    answer = bank.answer("generic_txt", file_of(batch, 2), on=dt.date(2020, 11, 26))
    client.post(go("desk-payment-batch-reply", batch), {"reply": SimpleUploadedFile("回盘2.txt", answer)})
    payment.refresh_from_db()
    assert payment.state == "paid"


def file_of(batch, serial):
    delivery = batch.deliveries.get(serial=serial)
    with Document.objects.get(subject_id=delivery.pk).file.open("rb") as file:
        return file.read()


def test_an_old_answer_does_not_let_a_payment_out_again(road, visit):
    batch, bank, payment = silent(road, "asked", visit)
    client = visit(road.maker)
    asked = b"".join(client.get(go("desk-payment-batch-question", batch)).streaming_content)
    bank.seen.pop(payment.key)
    same_day = bank.tell("generic_txt", asked, on=NOW.date())  # as old as the sending itself
    client.post(go("desk-payment-batch-reply", batch), {"reply": SimpleUploadedFile("答复.txt", same_day)})
    payment.refresh_from_db()
    assert payment.state == "unknown"


def test_at_a_bank_that_can_do_neither_two_people_settle_it_on_the_page(road, visit):
    batch, _bank, payment = silent(road, "neither", visit)
    client = visit(road.maker)
    page = text(client.get(go("desk-payment-batch", batch)))
    assert "请逐笔向银行核实" in page
    assert client.get(go("desk-payment-batch-question", batch)).status_code == 404
    given = {"finding": "paid", "settled_on": "2020-11-25", "reference": "YH1", "reason": "电话并传真"}
    where = go("desk-doubtful-payment-report", payment)
    assert "没有选择文件" in text(client.post(where, given))
    bad = client.post(where, given | {"reference": "", "paper": SimpleUploadedFile("证明.pdf", PDF)})
    assert (bad.status_code, "流水号" in text(bad)) == (422, True)
    client.post(where, given | {"paper": SimpleUploadedFile("证明.pdf", PDF)})
    doubt = Doubt.objects.get()
    assert "撤销登记" in text(client.get(go("desk-doubtful-payment", payment)))
    assert client.get(go("desk-doubt-paper", doubt))["Content-Disposition"].startswith("attachment")
    client.post(go("desk-doubt-confirm", doubt))
    doubt.refresh_from_db()
    assert doubt.confirmed_at is None
    visit(road.releaser).post(go("desk-doubt-confirm", doubt))
    payment.refresh_from_db()
    assert (payment.state, payment.bank_reference) == ("paid", "YH1")
    assert "2020-11-25" in text(client.get(go("desk-doubtful-payment", payment)))


def test_a_payee_changes_its_account_and_its_old_contact_objects(road, visit):
    firm = road.firms[0]
    road.account(firm)
    first, second = road.officer("enterprise", firm), road.officer("enterprise", firm)
    client = visit(first)
    given = {"bank_name": "新银行", "number": "622848000000777", "reason": "网点撤并"}
    bad = client.post(reverse("payee-account-propose"), {"bank_name": "新"})
    assert (bad.status_code, "没有填写账号" in text(bad)) == (422, True)
    client.post(reverse("payee-account-propose"), given | {"paper": SimpleUploadedFile("开户.pdf", PDF)})
    change = AccountChange.objects.get()
    page = text(client.get(reverse("payee-account")))
    assert "提出人自己不能确认" in page
    assert "622848000000777" not in page
    other = visit(second)
    assert "请立即提出异议" in text(other.get(reverse("payee-account")))
    other.post(go("payee-account-read", change))
    assert "请立即提出异议" not in text(other.get(reverse("payee-account")))
    other.post(go("payee-account-object", change), {"words": "不是本单位提出的"})
    desk = visit(road.approver)
    page = text(desk.get(go("desk-account-change", change)))
    assert "不是本单位提出的" in page
    desk.post(go("desk-account-change-decide", change), {"reason": "已电话核实，确为本单位"})
    visit(second).post(go("payee-account-confirm", change))
    change.refresh_from_db()
    assert change.state == "cooling"
    assert "新银行" in text(visit(road.maker).get(reverse("desk-account-changes")))
    bring_into_force(at=at("2020-12-04 03:00"))
    clock.move_to(at("2020-12-04 09:00"))
    assert "新银行" in text(visit(first).get(reverse("payee-account")))
    assert visit(first).get(go("payee-account-paper", change))["Content-Disposition"].startswith("attachment")


def test_strangers_find_neither_changes_nor_doubts(road, visit):
    batch, _bank, payment = silent(road, "neither", visit)
    firm = road.firms[0]
    road.account(firm)
    visit(road.officer("enterprise", firm)).post(
        reverse("payee-account-propose"),
        {"bank_name": "新银行", "number": "622848000000777", "reason": "x", "paper": SimpleUploadedFile("a.pdf", PDF)},
    )
    change = AccountChange.objects.get()
    stranger = visit(road.officer("enterprise", road.firms[1]))
    assert stranger.post(go("payee-account-object", change), {"words": "x"}).status_code == 404
    far = road.city.office("agency", other(road))
    client = visit(road.officer("finance", far))
    assert client.get(go("desk-doubtful-payment", payment)).status_code == 404
    assert client.post(go("desk-payment-batch-unknown", batch)).status_code == 404
    assert client.get(go("desk-account-change", change)).status_code == 404


def other(road):
    return next(d for d in road.city.loaded.divisions.values() if d.desk != road.division and d.kind == "district")


def test_the_day_of_the_bank_on_a_page(road, visit):
    road.bank("asked")
    batch = sent(road, road.claim(), road.claim())
    reply(road, batch, FakeBank())
    lines = [line(fen=-p.amount_fen, key=p.key, reference=p.bank_reference) for p in batch.payments.all()]
    client = visit(road.maker)
    assert "这一天还没有银行对账单" in text(client.get(reverse("desk-reconciliation"), {"on": "2020-11-25"}))
    form = statement_format("generic_txt")
    damaged = SimpleUploadedFile("对账单.txt", form.write(told(*lines)).replace(b"2000.00", b"2000.01", 1))
    bad = client.post(reverse("desk-reconciliation-upload"), {"statement": damaged})
    assert (bad.status_code, "校验值不符" in text(bad), Statement.objects.count()) == (422, True, 0)
    whole = form.write(told(*lines, line(Kind.OTHER, -1500, "", "FEE", "手续费")))
    client.post(reverse("desk-reconciliation-upload"), {"statement": SimpleUploadedFile("对账单.txt", whole)})
    run = Reconciliation.objects.get()
    assert "尚未对账" in text(client.get(reverse("desk-reconciliation")))
    run_reconciliation(run=run, by=road.maker, at=LATER)
    the_queue_is_worked_off()
    page = text(client.get(reverse("desk-reconciliation")))
    assert "495,985.00" in page  # closing: 500,000 less 4,000 and 15 yuan
    assert "-15.00" in page
    difference = run.differences.get()
    client.post(go("desk-difference-explain", difference), {"explanation": "银行手续费，已请退还"})
    assert "银行手续费，已请退还" in text(client.get(reverse("desk-reconciliation")))
    client.post(go("desk-reconciliation-compare", run.statement))
    assert Reconciliation.objects.count() == 2
    looker = text(visit(road.approver).get(reverse("desk-reconciliation")))
    assert "导入并对账" not in looker


def test_the_city_sets_the_bank_of_an_agency(road, visit):
    bureau = road.city.actor("city_bureau")
    client = visit(bureau)
    assert "按最谨慎办理" in text(client.get(reverse("desk-bank-channels")))
    given = {
        "format": "generic_txt", "statement_format_code": "generic_xlsx", "ability": "asked", "payer_name": "专户",
        "payer_account": "12x", "payer_bank": "", "wire": "",
    }  # fmt: skip
    where = go("desk-bank-channel", road.agency)
    bad = client.post(where, given)
    assert (bad.status_code, "6至32位数字" in text(bad)) == (422, True)
    bad = client.post(where, given | {"payer_account": "3700000000001", "wire": "nowhere"})
    assert "PEIBU_BANK_WIRES" in text(bad)
    client.post(where, given | {"payer_account": "3700000000001"})
    row = BankChannel.objects.get()
    assert (row.agency, row.ability, row.statement_format) == (road.agency, "asked", "generic_xlsx")
    assert visit(road.maker).post(where, given).status_code == 403
    page = text(visit(road.maker).get(reverse("desk-bank-channels")))
    assert "3700000000001" not in page
    batch = sent(road, road.claim())
    assert batch.ability == "asked"
    assert content(batch)


def test_the_button_that_fetches_statements_stands_where_there_is_a_line(road, visit, settings):
    client = visit(road.maker)
    road.bank("asked")
    assert "向银行取对账单" not in text(client.get(reverse("desk-reconciliation")))
    settings.BANK_WIRES = {"line": "http://127.0.0.1:9"}
    road.bank("asked", wire="line")
    assert "向银行取对账单" in text(client.get(reverse("desk-reconciliation")))
    refused = text(client.post(reverse("desk-reconciliation-fetch"), follow=True))
    assert "银行没有给出2020-11-24的对账单" in refused
    assert "从网银下载后在本页导入" in refused
