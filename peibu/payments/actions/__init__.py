"""Deeds on payments: intend, batch, release, read the bank's reply, correct and pay again. Nothing else writes them."""

from peibu.payments.actions.batches import (
    cancel_batch,
    mark_sent,
    prepare_batch,
    prepare_batch_of_cases,
    release_batch,
)
from peibu.payments.actions.intents import intend
from peibu.payments.actions.replies import import_reply
from peibu.payments.actions.returns import approve_account, correct_account, reissue

__all__ = [
    "approve_account",
    "cancel_batch",
    "correct_account",
    "import_reply",
    "intend",
    "mark_sent",
    "prepare_batch",
    "prepare_batch_of_cases",
    "reissue",
    "release_batch",
]
