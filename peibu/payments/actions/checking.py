"""Where a reply disagrees with what was sent: every problem of the file at once, each with its row and column (T22)."""

import collections
import datetime as dt

from django.utils import timezone

from peibu.gateways.bank import Reply, problem
from peibu.gateways.bank import ReplyLine as BankLine
from peibu.kernel.errors import Problem
from peibu.payments.enums import DeliveryKind
from peibu.payments.models import Payment, PaymentBatch


def problems_of(batch: PaymentBatch, reply: Reply, payments: dict[str, Payment], *, on: dt.date) -> list[Problem]:
    """Everything in which the reply disagrees with what was sent."""
    found = []
    if reply.batch_number not in numbers_of(batch):
        told = f"本批次为{batch.number}"
        todo = "到对应的批次页面导入，或向银行索取正确的文件"
        found.append(problem("批次号不符", told, todo, row=1, column="批次号", value=reply.batch_number))
    for line in reply.lines:
        payment = payments.get(line.key)
        if payment is not None:
            found += _differences(line, payment)
        found += _bad_day(line, batch, on)
    return found + _shared_references(reply, payments)


def numbers_of(batch: PaymentBatch) -> set[str]:
    """The number of the batch and those of what was sent of it again."""
    again = batch.deliveries.filter(kind=DeliveryKind.SEND, serial__gt=1).values_list("serial", flat=True)
    return {batch.number, *(f"{batch.number}-{serial}" for serial in again)}


def _differences(line: BankLine, payment: Payment) -> list[Problem]:
    same = (
        ("序号", line.serial, payment.position),
        ("收款账号", line.account, payment.account_number),
        ("收款户名", line.name, payment.payee_name),
        ("金额", line.amount_fen, payment.amount_fen),
    )
    todo = "立即向银行核实该笔，取得更正后的回盘文件"
    return [
        problem(
            "与送出的批次文件不一致",
            f"业务{payment.case.number}的{column}不同",
            todo,
            row=line.row,
            column=column,
        )
        for column, told, sent in same
        if told not in (None, sent)
    ]


def _bad_day(line: BankLine, batch: PaymentBatch, on: dt.date) -> list[Problem]:
    if line.settled_on is None:
        return []
    sent_on = timezone.localdate(batch.released_at)
    if sent_on <= line.settled_on <= on:
        return []
    why = f"应在放行日{sent_on:%Y-%m-%d}与今天{on:%Y-%m-%d}之间"
    value = f"{line.settled_on:%Y%m%d}"
    return [problem("日期不合理", why, "请银行核对", row=line.row, column="到账日期", value=value)]


def _shared_references(reply: Reply, payments: dict[str, Payment]) -> list[Problem]:
    """One bank number for two orders, within the file or with an order settled before."""
    keys = collections.defaultdict(set)
    for line in reply.lines:
        if line.reference and line.key in payments:
            keys[line.reference].add(line.key)
    own = {payment.pk: key for key, payment in payments.items()}
    for pk, reference in Payment.objects.filter(bank_reference__in=list(keys)).values_list("pk", "bank_reference"):
        keys[reference].add(own.get(pk, pk))
    bad = {reference for reference, orders in keys.items() if len(orders) > 1}
    return [
        problem(
            "银行流水号重复",
            "同一流水号对应两笔付款",
            "请银行核对",
            row=line.row,
            column="银行流水号",
            value=line.reference,
        )
        for line in reply.lines
        if line.reference in bad and line.key in payments
    ]
