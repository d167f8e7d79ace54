"""The book: money moves only between the four places of a fund, once per cause, never below zero."""

import datetime as dt
import threading

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase as HypothesisCase

from peibu.accounts.actor import SYSTEM
from peibu.kernel.errors import Refused
from peibu.kernel.ids import uuid7
from peibu.ledger import actions, queries
from peibu.ledger.models import Account, Entry, Fund, Posting
from tests.city import at

NOON = at("2020-11-24 12:00")
pytestmark = pytest.mark.django_db


def fund(code="f"):
    return actions.open_fund(code=code, name="专账", clause="X.1")


def book(deed, where, fen, source=None, when=NOON, **more):
    return deed(fund=where, amount_fen=fen, source_id=source or uuid7(), memo="摘要", by=SYSTEM, at=when, **more)


def test_money_goes_from_left_to_right_and_back():
    f, case, payment = fund(), uuid7(), uuid7()
    book(actions.appropriate, f, 1000)
    book(actions.commit, f, 600, case)
    book(actions.pay, f, 600, payment)
    assert queries.figures(f) == queries.Figures(appropriated=1000, committed=0, paid=600, free=400)
    book(actions.take_back, f, 600, payment)
    assert queries.figures(f) == queries.Figures(appropriated=1000, committed=600, paid=0, free=400)
    book(actions.release, f, 600, case)
    assert queries.figures(f) == queries.Figures(appropriated=1000, committed=0, paid=0, free=1000)
    assert queries.committed_for(f, case) == 0
    assert [e.kind for e in queries.entries_of(payment)] == ["payment", "return"]
    assert [e.amount_fen for e in queries.entries(f)] == [600, 600, 600, 600, 1000]


def test_recovered_money_is_free_again():
    f = fund()
    book(actions.appropriate, f, 1000)
    book(actions.commit, f, 600)
    book(actions.pay, f, 600)
    book(actions.recover, f, 200)
    assert queries.figures(f) == queries.Figures(appropriated=1000, committed=0, paid=400, free=600)


def test_balances_of_an_earlier_day_do_not_know_later_bookings():
    f = fund()
    book(actions.appropriate, f, 1000, when=at("2020-11-20 23:59"))
    book(actions.commit, f, 300, when=at("2020-11-21 00:00"))
    assert queries.figures(f, on=dt.date(2020, 11, 19)).appropriated == 0
    assert queries.figures(f, on=dt.date(2020, 11, 20)) == queries.Figures(1000, 0, 0, 1000)
    assert queries.figures(f, on=dt.date(2020, 11, 21)) == queries.Figures(1000, 300, 0, 700)
    assert queries.by_month(f, kinds=["commitment"]) == {("commitment", dt.date(2020, 11, 1)): 300}


@pytest.mark.parametrize(
    ("deed", "place"),
    [("commit", "可用"), ("pay", "已占用"), ("release", "已占用"), ("take_back", "已支付"), ("recover", "已支付")],
)
def test_more_than_there_is_is_refused_with_the_amounts(deed, place):
    f = fund()
    with pytest.raises(Refused, match=f"资金余额不足：“专账”{place}资金0.00元，本次需要0.01元"):
        book(getattr(actions, deed), f, 1)
    assert not Entry.objects.filter(postings__account__fund=f).exists()


@pytest.mark.parametrize("fen", [0, -1, 1.0, True])
def test_an_amount_is_whole_positive_fen(fen):
    with pytest.raises(Refused, match="大于零的整数分"):
        book(actions.appropriate, fund(), fen)


def test_a_booking_needs_a_reason():
    with pytest.raises(Refused, match="摘要"):
        actions.appropriate(fund=fund(), amount_fen=1, source_id=uuid7(), memo=" ", by=SYSTEM, at=NOON)


def test_a_cause_is_booked_once_and_another_amount_for_it_is_refused():
    f, source = fund(), uuid7()
    first = book(actions.appropriate, f, 500, source)
    assert book(actions.appropriate, f, 500, source) == first
    assert queries.figures(f).appropriated == 500
    with pytest.raises(Refused, match="已按其他金额或资金入账"):
        book(actions.appropriate, f, 501, source)
    with pytest.raises(Refused, match="已按其他金额或资金入账"):
        book(actions.appropriate, fund("other"), 500, source)
    book(actions.appropriate, f, 500, source, sequence=2)
    assert queries.figures(f).appropriated == 1000


