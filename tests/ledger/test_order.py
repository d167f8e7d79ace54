"""WH63.3: the pooled funds in their order, the whole sum from the first that covers it; never both for the last money."""

import threading
from dataclasses import replace

import pytest
from django.db import connection, transaction

from peibu.kernel.errors import Refused
from peibu.ledger import actions, queries
from peibu.ledger.actions import booking, cases
from peibu.ledger.facts import payment_facts
from peibu.ledger.models import Account, Commitment
from peibu.rulebook import load_policy
from tests.ledger.book_world import NOON, NORTH, POOLED, commit, division, fund, receive

FIRST, SECOND, THIRD = "unemployment_insurance_action_fund", "employment_subsidy_fund", "entrepreneurship_fund"


def pooled(**fen: int):
    """The district's funds with their money of the year."""
    opened = {f.code: f for f in actions.open_funds(policy=POOLED, on=NOON.date(), division=division())}
    for code, amount in fen.items():
        receive(opened[code], amount)
    return opened


@pytest.mark.django_db
def test_the_first_fund_pays_as_long_as_it_covers_the_whole():
    pooled(**{FIRST: 1000, SECOND: 5000})
    case = commit(1000, policy=POOLED)
    assert (case.commitment.fund.code, case.commitment.passed_over) == (FIRST, [])


@pytest.mark.django_db
def test_who_was_passed_over_is_kept_with_what_was_free_and_why():
    pooled(**{FIRST: 999, THIRD: 5000})
    found = commit(1000, policy=POOLED).commitment
    assert found.fund.code == THIRD
    assert [(one["code"], one["free_fen"], one["why"]) for one in found.passed_over] == [
        (FIRST, 999, "too_little"),
        (SECOND, 0, "no_money"),
    ]
    assert (found.free_fen, found.first_free_fen) == (5000, 999)
    assert commit(999, policy=POOLED).commitment.fund.code == FIRST  # the next one that fits comes first again


@pytest.mark.django_db
def test_what_follows_stays_in_the_fund_of_the_commitment():
    funds = pooled(**{FIRST: 10, SECOND: 1000})
    case = commit(600, policy=POOLED)
    receive(funds[FIRST], 5000)
    case.book("pay", 600)
    case.book("take_back", 600)
    case.book("pay", 500, sequence=2)
    case.book("release", 100)
    case.book("recover", 50)
    assert queries.figures(funds[SECOND]) == queries.Figures(1000, 0, 450, 550, recovered=50)
    assert queries.figures(funds[FIRST]) == queries.Figures(5010, 0, 0, 5010)


@pytest.mark.django_db
def test_none_covers_it_and_the_refusal_names_each_with_its_money():
    pooled(**{FIRST: 100, SECOND: 200})
    with pytest.raises(Refused) as refused:
        commit(201, policy=POOLED)
    assert refused.value.code == "no_fund_covers_it"
    for words in (
        "本次需要2.01元",
        "失业保险基金支持职业技能提升行动资金”2020年度可用1.00元",
        "就业补助资金”2020年度可用2.00元",
    ):
        assert words in refused.value.message
    assert not Commitment.objects.filter(policy=POOLED).exists()


@pytest.mark.django_db
def test_a_district_pays_from_its_own_funds_only():
    pooled(**{FIRST: 1000})
    with pytest.raises(Refused, match="资金余额不足"):
        commit(1, policy=POOLED, where=NORTH)


@pytest.mark.django_db
def test_read_until_empty_a_fund_with_something_left_is_never_passed_over(monkeypatch):
    law = load_policy(POOLED)
    item = law.interpretations["fund_first_reading"]
    other = {**law.interpretations, item.name: replace(item, values=("until_empty",))}
    monkeypatch.setattr(cases, "load_policy", lambda path: replace(law, interpretations=other, _plans={}))
    funds = pooled(**{FIRST: 100, SECOND: 5000})
    with pytest.raises(Refused, match="还有1.00元，应先用完") as refused:
        commit(101, policy=POOLED)
    assert refused.value.code == "first_fund_not_used_up"
    commit(100, policy=POOLED)
    assert commit(101, policy=POOLED).commitment.fund == funds[SECOND]


