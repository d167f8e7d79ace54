"""Payments: intents and batches, the way to the bank, account changes, the bank's own record. One payment per claim and
purpose (I4), to a basic account (QD97.5.4)."""

from peibu.payments.models.changes import AccountChange, ChangeMessage
from peibu.payments.models.channels import BankChannel, Delivery, Doubt
from peibu.payments.models.payments import AccountApproval, Payment, PaymentBatch, ReplyLine
from peibu.payments.models.statements import Difference, Reconciliation, Statement, StatementLine

__all__ = [
    "AccountApproval",
    "AccountChange",
    "BankChannel",
    "ChangeMessage",
    "Delivery",
    "Difference",
    "Doubt",
    "Payment",
    "PaymentBatch",
    "Reconciliation",
    "ReplyLine",
    "Statement",
    "StatementLine",
]
