"""What a person found out at the bank about a payment whose result is unknown; a second person confirms it on evidence.

The only way on at a bank that can neither honour a key nor be asked. Nothing is sent again: what the bank has not carried
out comes back as returned, and is issued anew with every check.
"""

import datetime as dt

from django.utils import timezone

from peibu.accounts.actor import Actor
from peibu.casework.actions import keep_document
from peibu.casework.refusals import refusing
from peibu.gateways.bank import ReplyLine as BankLine
from peibu.intake import inspect_upload
from peibu.kernel.errors import Refused
from peibu.payments.actions.batches import lock_batch
from peibu.payments.actions.intents import require
from peibu.payments.actions.replies import settle_batch, take_word
from peibu.payments.enums import Finding, PaymentState
from peibu.payments.lifecycle import UNSETTLED
from peibu.payments.models import Doubt, Payment
from peibu.payments.permissions import can_handle_money

STATUS = {Finding.PAID: "0000", Finding.RETURNED: "1099", Finding.NEVER: "1099"}
NEVER_WORDS = "经向银行核实，银行没有办理"


def report_finding(
    *,
    payment: Payment,
    finding: str,
    reference: str,
    settled_on: dt.date,
    reason: str,
    name: str,
    content: bytes,
    by: Actor,
    at: dt.datetime,
) -> Doubt:
    """Keep what the bank has told a person, with its paper. It changes nothing before somebody else has confirmed it."""
    verdict = inspect_upload(name, content, allow=("pdf", "jpg", "png"))
    if not verdict.ok:
        told = verdict.problems[0]
        raise Refused(f"银行证明材料不能接收：{told.what}", "evidence_refused", "请上传银行盖章证明的PDF或照片")
    with refusing():
        row = _unsettled(payment, by)
        if row.state == PaymentState.SENT:
            raise Refused("该笔仍在等待银行回盘", "still_waiting", "先登记“结果不明”，再登记核实结果")
        sent_on = timezone.localdate(row.batch.released_at)
        if not sent_on <= settled_on <= timezone.localdate(at):
            raise Refused(f"银行日期应在{sent_on:%Y-%m-%d}与今天之间", "bank_day", "请核对银行证明上的日期")
        told = {"division": row.division, "subject_id": row.pk, "case": row.case, "purpose": "evidence"}
        evidence = keep_document(**told, name=name, kind=verdict.kind, content=verdict.content, by=by, at=at)
        return Doubt.objects.create(
            payment=row,
            finding=finding,
            reference=reference.strip() if finding != Finding.NEVER else "",
            settled_on=settled_on,
            reason=reason.strip()[:200],
            evidence=evidence,
            found_by=by.user,
            found_key=by.person_key,
            found_at=at,
        )


def confirm_finding(*, doubt: Doubt, by: Actor, at: dt.datetime) -> Doubt:
    """Another natural person confirms; now it counts like a line of a reply. Repeated, nothing changes."""
    with refusing():
        payment = _unsettled(doubt.payment, by, settled_too=True)
        row = Doubt.objects.select_for_update(of=("self",)).get(pk=doubt.pk)
        if row.confirmed_at is not None or row.dropped_at is not None:
            return row
        if row.found_key == by.person_key:
            told = "登记人与确认人不能是同一自然人"
            raise Refused(told, "who_confirms_is_not_who_found_out", "请由另一位资金拨付人员确认")
        if payment.state in (PaymentState.PAID, PaymentState.RETURNED):
            raise Refused("该笔已有银行结果", "has_a_result", "请核对付款状态，并撤销这条核实登记")
        row.confirmed_by, row.confirmed_key, row.confirmed_at = by.user, by.person_key, at
        row.save(update_fields=["confirmed_by", "confirmed_key", "confirmed_at"])
        take_word(payment, _line(payment, row), by, at)
        settle_batch(payment.batch)
        return row


def drop_finding(*, doubt: Doubt, by: Actor, at: dt.datetime) -> Doubt:
    """Take back a finding nobody has confirmed: it was wrong, or the bank has answered meanwhile."""
    with refusing():
        _unsettled(doubt.payment, by, settled_too=True)
        row = Doubt.objects.select_for_update(of=("self",)).get(pk=doubt.pk)
        if row.confirmed_at is None and row.dropped_at is None:
            row.dropped_at = at
            row.save(update_fields=["dropped_at"])
        return row


def _unsettled(payment: Payment, by: Actor, *, settled_too: bool = False) -> Payment:
    """The payment under the lock of its batch."""
    lock_batch(payment.batch, by)
    row = Payment.objects.select_for_update(of=("self",)).select_related("case", "batch__agency").get(pk=payment.pk)
    require(can_handle_money(by, row.case), "not_your_money")
    if not settled_too and row.state not in UNSETTLED:
        raise Refused("该笔付款已有银行结果", "has_a_result", "请刷新页面查看付款状态")
    return row


def _line(payment: Payment, doubt: Doubt) -> BankLine:
    return BankLine(
        serial=payment.position,
        account=payment.account_number,
        name=payment.payee_name,
        amount_fen=payment.amount_fen,
        key=payment.key,
        status=STATUS[doubt.finding],
        reference=doubt.reference,
        settled_on=doubt.settled_on,
        cause=NEVER_WORDS if doubt.finding == Finding.NEVER else "",
    )
