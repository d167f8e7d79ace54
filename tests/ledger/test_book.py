"""The book: money moves only between the places of a fund, once per cause, never below zero, by year and item."""

import datetime as dt

import pytest

from peibu.accounts.actor import SYSTEM, Actor
from peibu.accounts.models import Assignment
from peibu.kernel.errors import Refused
from peibu.kernel.ids import uuid7
from peibu.ledger import actions, queries
from peibu.ledger.models import Entry, Fund
from tests.city import at
from tests.ledger.book_world import CITY, NOON, NORTH, POOLED, WEST, commit, division, fund, receive

pytestmark = pytest.mark.django_db


def test_money_goes_from_left_to_right_and_back():
    f = fund()
    receive(f, 1000)
    case, payment = commit(600), uuid7()
    case.book("pay", 600, source_id=payment)
    assert queries.figures(f) == queries.Figures(appropriated=1000, committed=0, paid=600, free=400)
    case.book("take_back", 600, source_id=payment)
    assert queries.figures(f) == queries.Figures(appropriated=1000, committed=600, paid=0, free=400)
    case.book("release", 600, source_id=case.source)
    assert queries.figures(f) == queries.Figures(appropriated=1000, committed=0, paid=0, free=1000)
    assert queries.commitment_of(case.source).committed_fen == 0
    assert [e.kind for e in Entry.objects.filter(source_id=payment)] == ["payment", "return"]
    assert [e.amount_fen for e in queries.entries(f)] == [600, 600, 600, 600, 1000]


def test_recovered_money_is_free_again():
    f = fund()
    receive(f, 1000)
    case = commit(600)
    case.book("pay", 600)
    case.book("recover", 200)
    assert queries.figures(f) == queries.Figures(1000, 0, 400, 600, recovered=200)
    with pytest.raises(Refused, match="已支付未追回资金4.00元，本次需要4.01元"):
        case.book("recover", 401)
    case.book("recover", 400)
    assert queries.figures(f).recovered == 600


def test_another_cases_payment_is_never_recovered_twice():
    receive(fund(), 1000)
    paid, unpaid = commit(300), commit(300)
    paid.book("pay", 300)
    with pytest.raises(Refused, match="已支付未追回资金0.00元"):
        unpaid.book("recover", 1)


def test_balances_of_an_earlier_day_do_not_know_later_bookings():
    f = fund()
    receive(f, 1000, at("2020-11-20 23:59"))
    commit(300, at("2020-11-21 00:00"))
    assert queries.figures(f, on=dt.date(2020, 11, 19)).appropriated == 0
    assert queries.figures(f, on=dt.date(2020, 11, 20)) == queries.Figures(1000, 0, 0, 1000)
    assert queries.figures(f, on=dt.date(2020, 11, 21)) == queries.Figures(1000, 300, 0, 700)
    days = {"since": dt.date(2020, 11, 1), "until": dt.date(2020, 11, 30)}
    assert queries.by_month(f, kinds=["commitment"], **days) == {("commitment", dt.date(2020, 11, 1)): 300}


def test_the_day_it_counts_from_and_the_moment_it_was_known_are_two_questions():
    """The bank paid on the 24th; the book learned of it on the 26th."""
    f = fund()
    receive(f, 1000, at("2020-11-20 09:00"))
    case = commit(300, at("2020-11-21 09:00"))
    case.book("pay", 300, at("2020-11-26 10:00"), on=dt.date(2020, 11, 24))
    on = dt.date(2020, 11, 25)
    assert queries.figures(f, on=on).paid == 300
    assert queries.figures(f, on=on, known_at=at("2020-11-26 09:59")).paid == 0
    assert queries.figures(f, on=dt.date(2020, 11, 23)).paid == 0
    case.book("take_back", 300, at("2020-11-28 10:00"), on=dt.date(2020, 11, 22))
    assert queries.history_of(case.commitment).count() == 3
    assert queries.figures(f, on=dt.date(2020, 11, 23)).paid == 0, "money never comes back before it went"


@pytest.mark.parametrize("deed", ["pay", "release", "take_back", "recover"])
def test_more_than_the_case_has_is_refused_with_the_amounts(deed):
    receive(fund(), 1000)
    case = commit(600)
    told = {"take_back": "已支付资金0.00元", "recover": "已支付未追回资金0.00元"}.get(deed, "已占用未支付资金6.00元")
    with pytest.raises(Refused, match=f"该业务{told}，本次需要6.01元"):
        case.book(deed, 601)
    assert Entry.objects.filter(commitment=case.commitment).count() == 1


@pytest.mark.parametrize("fen", [0, -1, 1.0, True])
def test_an_amount_is_whole_positive_fen(fen):
    with pytest.raises(Refused, match="大于零的整数分"):
        receive(fund(), fen)


def test_a_booking_needs_a_reason_and_an_appropriation_its_document():
    with pytest.raises(Refused, match="摘要"):
        receive(fund(), 1, memo=" ")
    with pytest.raises(Refused, match="须写明文号"):
        receive(fund(), 1, document_number=" ")
    with pytest.raises(Refused, match="晚于今天"):
        receive(fund(), 1, on=dt.date(2020, 11, 25))


