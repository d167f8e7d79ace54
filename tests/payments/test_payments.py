"""From the approved claim to the money in the bank: every refusal, both people, the bank's reply, the returned payment."""

import dataclasses
import datetime as dt

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from peibu.accounts.models import Unit
from peibu.casework.actions import move_case
from peibu.casework.models import Determination
from peibu.gateways.bank import BankFileRefused, read_batch, read_reply, write_reply
from peibu.gateways.bank.fake import FakeBank
from peibu.kernel.errors import Refused
from peibu.ledger import queries as book
from peibu.payments.actions import (
    approve_account,
    cancel_batch,
    correct_account,
    import_reply,
    intend,
    mark_sent,
    prepare_batch,
    prepare_batch_of_cases,
    reissue,
    release_batch,
)
from peibu.payments.models import Payment, PaymentBatch, ReplyLine
from peibu.payments.queries import batches_for, payment_of, returned_payments, waiting_cases
from tests.city import at
from tests.payments.road import ENDS, NOW, Road

pytestmark = pytest.mark.django_db
DAY = dt.date(2020, 11, 25)
LATER = at("2020-11-25 16:00")


def intent(road, case, **changed):
    given = {
        "case": case,
        "payee": case.applicant,
        "account": case.claim.account,
        "amount_fen": case.claim.approved_fen,
        "by": road.maker,
        "at": NOW,
    }
    return intend(**(given | changed))


def sent(road, *cases):
    batch = prepare_batch_of_cases(cases=cases, by=road.maker, at=NOW)
    batch = release_batch(batch=batch, by=road.releaser, at=NOW)
    return mark_sent(batch=batch, by=road.maker, at=NOW)


def content(batch) -> bytes:
    with batch.file.file.open("rb") as file:
        return file.read()


def reply(road, batch, bank, **wishes):
    told = bank.answer(batch.format, content(batch), on=DAY, **wishes)
    return import_reply(batch=batch, name="回盘.txt", content=told, by=road.maker, at=LATER)


def test_the_whole_road_pays_once_books_once_and_moves_the_case(road):
    bank, cases = FakeBank(), [road.claim(200000), road.claim(150001)]
    batch = sent(road, *cases)
    assert book.figures(road.fund).committed == 350001
    lines = reply(road, batch, bank)
    assert [line.outcome for line in lines] == ["paid", "paid"]
    assert [line.note for line in lines] == ["", ""]
    for case in cases:
        case.refresh_from_db()
        assert case.state == "paid"
        assert case.steps.last().duty == "pay"
        assert payment_of(case).last.state == "paid"
    batch.refresh_from_db()
    assert batch.state == "reconciled"
    figures = book.figures(road.fund)
    assert (figures.committed, figures.paid) == (0, 350001)
    assert sum(fen for fen, _ in bank.paid.values()) == figures.paid  # I5
    judged = Determination.objects.filter(subject_id__in=[p.pk for p in batch.payments.all()])
    assert {d.decision for d in judged} == {"pass"}
    assert judged.count() == 2


def test_the_file_carries_names_accounts_and_keys_as_intended(road):
    firm = road.firms[0]
    firm.name = "青岛㛃䶮工业互联网有限公司"
    firm.save()
    batch = sent(road, road.claim(200000, firm=firm))
    (line,) = read_batch(batch.format, content(batch)).lines
    payment = batch.payments.get()
    assert (line.name, line.account, line.amount_fen) == (firm.name, payment.account_number, 200000)
    assert line.key == payment.key
    assert len(line.key) == 64


def test_intending_twice_is_one_row_and_other_terms_are_refused(road):
    case = road.claim()
    first = intent(road, case)
    assert intent(road, case) == first
    assert Payment.objects.filter(case=case).count() == 1
    with pytest.raises(Refused, match="金额或账户不同"):
        intent(road, case, amount_fen=1)


@pytest.mark.parametrize("when", ["2020-11-23 23:59", "2020-11-20 10:00"])
def test_nothing_is_paid_before_the_notice_has_ended(road, when):
    with pytest.raises(Refused, match="公示结束后方可拨付"):
        intent(road, road.claim(), at=at(when))


