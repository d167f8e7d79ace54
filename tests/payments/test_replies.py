"""The bank's reply and the payment that came back: repeated, late, lost, contradictory, corrected."""

import dataclasses
import datetime as dt

import pytest

from peibu.gateways.bank import BankFileRefused, read_reply, write_reply
from peibu.gateways.bank.fake import FakeBank
from peibu.kernel.errors import Refused
from peibu.ledger import queries as book
from peibu.payments.actions import (
    approve_account,
    bring_into_force,
    correct_account,
    import_reply,
    prepare_batch_of_cases,
    reissue,
    release_batch,
)
from peibu.payments.models import ReplyLine
from peibu.payments.queries import payment_of, returned_payments, waiting_cases
from tests.city import at
from tests.payments.road import NOW
from tests.payments.steps import COOLED, DAY, LATER, content, intent, reply, sent

pytestmark = pytest.mark.django_db


def test_a_reply_read_again_or_repeated_in_another_file_changes_nothing(road):
    bank = FakeBank()
    batch = sent(road, road.claim(), road.claim(), road.claim())
    keys = list(batch.payments.order_by("position").values_list("key", flat=True))
    first = reply(road, batch, bank, returns={keys[1]: "1002"})
    figures = book.figures(road.fund)
    again = reply(road, batch, bank)
    assert [line.pk for line in again] == [line.pk for line in first]
    shuffled = reply(road, batch, bank, shuffle=5, repeat=set(keys))
    assert {line.outcome for line in shuffled} == {"repeated"}
    assert len(shuffled) == 6
    assert book.figures(road.fund) == figures
    assert figures.paid == 400000


def test_a_lost_line_stays_open_until_a_later_reply(road):
    bank = FakeBank()
    batch = sent(road, road.claim(), road.claim())
    lost = batch.payments.get(position=1)
    reply(road, batch, bank, lose={lost.key})
    lost.refresh_from_db()
    batch.refresh_from_db()
    assert (lost.state, batch.state) == ("sent", "sent")
    reply(road, batch, bank)
    lost.refresh_from_db()
    batch.refresh_from_db()
    assert (lost.state, batch.state) == ("paid", "reconciled")


def test_what_the_bank_is_still_working_on_changes_nothing(road):
    bank, batch = FakeBank(), sent(road, road.claim())
    payment = batch.payments.get()
    (line,) = reply(road, batch, bank, pending={payment.key})
    payment.refresh_from_db()
    assert (line.outcome, payment.state) == ("pending", "sent")
    assert book.figures(road.fund).paid == 0


def test_an_unknown_line_is_kept_and_shown_and_the_others_are_read(road):
    bank, batch = FakeBank(), sent(road, road.claim(), road.claim())
    told = read_reply(batch.format, bank.answer(batch.format, content(batch), on=DAY))
    strange = dataclasses.replace(told.lines[0], key="f" * 64)
    file = write_reply(batch.format, dataclasses.replace(told, lines=(strange, told.lines[1])))
    lines = import_reply(batch=batch, name="a", content=file, by=road.maker, at=LATER)
    assert [line.outcome for line in lines] == ["unknown", "paid"]
    assert ReplyLine.objects.get(outcome="unknown").payment is None
    assert strange.account not in str(lines[0].raw)
    assert batch.payments.get(position=1).state == "sent"


def changed_reply(batch, bank, **changes):
    told = read_reply(batch.format, bank.answer(batch.format, content(batch), on=DAY))
    lines = tuple(dataclasses.replace(line, **changes) for line in told.lines)
    return write_reply(batch.format, dataclasses.replace(told, lines=lines))


@pytest.mark.parametrize(
    ("changes", "column"),
    [
        ({"amount_fen": 1}, "金额"),
        ({"account": "6228480000000009999"}, "收款账号"),
        ({"name": "别的公司"}, "收款户名"),
        ({"settled_on": dt.date(2020, 11, 26)}, "到账日期"),
        ({"settled_on": dt.date(2020, 11, 23)}, "到账日期"),
        ({"reference": "SAME"}, "银行流水号"),
    ],
)
def test_a_reply_that_differs_from_what_was_sent_is_refused_whole_with_every_line_named(road, changes, column):
    batch = sent(road, road.claim(), road.claim())
    file = changed_reply(batch, FakeBank(), **changes)
    with pytest.raises(BankFileRefused) as refused:
        import_reply(batch=batch, name="a", content=file, by=road.maker, at=LATER)
    assert [(p.row, p.column) for p in refused.value.problems] == [(2, column), (3, column)]
    assert not ReplyLine.objects.exists()
    assert not batch.payments.exclude(state="sent").exists()
    assert book.figures(road.fund).paid == 0


def test_a_reply_to_another_batch_is_refused(road):
    bank, one, two = FakeBank(), sent(road, road.claim()), sent(road, road.claim())
    file = bank.answer(two.format, content(two), on=DAY)
    with pytest.raises(BankFileRefused) as refused:
        import_reply(batch=one, name="a", content=file, by=road.maker, at=LATER)
    assert refused.value.problems[0].what == "批次号不符"


def test_a_batch_nobody_released_has_no_reply(road):
    batch = prepare_batch_of_cases(cases=[road.claim()], by=road.maker, at=NOW)
    released = sent(road, road.claim())
    file = FakeBank().answer(released.format, content(released), on=DAY)
    with pytest.raises(Refused, match="尚未放行"):
        import_reply(batch=batch, name="a", content=file, by=road.maker, at=LATER)


