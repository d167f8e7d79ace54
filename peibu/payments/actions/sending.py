"""Over a direct line: the call is written down before it is made, and a lost result is asked for, not sent again (T21, D4).

Every function is safe to repeat after a crash at any point: what the rows say is enough to go on.
"""

import datetime as dt
from collections.abc import Sequence

from django.conf import settings
from django.utils import timezone

from peibu.accounts.actor import Actor
from peibu.casework.actions import keep_document
from peibu.casework.refusals import refusing
from peibu.gateways.bank import (
    AskFile,
    BankFileRefused,
    BankRefuses,
    NoAnswer,
    Wire,
    format_named,
    write_ask,
    write_batch,
)
from peibu.kernel.errors import Refused
from peibu.kernel.workdays import default_calendar
from peibu.payments.actions.batches import BY_HAND, file_of, lock_batch
from peibu.payments.actions.replies import import_reply
from peibu.payments.enums import Ability, BatchState, DeliveryKind, DeliveryOutcome, PaymentState
from peibu.payments.lifecycle import ON_THE_WAY
from peibu.payments.models import Delivery, Payment, PaymentBatch
from peibu.payments.queries import sendable


def send_batch(*, batch: PaymentBatch, wire: Wire, by: Actor, at: dt.datetime) -> Delivery:
    """Send what of a released batch is not with the bank. The delivery stands before the bank hears of it (I24).

    Refused when nothing is to be sent, when a call is under way, and when the result of an earlier sending is unknown at
    a bank that does not honour our key.
    """
    delivery, payments = _begin(batch, DeliveryKind.SEND, by, at)
    number = _number(delivery)
    content = write_batch(batch.format, file_of(batch, payments, on=timezone.localdate(at), number=number))
    return _call(delivery, lambda: wire.send(number, content), by, at)


def ask_bank(*, batch: PaymentBatch, wire: Wire, by: Actor, at: dt.datetime) -> Delivery:
    """Ask what became of the payments the bank may have. Refused for a bank that cannot be asked."""
    if batch.ability == Ability.NEITHER:
        raise Refused("该银行不能查询付款结果", "bank_cannot_be_asked", "请由人员向银行核实并登记，另一人确认")
    delivery, payments = _begin(batch, DeliveryKind.ASK, by, at)
    content = ask_file(batch, payments, on=timezone.localdate(at))
    return _call(delivery, lambda: wire.ask(_number(delivery), content), by, at)


def ask_file(batch: PaymentBatch, payments: Sequence[Payment], *, on: dt.date) -> bytes:
    """The question as a file, for a line or for a person to carry."""
    return write_ask(batch.format, AskFile(batch.number, on, tuple((p.position, p.key) for p in payments)))


def bring_on(*, batch: PaymentBatch, wire: Wire, by: Actor, at: dt.datetime) -> Delivery | None:
    """The next right step with the bank, whatever happened before; None when only waiting or a person can help.

    A bank with our key is sent to again. One that can be asked is asked, and sent to again what it never received.
    """
    declare_unknown(batch=batch, at=at)
    batch.refresh_from_db()
    if batch.deliveries.filter(outcome=DeliveryOutcome.OPEN).exists():
        return None
    if sendable(batch).exists():
        return send_batch(batch=batch, wire=wire, by=by, at=at)
    if batch.ability == Ability.ASKED and batch.payments.filter(state__in=ON_THE_WAY).exists():
        return ask_bank(batch=batch, wire=wire, by=by, at=at)
    return None


def declare_unknown(*, batch: PaymentBatch, at: dt.datetime) -> int:
    """Close the call whose caller is gone or whose time is over; its payments are unknown. Gives their number."""
    with refusing():
        row = PaymentBatch.objects.select_for_update().get(pk=batch.pk)
        late = at - dt.timedelta(seconds=settings.BANK_SETTLE_SECONDS)
        delivery = row.deliveries.filter(outcome=DeliveryOutcome.OPEN, began_at__lte=late).first()
        return _unknown(delivery, "没有等到银行答复", at) if delivery is not None else 0


def nothing_heard(*, batch: PaymentBatch, at: dt.datetime) -> int:
    """Without a reply for BANK_REPLY_DAYS working days after the last call the result is unknown."""
    with refusing():
        row = PaymentBatch.objects.select_for_update().get(pk=batch.pk)
        last = row.deliveries.order_by("-serial").first()
        if last is None or last.outcome == DeliveryOutcome.OPEN:
            return 0
        waited = default_calendar().deadline(timezone.localdate(last.began_at), settings.BANK_REPLY_DAYS)
        if timezone.localdate(at) <= waited:
            return 0
        return row.payments.filter(state=PaymentState.SENT).update(state=PaymentState.UNKNOWN)


def report_unknown(*, batch: PaymentBatch, by: Actor, at: dt.datetime) -> int:
    """A person says that the bank has not answered. Gives the number of payments whose result is unknown now."""
    with refusing():
        row = lock_batch(batch, by)
        changed = row.payments.filter(state=PaymentState.SENT).update(state=PaymentState.UNKNOWN)
        if not changed:
            raise Refused("批次中没有等待银行结果的款项", "nothing_waits", "请刷新页面查看付款状态")
        return changed


