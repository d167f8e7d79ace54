"""The bank's reply: read whole or refused whole, safe when repeated, late, partial or out of order (T21, T22)."""

import dataclasses
import datetime as dt
import hashlib

from django.conf import settings
from django.utils import timezone

from peibu.accounts.actor import Actor
from peibu.accounts.secrecy import secret_index
from peibu.casework.actions import keep_document, move_case
from peibu.casework.models import Document
from peibu.casework.processes import process_of
from peibu.casework.refusals import refusing
from peibu.claims.actions.held import paid_in_part
from peibu.claims.actions.rechecks import look_again
from peibu.claims.enums import LineState
from peibu.claims.models import Claim
from peibu.gateways.bank import STATUSES, BankFileRefused, Meaning, Reply, format_named, read_reply
from peibu.gateways.bank import ReplyLine as BankLine
from peibu.intake import inspect_upload
from peibu.kernel.errors import Refused
from peibu.ledger.actions import pay, take_back
from peibu.ledger.queries import commitment_of
from peibu.payments.actions.batches import lock_batch
from peibu.payments.actions.checking import problems_of
from peibu.payments.enums import BatchState, DeliveryKind, LineOutcome, PaymentState
from peibu.payments.lifecycle import PAY_MOVE, UNSETTLED
from peibu.payments.models import Payment, PaymentBatch, ReplyLine

SHOWN_DIGITS = 4


def import_reply(
    *, batch: PaymentBatch, name: str, content: bytes, by: Actor, at: dt.datetime, asked_at: dt.datetime | None = None
) -> list[ReplyLine]:
    """Read a reply to a batch and do what it says; the lines as kept, each with its outcome.

    Raises BankFileRefused with every problem of the file; then nothing is saved. The same file again changes nothing and
    gives the lines of the first time. asked_at: when the question was put that this answers, over a direct line.
    """
    verdict = inspect_upload(name, content, allow=(format_named(batch.format).kind,))
    if verdict.problems:
        raise BankFileRefused("回盘文件不能接收，没有保存任何内容", verdict.problems)
    reply = read_reply(batch.format, content)
    with refusing():
        batch = lock_batch(batch, by)
        if batch.state in (BatchState.PREPARED, BatchState.CANCELLED):
            raise Refused("批次尚未放行，不应有银行回盘", "not_released", "请核对批次号")
        seen = _seen(batch, content)
        if seen is not None and asked_at is None:
            return list(ReplyLine.objects.filter(document=seen).select_related("payment__case").order_by("row"))
        told_key = format_named(batch.format).told_key
        payments = {told_key(p.key): p for p in batch.payments.select_for_update(of=("self",)).select_related("case")}
        problems = problems_of(batch, reply, payments, on=timezone.localdate(at))
        if problems:
            raise BankFileRefused("回盘文件与批次不符，没有保存任何内容", problems)
        document = _keep(batch, name, content, by, at)
        reply = _believed(batch, reply, asked_at)
        lines = [_take(batch, document, line, payments.get(line.key), by, at) for line in reply.lines]
        _close(batch, document)
        return lines


def _seen(batch: PaymentBatch, content: bytes) -> Document | None:
    sha256 = hashlib.sha256(content).hexdigest()
    return Document.objects.filter(subject_id=batch.pk, purpose="bank_reply", sha256=sha256).first()


def _keep(batch: PaymentBatch, name: str, content: bytes, by: Actor, at: dt.datetime) -> Document:
    return keep_document(
        division=batch.division,
        subject_id=batch.pk,
        purpose="bank_reply",
        name=name or f"{batch.number}-回盘",
        kind=format_named(batch.format).ending,
        content=content,
        by=by,
        at=at,
    )


def _take(
    batch: PaymentBatch, document: Document, line: BankLine, payment: Payment | None, by: Actor, at: dt.datetime
) -> ReplyLine:
    """One line: what it does, and the row that keeps it. Account numbers are kept by their last digits and hash."""
    if payment is None:
        outcome, note = LineOutcome.UNMATCHED, "本批次没有这一业务标识，未作任何处理；请向银行核实"
    else:
        outcome, note = take_word(payment, line, by, at)
    raw = {
        "serial": line.serial,
        "name": line.name or "",
        "account": f"**** {line.account[-SHOWN_DIGITS:]}" if line.account else "",
        "account_index": secret_index(line.account) if line.account else "",
        "amount_fen": line.amount_fen,
        "key": line.key,
        "status": line.status,
        "words": line.words,
        "reference": line.reference,
        "settled_on": line.settled_on.isoformat() if line.settled_on else None,
    }
    return ReplyLine.objects.create(
        batch=batch, document=document, payment=payment, row=line.row, raw=raw, outcome=outcome, note=note[:300]
    )


Told = tuple[LineOutcome, str]


def _pending(line: BankLine, payment: Payment, _by: Actor, _at: dt.datetime) -> Told:
    if payment.state in (PaymentState.PAID, PaymentState.RETURNED):
        return LineOutcome.REPEATED, ""
    if line.account is not None:  # the bank has it
        _now(payment, PaymentState.SENT)
    return LineOutcome.PENDING, "银行尚未处理完毕，请稍后再取回盘；不要重新付款"


def _believed(batch: PaymentBatch, reply: Reply, asked_at: dt.datetime | None) -> Reply:
    """The reply with "never received" taken as "not yet" where it may be older than what was sent last (D4).

    Over a line the question must have come after the last sending had its time to arrive; of a file carried by hand only
    the day is known, and it must be a later one.
    """
    last = batch.deliveries.filter(kind=DeliveryKind.SEND).order_by("-serial").first()
    if last is None:
        return reply
    if asked_at is None:
        old = reply.made_on <= timezone.localdate(last.began_at)
    else:
        old = asked_at < last.began_at + dt.timedelta(seconds=settings.BANK_SETTLE_SECONDS)
    waiting = next(code for code, (meaning, _words) in STATUSES.items() if meaning is Meaning.PENDING)
    said = "可能仍在途中，请稍后再查询"
    lines = [
        dataclasses.replace(line, status=waiting, cause=said) if old and line.meaning is Meaning.UNSEEN else line
        for line in reply.lines
    ]
    return dataclasses.replace(reply, lines=tuple(lines))


