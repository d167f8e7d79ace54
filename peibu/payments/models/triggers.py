"""What the database itself forbids about payments, beyond CHECK and UNIQUE."""

import pgtrigger

# I3, I18: the database compares all that is to be paid for a case (and what was set off), and to which account, with what was
# approved.
AS_APPROVED = pgtrigger.Trigger(
    name="payment_is_as_approved",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    func="""
        IF EXISTS (SELECT 1 FROM claims_claim c WHERE c.case_id = NEW.case_id
                   AND (c.approved_fen IS NULL OR c.approved_fen < NEW.amount_fen + COALESCE((
                       SELECT SUM(p.amount_fen) FROM payments_payment p
                       WHERE p.case_id = NEW.case_id AND p.state NOT IN ('returned', 'withdrawn')), 0) + COALESCE((
                       SELECT SUM(t.amount_fen) FROM ledger_posting t
                       JOIN ledger_entry e ON e.id = t.entry_id JOIN ledger_commitment m ON m.id = e.commitment_id
                       WHERE m.source_id = NEW.case_id AND e.kind = 'set_off_paid' AND t.amount_fen > 0), 0))) THEN
            RAISE EXCEPTION 'paid_is_at_most_approved' USING ERRCODE = 'check_violation',
                CONSTRAINT = 'paid_is_at_most_approved';
        END IF;
        IF EXISTS (SELECT 1 FROM claims_claim c WHERE c.case_id = NEW.case_id
                   AND c.approved_account_index <> NEW.account_index)
           AND NOT EXISTS (SELECT 1 FROM payments_accountapproval a WHERE a.case_id = NEW.case_id
                           AND a.account_index = NEW.account_index) THEN
            RAISE EXCEPTION 'account_paid_is_account_approved' USING ERRCODE = 'check_violation',
                CONSTRAINT = 'account_paid_is_account_approved';
        END IF;
        RETURN NEW;
    """,
)

# I6: nothing leaves the house while an objection is open to its whole notice, or to one of its lines that is not held.
NO_OPEN_OBJECTION = pgtrigger.Trigger(
    name="no_release_under_objection",
    when=pgtrigger.Before,
    operation=pgtrigger.UpdateOf("state"),
    condition=pgtrigger.Q(old__state="prepared", new__state="released"),
    func="""
        IF EXISTS (SELECT 1 FROM payments_payment p
                   JOIN casework_noticeline l ON l.case_id = p.case_id
                   JOIN casework_objection o ON o.notice_id = l.notice_id
                   WHERE p.batch_id = NEW.id AND o.state = 'open' AND (o.line_id IS NULL OR o.line_id = l.id)
                   AND NOT (o.holds = 'line' AND EXISTS (
                       SELECT 1 FROM claims_claimline k WHERE k.id = l.subject_id AND k.state IN ('held', 'removed')))) THEN
            RAISE EXCEPTION 'no_release_under_objection' USING ERRCODE = 'check_violation',
                CONSTRAINT = 'no_release_under_objection';
        END IF;
        RETURN NEW;
    """,
)

# T07: the last word about an account of a payee must be that it is in force; not proposed, cooling off or objected to.
_UNSETTLED = """
    EXISTS (SELECT 1 FROM payments_accountchange c
            WHERE c.unit_id = {payee} AND c.account_index = {index} AND c.state <> 'in_force'
              AND c.proposed_at = (SELECT max(d.proposed_at) FROM payments_accountchange d
                                   WHERE d.unit_id = c.unit_id AND d.account_index = c.account_index))
"""

NOT_COOLING_OFF = pgtrigger.Trigger(
    name="no_payment_to_a_cooling_account",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    func=f"""
        IF {_UNSETTLED.format(payee="NEW.payee_id", index="NEW.account_index")} THEN
            RAISE EXCEPTION 'no_payment_to_a_cooling_account' USING ERRCODE = 'check_violation',
                CONSTRAINT = 'no_payment_to_a_cooling_account';
        END IF;
        RETURN NEW;
    """,
)

NO_RELEASE_TO_COOLING = pgtrigger.Trigger(
    name="no_release_to_a_cooling_account",
    when=pgtrigger.Before,
    operation=pgtrigger.UpdateOf("state"),
    condition=pgtrigger.Q(old__state="prepared", new__state="released"),
    func=f"""
        IF EXISTS (SELECT 1 FROM payments_payment p WHERE p.batch_id = NEW.id
                   AND {_UNSETTLED.format(payee="p.payee_id", index="p.account_index")}) THEN
            RAISE EXCEPTION 'no_payment_to_a_cooling_account' USING ERRCODE = 'check_violation',
                CONSTRAINT = 'no_payment_to_a_cooling_account';
        END IF;
        RETURN NEW;
    """,
)

# T21, D4: a bank that does not honour our key is asked first; one that cannot be asked gets a batch once.
ASK_FIRST = pgtrigger.Trigger(
    name="ask_before_sending_again",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    condition=pgtrigger.Q(new__kind="send"),
    func="""
        PERFORM 1 FROM payments_paymentbatch WHERE id = NEW.batch_id FOR UPDATE;
        IF EXISTS (SELECT 1 FROM payments_paymentbatch b WHERE b.id = NEW.batch_id AND (
            (b.ability = 'asked' AND EXISTS (
                SELECT 1 FROM payments_payment p WHERE p.batch_id = b.id AND p.state IN ('sent', 'unknown')))
            OR (b.ability = 'neither' AND EXISTS (
                SELECT 1 FROM payments_delivery d WHERE d.batch_id = b.id AND d.kind = 'send')))) THEN
            RAISE EXCEPTION 'ask_before_sending_again' USING ERRCODE = 'check_violation',
                CONSTRAINT = 'ask_before_sending_again';
        END IF;
        RETURN NEW;
    """,
)