def test_a_cause_is_booked_once_and_another_amount_for_it_is_refused():
    f, source = fund(), uuid7()
    first = receive(f, 500, source_id=source)
    assert receive(f, 500, source_id=source) == first
    assert queries.figures(f).appropriated == 500
    with pytest.raises(Refused, match="已按其他金额、资金或依据入账"):
        receive(f, 501, source_id=source)
    with pytest.raises(Refused, match="已按其他金额、资金或依据入账"):
        receive(fund(POOLED), 500, source_id=source)
    with pytest.raises(Refused, match="已按其他金额、资金或依据入账"):
        receive(f, 500, source_id=source, document_number="另一文号")
    receive(f, 500, source_id=source, sequence=2)
    assert queries.figures(f).appropriated == 1000
    case, payment = commit(400), uuid7()
    assert case.book("pay", 400, source_id=payment) == case.book("pay", 400, source_id=payment)
    with pytest.raises(Refused, match="已按其他金额、资金或依据入账"):
        case.book("pay", 399, source_id=payment)


def test_the_policy_names_its_fund_and_the_clause(city):
    opened = fund(city.policy)
    assert (opened.code, opened.clause) == ("skills_action_special_account", "QD97.4.3")
    assert opened.division.code == CITY
    assert fund(city.policy) == opened
    assert [item.code for item in opened.items.all()] == ["industrial_internet"]


def test_a_correction_is_a_new_entry_with_its_reason():
    f = fund()
    entry = receive(f, 1000)
    told = {"entry": entry, "by": SYSTEM, "at": NOON}
    actions.correct(amount_fen=-300, reason="多录300", source_id=uuid7(), **told)
    actions.correct(amount_fen=50, reason="少录50", source_id=uuid7(), **told)
    assert queries.figures(f) == queries.Figures(750, 0, 0, 750)
    entry.refresh_from_db()
    assert [(e.kind, e.memo, e.corrects) for e in queries.entries(f)][:2] == [
        ("increase", "少录50", entry),
        ("reduction", "多录300", entry),
    ]
    with pytest.raises(Refused, match="该笔下达现为7.50元，不能调减7.51元"):
        actions.correct(amount_fen=-751, reason="x", source_id=uuid7(), **told)
    commit(700)
    with pytest.raises(Refused, match="可用资金0.50元，本次需要0.51元"):
        actions.correct(amount_fen=-51, reason="x", source_id=uuid7(), **told)
    with pytest.raises(Refused, match="只有资金下达可以更正"):
        actions.correct(amount_fen=1, reason="x", source_id=uuid7(), **(told | {"entry": queries.entries(f).first()}))


def test_a_year_does_not_pay_for_another_until_its_rest_is_carried_over():
    f = fund()
    receive(f, 1000)
    commit(400)
    january = at("2021-01-06 09:00")
    with pytest.raises(Refused, match="2021年度可用0.00元"):
        commit(100, january)
    told = {"fund": f, "year": 2020, "by": SYSTEM}
    with pytest.raises(Refused, match="2020年度尚未结束"):
        actions.carry_over(amount_fen=600, memo="结转", source_id=uuid7(), at=NOON, **told)
    with pytest.raises(Refused, match="可用资金6.00元，本次需要6.01元"):
        actions.carry_over(amount_fen=601, memo="结转", source_id=uuid7(), at=january, **told)
    actions.carry_over(amount_fen=450, memo="结转", source_id=uuid7(), at=january, **told)
    actions.lapse(amount_fen=150, memo="收回", source_id=uuid7(), at=january, **told)
    assert queries.figures(f, year=2020) == queries.Figures(1000, 400, 0, 0, carried=-450, lapsed=150)
    assert queries.figures(f, year=2021) == queries.Figures(0, 0, 0, 450, carried=450)
    assert commit(100, january).commitment.year == 2021
    assert [spent.of for spent in queries.by_year(f)] == [2021, 2020]
    assert all(sum(queries.balances(f, year=year).values()) == 0 for year in (2020, 2021))


def test_spending_is_told_by_item_and_by_district():
    f = fund()
    receive(f, 1000)
    commit(300, where=WEST).book("pay", 300)
    commit(200, where=NORTH)
    (item,) = queries.by_item(f)
    assert (item.of.code, item.figures.committed, item.figures.paid) == ("industrial_internet", 200, 300)
    assert [(s.of.code, s.figures.committed, s.figures.paid) for s in queries.by_district(f)] == [
        (WEST, 0, 300),
        (NORTH, 200, 0),
    ]
    only = {division(NORTH).pk}
    assert queries.figures(f, divisions=only) == queries.Figures(0, 200, 0, 0)
    assert {e.kind for e in queries.entries(f, divisions=only)} == {"appropriation", "commitment"}
    assert queries.entries(f, divisions=only).count() == 2


def keeper(role: str, code: str) -> Actor:
    row = (
        Assignment.objects.filter(role=role, unit__division__code=code)
        .select_related("user", "unit__division")
        .first()
    )
    return Actor(user=row.user, role=role, unit=row.unit)


def test_the_city_books_its_own_money_and_a_district_its_own(city):
    of_city, of_west = fund(), fund(POOLED)
    assert of_west.division.code == WEST
    bureau, west, north = keeper("city_bureau", CITY), keeper("finance", WEST), keeper("finance", NORTH)
    told = {"amount_fen": 1, "document_number": "1", "memo": "m", "at": NOON}
    for by, where, right in (
        (bureau, of_city, True), (west, of_city, False), (west, of_west, True), (north, of_west, False),
        (bureau, of_west, False), (keeper("hrss_approver", WEST), of_west, False),
    ):  # fmt: skip
        if right:
            actions.appropriate(fund=where, by=by, source_id=uuid7(), **told)
        else:
            with pytest.raises(Refused, match="登记") as refused:
                actions.appropriate(fund=where, by=by, source_id=uuid7(), **told)
            assert refused.value.code == "not_your_fund"
    assert set(queries.funds_for(west)) >= {of_city, of_west}
    assert of_west not in queries.funds_for(north)
    assert Fund.objects.filter(code=of_west.code).count() == 1