def test_nothing_is_paid_while_the_notice_is_not_closed_or_missing(road):
    case = road.claim(notice=False)
    with pytest.raises(Refused, match="尚未公示"):
        intent(road, case)
    road.notice(case, ends=ENDS, closed=None)
    with pytest.raises(Refused, match="公示结束后方可拨付"):
        intent(road, case)


@pytest.mark.parametrize("whole", [False, True])
def test_nothing_is_paid_while_an_objection_is_open(road, whole):
    case = road.claim()
    road.objection(case, whole)
    with pytest.raises(Refused, match="异议（YY-TEST-\\d+）正在核实"):
        intent(road, case)
    assert intent(road, road.claim())  # another notice's case is not held


def test_an_objection_after_preparing_stops_the_release_in_code_and_in_the_database(road):
    case = road.claim()
    batch = prepare_batch_of_cases(cases=[case], by=road.maker, at=NOW)
    objection = road.objection(case)
    with pytest.raises(Refused, match="正在核实"):
        release_batch(batch=batch, by=road.releaser, at=NOW)
    change = {"state": "released", "released_key": "somebody", "released_by": road.releaser.user}
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        PaymentBatch.objects.filter(pk=batch.pk).update(**change)
    assert error.value.__cause__.diag.constraint_name == "no_release_under_objection"
    objection.state, objection.answer = "dismissed", "不成立"
    objection.decided_at, objection.decided_by = NOW, road.approver.user
    objection.save()
    assert release_batch(batch=batch, by=road.releaser, at=NOW).state == "released"


def test_only_the_state_before_payment_is_paid(road):
    with pytest.raises(Refused, match="当前状态为“待审批”"):
        intent(road, road.claim(state="reviewed"))


def test_only_finance_of_the_district_pays(road, city):
    case = road.claim()
    with pytest.raises(Refused, match="只有资金拨付岗"):
        intent(road, case, by=road.approver)
    foreign = next(a for a in all_agencies() if a.division_id != road.division.pk)
    with pytest.raises(Refused, match="不属于您所在的区"):
        intent(road, case, by=road.officer("finance", foreign))


def all_agencies():
    return Unit.objects.filter(kind="agency").select_related("division")


@pytest.mark.parametrize("duty", ["apply", "review", "approve"])
def test_who_had_another_duty_in_the_case_neither_prepares_nor_releases(road, duty):
    case = road.claim()
    batch = prepare_batch_of_cases(cases=[case], by=road.maker, at=NOW)
    road.did(road.releaser, case, duty)
    with pytest.raises(Refused, match="同一自然人"):
        release_batch(batch=batch, by=road.releaser, at=NOW)
    other = road.claim()
    road.did(road.maker, other, duty)
    with pytest.raises(Refused, match="同一自然人"):
        intent(road, other)


def test_the_account_is_the_approved_basic_account_of_the_applicant(road):
    case = road.claim()
    firm = case.applicant
    general = road.account(firm, number="6228480000000000001", kind="general")
    with pytest.raises(Refused, match="不是基本存款账户"):
        intent(road, case, account=general)
    stranger = road.firms[0] if road.firms[0] != firm else road.firms[1]
    with pytest.raises(Refused, match="不属于收款单位"):
        intent(road, case, account=road.account(stranger))
    with pytest.raises(Refused, match="不是本业务的申请单位"):
        intent(road, case, payee=stranger, account=road.account(stranger))
    approved = case.claim.account
    newer = road.account(firm, number="6228480000000000002")
    with pytest.raises(Refused, match="与审批时的账户不一致"):
        intent(road, case, account=newer)
    approved.refresh_from_db()
    with pytest.raises(Refused, match="已停用"):
        intent(road, case, account=approved)


def test_an_account_changed_after_preparing_stops_the_release(road):
    case = road.claim()
    batch = prepare_batch_of_cases(cases=[case], by=road.maker, at=NOW)
    road.account(case.applicant, number="6228480000000000003")
    with pytest.raises(Refused, match="账户已停用或更换"):
        release_batch(batch=batch, by=road.releaser, at=NOW)


