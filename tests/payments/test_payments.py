"""From the approved claim to the money in the bank: every refusal, both people, the bank's reply, the returned payment."""

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from peibu.accounts.models import Unit
from peibu.casework.actions import move_case
from peibu.casework.models import Determination
from peibu.claims.models import Claim
from peibu.gateways.bank import read_batch
from peibu.gateways.bank.fake import FakeBank
from peibu.kernel.errors import Refused
from peibu.ledger import queries as book
from peibu.ledger.actions import commit, release
from peibu.payments.actions import (
    cancel_batch,
    mark_sent,
    prepare_batch,
    prepare_batch_of_cases,
    release_batch,
)
from peibu.payments.models import Payment, PaymentBatch
from peibu.payments.queries import batches_for, payment_of, waiting_cases
from tests.city import at
from tests.payments.road import ENDS, NOW, Road
from tests.payments.steps import LATER, content, intent, reply, sent

pytestmark = pytest.mark.django_db


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

    assert put() == "paid_is_at_most_approved"  # together with the one that stands
    assert put(amount_fen=200001) == "paid_is_at_most_approved"
    Claim.objects.filter(case=case).update(amount_fen=400_000, approved_fen=400_000)
    assert put() == "one_payment_per_case_and_purpose"
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
        prepare_batch(payments=[batch.payments.get()], by=road.maker, at=NOW)
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


def test_what_the_approval_set_aside_is_used_also_after_a_part_was_released(road):
    case = road.claim(200000)
    terms = {"policy": road.policy, "subject": "claim", "division": case.division, "memo": "审批"}
    deed = {"by": road.approver, "at": NOW}
    set_aside = commit(amount_fen=300000, source_id=case.pk, **terms, **deed)
    release(commitment=set_aside, amount_fen=100000, source_id=case.pk, memo="剔除", **deed)
    prepare_batch_of_cases(cases=[case], by=road.maker, at=NOW)
    assert book.figures(road.fund).committed == 200000
    short = road.claim(200000)
    commit(amount_fen=150000, source_id=short.pk, **terms, **deed)
    with pytest.raises(Refused, match="只占用了1,500.00元"):
        prepare_batch_of_cases(cases=[short], by=road.maker, at=NOW)


def test_the_move_to_paid_needs_the_banks_word(road):
    case = road.claim()
    with pytest.raises(Refused, match="银行尚未确认到账"):
        move_case(case=case, move="pay", by=road.maker, at=NOW)
    reply(road, sent(road, case), FakeBank())
    case.refresh_from_db()
    assert case.state == "paid"


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
