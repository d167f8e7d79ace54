"""A lost result is asked for, never sent again unasked: three kinds of banks, a line that breaks, and what people find out."""

import datetime as dt
import threading

import pytest
from django.db import DatabaseError, transaction

from peibu.gateways.bank import BankRefuses, NoAnswer
from peibu.gateways.bank.fake import FakeBank
from peibu.gateways.bank.fake_server import BankServer
from peibu.gateways.bank.wire import HttpWire
from peibu.kernel.errors import Refused
from peibu.ledger import queries as book
from peibu.payments.actions import (
    ask_bank,
    bring_on,
    confirm_finding,
    declare_unknown,
    drop_finding,
    prepare_batch_of_cases,
    release_batch,
    report_finding,
    report_unknown,
    send_batch,
)
from peibu.payments.models import Delivery
from tests.city import at
from tests.payments.road import NOW
from tests.payments.steps import DAY, LATER, PDF

pytestmark = pytest.mark.django_db
SETTLED = LATER + dt.timedelta(minutes=11)


class Line:
    """A line to a fake bank that loses the answer (`lost`), the file (`gone`), or is refused."""

    def __init__(self, ability: str):
        self.ability, self.bank, self.next = ability, FakeBank(keyed=ability == "keyed"), []
        self.calls = []

    def send(self, name, content):
        return self._call("send", lambda: self.bank.answer("generic_txt", content, on=DAY))

    def ask(self, name, content):
        if self.ability != "asked":
            raise BankRefuses("HTTP 404")
        return self._call("ask", lambda: self.bank.tell("generic_txt", content, on=DAY))

    def _call(self, what, deed):
        self.calls.append(what)
        fault = self.next.pop(0) if self.next else ""
        if fault == "gone":
            raise NoAnswer("reset")
        if fault == "refused":
            raise BankRefuses("HTTP 400")
        told = deed()
        if fault == "lost":
            raise NoAnswer("timeout")
        return b"garbage" if fault == "garbage" else told


def released(road, ability, count=2):
    road.bank(ability)
    cases = [road.claim(100_000 + n) for n in range(count)]
    batch = prepare_batch_of_cases(cases=cases, by=road.maker, at=NOW)
    return release_batch(batch=batch, by=road.releaser, at=NOW)


def states(batch):
    return [p.state for p in batch.payments.order_by("position")]


def paid_once(road, line, batch):
    assert states(batch) == ["paid"] * batch.count
    assert sorted(fen for _key, fen in line.bank.moved) == sorted(p.amount_fen for p in batch.payments.all())
    assert book.figures(road.fund).paid == sum(fen for _key, fen in line.bank.moved)


@pytest.mark.parametrize("ability", ["keyed", "asked", "neither"])
def test_an_answered_sending_is_read_at_once(road, ability):
    line, batch = Line(ability), released(road, ability)
    delivery = send_batch(batch=batch, wire=line, by=road.maker, at=LATER)
    assert (delivery.outcome, delivery.count) == ("answered", 2)
    paid_once(road, line, batch)
    with pytest.raises(Refused, match="没有可以送出的款项"):
        send_batch(batch=batch, wire=line, by=road.maker, at=LATER)


def test_a_bank_with_our_key_is_sent_to_again_under_the_same_key(road):
    line, batch = Line("keyed"), released(road, "keyed")
    line.next = ["lost"]
    assert send_batch(batch=batch, wire=line, by=road.maker, at=LATER).outcome == "unknown"
    assert states(batch) == ["unknown", "unknown"]
    bring_on(batch=batch, wire=line, by=road.maker, at=LATER)
    assert line.calls == ["send", "send"]
    paid_once(road, line, batch)


def test_a_bank_that_can_be_asked_is_asked_and_not_sent_to_again(road):
    line, batch = Line("asked"), released(road, "asked")
    line.next = ["lost"]
    send_batch(batch=batch, wire=line, by=road.maker, at=LATER)
    with pytest.raises(Refused, match="没有可以送出的款项"):
        send_batch(batch=batch, wire=line, by=road.maker, at=LATER)
    bring_on(batch=batch, wire=line, by=road.maker, at=LATER)
    assert line.calls == ["send", "ask"]
    paid_once(road, line, batch)


def test_what_the_bank_never_received_is_sent_again_only_after_its_time(road):
    line, batch = Line("asked"), released(road, "asked")
    line.next = ["gone"]
    send_batch(batch=batch, wire=line, by=road.maker, at=LATER)
    ask_bank(batch=batch, wire=line, by=road.maker, at=LATER + dt.timedelta(minutes=1))
    assert states(batch) == ["unknown", "unknown"]  # it may still be on its way
    bring_on(batch=batch, wire=line, by=road.maker, at=SETTLED)
    assert states(batch) == ["unsent", "unsent"]
    bring_on(batch=batch, wire=line, by=road.maker, at=SETTLED)
    assert line.calls == ["send", "ask", "ask", "send"]
    paid_once(road, line, batch)
    assert batch.deliveries.last().serial == 4


def test_the_database_refuses_a_second_sending_before_the_answer(road):
    for ability in ("asked", "neither"):
        line, batch = Line(ability), released(road, ability, 1)
        line.next = ["lost"]
        send_batch(batch=batch, wire=line, by=road.maker, at=LATER)
        with pytest.raises(DatabaseError, match="ask_before_sending_again"), transaction.atomic():
            Delivery.objects.create(batch=batch, serial=9, kind="send", count=1, began_at=LATER)
    keyed = released(road, "keyed", 1)
    send_batch(batch=keyed, wire=Line("keyed"), by=road.maker, at=LATER)
    Delivery.objects.create(batch=keyed, serial=9, kind="send", count=1, began_at=LATER)  # harmless there