def _unseen(_line: BankLine, payment: Payment, _by: Actor, _at: dt.datetime) -> Told:
    """The bank never received it: it may go out again, under the same key."""
    if payment.state in (PaymentState.PAID, PaymentState.RETURNED):
        return LineOutcome.CONFLICT, "该笔已有结果，银行却称没有收到，请立即向银行核实"
    _now(payment, PaymentState.UNSENT)
    return LineOutcome.UNSENT, "银行没有收到该笔，可以用同一业务标识再送"


def _now(payment: Payment, state: PaymentState) -> None:
    """The state in between, written when it is another one."""
    if payment.state != state:
        payment.state = state
        payment.save(update_fields=["state"])


def _paid(line: BankLine, payment: Payment, by: Actor, at: dt.datetime) -> Told:
    if payment.state == PaymentState.PAID:
        if payment.bank_reference == line.reference:
            return LineOutcome.REPEATED, ""
        return LineOutcome.CONFLICT, f"该笔已按流水号{payment.bank_reference}到账，疑似重复支付，请立即向银行核实"
    if payment.state == PaymentState.RETURNED:
        if payment.bank_reference == line.reference or line.settled_on <= _returned_on(payment):
            return LineOutcome.REPEATED, "该笔此后已退回，以退回为准"
        return LineOutcome.CONFLICT, "该笔已退回，银行又报到账，请立即向银行核实"
    payment.state = PaymentState.PAID
    payment.settled_on, payment.bank_reference = line.settled_on, line.reference
    payment.save(update_fields=["state", "settled_on", "bank_reference"])
    _book(pay, payment, "拨付", line.settled_on, by, at)
    return LineOutcome.PAID, _move(payment, by, at)


def _returned(line: BankLine, payment: Payment, by: Actor, at: dt.datetime) -> Told:
    if payment.state == PaymentState.RETURNED:
        return LineOutcome.REPEATED, ""
    if payment.state == PaymentState.PAID:
        if line.settled_on < payment.settled_on:
            return LineOutcome.CONFLICT, "退回日期早于到账日期，请向银行核实"
        _book(take_back, payment, "退汇", line.settled_on, by, at)
    payment.state, payment.return_reason = PaymentState.RETURNED, line.words
    payment.save(update_fields=["state", "return_reason"])
    look_again(payment.case.claim, at=at)
    return LineOutcome.RETURNED, line.words


DEEDS = {Meaning.PAID: _paid, Meaning.PENDING: _pending, Meaning.RETURNED: _returned, Meaning.UNSEEN: _unseen}


def take_word(payment: Payment, line: BankLine, by: Actor, at: dt.datetime) -> Told:
    """What the bank says of one payment, from a reply, a statement or a confirmed finding: what it does, and a note."""
    return DEEDS[line.meaning](line, payment, by, at)


def _returned_on(payment: Payment) -> dt.date:
    """The day the bank gave for the return, in its reply or in what a person found out there."""
    line = payment.reply_lines.filter(outcome=LineOutcome.RETURNED).order_by("-document__uploaded_at").first()
    if line is not None:
        return dt.date.fromisoformat(line.raw["settled_on"])
    return payment.doubts.filter(confirmed_at__isnull=False).latest("confirmed_at").settled_on


def _book(deed, payment: Payment, word: str, on: dt.date | None, by: Actor, at: dt.datetime) -> None:
    """The bank's day is the day it counts from; what was set aside for the case says fund, year and item."""
    memo = f"{word} {payment.case.number} {payment.payee_name}"
    told = {"commitment": commitment_of(payment.case_id), "amount_fen": payment.amount_fen, "source_id": payment.pk}
    deed(memo=memo, by=by, at=at, on=on, **told)


def _move(payment: Payment, by: Actor, at: dt.datetime) -> str:
    """Move the case on. Money that has arrived stays booked even when the case may not move; the note then says why."""
    case = payment.case
    flow = process_of(case.policy, case.process, on=timezone.localdate(at))
    claim = Claim.objects.select_for_update(of=("self",)).get(case=case)  # an objection settled now waits, or is seen
    case.refresh_from_db(fields=["state"])
    if case.state == flow.moves[PAY_MOVE].target:
        return ""
    reason = f"银行流水号 {payment.bank_reference}"
    if claim.lines.filter(state=LineState.HELD).exists():
        claim.case = case
        paid_in_part(claim, reason, by=by, at=at)
        return ""
    try:
        with refusing():
            move_case(case=case, move=PAY_MOVE, by=by, at=at, reason=reason)
    except Refused as refusal:
        return f"款项已到账，但业务未能办结：{refusal.message}"
    return ""


def _close(batch: PaymentBatch, document: Document) -> None:
    """A reply proves that the file was sent; when every payment has its last word the batch is reconciled."""
    batch.payments.filter(state=PaymentState.INTENDED).update(state=PaymentState.SENT)
    batch.reply = document
    settle_batch(batch)


def settle_batch(batch: PaymentBatch) -> None:
    """Reconciled when every payment has its last word."""
    waiting = batch.payments.filter(state__in=UNSETTLED).exists()
    batch.state = BatchState.SENT if waiting else BatchState.RECONCILED
    batch.save(update_fields=["state", "reply"])
