"""Random deeds of random people through the real actions, every invariant looked at after each.

PEIBU_STORY_STEPS tells how many deeds each of the seeds does: a few hundred here, thousands at night (docs/runbook.md).
"""

import os

import pytest
from django.db import connection, transaction

from tests.city import stage
from tests.money.oracle import Oracle
from tests.money.story import Story
from tests.money.town import build_town

STEPS = int(os.environ.get("PEIBU_STORY_STEPS", "150"))
SEEDS = int(os.environ.get("PEIBU_STORY_SEEDS", "2"))

BEFORE = ("notice", "notice", "ready", "answered")  # claims already on the way, so that a short story comes to money
MONEY = {"batch", "release", "read_reply"}
DIFFERENT = 12  # which deeds succeed is chance, that many different ones do is not


def tell(seed: int, steps: int) -> tuple[Story, Oracle]:
    story = Story(build_town(stage()), seed)
    oracle = Oracle(story)
    for to in BEFORE:
        story.straight(to=to)
    oracle.look()
    for _ in range(steps):
        story.step()
        oracle.look()
    return story, oracle


@pytest.mark.parametrize("seed", range(SEEDS))
def test_nothing_is_lost_or_paid_twice_whatever_people_do(seed, transactional_db):
    story, oracle = tell(seed, STEPS)
    story.everything_read()
    oracle.look()
    oracle.at_the_end()
    done = {told.deed for told in story.told if not told.refused}
    assert {"begin", "move:submit"} <= done
    assert MONEY & done
    assert len(done) >= DIFFERENT, sorted(done)
    refused = sum(1 for told in story.told if told.refused)
    assert 0 < refused < len(story.told)


# Each invariant broken in the tables themselves, past every guard: (what the oracle must say, how it is broken).
BROKEN = [
    ("I1 entry", "UPDATE ledger_posting SET amount_fen = amount_fen + 1 WHERE id = (SELECT min(id::text)::uuid FROM ledger_posting)"),
    ("I1 balance", "UPDATE ledger_account SET balance_fen = balance_fen + 1 WHERE role = 'available'"),
    ("I2", "UPDATE ledger_account SET balance_fen = -1 WHERE role = 'available'"),
    ("I3 line", "UPDATE claims_claimline SET amount_fen = 999999"),
    ("I3 sum", "UPDATE claims_claim SET approved_fen = approved_fen - 1"),
    ("I3 paid", "UPDATE payments_payment SET amount_fen = amount_fen + 1, state = 'paid'"),
    ("I4", "UPDATE payments_payment SET case_id = (SELECT min(case_id::text)::uuid FROM payments_payment), state = 'sent'"),
    ("I6", "UPDATE casework_case SET state = 'objection' WHERE id IN (SELECT case_id FROM payments_payment)"),
    ("I8", "UPDATE casework_caseevent SET person_key = 'one' WHERE duty <> ''"),
    ("I11 held", "UPDATE claims_entitlement SET released_at = now()"),
    ("I13", "UPDATE casework_caseevent SET rule_version = '' WHERE move = 'submit'"),
    ("I18", "UPDATE payments_payment SET account_index = 'elsewhere'"),
    ("batch", "UPDATE payments_paymentbatch SET released_key = 'one', prepared_key = 'one'"),
    ("committed", "UPDATE ledger_account SET balance_fen = balance_fen + 1 WHERE role = 'committed'"),
    ("I5", "UPDATE payments_payment SET state = 'sent' WHERE state = 'paid'"),
    ("log", "UPDATE casework_case SET state = 'withdrawn' WHERE state = 'paid'"),
    ("transition", "UPDATE casework_caseevent SET to_state = 'approved' WHERE move = 'submit'"),
]  # fmt: skip


def unguard(cursor, table: str) -> None:
    """Take every trigger, check and unique index off a table, until this transaction is rolled back."""
    cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    cursor.execute(
        "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype IN ('c', 'u')", [table]
    )
    for (name,) in cursor.fetchall():
        cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}" CASCADE')
    cursor.execute(
        "SELECT indexrelid::regclass FROM pg_index WHERE indrelid = %s::regclass AND indisunique AND NOT indisprimary",
        [table],
    )
    for (name,) in cursor.fetchall():
        cursor.execute(f"DROP INDEX {name}")


def test_the_oracle_sees_every_broken_invariant(transactional_db):
    story = Story(build_town(stage()), 1)
    elsewhere = Oracle(story).committed_elsewhere
    for to in ("paid", "paid", "ready"):
        story.straight(to=to)
    Oracle(story, elsewhere).look()  # sound before it is broken
    missed = []
    for invariant, harm in BROKEN:
        oracle = Oracle(story, elsewhere)
        with transaction.atomic(), connection.cursor() as cursor:
            unguard(cursor, harm.split()[1])
            cursor.execute(harm)
            harmed = cursor.rowcount
            found = {kind for kind, _what in oracle.found()}
            transaction.set_rollback(True)
        if not harmed or invariant not in found:
            missed.append((invariant, harmed, found))
    assert missed == []
