"""Another bank account: two people, the old contact told, cooled off, then in force; the database pays nothing before."""

import datetime as dt

import pytest
from django.db import DatabaseError, transaction
from hypothesis import given
from hypothesis import strategies as st

from peibu.accounts.secrecy import secret_index
from peibu.gateways.bank.fake import FakeBank
from peibu.kernel.errors import Refused
from peibu.kernel.workdays import default_calendar
from peibu.payments.actions import (
    accept_account,
    bring_into_force,
    cancel_batch,
    confirm_change,
    decide_objection,
    import_reply,
    object_to_change,
    prepare_batch_of_cases,
    propose_change,
    read_messages,
    refuse_change,
    release_batch,
    withdraw_change,
)
from peibu.payments.models import AccountChange, Payment
from peibu.payments.payees import changes_for, unpaid_cases
from peibu.payments.queries import account_to_pay, waiting_cases
from tests.city import at
from tests.payments.road import NOW
from tests.payments.steps import LATER, PDF, content, intent, reply, sent

pytestmark = pytest.mark.django_db
NEW = "622848000000777"
LAST = dt.date(2020, 12, 1)  # five working days after Tuesday, 24 November 2020
AFTER = at("2020-12-02 03:00")


@pytest.fixture
def firm(road):
    """A payee with an account, two people, nothing waiting for money."""
    unit = road.firms[0]
    road.account(unit)
    unit.first = road.officer("enterprise", unit)
    unit.second = road.officer("enterprise", unit)
    return unit


def proposed(firm, **changed):
    given_ = {
        "unit": firm, "bank_name": "新银行", "number": NEW, "reason": "原开户行网点撤并", "name": "开户信息.pdf",
        "content": PDF, "by": firm.first, "at": NOW,
    }  # fmt: skip
    return propose_change(**(given_ | changed))


def test_two_people_five_working_days_then_in_force(road, firm):
    change = proposed(firm)
    assert confirm_change(change=change, reason="", by=firm.second, at=NOW).cooling_ends == LAST
    assert bring_into_force(at=at("2020-12-01 23:59")) == []
    assert road.account(firm).number != NEW
    assert bring_into_force(at=AFTER) == [change]
    assert bring_into_force(at=AFTER) == []
    assert road.account(firm).number == NEW
    change.refresh_from_db()
    assert (change.state, change.in_force_on) == ("in_force", dt.date(2020, 12, 2))


def test_who_proposed_does_not_confirm_also_with_a_second_account(road, firm):
    change = proposed(firm)
    again = road.officer("enterprise", firm, firm.first.person_key)
    for same in (firm.first, again):
        with pytest.raises(Refused, match="同一自然人"):
            confirm_change(change=change, reason="", by=same, at=NOW)
    with pytest.raises(DatabaseError, match="who_confirms_is_not_who_proposed"), transaction.atomic():
        AccountChange.objects.filter(pk=change.pk).update(confirmed_key=change.proposed_key)


def test_strangers_neither_propose_nor_confirm(road, firm):
    other = road.officer("enterprise", road.firms[1])
    with pytest.raises(Refused, match="只有收款单位自己的人员"):
        proposed(firm, by=other)
    with pytest.raises(Refused, match="只有收款单位自己的人员"):
        proposed(firm, by=road.maker)
    change = proposed(firm)
    for stranger in (other, road.maker):
        with pytest.raises(Refused, match="只有收款单位的另一人员"):
            confirm_change(change=change, reason="x", by=stranger, at=NOW)
    far = road.officer("hrss_approver", road.city.office("hrss", other_district(road)))
    with pytest.raises(Refused, match="不属于您所在的区"):
        confirm_change(change=change, reason="x", by=far, at=NOW)


def other_district(road):
    return next(d for d in road.city.loaded.divisions.values() if d.desk != road.division and d.kind == "district")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"number": "12ab"}, "6至32位数字"),
        ({"bank_name": " "}, "没有填写开户银行"),
        ({"reason": " "}, "须写明原因"),
        ({"content": b"x"}, "不能接收"),
        ({"content": b"", "name": ""}, "不能接收"),
    ],
)
def test_what_cannot_be_proposed_is_refused_with_a_sentence(firm, changed, said):
    with pytest.raises(Refused, match=said):
        proposed(firm, **changed)
    assert not AccountChange.objects.exists()


