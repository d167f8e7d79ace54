"""Every invariant of the book by its name in the database, each broken by SQL that the deeds would never write."""

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import F

from peibu.kernel.ids import uuid7
from peibu.ledger.models import Account, Commitment, Entry, Fund, Item, Posting
from tests.ledger.book_world import NOON, POOLED, commit, division, fund, receive

pytestmark = pytest.mark.django_db


@pytest.fixture
def case():
    receive(fund(), 1000)
    made = commit(600)
    made.book("pay", 400)
    return made


def account(case, role: str) -> Account:
    return Account.objects.get(fund=case.commitment.fund, role=role)


def entry(kind="appropriation", **more) -> Entry:
    told = {"document_number": "1"} | more
    return Entry.objects.create(kind=kind, source_id=uuid7(), memo="m", on=NOON.date(), at=NOON, **told)


def post(where: Account, fen: int, to: Entry) -> Posting:
    return Posting.objects.create(entry=to, account=where, amount_fen=fen)


BROKEN = []


def breaks(name: str):
    """The deed breaks the invariant of this name."""

    def keep(deed):
        BROKEN.append((name, deed))
        return deed

    return keep


def at_once() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@breaks("fund_is_never_negative")
def fund_is_never_negative(case):
    free = account(case, "available")
    post(free, -1000, entry("lapse"))


@breaks("nothing_leaves_where_money_comes_from")
def nothing_leaves_where_money_comes_from(case):
    for_source = entry("reduction", corrects=Entry.objects.get(kind="appropriation"))
    post(account(case, "source"), 1001, for_source)


@breaks("entry_sums_to_zero")
def entry_sums_to_zero(case):
    post(account(case, "source"), -1, entry())
    at_once()


@breaks("entry_sums_to_zero")
def entry_carries_over_what_left_nowhere(case):
    """Every year sums to zero, but the money enters the next one without having left the old."""
    one = entry("carry_over")
    place = {"fund": case.commitment.fund, "year": 2021}
    post(Account.objects.create(role="carried", **place), -5, one)
    post(Account.objects.create(role="available", **place), 5, one)
    at_once()


@breaks("entry_sums_to_zero")
def entry_sums_to_zero_in_each_year(case):
    """Zero in all, but one year pays for another."""
    one = entry()
    other = Account.objects.create(fund=case.commitment.fund, year=2021, role="source")
    post(other, -5, one)
    post(account(case, "available"), 5, one)
    at_once()


@breaks("an_entry_moves_money")
def an_entry_moves_money(case):
    entry()
    at_once()


@breaks("a_posting_moves_something")
def a_posting_moves_something(case):
    post(account(case, "source"), 0, entry())


@breaks("a_kind_moves_money_its_own_way")
def a_kind_moves_money_its_own_way(case):
    """A payment may not come from free money."""
    post(account(case, "available"), -1, entry("payment", commitment=case.commitment))


@breaks("a_kind_moves_money_its_own_way")
def a_kind_moves_money_its_own_way_and_direction(case):
    post(account(case, "paid"), -1, entry("payment", commitment=case.commitment))


@breaks("money_follows_its_commitment")
def money_follows_its_commitment(case):
    """Another district's account, of the same fund, year and item."""
    c = case.commitment
    other = Account.objects.create(
        fund=c.fund, year=c.year, role="committed", item=c.item, division=division("370213")
    )
    post(other, 1, entry("commitment", commitment=c))


@breaks("money_follows_its_commitment")
def money_follows_its_commitment_in_its_year(case):
    other = Account.objects.create(fund=case.commitment.fund, year=2021, role="available")
    post(other, -1, entry("commitment", commitment=case.commitment))


@breaks("a_booking_for_a_case_follows_a_commitment")
def a_booking_for_a_case_follows_a_commitment(case):
    entry("payment")


@breaks("a_booking_for_a_case_follows_a_commitment")
def a_booking_for_a_case_follows_a_commitment_and_a_budget_entry_none(case):
    entry("lapse", commitment=case.commitment)


@breaks("spending_is_booked_on_an_item")
def spending_is_booked_on_an_item(case):
    """HD2.5.16a: no payment without a matching item."""
    Account.objects.create(fund=case.commitment.fund, year=2020, role="paid")


@breaks("spending_is_booked_on_an_item")
def spending_is_booked_on_an_item_and_money_that_comes_in_on_none(case):
    c = case.commitment
    Account.objects.create(fund=c.fund, year=2019, role="available", item=c.item, division=c.division)


def foreign_item() -> Item:
    return fund(POOLED).items.first()


@breaks("an_item_belongs_to_its_fund")
def an_item_belongs_to_its_fund(case):
    c = case.commitment
    Account.objects.create(fund=c.fund, year=2020, role="paid", item=foreign_item(), division=c.division)


@breaks("an_item_belongs_to_its_fund")
def an_item_belongs_to_its_fund_also_in_a_commitment(case):
    new_commitment(case, item=foreign_item())


