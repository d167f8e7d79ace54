"""A bank for demo and tests. It reads the real file, keeps its own record of what it paid, and writes a real reply.

It pays an idempotency key once, whatever is sent again; `keyed=False` makes a bank that pays whatever arrives, and again.
It can return accounts, lose, repeat and reorder lines of its reply; what it really paid stands in `paid`, every single
movement of money in `moved`, to be compared with our book.
"""

import dataclasses
import datetime as dt
import hashlib
import random
from collections.abc import Mapping, Set

from peibu.gateways.bank.formats import format_named, read_ask, read_batch, write_reply
from peibu.gateways.bank.records import PayLine, Reply, ReplyLine


@dataclasses.dataclass
class FakeBank:
    """`paid`: key -> (fen, reference) that left; `returned`: key -> status; `moved`: (key, fen) in the order of time."""

    keyed: bool = True
    paid: dict[str, tuple[int, str]] = dataclasses.field(default_factory=dict)
    returned: dict[str, str] = dataclasses.field(default_factory=dict)
    moved: list[tuple[str, int]] = dataclasses.field(default_factory=list)
    seen: dict[str, PayLine] = dataclasses.field(default_factory=dict)

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

    def tell(self, code: str, content: bytes, *, on: dt.date) -> bytes:
        """The answer to a question: what became of each order, or that it never arrived."""
        ask, short = read_ask(code, content), format_named(code).told_key
        self.seen |= {short(key): order for key, order in self.seen.items()}
        return write_reply(code, Reply(ask.batch_number, on, tuple(self._told(*line, on) for line in ask.lines)))

    def _told(self, serial: int, key: str, on: dt.date) -> ReplyLine:
        order = self.seen.get(key)
        if order is None:
            return ReplyLine(serial, None, None, None, key, "0404", "", None, "")
        status = self.returned.get(key) or ("0000" if key in self.paid else "0001")
        reference = self.paid[key][1] if status == "0000" else ""
        line = self._line(order, status, reference, None if status == "0001" else on)
        return dataclasses.replace(line, serial=serial)

    def send_back(self, code: str, content: bytes, *, keys: Set[str], status: str, on: dt.date) -> bytes:
        """A later reply: money that had been paid comes back (退汇)."""
        batch = read_batch(code, content)
        for key in keys:
            self.paid.pop(key, None)
            self.returned[key] = status
        lines = [self._line(order, status, "", on) for order in batch.lines if order.key in keys]
        return write_reply(code, Reply(batch.number, on, tuple(lines)))

    def _settle(self, order: PayLine, on: dt.date, status: str, pending: bool) -> ReplyLine:
        self.seen[order.key] = order
        if order.key in self.returned:
            return self._line(order, self.returned[order.key], "", on)
        if order.key not in self.paid and status:
            self.returned[order.key] = status
            return self._line(order, status, "", on)
        if order.key not in self.paid and pending:
            return self._line(order, "0001", "", None)
        reference = "DEMO" + hashlib.sha256(order.key.encode()).hexdigest()[:16].upper()
        if order.key not in self.paid or not self.keyed:
            self.moved.append((order.key, order.amount_fen))
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
