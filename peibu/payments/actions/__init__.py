"""Deeds on payments: intend, batch, release, read the bank's reply, correct and pay again. Nothing else writes them."""

from peibu.payments.actions.batches import (
    cancel_batch,
    mark_sent,
    prepare_batch,
    prepare_batch_of_cases,
    release_batch,
)
from peibu.payments.actions.changes import (
    accept_account,
    bring_into_force,
    confirm_change,
    decide_objection,
    object_to_change,
    propose_change,
    read_messages,
    refuse_change,
    withdraw_change,
)
from peibu.payments.actions.channels import set_channel
from peibu.payments.actions.fetching import fetch_statements
from peibu.payments.actions.findings import confirm_finding, drop_finding, report_finding
from peibu.payments.actions.intents import intend
from peibu.payments.actions.replies import import_reply
from peibu.payments.actions.returns import approve_account, correct_account, reissue
from peibu.payments.actions.sending import (
    ask_bank,
    bring_on,
    declare_unknown,
    hand_over_again,
    report_unknown,
    send_batch,
)
from peibu.payments.actions.statements import (
    close_difference,
    import_statement,
    run_reconciliation,
    start_reconciliation,
)

__all__ = [
    "accept_account",
    "approve_account",
    "ask_bank",
    "bring_into_force",
    "bring_on",
    "cancel_batch",
    "close_difference",
    "confirm_change",
    "confirm_finding",
    "correct_account",
    "decide_objection",
    "declare_unknown",
    "drop_finding",
    "fetch_statements",
    "hand_over_again",
    "import_reply",
    "import_statement",
    "intend",
    "mark_sent",
    "object_to_change",
    "prepare_batch",
    "prepare_batch_of_cases",
    "propose_change",
    "read_messages",
    "refuse_change",
    "reissue",
    "release_batch",
    "report_finding",
    "report_unknown",
    "run_reconciliation",
    "send_batch",
    "set_channel",
    "start_reconciliation",
    "withdraw_change",
]