def test_the_database_refuses_other_amounts_accounts_and_kinds(road):
    case = road.claim(200000)
    payment = intent(road, case)
    terms = {f.attname: getattr(payment, f.attname) for f in Payment._meta.fields if f.attname != "id"}

    def put(**changed):
        with pytest.raises(IntegrityError) as error, transaction.atomic():
            Payment.objects.create(**(terms | {"key": "k"} | changed))
        return error.value.__cause__.diag.constraint_name

    assert put() == "one_payment_per_case_and_purpose"
    assert put(amount_fen=200001) == "paid_is_at_most_approved"
    assert put(account_index="x") == "account_paid_is_account_approved"
    assert put(account_kind="general") == "payments_go_to_basic_accounts"
    assert put(amount_fen=0) == "a_payment_pays_something"
    with pytest.raises(DatabaseError), transaction.atomic():
        Payment.objects.filter(pk=payment.pk).update(amount_fen=1)
    with pytest.raises(DatabaseError), transaction.atomic():
        Payment.objects.filter(pk=payment.pk).delete()


def test_the_same_person_with_two_accounts_does_not_prepare_and_release(road):
    batch = prepare_batch_of_cases(cases=[road.claim()], by=road.maker, at=NOW)
    twin = road.officer("finance", road.agency, key=road.maker.person_key)
    for actor in (road.maker, twin):
        with pytest.raises(Refused, match="不能是同一自然人"):
            release_batch(batch=batch, by=actor, at=NOW)
    change = {"released_key": road.maker.person_key, "state": "released"}
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        PaymentBatch.objects.filter(pk=batch.pk).update(**change)
    assert error.value.__cause__.diag.constraint_name == "releaser_is_not_the_preparer"
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        PaymentBatch.objects.filter(pk=batch.pk).update(state="sent")
    assert error.value.__cause__.diag.constraint_name == "a_batch_goes_out_only_when_released"
    assert release_batch(batch=batch, by=road.releaser, at=NOW).state == "released"


def test_releasing_and_sending_again_changes_nothing(road):
    batch = sent(road, road.claim())
    file, moment = batch.file_id, batch.released_at
    again = release_batch(batch=batch, by=road.releaser, at=LATER)
    assert (again.file_id, again.released_at, again.state) == (file, moment, "sent")
    assert mark_sent(batch=batch, by=road.releaser, at=LATER).state == "sent"


def test_all_reasons_are_told_at_once_and_nothing_is_batched(road):
    good, early, contested = road.claim(), road.claim(state="reviewed"), road.claim()
    road.objection(contested)
    with pytest.raises(Refused) as refused:
        prepare_batch_of_cases(cases=[good, early, contested], by=road.maker, at=NOW)
    assert early.number in refused.value.message
    assert contested.number in refused.value.message
    assert not Payment.objects.exists()
    assert book.figures(road.fund).committed == 0


def test_a_payment_stands_in_one_batch(road):
    case = road.claim()
    batch = prepare_batch_of_cases(cases=[case], by=road.maker, at=NOW)
    with pytest.raises(Refused, match="已在批次中"):
        prepare_batch(payments=[batch.payments.get()], fund=road.fund, by=road.maker, at=NOW)
    with pytest.raises(Refused, match="已在批次中"):
        prepare_batch_of_cases(cases=[case], by=road.maker, at=NOW)


def test_a_cancelled_batch_gives_its_payments_back_and_never_goes_out(road):
    case = road.claim()
    batch = prepare_batch_of_cases(cases=[case], by=road.maker, at=NOW)
    with pytest.raises(Refused, match="须写明原因"):
        cancel_batch(batch=batch, reason=" ", by=road.maker, at=NOW)
    assert cancel_batch(batch=batch, reason="选错了", by=road.maker, at=NOW).state == "cancelled"
    with pytest.raises(Refused, match="已撤销"):
        release_batch(batch=batch, by=road.releaser, at=NOW)
    assert case in waiting_cases(road.maker, on=NOW.date())
    second = prepare_batch_of_cases(cases=[case], by=road.maker, at=NOW)
    assert int(second.number[-4:]) == int(batch.number[-4:]) + 1
    release_batch(batch=second, by=road.releaser, at=NOW)
    with pytest.raises(Refused, match="不能撤销"):
        cancel_batch(batch=second, reason="晚了", by=road.maker, at=NOW)


