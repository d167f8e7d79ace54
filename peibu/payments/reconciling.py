"""A day of the bank against a day of the book: what agrees, what the statement proves, and every difference.

The sum of the differences is the whole difference between both, to the fen, whatever the lines are.
"""

import collections
import dataclasses
import datetime as dt
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.db.models.functions import Left

from peibu.accounts.actor import Actor
from peibu.casework.models import Case
from peibu.gateways.bank import ReplyLine as BankLine
from peibu.gateways.bank.records import SHORT
from peibu.ledger.enums import EntryKind
from peibu.ledger.models import Entry
from peibu.payments.actions.replies import settle_batch, take_word
from peibu.payments.enums import DifferenceKind, LineKind, LineOutcome, PaymentState
from peibu.payments.lifecycle import UNSETTLED
from peibu.payments.models import Payment, Statement, StatementLine

STEP = 100
OF_LINE = {
    LineKind.PAYMENT: EntryKind.PAYMENT,
    LineKind.RETURN: EntryKind.RETURN,
    LineKind.RECOVERY: EntryKind.RECOVERY,
    LineKind.OTHER: EntryKind.REFUND,
}
# what a set-off moves, no bank has moved
SIGN = {EntryKind.PAYMENT: -1, EntryKind.RETURN: 1, EntryKind.RECOVERY: 1, EntryKind.REFUND: -1}
WITHOUT_OUR_KEY = (LineKind.RECOVERY, LineKind.OTHER)


@dataclasses.dataclass
class Outcome:
    """`differences`: fields of the rows to keep. Sums in fen; receipts of budget money are in neither."""

    matched: int = 0
    settled: int = 0
    bank_net_fen: int = 0
    book_net_fen: int = 0
    differences: list[dict[str, Any]] = dataclasses.field(default_factory=list)


@dataclasses.dataclass
class Booked:
    """One booking of the day that touches the account: fen into (+) or out of (-) it."""

    kind: str
    cause: UUID
    case: UUID
    amount_fen: int


def booked_on(statement: Statement) -> list[Booked]:
    """Payments, returns, recoveries and their refunds of the agency's cases that count from the day."""
    cases = Case.objects.filter(agency=statement.agency).values("pk")
    rows = Entry.objects.filter(kind__in=list(SIGN), on=statement.on, commitment__source_id__in=cases)
    rows = rows.filter(postings__amount_fen__gt=0).order_by("at", "id")
    told = rows.values_list("kind", "source_id", "commitment__source_id", "postings__amount_fen")
    return [Booked(kind, cause, case, SIGN[kind] * fen) for kind, cause, case, fen in told]


def compare(statement: Statement, *, by: Actor, at: dt.datetime, step: Callable[[int], None]) -> Outcome:
    """Line by line. A line that proves what was unknown settles it; the rest of the lines and bookings are differences."""
    lines, told = list(statement.lines.order_by("row")), Outcome()
    payments = _payments(statement, lines)
    for line in lines:
        told.settled += _proves(statement, line, payments.get(line.key), by, at)
    for batch in {p.batch_id: p.batch for p in payments.values() if p.batch is not None}.values():
        settle_batch(batch)
    booked = booked_on(statement)
    told.book_net_fen = sum(one.amount_fen for one in booked)
    left = collections.defaultdict(list)
    for one in booked:
        left[one.kind].append(one)
    for done, line in enumerate(lines, start=1):
        _match(line, payments.get(line.key), left, told)
        if done % STEP == 0:
            step(done)
    _only_booked(left, told)
    return told


def _payments(statement: Statement, lines: list[StatementLine]) -> dict[str, Payment]:
    """The agency's payments by every form of their key the bank may tell back."""
    wanted = {line.key for line in lines if line.key}
    rows = Payment.objects.filter(case__agency=statement.agency, batch__isnull=False)
    rows = rows.select_related("case", "batch", "payee").annotate(short=Left("key", SHORT))
    found: dict[str, Payment] = {}
    for payment in rows.filter(Q(key__in=wanted) | Q(short__in=wanted)):
        found |= {payment.key: payment, payment.short: payment}
    return found


def _proves(statement: Statement, line: StatementLine, payment: Payment | None, by: Actor, at: dt.datetime) -> int:
    """Money that has moved as it was sent is booked, whatever the replies have said so far (I5)."""
    if payment is None or abs(line.amount_fen) != payment.amount_fen:
        return 0
    payment.refresh_from_db(fields=["state"])
    paid = line.kind == LineKind.PAYMENT and line.amount_fen < 0 and payment.state in UNSETTLED
    back = line.kind == LineKind.RETURN and line.amount_fen > 0 and payment.state == PaymentState.PAID
    if not (paid or back):
        return 0
    if paid and Payment.objects.filter(bank_reference=line.reference).exclude(pk=payment.pk).exists():
        return 0
    word = BankLine(
        serial=payment.position, account=payment.account_number, name=payment.payee_name, amount_fen=payment.amount_fen,
        key=payment.key, status="0000" if paid else "1099", reference=line.reference, settled_on=statement.on,
        cause="" if paid else (line.text or "银行退汇"),
    )  # fmt: skip
    outcome, _note = take_word(payment, word, by, at)
    return int(outcome in (LineOutcome.PAID, LineOutcome.RETURNED))


def _match(line: StatementLine, payment: Payment | None, left: dict[str, list[Booked]], told: Outcome) -> None:
    if line.kind == LineKind.RECEIPT:
        return
    told.bank_net_fen += line.amount_fen
    one = _booking(line, payment, left.get(OF_LINE.get(line.kind, ""), []))
    if one is None:
        _differs(told, DifferenceKind.BANK_ONLY, line.amount_fen, _why(line, payment), line=line, payment=payment)
        return
    left[one.kind].remove(one)
    if one.amount_fen == line.amount_fen:
        told.matched += 1
        return
    words = "银行与账上的金额不同"
    _differs(told, DifferenceKind.AMOUNT, line.amount_fen - one.amount_fen, words, line=line, payment=payment)


def _booking(line: StatementLine, payment: Payment | None, candidates: list[Booked]) -> Booked | None:
    """The booking of the same payment; a recovery or its refund carries no key of ours: its only booking with the same sum."""
    if payment is not None:
        return next((one for one in candidates if payment.pk == one.cause), None)
    if line.kind not in WITHOUT_OUR_KEY:
        return None
    same = [one for one in candidates if one.amount_fen == line.amount_fen]
    return same[0] if len(same) == 1 else None


def _why(line: StatementLine, payment: Payment | None) -> str:
    if payment is None:
        return "账上没有对应的付款" if line.kind == LineKind.PAYMENT else "账上没有对应的记录"
    if payment.settled_on is not None and payment.state == PaymentState.PAID:
        return f"账上记在{payment.settled_on:%Y-%m-%d}，或银行重复支付，请立即核实"
    return f"账上该笔为“{payment.get_state_display()}”"


def _only_booked(left: dict[str, list[Booked]], told: Outcome) -> None:
    rest = [one for rows in left.values() for one in rows]
    payments = Payment.objects.in_bulk([one.cause for one in rest])
    for one in rest:
        words = f"账上记有“{EntryKind(one.kind).label}”，银行当日没有"
        payment = payments.get(one.cause)
        _differs(told, DifferenceKind.BOOK_ONLY, -one.amount_fen, words, line=None, payment=payment)


def _differs(told: Outcome, kind: DifferenceKind, fen: int, words: str, **what: Any) -> None:
    told.differences.append({"kind": kind, "amount_fen": fen, "words": words[:300], **what})
