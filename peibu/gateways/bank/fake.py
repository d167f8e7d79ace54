"""A bank for demo and tests. It reads the real file, keeps its own record of what it paid, and writes a real reply.

Like a bank it pays an idempotency key once, whatever is sent again. It can return accounts, lose, repeat and reorder
lines of its reply; what it really paid stands in `paid`, to be compared with our book.
"""

import dataclasses
import datetime as dt
import hashlib
import random
from collections.abc import Mapping, Set

from peibu.gateways.bank.formats import read_batch, write_reply
from peibu.gateways.bank.records import PayLine, Reply, ReplyLine


@dataclasses.dataclass
class FakeBank:
    """`paid` and `returned`: key -> (fen, reference) that left or came back for good."""

    paid: dict[str, tuple[int, str]] = dataclasses.field(default_factory=dict)
    returned: dict[str, str] = dataclasses.field(default_factory=dict)

    def answer(
        self,
        code: str,
        content: bytes,
        *,
        on: dt.date,
        returns: Mapping[str, str] | None = None,
        pending: Set[str] = frozenset(),
        lose: Set[str] = frozenset(),
        repeat: Set[str] = frozenset(),
        shuffle: int | None = None,
    ) -> bytes:
        """The reply file to a batch file. `returns`: key -> status code; the other sets hold keys; `shuffle` a seed."""
        batch = read_batch(code, content)
        lines = []
        for order in batch.lines:
            line = self._settle(order, on, (returns or {}).get(order.key, ""), order.key in pending)
            if order.key not in lose:
                lines += [line, line] if order.key in repeat else [line]
        if shuffle is not None:
            random.Random(shuffle).shuffle(lines)
        return write_reply(code, Reply(batch.number, on, tuple(lines)))

    def send_back(self, code: str, content: bytes, *, keys: Set[str], status: str, on: dt.date) -> bytes:
        """A later reply: money that had been paid comes back (退汇)."""
        batch = read_batch(code, content)
        for key in keys:
            self.paid.pop(key, None)
            self.returned[key] = status
        lines = [self._line(order, status, "", on) for order in batch.lines if order.key in keys]
        return write_reply(code, Reply(batch.number, on, tuple(lines)))

    def _settle(self, order: PayLine, on: dt.date, status: str, pending: bool) -> ReplyLine:
        if order.key in self.returned:
            return self._line(order, self.returned[order.key], "", on)
        if order.key not in self.paid and status:
            self.returned[order.key] = status
            return self._line(order, status, "", on)
        if order.key not in self.paid and pending:
            return self._line(order, "0001", "", None)
        reference = "DEMO" + hashlib.sha256(order.key.encode()).hexdigest()[:16].upper()
        self.paid.setdefault(order.key, (order.amount_fen, reference))
        return self._line(order, "0000", reference, on)

    def _line(self, order: PayLine, status: str, reference: str, on: dt.date | None) -> ReplyLine:
        return ReplyLine(
            serial=order.serial,
            account=order.account,
            name=order.name,
            amount_fen=order.amount_fen,
            key=order.key,
            status=status,
            reference=reference,
            settled_on=on,
            cause="",
        )