def _begin(batch: PaymentBatch, kind: DeliveryKind, by: Actor, at: dt.datetime) -> tuple[Delivery, list[Payment]]:
    """The row of the call and the payments it is about, committed before anything leaves the house."""
    with refusing():
        batch = lock_batch(batch, by)
        if batch.state in (BatchState.PREPARED, BatchState.CANCELLED):
            told = "批次尚未放行，不能送银行"
            raise Refused(told, "a_batch_goes_out_only_when_released", "请先由另一位资金拨付人员复核放行")
        asking = kind == DeliveryKind.ASK
        rows = batch.payments.filter(state__in=ON_THE_WAY) if asking else sendable(batch)
        payments = list(rows.select_for_update(of=("self",)).select_related("case").order_by("position"))
        if not payments:
            told = "查询" if asking else "送出"
            raise Refused(f"没有可以{told}的款项", "nothing_to_send", "请刷新页面查看付款状态")
        serial = batch.deliveries.count() + 1
        told = {"count": len(payments), "began_at": at, "began_by": by.user}
        delivery = Delivery.objects.create(batch=batch, serial=serial, kind=kind, **told)
        if not asking:
            Payment.objects.filter(pk__in=[p.pk for p in payments]).update(state=PaymentState.SENT)
            PaymentBatch.objects.filter(pk=batch.pk).update(state=BatchState.SENT)
        return delivery, payments


def _number(delivery: Delivery) -> str:
    number = delivery.batch.number
    return number if delivery.serial == 1 else f"{number}-{delivery.serial}"


def _call(delivery: Delivery, call, by: Actor, at: dt.datetime) -> Delivery:
    """Make the call and keep what came of it; no answer, and an answer nobody can read, leave the result unknown."""
    try:
        answer = call()
    except BankRefuses as refusal:
        _refused(delivery, str(refusal), at)
        return delivery
    except NoAnswer as silence:
        _lost(delivery, f"没有答复（{silence}）", at)
        return delivery
    try:
        if answer:
            name = f"{_number(delivery)}-回盘"
            import_reply(batch=delivery.batch, name=name, content=answer, by=by, at=at, asked_at=delivery.began_at)
    except BankFileRefused as refused:
        _lost(delivery, f"答复无法识别：{refused.problems[0].what}", at)
        return delivery
    _end(delivery, DeliveryOutcome.ANSWERED, "", at)
    return delivery


def _lost(delivery: Delivery, note: str, at: dt.datetime) -> None:
    with refusing():
        PaymentBatch.objects.select_for_update().get(pk=delivery.batch_id)
        _unknown(delivery, note, at)


def _unknown(delivery: Delivery, note: str, at: dt.datetime) -> int:
    """What was sent and has no result is unknown; a question that got no answer changes nothing."""
    _end(delivery, DeliveryOutcome.UNKNOWN, note, at)
    waiting = delivery.batch.payments.filter(state=PaymentState.SENT)
    return waiting.update(state=PaymentState.UNKNOWN) if delivery.kind == DeliveryKind.SEND else 0


def _refused(delivery: Delivery, note: str, at: dt.datetime) -> None:
    """The bank has taken nothing of a first sending; of a repeated one it may still hold what came before."""
    with refusing():
        batch = PaymentBatch.objects.select_for_update().get(pk=delivery.batch_id)
        _end(delivery, DeliveryOutcome.REFUSED, note, at)
        if delivery.kind == DeliveryKind.SEND:
            first = delivery.serial == 1
            state = PaymentState.UNSENT if first else PaymentState.UNKNOWN
            batch.payments.filter(state=PaymentState.SENT).update(state=state)


def _end(delivery: Delivery, outcome: DeliveryOutcome, note: str, at: dt.datetime) -> None:
    delivery.outcome, delivery.note, delivery.ended_at = outcome, note[:300], at
    Delivery.objects.filter(pk=delivery.pk, outcome=DeliveryOutcome.OPEN).update(
        outcome=outcome, note=note[:300], ended_at=at
    )


def hand_over_again(*, batch: PaymentBatch, by: Actor, at: dt.datetime) -> Delivery:
    """The file of what may be sent again, for a person to carry: same keys, a number of its own. Kept with the delivery."""
    with refusing():
        delivery, payments = _begin(batch, DeliveryKind.SEND, by, at)
        number, form = _number(delivery), format_named(batch.format)
        content = write_batch(form.code, file_of(batch, payments, on=timezone.localdate(at), number=number))
        told = {"division": batch.division, "subject_id": delivery.pk, "purpose": "bank_file", "by": by, "at": at}
        keep_document(**told, name=f"{number}.{form.ending}", kind=form.ending, content=content)
        _end(delivery, DeliveryOutcome.ANSWERED, BY_HAND, at)
    return delivery