def test_the_account_in_force_another_units_and_a_second_change_are_refused(road, firm):
    with pytest.raises(Refused, match="就是现行"):
        proposed(firm, number=road.account(firm).number)
    with pytest.raises(Refused, match="其他单位名下"):
        proposed(firm, number=road.account(road.firms[1]).number)
    proposed(firm)
    with pytest.raises(Refused, match="已有一项账户变更"):
        proposed(firm, number="622848000000888")


def test_old_contacts_are_told_and_can_object_until_an_approver_decides(road, firm):
    change = proposed(firm)
    told = {message.user_id for message in change.messages.all()}
    assert firm.second.user.pk in told
    assert firm.first.user.pk not in told
    read_messages(change=change, by=firm.second, at=NOW)
    assert change.messages.get(user=firm.second.user).read_at == NOW
    confirm_change(change=change, reason="", by=firm.second, at=NOW)
    with pytest.raises(Refused, match="只有收到变更通知"):
        object_to_change(change=change, words="不是我们", by=firm.first, at=NOW)
    with pytest.raises(Refused, match="须写明情况"):
        object_to_change(change=change, words=" ", by=firm.second, at=NOW)
    object_to_change(change=change, words="本单位没有申请变更", by=firm.second, at=NOW)
    assert bring_into_force(at=AFTER) == []
    with pytest.raises(Refused, match="只有人社局审批岗"):
        decide_objection(change=change, upheld=True, reason="x", by=road.maker, at=AFTER)
    with pytest.raises(Refused, match="须写明处理意见"):
        decide_objection(change=change, upheld=False, reason="", by=road.approver, at=AFTER)
    row = decide_objection(change=change, upheld=False, reason="已电话核实", by=road.approver, at=AFTER)
    assert (row.state, row.cooling_ends) == ("cooling", dt.date(2020, 12, 9))  # it cools off anew
    assert bring_into_force(at=at("2020-12-10 03:00")) == [row]


def test_an_upheld_objection_and_a_refusal_and_a_withdrawal_end_it(road, firm):
    change = proposed(firm)
    object_to_change(change=change, words="不是我们", by=firm.second, at=NOW)
    assert decide_objection(change=change, upheld=True, reason="冒名", by=road.approver, at=NOW).state == "refused"
    with pytest.raises(Refused, match="未通过"):
        confirm_change(change=change, reason="x", by=road.approver, at=NOW)
    second = proposed(firm)
    assert refuse_change(change=second, reason="材料不清", by=road.approver, at=NOW).state == "refused"
    third = proposed(firm)
    with pytest.raises(Refused, match="只有申请方"):
        withdraw_change(change=third, by=road.approver, at=NOW)
    assert withdraw_change(change=third, by=firm.second, at=NOW).state == "withdrawn"
    assert bring_into_force(at=AFTER) == []


def test_while_approved_money_waits_only_an_approver_confirms_and_the_claim_is_paid_to_the_new_account(road, firm):
    case = road.claim(firm=firm)
    change = proposed(firm)
    with pytest.raises(Refused, match="须由人社局审批岗核准"):
        confirm_change(change=change, reason="", by=firm.second, at=NOW)
    with pytest.raises(Refused, match="须写明依据"):
        confirm_change(change=change, reason="", by=road.approver, at=NOW)
    confirm_change(change=change, reason="开户许可证原件", by=road.approver, at=NOW)
    assert account_to_pay(case, on=NOW.date()).number != NEW  # the old one, as long as it is in force
    bring_into_force(at=AFTER)
    batch = prepare_batch_of_cases(cases=[case], by=road.maker, at=AFTER)
    assert batch.payments.get().account_index == secret_index(NEW)
    assert release_batch(batch=batch, by=road.releaser, at=AFTER).state == "released"