def test_money_that_arrived_stays_booked_when_an_objection_came_in_between(road):
    case = road.claim()
    batch = sent(road, case)
    road.objection(case)
    (line,) = reply(road, batch, FakeBank())
    case.refresh_from_db()
    assert line.outcome == "paid"
    assert "业务未能办结" in line.note
    assert case.state == "ready_to_pay"
    assert book.figures(road.fund).paid == 200000


def returned(road, bank=None, status="1003"):
    bank, case = bank or FakeBank(), road.claim()
    batch = sent(road, case)
    payment = batch.payments.get()
    reply(road, batch, bank, returns={payment.key: status})
    payment.refresh_from_db()
    return case, payment


def test_a_returned_payment_is_corrected_approved_by_another_and_paid_as_the_next_attempt(road):
    bank = FakeBank()
    case, payment = returned(road, bank)
    assert (payment.state, payment.return_reason) == ("returned", "账户已销户")
    assert list(returned_payments(road.maker)) == [payment]
    assert case not in waiting_cases(road.maker, on=DAY)
    with pytest.raises(Refused, match="已被银行退回"):
        intent(road, case, at=LATER)
    change = correct_account(payment=payment, bank_name="新银行", number="6228 4800 7777", by=road.maker, at=LATER)
    with pytest.raises(Refused, match="只有人社局审批岗"):
        approve_account(payment=payment, reason="开户许可证", by=road.maker, at=LATER)
    with pytest.raises(Refused, match="须写明理由"):
        approve_account(payment=payment, reason="", by=road.approver, at=LATER)
    approve_account(payment=payment, reason="开户许可证", by=road.approver, at=LATER)
    change.refresh_from_db()
    assert (change.state, change.cooling_ends) == ("cooling", dt.date(2020, 12, 2))
    assert bring_into_force(at=at("2020-12-02 23:59")) == []
    assert bring_into_force(at=COOLED) == [change]
    account = road.account(payment.payee)
    assert account.number == "622848007777"
    second = reissue(payment=payment, account=account, by=road.maker, at=COOLED)
    assert reissue(payment=payment, account=account, by=road.maker, at=COOLED) == second
    assert (second.attempt, second.amount_fen) == (2, payment.amount_fen)
    assert second.key != payment.key
    assert list(returned_payments(road.maker)) == []
    batch = prepare_batch_of_cases(cases=[case], by=road.maker, at=COOLED)
    batch = release_batch(batch=batch, by=road.releaser, at=COOLED)
    (line,) = reply(road, batch, bank, read_at=COOLED)
    case.refresh_from_db()
    assert (line.outcome, case.state) == ("paid", "paid")
    assert [p.state for p in payment_of(case).attempts] == ["returned", "paid"]
    assert book.figures(road.fund).paid == 200000
    assert book.figures(road.fund).committed == 0


def test_who_reviewed_does_not_approve_the_account(road):
    _case, payment = returned(road)
    correct_account(payment=payment, bank_name="新", number="622848007777", by=road.maker, at=LATER)
    road.did(road.approver, payment.case, "review")
    with pytest.raises(Refused, match="同一自然人"):
        approve_account(payment=payment, reason="x", by=road.approver, at=LATER)


def test_an_account_of_another_unit_is_no_correction(road):
    _case, payment = returned(road)
    other = next(firm for firm in road.firms if firm.pk != payment.payee_id)
    number = road.account(other).number
    with pytest.raises(Refused, match="其他单位名下"):
        correct_account(payment=payment, bank_name="新", number=number, by=road.maker, at=LATER)


def test_only_a_returned_payment_is_issued_again(road):
    case = road.claim()
    batch = sent(road, case)
    with pytest.raises(Refused, match="没有被银行退回"):
        reissue(payment=batch.payments.get(), account=case.claim.account, by=road.maker, at=LATER)


def test_money_sent_back_after_it_had_arrived_is_committed_again_and_paid_anew(road):
    bank, case = FakeBank(), road.claim()
    batch = sent(road, case)
    reply(road, batch, bank)
    payment = batch.payments.get()
    late = bank.send_back(batch.format, content(batch), keys={payment.key}, status="1004", on=DAY)
    (line,) = import_reply(batch=batch, name="b", content=late, by=road.maker, at=LATER)
    payment.refresh_from_db()
    assert (line.outcome, payment.state) == ("returned", "returned")
    figures = book.figures(road.fund)
    assert (figures.committed, figures.paid) == (200000, 0)
    reissue(payment=payment, account=case.claim.account, by=road.maker, at=LATER)
    second = prepare_batch_of_cases(cases=[case], by=road.maker, at=LATER)
    second = release_batch(batch=second, by=road.releaser, at=LATER)
    reply(road, second, bank)
    assert book.figures(road.fund).paid == 200000
    assert sum(fen for fen, _ in bank.paid.values()) == 200000


def test_a_second_bank_number_for_a_paid_order_is_shown_as_a_contradiction(road):
    bank, batch = FakeBank(), sent(road, road.claim())
    reply(road, batch, bank)
    file = changed_reply(batch, bank, reference="ANOTHER")
    (line,) = import_reply(batch=batch, name="c", content=file, by=road.maker, at=LATER)
    assert (line.outcome, "疑似重复支付" in line.note) == ("error", True)
    assert book.figures(road.fund).paid == 200000
