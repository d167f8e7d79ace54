"""What the book owes the truth: returns after a recovery, set-offs, readings and unknown funds, both legs of a carry-over."""

from dataclasses import replace

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from peibu.accounts.actor import SYSTEM
from peibu.desk import budget_charts
from peibu.desk.budget_scope import Scope
from peibu.kernel.errors import Refused
from peibu.kernel.ids import uuid7
from peibu.ledger import actions, facts, queries
from peibu.ledger.actions import cases
from peibu.ledger.beancount_text import beancount_text
from peibu.ledger.facts import payment_facts
from peibu.ledger.models import Commitment, Entry, Fund, Item, Posting
from peibu.rulebook import load_policy
from tests.city import at
from tests.ledger.book_world import NOON, POOLED, commit, division, fund, receive
from tests.ledger.test_order import FIRST, SECOND, pooled

pytestmark = pytest.mark.django_db
JANUARY = at("2021-01-06 09:00")


def test_a_return_by_the_bank_is_booked_also_after_a_part_was_recovered():
    receive(fund(), 1000)
    case = commit(600)
    case.book("pay", 600)
    case.book("recover", 200)
    case.book("take_back", 600)  # the bank has moved it: it is booked, whatever had come back before
    assert (case.commitment.paid_fen, case.commitment.recovered_fen, case.commitment.committed_fen) == (0, 200, 600)
    case.book("pay", 600, sequence=2)
    assert queries.figures(case.commitment.fund) == queries.Figures(1000, 0, 400, 600, recovered=200)
    with pytest.raises(Refused, match="已支付未追回资金4.00元"):
        case.book("recover", 401)


def test_the_database_refuses_more_recovered_than_is_paid():
    receive(fund(), 1000)
    case = commit(600)
    case.book("pay", 300)
    case.book("recover", 300)
    one = Entry.objects.get(kind="recovery")
    with pytest.raises(IntegrityError, match="recovered_is_at_most_paid"), transaction.atomic():
        told = {"kind": "recovery", "source_id": uuid7(), "commitment": case.commitment, "memo": "x", "on": one.on}
        entry = Entry.objects.create(at=NOON, **told)
        for leg in one.postings.order_by("amount_fen"):
            Posting.objects.create(entry=entry, account=leg.account, amount_fen=1 if leg.amount_fen > 0 else -1)


def test_a_set_off_and_a_refund_leave_the_sums_as_they_are():
    receive(fund(), 1000)
    old, new = commit(400), commit(300)
    old.book("pay", 400)
    cause = uuid7()
    new.book("set_off_paid", 250, source_id=cause)
    old.book("set_off_back", 250, source_id=cause)
    assert queries.set_off_of(new.source) == 250
    assert queries.figures(fund()) == queries.Figures(1000, 50, 400, 550, recovered=250)
    old.book("refund", 250)
    assert queries.figures(fund()) == queries.Figures(1000, 50, 650, 300)
    with pytest.raises(Refused, match="已追回资金0.00元"):
        old.book("refund", 1)


def test_a_fund_nobody_opened_is_unknown_and_no_empty_one():
    funds = pooled(**{SECOND: 1000})
    never_opened(FIRST)
    found = commit(600, policy=POOLED).commitment
    assert (found.fund, found.first_free_fen) == (funds[SECOND], None)
    assert [(one["free_fen"], one["why"]) for one in found.passed_over] == [(None, "not_opened")]
    told = payment_facts(found)
    assert "unemployment_fund_balance_fen" not in told
    judged = load_policy(POOLED).judge("payment", told, on=NOON.date())
    rule = next(one for one in judged.findings if one.rule == "unemployment_fund_first")
    assert rule.status.value == "unknown"
    with pytest.raises(Refused, match="尚未建账，余额不明"):
        commit(10_000, policy=POOLED)


def never_opened(code: str) -> None:
    """As if nobody had opened a fund."""
    Item.objects.filter(fund__code=code).delete()
    Fund.objects.filter(code=code).delete()


