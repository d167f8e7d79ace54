"""Who is killed: a loop of the real actions until everything is paid, and the usual design as its negative control."""

import dataclasses
import datetime as dt
import json
import os
import time
import urllib.request
import uuid
from pathlib import Path

from django.db import transaction

from peibu.accounts.actor import Actor
from peibu.casework.models import Case
from peibu.gateways.bank import BatchFile, NoAnswer, PayLine, write_batch
from peibu.gateways.bank.wire import HttpWire
from peibu.ledger.actions import commit, pay
from peibu.payments.actions import (
    bring_on,
    confirm_finding,
    declare_unknown,
    intend,
    prepare_batch_of_cases,
    reissue,
    release_batch,
    report_finding,
)
from peibu.payments.enums import Ability, BatchState, Finding, PaymentState
from peibu.payments.models import Payment, PaymentBatch
from peibu.payments.queries import returned_payments, waiting_cases
from tests.payments.road import NOW
from tests.payments.steps import PDF

SIZE = 8
CALL_SECONDS = 0.3
SETTLE_SECONDS = 0.5
DAY = NOW.date()


@dataclasses.dataclass
class Payer:
    """Two officers, a line to a bank, and a file of what has been acknowledged as paid."""

    maker: Actor
    releaser: Actor
    address: str
    acknowledged: Path
    began: float

    def __post_init__(self):
        self.wire = HttpWire(self.address, seconds=CALL_SECONDS)

    def at(self) -> dt.datetime:
        return NOW + dt.timedelta(seconds=time.time() - self.began)

    def run(self) -> None:
        """Until nothing is open and nothing waits; whatever a killed payer before has left is brought on first."""
        while True:
            under_way = list(
                PaymentBatch.objects.filter(state__in=["prepared", "released", "sent"]).order_by("number")
            )
            for batch in under_way:
                self.bring_on(batch)
            for payment in returned_payments(self.maker):
                reissue(payment=payment, account=payment.case.claim.account, by=self.maker, at=self.at())
            cases = list(waiting_cases(self.maker, on=DAY)[:SIZE])
            if cases:
                prepare_batch_of_cases(cases=cases, by=self.maker, at=self.at())
            elif not under_way:
                return

    def bring_on(self, batch: PaymentBatch) -> None:
        if batch.state == BatchState.PREPARED:
            release_batch(batch=batch, by=self.releaser, at=self.at())
        elif bring_on(batch=batch, wire=self.wire, by=self.maker, at=self.at()) is None:
            if batch.ability == Ability.NEITHER and declare_unknown(batch=batch, at=self.at()) == 0:
                self.people(batch)
            time.sleep(0.05)
        self.acknowledge(batch)

    def people(self, batch: PaymentBatch) -> None:
        """What officers do at a bank that can do neither: they look at its record, on paper, and two of them sign."""
        unknown = list(batch.payments.filter(state=PaymentState.UNKNOWN))
        if not unknown:
            return
        time.sleep(SETTLE_SECONDS)
        paid = record(self.address)["paid"]
        for payment in unknown:
            reference = paid.get(payment.key, [0, ""])[1]
            doubt = payment.doubts.filter(confirmed_at__isnull=True).first() or report_finding(
                payment=payment, finding=Finding.PAID if reference else Finding.NEVER, reference=reference,
                settled_on=DAY, reason="银行流水", name="流水.pdf", content=PDF, by=self.maker, at=self.at(),
            )  # fmt: skip
            confirm_finding(doubt=doubt, by=self.releaser, at=self.at())

    def acknowledge(self, batch: PaymentBatch) -> None:
        keys = batch.payments.filter(state=PaymentState.PAID).values_list("key", flat=True)
        note(self.acknowledged, keys)


class Naive(Payer):
    """The usual design: a random key, the bank is called, then it is marked as paid. Its ledger sums to zero, too."""

    def run(self) -> None:
        for case in list(waiting_cases(self.maker, on=DAY)):
            if not Payment.objects.filter(case=case, state=PaymentState.PAID).exists():
                self.pay(case)

    def pay(self, case: Case) -> None:
        claim, key = case.claim, uuid.uuid4().hex * 2
        line = PayLine(1, claim.account.number, case.applicant.name, "演示银行", claim.approved_fen, "补贴", key)
        try:
            self.wire.send(key, write_batch("generic_txt", BatchFile(key[:20], DAY, (line,))))
        except NoAnswer:
            return  # tried again in the next round
        with transaction.atomic():
            payment = intend(
                case=case, payee=case.applicant, account=claim.account, amount_fen=claim.approved_fen, by=self.maker,
                at=self.at(),
            )  # fmt: skip
            terms = {"policy": case.policy, "subject": "claim", "division": case.division, "memo": "拨付"}
            deed = {"amount_fen": claim.approved_fen, "by": self.maker, "at": self.at()}
            told = commit(source_id=case.pk, **terms, **deed)
            pay(commitment=told, source_id=payment.pk, memo="拨付", **deed)
            Payment.objects.filter(pk=payment.pk).update(state=PaymentState.PAID, settled_on=DAY)
        note(self.acknowledged, [key])


def record(address: str) -> dict:
    """The bank's own record."""
    with urllib.request.urlopen(f"{address}/record", timeout=5) as answer:
        return json.load(answer)


def note(file: Path, keys) -> None:
    """Acknowledged: known outside the database, so that a loss would be seen."""
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.write(handle, "".join(f"{key}\n" for key in keys).encode())
    os.close(handle)
