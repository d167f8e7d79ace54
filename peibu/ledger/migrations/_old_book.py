"""A book kept before funds had years, items and districts: every booking is carried into its new place, none is lost.

All of a fund's bookings go into the year of its first one; the item is the one the case's policy names for claims.
"""

import datetime as dt

from peibu.kernel.ids import uuid7
from peibu.rulebook import load_policy

TABLES = ("ledger_entry", "ledger_posting", "ledger_account")
OF_CASE = ("commitment", "release", "recovery")  # their cause is the case, that of a payment or return is the payment
CLAIM = "claim"


def carry(_apps, schema_editor) -> None:
    """Nothing to do in a book without a fund."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT id FROM ledger_fund")
        funds = [row[0] for row in cursor.fetchall()]
        if not funds:
            return
        _switch(cursor, "DISABLE")
        cursor.execute(
            "UPDATE ledger_fund SET division_id ="
            " (SELECT id FROM accounts_division WHERE kind = 'city' ORDER BY code LIMIT 1)"
        )
        cursor.execute(
            """UPDATE ledger_entry SET "on" = (at AT TIME ZONE 'Asia/Shanghai')::date,
               document_number = CASE WHEN kind = 'appropriation' THEN left(memo, 80) ELSE '' END"""
        )
        for fund in funds:
            _years(cursor, fund)
            for commitment in _commitments(cursor, fund):
                _follow(cursor, commitment)
        cursor.execute("DELETE FROM ledger_account WHERE role IN ('committed', 'paid') AND item_id IS NULL")
        cursor.execute(
            """UPDATE ledger_account a SET balance_fen =
               (SELECT COALESCE(SUM(p.amount_fen), 0) FROM ledger_posting p WHERE p.account_id = a.id)"""
        )
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a table with checks still to come cannot be altered
        _switch(cursor, "ENABLE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def _switch(cursor, word: str) -> None:
    for table in TABLES:
        cursor.execute(f"ALTER TABLE {table} {word} TRIGGER USER")


def _years(cursor, fund) -> None:
    cursor.execute(
        """UPDATE ledger_account SET year = COALESCE((SELECT EXTRACT(YEAR FROM MIN(e."on")) FROM ledger_entry e
           JOIN ledger_posting p ON p.entry_id = e.id JOIN ledger_account a ON a.id = p.account_id
           WHERE a.fund_id = %(fund)s), year) WHERE fund_id = %(fund)s""",
        {"fund": fund},
    )


def _commitments(cursor, fund) -> list[dict]:
    """One commitment per case that had money set aside, with what was free just before."""
    cursor.execute(
        """SELECT e.source_id, e.sequence, e."on", p.amount_fen, a.year, c.policy, c.division_id,
              (SELECT COALESCE(SUM(q.amount_fen), 0) FROM ledger_posting q JOIN ledger_entry f ON f.id = q.entry_id
               JOIN ledger_account b ON b.id = q.account_id
               WHERE b.fund_id = %(fund)s AND b.role = 'available' AND (f.at, f.id) < (e.at, e.id))
           FROM ledger_entry e JOIN ledger_posting p ON p.entry_id = e.id JOIN ledger_account a ON a.id = p.account_id
           JOIN casework_case c ON c.id = e.source_id
           WHERE e.kind = 'commitment' AND a.role = 'committed' AND a.fund_id = %(fund)s ORDER BY e.at, e.id""",
        {"fund": fund},
    )
    names = ("source", "sequence", "on", "amount", "year", "policy", "division", "free")
    return [_commitment(cursor, fund, dict(zip(names, row, strict=True))) for row in cursor.fetchall()]


def _commitment(cursor, fund, told: dict) -> dict:
    told |= {"id": uuid7(), "fund": fund, "subject": CLAIM, "free": max(told["free"], told["amount"])}
    told["item"] = _item(cursor, fund, told["policy"], told["on"])
    cursor.execute(
        """INSERT INTO ledger_commitment (id, fund_id, year, item_id, division_id, source_id, sequence, policy, subject,
              amount_fen, free_fen, first_free_fen, passed_over, committed_fen, paid_fen, recovered_fen)
           VALUES (%(id)s, %(fund)s, %(year)s, %(item)s, %(division)s, %(source)s, %(sequence)s, %(policy)s, %(subject)s,
              %(amount)s, %(free)s, %(free)s, '[]', 0, 0, 0)""",
        told,
    )
    return told


def _item(cursor, fund, policy: str, on: dt.date):
    law = load_policy(policy)
    code = law.item_of(CLAIM, on)
    cursor.execute("SELECT id FROM ledger_item WHERE fund_id = %s AND policy = %s AND code = %s", [fund, policy, code])
    found = cursor.fetchone()
    if found:
        return found[0]
    items, made = law.funds.items, uuid7()
    cursor.execute(
        "INSERT INTO ledger_item (id, code, name, name_en, clause, policy, fund_id) VALUES (%s, %s, %s, %s, %s, %s, %s)",
        [made, code, items.items[code], items.items_en[code], items.clause, policy, fund],
    )
    return made


def _follow(cursor, told: dict) -> None:
    """The bookings of the case follow its commitment: in account and in its sums."""
    cursor.execute(
        """UPDATE ledger_entry e SET commitment_id = %(id)s WHERE e.commitment_id IS NULL AND
              ((e.kind = ANY(%(of_case)s) AND e.source_id = %(source)s) OR (e.kind IN ('payment', 'return') AND
               e.source_id IN (SELECT p.id FROM payments_payment p WHERE p.case_id = %(source)s)))""",
        told | {"of_case": list(OF_CASE)},
    )
    for old, new, kinds in (("committed", "committed", ""), ("paid", "paid", "<>"), ("paid", "recovered", "=")):
        chosen = f"AND e.kind {kinds} 'recovery'" if kinds else ""
        cursor.execute(
            f"""UPDATE ledger_posting p SET account_id = %(account)s FROM ledger_entry e, ledger_account a
                WHERE e.id = p.entry_id AND a.id = p.account_id AND e.commitment_id = %(id)s AND a.role = %(old)s
                {chosen}""",
            told | {"account": _account(cursor, told, new), "old": old},
        )
    cursor.execute(
        """UPDATE ledger_commitment k SET committed_fen = s.committed, paid_fen = s.paid, recovered_fen = -s.recovered
           FROM (SELECT COALESCE(SUM(p.amount_fen) FILTER (WHERE a.role = 'committed'), 0) AS committed,
                    COALESCE(SUM(p.amount_fen) FILTER (WHERE a.role = 'paid'), 0) AS paid,
                    COALESCE(SUM(p.amount_fen) FILTER (WHERE a.role = 'recovered'), 0) AS recovered
                 FROM ledger_posting p JOIN ledger_entry e ON e.id = p.entry_id
                 JOIN ledger_account a ON a.id = p.account_id WHERE e.commitment_id = %(id)s) s WHERE k.id = %(id)s""",
        told,
    )


def _account(cursor, told: dict, role: str):
    place = told | {"role": role, "new": uuid7()}
    cursor.execute(
        """SELECT id FROM ledger_account WHERE fund_id = %(fund)s AND year = %(year)s AND role = %(role)s
           AND item_id = %(item)s AND division_id = %(division)s""",
        place,
    )
    found = cursor.fetchone()
    if found:
        return found[0]
    cursor.execute(
        """INSERT INTO ledger_account (id, fund_id, year, role, item_id, division_id, balance_fen)
           VALUES (%(new)s, %(fund)s, %(year)s, %(role)s, %(item)s, %(division)s, 0)""",
        place,
    )
    return place["new"]