def test_read_until_empty_an_unknown_fund_is_not_passed_over(monkeypatch):
    law = load_policy(POOLED)
    item = law.interpretations["fund_first_reading"]
    other = {**law.interpretations, item.name: replace(item, values=("until_empty",))}
    pooled(**{SECOND: 1000})
    monkeypatch.setattr(cases, "load_policy", lambda path: replace(law, interpretations=other, _plans={}))
    never_opened(FIRST)
    with pytest.raises(Refused, match="余额不明") as refused:
        commit(600, policy=POOLED)
    assert refused.value.code == "first_fund_not_known"


def test_the_reading_of_the_day_is_kept_and_asked_again_by_nobody(monkeypatch):
    receive(fund(), 1000)
    found = commit(600).commitment
    law = load_policy(found.policy)
    codes = [source.code for source in law.fund_order(NOON.date())]
    assert found.reading == {"fingerprint": law.fingerprint, "order": codes, "until_empty": False}
    monkeypatch.setattr(facts, "candidates", lambda *args, **told: [])  # the folder reads otherwise today
    assert payment_facts(found) == {"fund_is_special_account": True}
    with pytest.raises(DatabaseError), transaction.atomic():
        Commitment.objects.filter(pk=found.pk).update(reading={})


def test_the_rules_hear_the_sum_that_is_paid_and_not_all_that_was_set_aside():
    pooled(**{FIRST: 1000})
    case = commit(600, policy=POOLED)
    assert payment_facts(case.commitment)["payment_fen"] == 600
    assert payment_facts(case.commitment, amount_fen=250)["payment_fen"] == 250
    case.book("pay", 250)
    assert payment_facts(case.commitment)["payment_fen"] == 350


def test_a_carry_over_stands_in_the_book_of_either_year():
    f = fund()
    receive(f, 1000)
    told = {"fund": f, "year": 2020, "by": SYSTEM, "at": JANUARY, "memo": "结转", "source_id": uuid7()}
    actions.carry_over(amount_fen=400, **told)
    for year in (2020, 2021):
        [entry] = queries.entries(f, year=year, kind="carry_over")
        assert entry.amount_fen == 400
    assert queries.entries(f, kind="carry_over").count() == 1  # over all years once


def test_the_export_knows_what_was_known():
    f = fund()
    receive(f, 1000)
    receive(f, 77, JANUARY, on=NOON.date())
    whole, then = beancount_text(f, on=JANUARY.date()), beancount_text(f, on=JANUARY.date(), known_at=NOON)
    assert "10.77" in whole
    assert "10.77" not in then
    assert "10.00" in then


def test_the_columns_of_the_chart_add_up_to_the_tiles():
    f = fund()
    entry = receive(f, 1000)
    actions.correct(entry=entry, amount_fen=-200, reason="更正", source_id=uuid7(), by=SYSTEM, at=NOON)
    one, two = commit(500), commit(100)
    one.book("pay", 500)
    one.book("take_back", 500)
    one.book("release", 100)
    one.book("pay", 400, sequence=2)
    one.book("recover", 150)
    one.book("refund", 50)
    two.book("set_off_paid", 100)
    scope = Scope(funds=[f], fund=f, years=[2020], year=2020, on=NOON.date())
    sums = [round(sum(float(fen) for fen in one["data"]) * 100) for one in budget_charts.months(scope)["series"]]
    tiles = queries.figures(f, year=2020)
    appropriated, committed, paid, recovered = sums
    assert appropriated == tiles.appropriated
    assert committed - paid == tiles.committed
    assert paid - recovered == tiles.paid
    assert recovered == tiles.recovered


def test_a_file_of_the_book_says_what_it_shows():
    f = fund()
    scope = Scope(
        funds=[f], fund=f, years=[2020], year=2020, on=NOON.date(), known_at=NOON, divisions=frozenset({division().pk})
    )
    for words in ("2020年度", division().name, "截至2020-11-24", "前已知"):
        assert words in scope.told
