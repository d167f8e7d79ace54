"""Deeds on the book. Each books once per cause: (kind, source, sequence) repeated gives back what stands.

A booking locks its fund first, so bookings of a fund happen one after another and the balance looked at is the balance
that is changed. The database's constraints stand behind it (I1, I2, I17).
"""

from peibu.ledger.actions.budget import appropriate, carry_over, correct, lapse
from peibu.ledger.actions.cases import (
    commit,
    pay,
    recover,
    refund,
    release,
    set_off_back,
    set_off_paid,
    take_back,
)
from peibu.ledger.actions.funds import open_fund, open_funds

__all__ = [
    "appropriate",
    "carry_over",
    "commit",
    "correct",
    "lapse",
    "open_fund",
    "open_funds",
    "pay",
    "recover",
    "refund",
    "release",
    "set_off_back",
    "set_off_paid",
    "take_back",
]
