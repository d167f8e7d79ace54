"""What PostgreSQL itself holds about the book. Each raises the name of the constraint it stands for."""

import pgtrigger

from peibu.ledger.lifecycle import allowed_legs

APPEND_ONLY = pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)


def kept(what: str, *, fields: list[str]) -> pgtrigger.ReadOnly:
    """These columns never change."""
    return pgtrigger.ReadOnly(name=f"{what}_stands", fields=fields)


def _refuse(name: str) -> str:
    return f"RAISE EXCEPTION '{name}' USING ERRCODE = 'check_violation', CONSTRAINT = '{name}';"


_LEGS = ", ".join(f"('{kind}', '{role}', '{sign}')" for kind, role, sign in sorted(allowed_legs()))

# HD2.5.16a: an item belongs to one fund; nothing of another fund is booked on it.
FUND_OF_ITEM = pgtrigger.Trigger(
    name="item_of_this_fund",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    func=f"""
        IF NEW.item_id IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM ledger_item i WHERE i.id = NEW.item_id AND i.fund_id = NEW.fund_id) THEN
            {_refuse("an_item_belongs_to_its_fund")}
        END IF;
        RETURN NEW;
    """,
)

# Each kind moves money as its flow says, and what is booked for a case stands where its commitment stands.
FITS = pgtrigger.Trigger(
    name="posting_fits_its_entry",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    declare=[("e", "ledger_entry"), ("a", "ledger_account"), ("c", "ledger_commitment")],
    func=f"""
        SELECT * INTO e FROM ledger_entry WHERE id = NEW.entry_id;
        SELECT * INTO a FROM ledger_account WHERE id = NEW.account_id;
        IF NEW.amount_fen <> 0 AND NOT EXISTS (
            SELECT 1 FROM (VALUES {_LEGS}) AS leg (kind, role, sign)
            WHERE leg.kind = e.kind AND leg.role = a.role
            AND leg.sign = CASE WHEN NEW.amount_fen < 0 THEN '-' ELSE '+' END) THEN
            {_refuse("a_kind_moves_money_its_own_way")}
        END IF;
        IF e.commitment_id IS NOT NULL THEN
            SELECT * INTO c FROM ledger_commitment WHERE id = e.commitment_id;
            IF a.fund_id <> c.fund_id OR a.year <> c.year
               OR (a.item_id IS NOT NULL AND (a.item_id <> c.item_id OR a.division_id <> c.division_id)) THEN
                {_refuse("money_follows_its_commitment")}
            END IF;
        END IF;
        RETURN NEW;
    """,
)

# I1, and no fund or year pays for another: every entry sums to zero in each of them, and what is carried over enters the
# next year of the same fund with the sum it left the old one with.
BALANCED = pgtrigger.Trigger(
    name="entry_sums_to_zero",
    when=pgtrigger.After,
    operation=pgtrigger.Insert,
    timing=pgtrigger.Deferred,
    level=pgtrigger.Row,
    func=f"""
        IF EXISTS (SELECT 1 FROM ledger_posting p JOIN ledger_account a ON a.id = p.account_id
                   WHERE p.entry_id = NEW.entry_id GROUP BY a.fund_id, a.year HAVING SUM(p.amount_fen) <> 0)
           OR EXISTS (SELECT 1 FROM ledger_posting p JOIN ledger_account a ON a.id = p.account_id
                      WHERE p.entry_id = NEW.entry_id AND a.role = 'carried'
                      GROUP BY a.fund_id HAVING SUM(p.amount_fen) <> 0) THEN
            {_refuse("entry_sums_to_zero")}
        END IF;
        RETURN NULL;
    """,
)

# An entry without postings would be a claim about money that moved nothing.
MOVES_MONEY = pgtrigger.Trigger(
    name="entry_moves_money",
    when=pgtrigger.After,
    operation=pgtrigger.Insert,
    timing=pgtrigger.Deferred,
    level=pgtrigger.Row,
    func=f"""
        IF NOT EXISTS (SELECT 1 FROM ledger_posting p WHERE p.entry_id = NEW.id) THEN
            {_refuse("an_entry_moves_money")}
        END IF;
        RETURN NULL;
    """,
)

# The balances are kept on the account and on the case's commitment by the posting itself, so that CHECKs can forbid a
# negative fund (I2). More recovered than is paid (I17) is refused when money comes back from the payee, not when the bank
# later sends back what it had paid: that has happened and is booked.
CARRIED = pgtrigger.Trigger(
    name="posting_moves_the_balance",
    when=pgtrigger.After,
    operation=pgtrigger.Insert,
    func=f"""
        UPDATE ledger_account SET balance_fen = balance_fen + NEW.amount_fen WHERE id = NEW.account_id;
        UPDATE ledger_commitment c SET
            committed_fen = c.committed_fen + CASE WHEN a.role = 'committed' THEN NEW.amount_fen ELSE 0 END,
            paid_fen = c.paid_fen + CASE WHEN a.role = 'paid' THEN NEW.amount_fen ELSE 0 END,
            recovered_fen = c.recovered_fen - CASE WHEN a.role = 'recovered' THEN NEW.amount_fen ELSE 0 END
        FROM ledger_entry e, ledger_account a
        WHERE e.id = NEW.entry_id AND c.id = e.commitment_id AND a.id = NEW.account_id AND a.item_id IS NOT NULL;
        IF NEW.amount_fen < 0 AND EXISTS (
            SELECT 1 FROM ledger_entry e JOIN ledger_commitment c ON c.id = e.commitment_id, ledger_account a
            WHERE e.id = NEW.entry_id AND a.id = NEW.account_id AND a.role = 'recovered'
              AND c.recovered_fen > c.paid_fen) THEN
            {_refuse("recovered_is_at_most_paid")}
        END IF;
        RETURN NULL;
    """,
)