def new_commitment(case, **more) -> Commitment:
    c = case.commitment
    told = {
        "fund": c.fund,
        "year": c.year,
        "item": c.item,
        "division": c.division,
        "source_id": uuid7(),
        "amount_fen": 1,
    }
    told |= {"free_fen": 1, "first_free_fen": 1, "policy": c.policy, "subject": c.subject}
    return Commitment.objects.create(**(told | more))


@breaks("a_fund_covers_what_it_commits")
def a_fund_covers_what_it_commits(case):
    new_commitment(case, amount_fen=2)


@breaks("a_case_is_committed_once")
def a_case_is_committed_once(case):
    new_commitment(case, source_id=case.source)


@breaks("a_case_never_has_less_than_nothing")
def a_case_never_has_less_than_nothing(case):
    Commitment.objects.filter(pk=case.commitment.pk).update(committed_fen=-1)


@breaks("recovered_is_at_most_paid")
def recovered_is_at_most_paid(case):
    """I17, by postings: another case's payment keeps the account from going below zero, not this case's."""
    commit(300).book("pay", 300)
    back = entry("recovery", commitment=case.commitment)
    c = case.commitment
    gone = Account.objects.create(fund=c.fund, year=c.year, role="recovered", item=c.item, division=c.division)
    post(gone, -401, back)


@breaks("an_appropriation_names_its_document")
def an_appropriation_names_its_document(case):
    entry(document_number="")


@breaks("a_correction_names_what_it_corrects")
def a_correction_names_what_it_corrects(case):
    entry("increase")


@breaks("a_booking_has_a_reason")
def a_booking_has_a_reason(case):
    told = {"kind": "lapse", "source_id": uuid7(), "on": NOON.date(), "at": NOON}
    Entry.objects.create(memo="", **told)


@breaks("a_cause_is_booked_once")
def a_cause_is_booked_once(case):
    told = {"kind": "payment", "source_id": Entry.objects.get(kind="payment").source_id, "on": NOON.date(), "at": NOON}
    Entry.objects.create(memo="m", commitment=case.commitment, **told)


@breaks("a_fund_has_one_account_per_place")
def a_fund_has_one_account_per_place(case):
    Account.objects.create(fund=case.commitment.fund, year=2020, role="available")


@breaks("a_division_has_a_fund_of_a_code_once")
def a_division_has_a_fund_of_a_code_once(case):
    f = case.commitment.fund
    Fund.objects.create(code=f.code, division=f.division, name="n", clause="c")


@breaks("a_policy_names_an_item_of_a_fund_once")
def a_policy_names_an_item_of_a_fund_once(case):
    i = case.commitment.item
    Item.objects.create(fund=i.fund, policy=i.policy, code=i.code, name="n", clause="c")


@pytest.mark.parametrize(("name", "deed"), BROKEN, ids=[deed.__name__ for _name, deed in BROKEN])
def test_the_database_refuses_what_the_deeds_would_not_do(case, name, deed):
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        deed(case)
    assert error.value.__cause__.diag.constraint_name == name


def test_every_constraint_and_refusing_trigger_is_broken_here():
    named = {c.name for model in (Fund, Item, Account, Commitment, Entry, Posting) for c in model._meta.constraints}
    raised = {"entry_sums_to_zero", "an_entry_moves_money", "a_kind_moves_money_its_own_way"}
    raised |= {"money_follows_its_commitment", "an_item_belongs_to_its_fund", "recovered_is_at_most_paid"}
    assert named | raised == {name for name, _deed in BROKEN}


def test_every_constraint_has_its_sentence():
    from peibu.ledger.refusals import SENTENCES

    assert {name for name, _deed in BROKEN} <= set(SENTENCES)


def test_the_book_is_append_only_and_what_names_a_place_stands(case):
    c = case.commitment
    changes = [
        lambda: Entry.objects.filter(commitment=c).update(memo="x"),
        lambda: Entry.objects.filter(commitment=c).delete(),
        lambda: Posting.objects.filter(entry__commitment=c).update(amount_fen=6),
        lambda: Posting.objects.filter(entry__commitment=c).delete(),
        lambda: Account.objects.filter(fund=c.fund).update(year=2019),
        lambda: Account.objects.filter(fund=c.fund, role="paid").delete(),
        lambda: Commitment.objects.filter(pk=c.pk).update(amount_fen=F("amount_fen") - 1),
        lambda: Commitment.objects.filter(pk=c.pk).update(division=division("370213")),
        lambda: Commitment.objects.filter(pk=c.pk).update(first_free_fen=0),
        lambda: Commitment.objects.filter(pk=c.pk).delete(),
        lambda: Fund.objects.filter(pk=c.fund_id).update(division=division("370213")),
        lambda: Item.objects.filter(pk=c.item_id).update(fund=fund(POOLED)),
    ]
    for change in changes:
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