def test_an_answer_nobody_can_read_is_no_answer(road):
    line, batch = Line("asked"), released(road, "asked")
    line.next = ["garbage"]
    delivery = send_batch(batch=batch, wire=line, by=road.maker, at=LATER)
    assert (delivery.outcome, states(batch)) == ("unknown", ["unknown", "unknown"])
    bring_on(batch=batch, wire=line, by=road.maker, at=LATER)
    paid_once(road, line, batch)


def test_a_refused_file_was_not_taken(road):
    line, batch = Line("keyed"), released(road, "keyed")
    line.next = ["refused"]
    assert send_batch(batch=batch, wire=line, by=road.maker, at=LATER).outcome == "refused"
    assert states(batch) == ["unsent", "unsent"]
    bring_on(batch=batch, wire=line, by=road.maker, at=LATER)
    paid_once(road, line, batch)


def test_a_caller_that_died_leaves_an_open_call_and_everything_else_waits(road):
    batch = released(road, "asked")
    line = Line("asked")

    def dies(*_):
        line.bank.answer("generic_txt", _[1], on=DAY)
        raise KeyboardInterrupt

    line.send = dies
    with pytest.raises(KeyboardInterrupt):
        send_batch(batch=batch, wire=line, by=road.maker, at=LATER)
    assert states(batch) == ["sent", "sent"]
    assert bring_on(batch=batch, wire=line, by=road.maker, at=LATER) is None
    assert declare_unknown(batch=batch, at=SETTLED) == 2
    bring_on(batch=batch, wire=line, by=road.maker, at=SETTLED)
    paid_once(road, line, batch)


def finding(road, payment, told="paid", **changed):
    given = {
        "payment": payment, "finding": told, "reference": "YH20201125001" if told == "paid" else "",
        "settled_on": DAY, "reason": "银行加盖业务章的证明", "name": "证明.pdf", "content": PDF,
        "by": road.maker, "at": SETTLED,
    }  # fmt: skip
    return report_finding(**(given | changed))


def test_a_bank_that_can_do_neither_is_settled_by_two_people_on_paper(road):
    line, batch = Line("neither"), released(road, "neither")
    line.next = ["lost"]
    send_batch(batch=batch, wire=line, by=road.maker, at=LATER)
    assert bring_on(batch=batch, wire=line, by=road.maker, at=SETTLED) is None
    assert line.calls == ["send"]
    with pytest.raises(Refused, match="不能查询"):
        ask_bank(batch=batch, wire=line, by=road.maker, at=SETTLED)
    first, second = batch.payments.order_by("position")
    doubt = finding(road, first)
    assert states(batch)[0] == "unknown"  # one person alone changes nothing
    with pytest.raises(Refused, match="同一自然人"):
        confirm_finding(doubt=doubt, by=road.maker, at=SETTLED)
    confirm_finding(doubt=doubt, by=road.releaser, at=SETTLED)
    confirm_finding(doubt=doubt, by=road.releaser, at=SETTLED)
    assert states(batch) == ["paid", "unknown"]
    assert book.figures(road.fund).paid == first.amount_fen
    confirm_finding(doubt=finding(road, second, "never"), by=road.releaser, at=SETTLED)
    second.refresh_from_db()
    assert (second.state, second.return_reason) == ("returned", "经向银行核实，银行没有办理")
    batch.refresh_from_db()
    assert batch.state == "reconciled"


def test_findings_need_a_paper_a_reason_a_plausible_day_and_a_number(road):
    line, batch = Line("neither"), released(road, "neither", 1)
    line.next = ["lost"]
    payment = batch.payments.get()
    send_batch(batch=batch, wire=line, by=road.maker, at=LATER)
    for changed, said in (
        ({"content": b"x", "name": "a.pdf"}, "证明材料不能接收"),
        ({"reason": " "}, "依据"),
        ({"settled_on": dt.date(2020, 11, 1)}, "银行日期"),
        ({"reference": ""}, "流水号"),
    ):
        with pytest.raises(Refused, match=said):
            finding(road, payment, **changed)
    doubt = finding(road, payment)
    with pytest.raises(Refused, match="已有一条待确认"):
        finding(road, payment)
    drop_finding(doubt=doubt, by=road.maker, at=SETTLED)
    assert confirm_finding(doubt=doubt, by=road.releaser, at=SETTLED).confirmed_at is None
    assert finding(road, payment, "returned").finding == "returned"


def test_a_person_says_that_the_bank_has_not_answered(road):
    batch = released(road, "asked")
    with pytest.raises(Refused, match="没有等待银行结果"):
        report_unknown(batch=batch, by=road.maker, at=LATER)
    line = Line("asked")
    line.send = lambda *_: b""
    send_batch(batch=batch, wire=line, by=road.maker, at=LATER)
    assert report_unknown(batch=batch, by=road.maker, at=at("2020-11-30 09:00")) == 2
    assert states(batch) == ["unknown", "unknown"]


@pytest.mark.parametrize("ability", ["keyed", "asked"])
def test_over_a_real_line_that_breaks_in_every_way_everything_is_paid_once(road, ability):
    server = BankServer(ability=ability, day=DAY, faults=0.6, seed=1, slow=0.4)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    line, moment = HttpWire(server.address, seconds=0.2), LATER
    try:
        batch = released(road, ability, 3)
        for _round in range(40):
            moment += dt.timedelta(minutes=11)
            bring_on(batch=batch, wire=line, by=road.maker, at=moment)
            batch.refresh_from_db()
            if batch.state == "reconciled":
                break
    finally:
        server.shutdown()
        server.server_close()
    assert batch.deliveries.filter(outcome="unknown").exists()  # the faults did happen
    paid_once(road, server, batch)
