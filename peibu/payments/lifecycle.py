"""States of batches and payments and what may follow what, and where in a claim's process the money stands."""

from peibu.payments.enums import BatchState, PaymentState

PROCESS = "claim"
PAY_MOVE = "pay"
DUTY = "pay"

BATCH_MOVES: dict[str, frozenset[str]] = {
    BatchState.PREPARED: frozenset({BatchState.RELEASED, BatchState.CANCELLED}),
    BatchState.RELEASED: frozenset({BatchState.SENT, BatchState.RECONCILED}),
    BatchState.SENT: frozenset({BatchState.RECONCILED}),
    BatchState.RECONCILED: frozenset({BatchState.RECONCILED}),
    BatchState.CANCELLED: frozenset(),
}
# Money that had arrived can come back (退汇); what came back stays back, the next attempt is a payment of its own.
PAYMENT_MOVES: dict[str, frozenset[str]] = {
    PaymentState.INTENDED: frozenset({PaymentState.SENT, PaymentState.PAID, PaymentState.RETURNED}),
    PaymentState.SENT: frozenset({PaymentState.PAID, PaymentState.RETURNED}),
    PaymentState.PAID: frozenset({PaymentState.RETURNED}),
    PaymentState.RETURNED: frozenset(),
}
