"""What PostgreSQL itself holds about recoveries. Each raises the name of the constraint it stands for."""

import pgtrigger


def _refuse(name: str) -> str:
    return f"RAISE EXCEPTION '{name}' USING ERRCODE = 'check_violation', CONSTRAINT = '{name}';"


# I17 line by line: all recoveries of a person's line together ask for no more than the line was paid. The line is locked, so
# that two at once cannot both pass.
AT_MOST_PAID = pgtrigger.Trigger(
    name="a_line_gives_back_at_most_what_it_was_paid",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    func=f"""
        PERFORM 1 FROM claims_claimline WHERE id = NEW.claim_line_id FOR UPDATE;
        IF NOT EXISTS (
            SELECT 1 FROM claims_claimline l JOIN recovery_recovery r ON r.claim_id = l.claim_id
            WHERE l.id = NEW.claim_line_id AND r.id = NEW.recovery_id AND l.state = 'paid'
              AND NEW.owed_fen + COALESCE((
                  SELECT SUM(o.owed_fen) FROM recovery_recoveryline o
                  JOIN recovery_recovery q ON q.id = o.recovery_id JOIN casework_case c ON c.id = q.case_id
                  WHERE o.claim_line_id = l.id AND c.state <> 'dropped'), 0) <= l.amount_fen) THEN
            {_refuse("a_line_gives_back_at_most_what_it_was_paid")}
        END IF;
        RETURN NEW;
    """,
)

# What the party was told is what was decided about: the derivation changes only while it is being drawn up.
WHILE_DRAWN_UP = pgtrigger.Trigger(
    name="a_derivation_stands_once_told",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.Delete,
    func=f"""
        IF NOT EXISTS (
            SELECT 1 FROM recovery_recovery r JOIN casework_case c ON c.id = r.case_id
            WHERE r.id = COALESCE(NEW.recovery_id, OLD.recovery_id) AND c.state = 'draft') THEN
            {_refuse("a_derivation_stands_once_told")}
        END IF;
        RETURN COALESCE(NEW, OLD);
    """,
)

SUMMED = pgtrigger.Trigger(
    name="a_recovery_asks_for_the_sum_of_its_lines",
    when=pgtrigger.After,
    operation=pgtrigger.Insert | pgtrigger.Delete,
    func="""
        UPDATE recovery_recovery r SET owed_fen = COALESCE(
            (SELECT SUM(l.owed_fen) FROM recovery_recoveryline l WHERE l.recovery_id = r.id), 0)
        WHERE r.id = COALESCE(NEW.recovery_id, OLD.recovery_id);
        RETURN NULL;
    """,
)

# I16: while an appeal is open, and before there is a decision, nothing is booked and nothing is set off. The case is locked:
# an appeal and a booking at the same moment wait for each other.
DECIDED_ONLY = pgtrigger.Trigger(
    name="nothing_is_booked_under_appeal",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    declare=[("now", "text")],
    func=f"""
        SELECT c.state INTO now FROM casework_case c JOIN recovery_recovery r ON r.case_id = c.id
        WHERE r.id = NEW.recovery_id FOR UPDATE OF c;
        IF now IS DISTINCT FROM (CASE WHEN NEW.kind = 'refund' THEN 'refunding' ELSE 'decided' END) THEN
            {_refuse("nothing_is_booked_under_appeal")}
        END IF;
        IF NEW.kind = 'set_off' AND (
            SELECT COUNT(DISTINCT c.fund_id) FROM ledger_entry e JOIN ledger_commitment c ON c.id = e.commitment_id
            WHERE e.id IN (NEW.entry_id, NEW.other_entry_id)) <> 1 THEN
            {_refuse("a_set_off_stays_in_its_fund")}
        END IF;
        RETURN NEW;
    """,
)

# The sum that has come back is kept by the receipts themselves, so that a CHECK can forbid more than was asked for.
COUNTED = pgtrigger.Trigger(
    name="a_receipt_is_counted",
    when=pgtrigger.After,
    operation=pgtrigger.Insert,
    func="""
        UPDATE recovery_recovery SET back_fen = back_fen
            + CASE WHEN NEW.kind = 'refund' THEN -NEW.amount_fen ELSE NEW.amount_fen END
        WHERE id = NEW.recovery_id;
        RETURN NULL;
    """,
)