def in_force(firm, number=NEW, by=None, now=NOW, then=AFTER):
    change = proposed(firm, number=number, at=now)
    confirm_change(change=change, reason="开户许可证原件", by=by or firm.second, at=now)
    assert bring_into_force(at=then) == [change]
    return change


def test_a_claim_approved_after_the_confirmation_is_accepted_by_the_approver_and_paid_to_the_account_in_force(
    road, firm
):
    change = proposed(firm)
    confirm_change(change=change, reason="", by=firm.second, at=NOW)
    case = road.claim(firm=firm)  # approved with the account that was in force while the other cooled off
    bring_into_force(at=AFTER)
    with pytest.raises(Refused, match="与审批时的账户不一致"):
        prepare_batch_of_cases(cases=[case], by=road.maker, at=AFTER)
    change.refresh_from_db()
    with pytest.raises(Refused, match="没有需要您核准"):
        accept_account(change=change, reason="开户许可证", by=road.maker, at=AFTER)
    with pytest.raises(Refused, match="须写明依据"):
        accept_account(change=change, reason=" ", by=road.approver, at=AFTER)
    (accepted,) = accept_account(change=change, reason="开户许可证", by=road.approver, at=AFTER)
    assert (accepted.case, accepted.account_index) == (case, secret_index(NEW))
    with pytest.raises(Refused, match="没有需要您核准"):
        accept_account(change=change, reason="开户许可证", by=road.approver, at=AFTER)
    batch = prepare_batch_of_cases(cases=[case], by=road.maker, at=AFTER)
    assert release_batch(batch=batch, by=road.releaser, at=AFTER).state == "released"


def test_the_approver_finds_the_claims_on_the_page_of_the_change(road, firm, visit):
    change = proposed(firm)
    confirm_change(change=change, reason="", by=firm.second, at=NOW)
    case = road.claim(firm=firm)
    page = f"/desk/payments/accounts/{change.pk}/"
    assert "核准用于待拨付业务" not in visit(road.maker).get(page).content.decode()
    browser = visit(road.approver)
    told = browser.get(page).content.decode()
    assert "核准用于待拨付业务" in told
    assert case.number in told
    browser.post(page + "accept/", {"reason": "开户许可证原件"})
    assert case.account_approvals.get().account_index == secret_index(NEW)


def test_back_to_the_account_of_the_approval_it_is_paid_to_the_row_in_force(road, firm):
    old, case = road.account(firm).number, road.claim(firm=firm)
    in_force(firm, by=road.approver)
    in_force(firm, old, by=road.approver, now=AFTER, then=at("2020-12-10 03:00"))
    batch = prepare_batch_of_cases(cases=[case], by=road.maker, at=at("2020-12-10 09:00"))
    assert batch.payments.get().account_index == secret_index(old)


def test_who_waits_for_money_is_told_by_the_money(road, firm):
    """Also the rest of a claim paid in part, and what came back after the claim was closed; nothing once all arrived."""
    bank, case = FakeBank(), road.claim(firm=firm)
    assert unpaid_cases(firm) == [case]
    batch = sent(road, case)
    reply(road, batch, bank)
    assert unpaid_cases(firm) == []
    key = batch.payments.get().key
    late = bank.send_back(batch.format, content(batch), keys={key}, status="1004", on=LATER.date())
    import_reply(batch=batch, name="b", content=late, by=road.maker, at=LATER)
    case.refresh_from_db()
    assert case.closed_at is not None
    assert unpaid_cases(firm) == [case]
    part = road.claim(firm=firm)
    reply(road, sent(road, part), bank)
    part.claim.amount_fen = part.claim.approved_fen = part.claim.approved_fen + 1
    part.claim.save()
    assert unpaid_cases(firm) == sorted([case, part], key=lambda one: one.number)