@pytest.mark.django_db
def test_a_subject_without_an_item_commits_nothing():
    receive(fund(), 1000)
    told = {"division": division(), "amount_fen": 1, "source_id": division().pk, "memo": "m", "by": None, "at": NOON}
    with pytest.raises(Refused, match="没有对应的列支项目") as refused:
        actions.commit(policy="qingdao/industrial_internet_2020", subject="archive", **told)
    assert refused.value.code == "no_item"


@pytest.mark.django_db
def test_the_rules_hear_from_the_book_what_was_free_when_the_fund_was_chosen():
    """A later appropriation to the first fund does not make the choice wrong (rule unemployment_fund_first)."""
    funds = pooled(**{FIRST: 10, SECOND: 1000})
    case = commit(600, policy=POOLED)
    receive(funds[FIRST], 5000)
    facts = payment_facts(case.commitment, on=NOON.date())
    assert facts == {"fund_used": SECOND, "unemployment_fund_balance_fen": 10, "payment_fen": 600}
    judged = load_policy(POOLED).judge("payment", facts, on=NOON.date())
    assert next(f for f in judged.findings if f.rule == "unemployment_fund_first").status.value == "pass"
    wrong = load_policy(POOLED).judge("payment", facts | {"unemployment_fund_balance_fen": 600}, on=NOON.date())
    assert next(f for f in wrong.findings if f.rule == "unemployment_fund_first").status.value == "fail"
    assert payment_facts(None, on=NOON.date()) == {}


def together(*deeds):
    """Run the deeds at the same moment, each in its own thread; what each said."""
    told, start = [], threading.Barrier(len(deeds))

    def run(deed):
        try:
            start.wait()
            deed()
            told.append("done")
        except Refused as refusal:
            told.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(deed,)) for deed in deeds]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return sorted(told)


@pytest.mark.django_db(transaction=True)
def test_two_approvals_after_the_last_money_do_not_both_get_it():
    f = fund()
    receive(f, 1000)
    told = together(*[lambda: commit(600)] * 4)
    assert told == ["done"] + ["no_fund_covers_it"] * 3
    assert queries.figures(f) == queries.Figures(1000, 600, 0, 400)


@pytest.mark.django_db(transaction=True)
def test_the_last_money_of_the_first_fund_goes_to_one_and_the_next_fund_pays_the_other():
    funds = pooled(**{FIRST: 600, SECOND: 600})
    assert together(*[lambda: commit(600, policy=POOLED)] * 3) == ["done", "done", "no_fund_covers_it"]
    assert [queries.figures(funds[code]).free for code in (FIRST, SECOND)] == [0, 0]


@pytest.mark.django_db(transaction=True)
def test_the_same_approval_twice_at_once_sets_the_money_aside_once():
    receive(fund(), 1000)
    source = division().pk
    assert together(*[lambda: commit(300, source=source)] * 4) == ["done"] * 4
    assert Commitment.objects.filter(source_id=source).count() == 1


@pytest.mark.django_db(transaction=True)
def test_naive_bookkeeping_overdraws_the_fund_and_the_database_stops_it(monkeypatch):
    """Negative control: look without a lock, then book. Without the CHECK the fund falls below zero."""
    f = fund()
    receive(f, 1000)
    looked = threading.Barrier(2)
    honest = booking.free_in

    def slow(where, year):
        found = honest(where, year)
        looked.wait(timeout=20)
        return found

    monkeypatch.setattr(cases, "lock", lambda funds: None)
    monkeypatch.setattr(booking, "lock", lambda funds: None)
    monkeypatch.setattr(cases, "free_in", slow)
    monkeypatch.setattr(booking, "NEVER_NEGATIVE", ())
    dropped = "ALTER TABLE ledger_account DROP CONSTRAINT fund_is_never_negative"
    with connection.cursor() as cursor:
        cursor.execute(dropped)
    assert together(lambda: commit(600), lambda: commit(600)) == ["done", "done"]
    available = Account.objects.get(fund=f, role="available")
    assert available.balance_fen == -200
    with pytest.raises(Exception, match="fund_is_never_negative"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "ALTER TABLE ledger_account ADD CONSTRAINT fund_is_never_negative CHECK (role = 'source' OR balance_fen >= 0)"
        )
