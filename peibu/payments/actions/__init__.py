"""Deeds on payments: intend, batch, release, read the bank's reply, correct and pay again. Nothing else writes them."""

from peibu.payments.actions.batches import (
    cancel_batch,
    mark_sent,
    prepare_batch,
    prepare_batch_of_cases,
    release_batch,
)
from peibu.payments.actions.findings import confirm_finding, drop_finding, report_finding
from peibu.payments.actions.intents import intend
from peibu.payments.actions.replies import import_reply
from peibu.payments.actions.returns import approve_account, correct_account, reissue
from peibu.payments.actions.sending import ask_bank, bring_on, declare_unknown, report_unknown, send_batch

__all__ = [
    "approve_account",
    "ask_bank",
    "bring_on",
    "cancel_batch",
    "confirm_finding",
    "correct_account",
    "declare_unknown",
    "drop_finding",
    "import_reply",
    "intend",
    "mark_sent",
    "prepare_batch",
    "prepare_batch_of_cases",
    "reissue",
    "release_batch",
    "report_finding",
    "report_unknown",
    "send_batch",
]