def test_a_payment_that_never_left_is_withdrawn_with_its_batch_and_meant_anew_for_the_new_account(road, firm):
    case, change = road.claim(firm=firm), proposed(firm)
    batch = prepare_batch_of_cases(cases=[case], by=road.maker, at=NOW)
    payment = batch.payments.get()
    confirm_change(change=change, reason="开户许可证原件", by=road.approver, at=NOW)
    bring_into_force(at=AFTER)
    cancel_batch(batch=batch, reason="账户已更换", by=road.maker, at=AFTER)
    payment.refresh_from_db()
    assert (payment.state, payment.batch) == ("withdrawn", None)
    assert list(waiting_cases(road.maker, on=AFTER.date())) == [case]
    second = prepare_batch_of_cases(cases=[case], by=road.maker, at=AFTER).payments.get()
    assert (second.attempt, second.account_index) == (2, secret_index(NEW))
    assert second.key != payment.key
    assert release_batch(batch=second.batch, by=road.releaser, at=AFTER).state == "released"


def test_what_is_batched_before_the_change_is_in_force_does_not_leave_after_it(road, firm):
    case, change = road.claim(firm=firm), proposed(firm)
    batch = prepare_batch_of_cases(cases=[case], by=road.maker, at=NOW)
    confirm_change(change=change, reason="开户许可证原件", by=road.approver, at=NOW)
    bring_into_force(at=AFTER)
    with pytest.raises(Refused, match="已停用或更换"):
        release_batch(batch=batch, by=road.releaser, at=AFTER)


def pay_directly(payment, index):
    """As someone with SQL would: a row for the new account, past every action."""
    row = Payment.objects.get(pk=payment.pk)
    row.pk, row.key, row.attempt, row.account_index, row._state.adding = None, "f" * 64, 2, index, True
    Payment.objects.filter(pk=payment.pk).update(state="returned")
    Payment.objects.create(**{f.name: getattr(row, f.name) for f in Payment._meta.fields if f.name != "id"})


@pytest.mark.parametrize("state", ["proposed", "cooling", "objected", "refused", "withdrawn"])
def test_the_database_pays_nothing_to_an_account_that_is_not_in_force(road, firm, state):
    case = road.claim(firm=firm)
    payment, change = intent(road, case), proposed(firm)
    confirm_change(change=change, reason="开户许可证原件", by=road.approver, at=NOW)
    AccountChange.objects.filter(pk=change.pk).update(state=state)
    with pytest.raises(DatabaseError, match="no_payment_to_a_cooling_account"), transaction.atomic():
        pay_directly(payment, secret_index(NEW))
    AccountChange.objects.filter(pk=change.pk).update(state="cooling")
    bring_into_force(at=AFTER)
    pay_directly(payment, secret_index(NEW))  # the control: in force, the same row is taken


def test_the_database_knows_no_account_in_force_before_its_cooling_off(firm):
    change = proposed(firm)
    for told in ({"state": "cooling"}, {"state": "in_force", "in_force_on": dt.date(2020, 12, 9)}):
        with pytest.raises(DatabaseError, match="cools_off|cooling_off"), transaction.atomic():
            AccountChange.objects.filter(pk=change.pk).update(**told)
    confirm_change(change=change, reason="", by=firm.second, at=NOW)
    with pytest.raises(DatabaseError, match="in_force_only_after_cooling_off"), transaction.atomic():
        AccountChange.objects.filter(pk=change.pk).update(state="in_force", in_force_on=LAST)


def test_everybody_sees_their_own(road, firm):
    change = proposed(firm)
    assert list(changes_for(firm.second)) == [change]
    assert list(changes_for(road.approver)) == [change]
    assert not changes_for(road.officer("enterprise", road.firms[1])).exists()
    far = road.officer("hrss_approver", road.city.office("hrss", other_district(road)))
    assert not changes_for(far).exists()
    road.claim(firm=firm)
    assert changes_for(road.maker).exists()


@given(st.dates(dt.date(2020, 1, 2), dt.date(2026, 12, 10)), st.integers(1, 10))
def test_so_many_whole_working_days_lie_between_the_confirmation_and_the_first_payment(day, days):
    calendar = default_calendar()
    ends = calendar.deadline(day, days)
    first = ends + dt.timedelta(days=1)
    between = [day + dt.timedelta(days=n) for n in range(1, (first - day).days)]
    assert sum(calendar.is_workday(one) for one in between) == days
