"""States of batches and payments and what may follow what, and where in a claim's process the money stands."""

from peibu.payments.enums import BatchState, PaymentState

PAY_MOVE = "pay"
DUTY = "pay"

BATCH_MOVES: dict[str, frozenset[str]] = {
    BatchState.PREPARED: frozenset({BatchState.RELEASED, BatchState.CANCELLED}),
    BatchState.RELEASED: frozenset({BatchState.SENT, BatchState.RECONCILED}),
    BatchState.SENT: frozenset({BatchState.RECONCILED}),
    BatchState.RECONCILED: frozenset({BatchState.RECONCILED}),
    BatchState.CANCELLED: frozenset(),
}
# Money that had arrived can come back (退汇); what came back stays back, the next attempt is a payment of its own. What the
# bank never received goes out again under the same key; what became of it unknown, never before the bank was asked.
_ANSWERS = frozenset({PaymentState.PAID, PaymentState.RETURNED})
PAYMENT_MOVES: dict[str, frozenset[str]] = {
    PaymentState.INTENDED: _ANSWERS | {PaymentState.SENT, PaymentState.WITHDRAWN},
    PaymentState.SENT: _ANSWERS | {PaymentState.UNKNOWN, PaymentState.UNSENT},
    PaymentState.UNKNOWN: _ANSWERS | {PaymentState.SENT, PaymentState.UNSENT},
    PaymentState.UNSENT: _ANSWERS | {PaymentState.SENT},
    PaymentState.PAID: frozenset({PaymentState.RETURNED}),
    PaymentState.RETURNED: frozenset(),
    PaymentState.WITHDRAWN: frozenset(),  # of a batch that was cancelled before anybody released it
}
VOID = (PaymentState.RETURNED, PaymentState.WITHDRAWN)  # no money is paid by it nor will be; another attempt may be
ON_THE_WAY = (PaymentState.SENT, PaymentState.UNKNOWN)  # the bank may have it: nothing of it is sent again unasked
UNSETTLED = (*ON_THE_WAY, PaymentState.UNSENT)