def test_without_money_nothing_is_batched(city):
    poor = Road(city)
    poor.money(100)
    with pytest.raises(Refused, match="资金余额不足"):
        prepare_batch_of_cases(cases=[poor.claim(200000)], by=poor.maker, at=NOW)


def test_the_move_to_paid_needs_the_banks_word(road):
    case = road.claim()
    with pytest.raises(Refused, match="银行尚未确认到账"):
        move_case(case=case, move="pay", by=road.maker, at=NOW)
    reply(road, sent(road, case), FakeBank())
    case.refresh_from_db()
    assert case.state == "paid"


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
    account = correct_account(payment=payment, bank_name="新银行", number="6228 4800 7777", by=road.maker, at=LATER)
    with pytest.raises(Refused, match="与审批时的账户不一致"):
        reissue(payment=payment, account=account, by=road.maker, at=LATER)
    with pytest.raises(Refused, match="只有人社局审批岗"):
        approve_account(payment=payment, account=account, reason="开户许可证", by=road.maker, at=LATER)
    with pytest.raises(Refused, match="须写明理由"):
        approve_account(payment=payment, account=account, reason="", by=road.approver, at=LATER)
    approve_account(payment=payment, account=account, reason="开户许可证", by=road.approver, at=LATER)
    second = reissue(payment=payment, account=account, by=road.maker, at=LATER)
    assert reissue(payment=payment, account=account, by=road.maker, at=LATER) == second
    assert (second.attempt, second.amount_fen) == (2, payment.amount_fen)
    assert second.key != payment.key
    assert list(returned_payments(road.maker)) == []
    batch = prepare_batch_of_cases(cases=[case], by=road.maker, at=LATER)
    batch = release_batch(batch=batch, by=road.releaser, at=LATER)
    (line,) = reply(road, batch, bank)
    case.refresh_from_db()
    assert (line.outcome, case.state) == ("paid", "paid")
    assert [p.state for p in payment_of(case).attempts] == ["returned", "paid"]
    assert book.figures(road.fund).paid == 200000
    assert book.figures(road.fund).committed == 0


def test_who_reviewed_does_not_approve_the_account(road):
    _case, payment = returned(road)
    account = correct_account(payment=payment, bank_name="新", number="622848007777", by=road.maker, at=LATER)
    road.did(road.approver, payment.case, "review")
    with pytest.raises(Refused, match="同一自然人"):
        approve_account(payment=payment, account=account, reason="x", by=road.approver, at=LATER)


def test_an_account_of_another_unit_is_no_correction(road):
    _case, payment = returned(road)
    other = next(firm for firm in road.firms if firm.pk != payment.payee_id)
    number = road.account(other).number
    with pytest.raises(Refused, match="其他单位名下"):
        correct_account(payment=payment, bank_name="新", number=number, by=road.maker, at=LATER)
    with pytest.raises(Refused, match="现行的基本存款账户"):
        approve_account(payment=payment, account=road.account(other), reason="x", by=road.approver, at=LATER)


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


def test_lists_know_their_district(road):
    case = road.claim()
    batch = prepare_batch_of_cases(cases=[road.claim()], by=road.maker, at=NOW)
    foreign = road.officer("finance", next(a for a in all_agencies() if a.division_id != road.division.pk))
    assert case in waiting_cases(road.maker, on=NOW.date())
    assert case not in waiting_cases(foreign, on=NOW.date())
    assert batch in batches_for(road.maker)
    assert batch not in batches_for(foreign)
    enterprise = road.city.actor("enterprise")
    assert not batches_for(enterprise).exists()