def test_the_policy_names_its_fund_and_the_clause(city):
    opened = actions.open_policy_fund(city.policy)
    assert (opened.code, opened.clause) == ("skills_action_special_account", "QD97.4.3")
    assert actions.open_policy_fund(city.policy) == opened
    assert queries.fund_of(city.policy) == opened
    assert opened.accounts.count() == 4


def constraint(error) -> str:
    return error.value.__cause__.diag.constraint_name


def entry():
    return Entry.objects.create(kind="commitment", source_id=uuid7(), memo="m", at=NOON)


def post(account, fen, to=None):
    return Posting.objects.create(entry=to or entry(), account=account, amount_fen=fen)


def test_database_refuses_what_the_actions_would_not_do():
    f = fund()
    available = Account.objects.get(fund=f, role="available")
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        post(available, -1)
    assert constraint(error) == "fund_is_never_negative"
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        post(available, 1)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert constraint(error) == "entry_sums_to_zero"
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        post(available, 0)
    assert constraint(error) == "a_posting_moves_something"
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        Account.objects.create(fund=f, role="paid")
    assert constraint(error) == "a_fund_has_one_account_per_role"
    booked = book(actions.appropriate, f, 5)
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        Entry.objects.create(kind=booked.kind, source_id=booked.source_id, memo="m", at=NOON)
    assert constraint(error) == "a_cause_is_booked_once"


def test_the_book_is_append_only():
    booked = book(actions.appropriate, fund(), 5)
    for change in (
        lambda: Entry.objects.filter(pk=booked.pk).update(memo="x"),
        lambda: Posting.objects.filter(entry=booked).update(amount_fen=6),
        lambda: Posting.objects.filter(entry=booked).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


DEEDS = {
    "appropriate": ("source", "free", 1),
    "commit": ("free", "committed", 1),
    "pay": ("committed", "paid", 1),
    "take_back": ("paid", "committed", 1),
    "release": ("committed", "free", 1),
    "recover": ("paid", "free", 1),
}
step = st.tuples(st.sampled_from(sorted(DEEDS)), st.integers(1, 400), st.integers(0, 1), st.booleans())


class Conservation(HypothesisCase):
    """Any sequence of bookings, repeats included: the model in memory and the database agree to the fen (I1, I2, R4)."""

    @settings(max_examples=60)
    @given(st.lists(step, max_size=30))
    def test_the_sum_is_zero_and_no_place_is_negative_after_any_sequence(self, steps):
        funds = [fund("a"), fund("b")]
        model = [dict.fromkeys(("source", "free", "committed", "paid"), 0) for _ in funds]
        for name, fen, which, again in steps:
            origin, target, _ = DEEDS[name]
            source, place = uuid7(), model[which]
            enough = origin == "source" or place[origin] >= fen
            for _repeat in range(2 if again else 1):
                try:
                    book(getattr(actions, name), funds[which], fen, source)
                    assert enough
                except Refused:
                    assert not enough
            if enough:
                place[origin] -= fen
                place[target] += fen
        for which, place in zip(funds, model, strict=True):
            found = queries.balances(which)
            assert sum(found.values()) == 0
            stored = dict(Account.objects.filter(fund=which).values_list("role", "balance_fen"))
            assert stored == found
            assert (found["available"], found["committed"], found["paid"]) == (
                place["free"],
                place["committed"],
                place["paid"],
            )
            assert min(place["free"], place["committed"], place["paid"]) >= 0


@pytest.mark.django_db(transaction=True)
def test_two_people_after_the_last_money_do_not_both_get_it():
    f = fund()
    book(actions.appropriate, f, 1000)
    told, start = [], threading.Barrier(4)

    def take(fen):
        try:
            start.wait()
            book(actions.commit, f, fen)
            told.append("done")
        except Refused as refusal:
            told.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=take, args=(600,)) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(told) == ["done"] + ["fund_is_never_negative"] * 3
    assert queries.figures(Fund.objects.get(pk=f.pk)) == queries.Figures(1000, 600, 0, 400)
