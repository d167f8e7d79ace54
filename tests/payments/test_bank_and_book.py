"""A bank that returns, loses, repeats and reorders; two people at once. The bank's record and the book stay equal (I5)."""

import datetime as dt
import threading

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase as HypothesisCase

from peibu.casework.models import Document
from peibu.gateways.bank.fake import FakeBank
from peibu.kernel.errors import Refused
from peibu.ledger import queries as book
from peibu.ledger.models import Fund
from peibu.payments.actions import import_reply, prepare_batch_of_cases, reissue, release_batch
from peibu.payments.models import Payment, PaymentBatch, ReplyLine
from peibu.payments.queries import returned_payments
from tests.city import at, stage
from tests.payments.road import NOW, Road

DAY, LATER = dt.date(2020, 11, 25), at("2020-11-25 16:00")
STEPS = ("answer", "answer", "send_back", "reissue", "late_reply")
steps = st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 10**6)), min_size=1, max_size=12)


def content(batch: PaymentBatch) -> bytes:
    with batch.file.file.open("rb") as file:
        return file.read()


def released(road: Road, cases) -> PaymentBatch:
    return release_batch(batch=prepare_batch_of_cases(cases=cases, by=road.maker, at=NOW), by=road.releaser, at=NOW)


def some(keys, seed: int, nth: int) -> set[str]:
    return {key for i, key in enumerate(keys) if seed >> (3 * i + nth) & 1}


class BankAndBook(HypothesisCase):
    """The database against the bank's own record, after every step of any story (T21, T22)."""

    @settings(max_examples=25)
    @given(steps)
    def test_sum_of_the_bank_is_sum_of_the_book_whatever_the_replies_do(self, story):
        road, bank = Road(stage()), FakeBank()
        road.money(10_000_000)
        batches = [released(road, [road.claim(100_000 + i) for i in range(3)])]
        unread = []
        for deed, seed in story:
            batch = batches[seed % len(batches)]
            file = content(batch)
            keys = [p.key for p in batch.payments.order_by("position")]
            if deed == "answer":
                wishes = {
                    "returns": dict.fromkeys(some(keys, seed, 0), "1003"),
                    "pending": some(keys, seed, 1),
                    "lose": some(keys, seed, 2),
                    "repeat": some(keys, seed >> 9, 0),
                    "shuffle": seed,
                }
                unread.append((batch, bank.answer(batch.format, file, on=DAY, **wishes)))
            elif deed == "send_back":
                back = some(keys, seed, 0) & set(bank.paid)
                unread.append((batch, bank.send_back(batch.format, file, keys=back, status="1004", on=DAY)))
            elif deed == "reissue":
                batches += self.paid_again(road)
            if deed != "late_reply" and seed % 3 and unread:
                self.read(road, *unread.pop(seed % len(unread)))  # out of order; the others arrive later
            self.nothing_invented(road, bank)
        for late in [*unread, *unread]:
            self.read(road, *late)
        for batch in batches:
            self.read(road, batch, bank.answer(batch.format, content(batch), on=DAY))
        figures = book.figures(road.fund)
        assert figures.paid == sum(fen for fen, _reference in bank.paid.values())
        assert set(Payment.objects.filter(state="paid").values_list("key", flat=True)) == set(bank.paid)
        assert sum(book.balances(road.fund).values()) == 0

    def read(self, road, batch, file):
        import_reply(batch=batch, name="回盘", content=file, by=road.maker, at=LATER)

    def paid_again(self, road):
        found = list(returned_payments(road.maker).filter(batch__isnull=False))
        for payment in found:
            reissue(payment=payment, account=payment.case.claim.account, by=road.maker, at=LATER)
        return [released(road, [p.case for p in found])] if found else []

    def nothing_invented(self, road, bank):
        """The book never says paid of a key the bank has never paid."""
        known = set(bank.paid) | set(bank.returned)
        assert set(Payment.objects.filter(state="paid").values_list("key", flat=True)) <= known
        assert book.figures(road.fund).paid == sum(
            Payment.objects.filter(state="paid").values_list("amount_fen", flat=True)
        )


def together(*deeds):
    """Run the deeds at the same moment, each in its own thread; what each said."""
    told, start = [], threading.Barrier(len(deeds))

    def run(deed):
        try:
            start.wait()
            deed()
            told.append("done")
        except Refused as refusal:
            told.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(deed,)) for deed in deeds]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return sorted(told)


@pytest.fixture
def busy(transactional_db) -> Road:
    road = Road(stage())
    road.money(10_000_000)
    return road


def test_two_people_releasing_at_once_write_one_file(busy):
    batch = prepare_batch_of_cases(cases=[busy.claim()], by=busy.maker, at=NOW)
    third = busy.officer("finance", busy.agency)
    told = together(
        lambda: release_batch(batch=batch, by=busy.releaser, at=NOW),
        lambda: release_batch(batch=batch, by=third, at=NOW),
    )
    assert told == ["done", "done"]
    assert Document.objects.filter(subject_id=batch.pk, purpose="bank_file").count() == 1


def test_two_people_importing_the_same_reply_book_it_once(busy):
    batch = released(busy, [busy.claim(), busy.claim()])
    file = FakeBank().answer(batch.format, content(batch), on=DAY)
    deed = lambda: import_reply(batch=batch, name="a", content=file, by=busy.maker, at=LATER)  # noqa: E731
    assert together(deed, deed, deed) == ["done"] * 3
    assert ReplyLine.objects.filter(batch=batch).count() == 2
    assert book.figures(Fund.objects.get(pk=busy.fund.pk)).paid == 400_000


def test_two_people_batching_the_same_case_make_one_payment(busy):
    case = busy.claim()
    told = together(
        lambda: prepare_batch_of_cases(cases=[case], by=busy.maker, at=NOW),
        lambda: prepare_batch_of_cases(cases=[case], by=busy.releaser, at=NOW),
    )
    assert told == ["done", "some_refused"]
    assert Payment.objects.filter(case=case).count() == 1
    assert PaymentBatch.objects.count() == 1
