"""The export, read by beancount itself: its checker accepts it and finds our balances; a fen changed and it refuses."""

import re
from collections import defaultdict
from decimal import Decimal

import pytest
from beancount import loader
from beancount.core import data

from peibu.accounts.actor import SYSTEM
from peibu.kernel.ids import uuid7
from peibu.ledger import actions, queries
from peibu.ledger.actions.booking import free_in
from peibu.ledger.beancount_text import account_name, beancount_text
from tests.city import at
from tests.ledger.book_world import NORTH, WEST, commit, fund, receive

pytestmark = pytest.mark.django_db
JANUARY = at("2021-01-06 09:00")


@pytest.fixture
def book():
    """Every kind of booking, in odd fen, with words that need quoting."""
    f = fund()
    entry = receive(f, 123_456_789, memo='含"引号"和\\反斜线')
    actions.correct(entry=entry, amount_fen=11, reason="更正", source_id=uuid7(), by=SYSTEM, at=JANUARY)
    actions.correct(entry=entry, amount_fen=-7, reason="更正", source_id=uuid7(), by=SYSTEM, at=JANUARY)
    one, two = commit(1_000_001, where=WEST), commit(333, where=NORTH)
    one.book("pay", 1_000_001)
    one.book("take_back", 1_000_001)
    one.book("pay", 999_999, sequence=2)
    one.book("release", 2)
    one.book("recover", 50_001)
    two.book("pay", 333)
    two.book("recover", 100)
    two.book("refund", 40)
    kept_back = commit(5_000)
    kept_back.book("set_off_paid", 4_000)
    one.book("set_off_back", 4_000)
    told = {"fund": f, "year": 2020, "by": SYSTEM, "at": JANUARY}
    actions.lapse(amount_fen=1, memo="收回", source_id=uuid7(), **told)
    actions.carry_over(amount_fen=free_in(f, 2020), memo="结转", source_id=uuid7(), **told)
    two.book("refund", 11, when=JANUARY)  # of what was carried over
    return f


def read(text: str):
    entries, errors, _options = loader.load_string(text)
    return entries, errors


def sums(entries) -> dict[str, Decimal]:
    found: dict[str, Decimal] = defaultdict(Decimal)
    for entry in data.filter_txns(entries):
        for posting in entry.postings:
            assert posting.units.currency == "CNY"
            found[posting.account] += posting.units.number
    return found


def test_its_checker_accepts_the_book_and_every_balance_is_ours_to_the_fen(book):
    on = JANUARY.date()
    text = beancount_text(book, on=on)
    entries, errors = read(text)
    assert errors == []
    ours = {account_name(a): Decimal(fen) / 100 for a, fen in queries.trial_balance(fund=book, on=on).items()}
    assert {name: fen for name, fen in sums(entries).items() if fen} == {
        name: fen for name, fen in ours.items() if fen
    }
    assert len([e for e in entries if isinstance(e, data.Balance)]) == len(ours)
    names = {e.meta["fund"] for e in entries if isinstance(e, data.Open)}
    assert names == {"职业技能提升行动专账资金"}
    assert all(re.fullmatch(r"[\x20-\x7e]+", e.account) for e in entries if isinstance(e, data.Open))
    kinds = {e.meta["kind"] for e in data.filter_txns(entries)}
    assert kinds == set(actions_kinds())


def actions_kinds():
    from peibu.ledger.enums import EntryKind

    return EntryKind.values


def lines_of(text: str, pattern: str) -> list[str]:
    return [line for line in text.splitlines() if re.search(pattern, line)]


def one_fen_more(line: str) -> str:
    return re.sub(r"(-?\d+)\.(\d\d)", lambda m: f"{Decimal(m.group(0)) + Decimal('0.01')}", line, count=1)


@pytest.mark.parametrize("pattern", [r"^  (Assets|Expenses|Equity)", r" balance "])
def test_one_fen_changed_anywhere_and_its_checker_refuses(book, pattern):
    text = beancount_text(book, on=JANUARY.date())
    wrong = lines_of(text, pattern)
    assert wrong
    for line in wrong:
        day, rest = (line[:10], line[10:]) if line[0].isdigit() else ("", line)
        changed = text.replace(line + "\n", day + one_fen_more(rest) + "\n", 1)
        assert changed != text
        assert read(changed)[1], f"accepted: {line}"


def test_both_sides_changed_by_a_fen_still_meet_our_balances(book):
    """A transaction that balances in itself but is not ours is refused by the stated balances."""
    text = beancount_text(book, on=JANUARY.date())
    changed = text.replace("  9999.99 CNY", "  10000.99 CNY").replace("  -9999.99 CNY", "  -10000.99 CNY")
    assert changed != text
    assert any("Balance failed" in error.message for error in read(changed)[1])


def test_a_day_in_the_middle_is_a_book_of_its_own(book):
    text = beancount_text(book, on=at("2020-11-24 12:00").date())
    entries, errors = read(text)
    assert errors == []
    assert "carry_over" not in text
    assert sum(sums(entries).values()) == 0
