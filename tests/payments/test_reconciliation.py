"""A day of the bank against a day of the book: every line agrees, proves something, or is shown; the sum always fits."""

import collections
import dataclasses
import datetime as dt
from types import SimpleNamespace
from unittest.mock import patch

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from peibu.gateways.bank import BankFileRefused, format_named
from peibu.gateways.bank.fake import FakeBank
from peibu.gateways.bank.statements import STATEMENTS, Kind, Movement, StatementFile, statement_format
from peibu.gateways.bank.tables import checksum
from peibu.kernel.errors import Refused
from peibu.kernel.ids import uuid7
from peibu.ledger import queries as book
from peibu.ledger.actions import recover
from peibu.ledger.queries import commitment_of
from peibu.payments import reconciling
from peibu.payments.actions import (
    close_difference,
    import_statement,
    run_reconciliation,
    start_reconciliation,
)
from peibu.payments.bridges import bridge_of, days_without_statement, differences_of, open_differences
from peibu.payments.models import Difference, Payment, Reconciliation, Statement
from peibu.payments.reconciling import Booked, Outcome, _match, _only_booked
from tests.city import at
from tests.payments.road import NOW
from tests.payments.steps import DAY, LATER, reply, sent

pytestmark = pytest.mark.django_db
ACCOUNT = "37000000000000001"
EVENING = at("2020-11-25 20:00")
both = pytest.mark.parametrize("code", sorted(STATEMENTS))


def line(kind=Kind.PAYMENT, fen=-200000, key="", reference="R1", text=""):
    return Movement(kind, fen, key, reference, "甲公司", text)


def told(*lines, on=DAY, opening=50_000_000, account=ACCOUNT):
    return StatementFile(account, on, opening, opening + sum(one.amount_fen for one in lines), tuple(lines))


def kept(road, *lines, moment=EVENING, **head):
    content = statement_format("generic_txt").write(told(*lines, **head))
    return import_statement(agency=road.agency, name="对账单.txt", content=content, by=road.maker, at=moment)


def compared(road, statement) -> Reconciliation:
    run = start_reconciliation(statement=statement, by=road.maker, at=EVENING)
    done = run_reconciliation(run=run, by=road.maker, at=EVENING)
    the_queue_is_worked_off()
    return done


def the_queue_is_worked_off():
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'succeeded'")


def paid(road, count=2):
    """Payments the bank has answered as paid, and the lines its statement has for them."""
    batch = sent(road, *[road.claim() for _ in range(count)])
    reply(road, batch, FakeBank())
    return [
        line(fen=-p.amount_fen, key=p.key, reference=p.bank_reference) for p in batch.payments.order_by("position")
    ]


@pytest.fixture(autouse=True)
def bank(road):
    return road.bank("asked")


@both
def test_reader_reads_what_writer_wrote(code):
    given_ = told(line(key="a" * 32), line(Kind.RETURN, 5, "b", "R2", "账户已销户"), line(Kind.RECEIPT, 10**9))
    form = statement_format(code)
    read = form.read(form.write(given_))
    assert [dataclasses.replace(one, row=0) for one in read.lines] == list(given_.lines)
    assert (read.account, read.on, read.opening_fen, read.closing_fen) == (
        given_.account, given_.on, given_.opening_fen, given_.closing_fen,
    )  # fmt: skip


def test_what_the_bank_and_the_book_both_say_agrees_to_the_fen(road):
    run = compared(road, kept(road, *paid(road), line(Kind.RECEIPT, 30_000_000, "", "IN1")))
    assert (run.state, run.matched, run.settled, run.differences_fen) == ("done", 2, 0, 0)
    bridge = bridge_of(run.statement)
    assert (bridge.out_fen, bridge.receipts_fen, bridge.difference_fen) == (-400_000, 30_000_000, 0)
    assert bridge.expected_fen == run.statement.closing_fen
    assert not bridge.empty
    run.progress.refresh_from_db()
    assert run.progress.finished
    assert "on=2020-11-25" in run.progress.result_url


def test_a_statement_proves_what_no_reply_has_told(road):
    batch = sent(road, road.claim(), road.claim())
    first, second = batch.payments.order_by("position")
    statement = kept(road, line(fen=-first.amount_fen, key=first.key, reference="B1"))
    run = compared(road, statement)
    assert (run.settled, run.matched, run.differences_fen) == (1, 1, 0)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, first.bank_reference, second.state) == ("paid", "B1", "sent")
    assert book.figures(road.fund).paid == first.amount_fen
    again = compared(road, statement)
    assert (again.settled, again.matched) == (0, 1)


def test_a_return_in_the_statement_takes_the_booking_back(road):
    lines = paid(road, 1)
    back = line(Kind.RETURN, 200_000, lines[0].key, "BACK1", "账户已销户")
    run = compared(road, kept(road, *lines, back))
    assert (run.settled, run.matched, run.differences_fen) == (1, 2, 0)
    assert book.figures(road.fund).paid == 0


def test_every_kind_of_difference_is_shown_and_explains_the_whole(road):
    one, two, three = paid(road, 3)
    statement = kept(
        road,
        one,
        dataclasses.replace(one, reference="TWICE"),  # paid twice
        dataclasses.replace(two, amount_fen=-150_000),  # another sum
        line(fen=-99, key="f" * 64, reference="X"),  # nobody knows it; three is missing
        line(Kind.OTHER, -1500, "", "FEE", "手续费"),
    )
    run = compared(road, statement)
    found = {(d.kind, d.amount_fen) for d in differences_of(run)}
    assert found == {
        ("bank", -200_000), ("amount", 50_000), ("bank", -99), ("bank", -1500), ("book", 200_000),
    }  # fmt: skip
    assert run.differences_fen == sum(fen for _kind, fen in found) == bridge_of(statement).difference_fen
    assert "重复支付" in run.differences.get(amount_fen=-200_000).words
    assert run.differences.get(kind="book").payment.key == three.key


def test_recoveries_are_found_by_their_sum(road):
    lines = paid(road, 1)
    payment = Payment.objects.get(key=lines[0].key)
    recover(
        commitment=commitment_of(payment.case_id), amount_fen=70_000, source_id=uuid7(), memo="追回", by=road.maker,
        at=LATER, on=DAY,
    )  # fmt: skip
    run = compared(road, kept(road, *lines, line(Kind.RECOVERY, 70_000, "", "REC1")))
    assert (run.matched, run.differences_fen) == (2, 0)


def test_a_day_without_anything_says_so(road):
    run = compared(road, kept(road))
    assert (run.matched, run.bank_net_fen, run.book_net_fen) == (0, 0, 0)
    assert bridge_of(run.statement).empty


def test_days_of_the_book_without_a_statement_are_named(road):
    paid(road)
    assert days_without_statement(road.agency) == [(DAY, 400_000)]
    kept(road)
    assert days_without_statement(road.agency) == []


def test_differences_are_closed_with_words_and_judged_anew_by_a_later_run(road):
    statement = kept(road, line(fen=-99, key="f" * 64))
    run = compared(road, statement)
    (difference,) = open_differences(road.agency)
    with pytest.raises(Refused, match="须写明"):
        close_difference(difference=difference, explanation=" ", by=road.maker, at=EVENING)
    with pytest.raises(Refused, match="资金拨付岗"):
        close_difference(difference=difference, explanation="x", by=road.approver, at=EVENING)
    closed = close_difference(difference=difference, explanation="银行误划，已退回", by=road.maker, at=EVENING)
    assert close_difference(difference=difference, explanation="别的", by=road.maker, at=EVENING) == closed
    assert not open_differences(road.agency)
    second = compared(road, statement)
    assert second.pk != run.pk
    third = compared(road, statement)
    assert [d.run_id for d in open_differences(road.agency)] == [third.pk]


@pytest.mark.parametrize(
    ("head", "said"),
    [
        ({"account": "37000000000000002"}, "不是本机构的付款账户"),
        ({"on": dt.date(2020, 11, 26)}, "日期在今天之后"),
    ],
)
def test_a_statement_of_another_account_or_a_day_to_come_is_refused(road, head, said):
    with pytest.raises(BankFileRefused) as refused:
        kept(road, line(), **head)
    assert said in str([p.what for p in refused.value.problems])
    assert not Statement.objects.exists()


def test_a_gap_in_the_balances_and_a_second_file_of_a_day_are_refused(road):
    kept(road, line(), on=NOW.date())
    with pytest.raises(BankFileRefused) as refused:
        kept(road, line(), opening=1)
    assert "不衔接" in refused.value.problems[0].what
    first = kept(road, line(), opening=49_800_000)
    assert kept(road, line(), opening=49_800_000) == first  # the same file again
    with pytest.raises(BankFileRefused) as refused:
        kept(road, line(fen=-1), opening=49_800_000)
    assert "两份" in refused.value.problems[0].what


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("|2000.00|", "|2000.01|", "期末余额与明细不符"),
        ("|CNY", "|USD", "人民币"),
        ("|PAY|", "|XXX|", "类别"),
        ("|D|", "|Q|", "收付"),
        ("|R1|", "||", "流水号"),
    ],
)
def test_a_damaged_statement_is_refused_with_every_problem(before, after, said):
    form = statement_format("generic_txt")
    rows = form.write(told(line())).decode("gb18030").splitlines()[:-1]
    rows = [row.replace(before, after).split("|") for row in rows]
    content = "".join("|".join(row) + "\r\n" for row in [*rows, ["T", checksum(rows)]]).encode("gb18030")
    with pytest.raises(BankFileRefused) as refused:
        form.read(content)
    assert any(said in f"{p.what}{p.why}{p.column}" for p in refused.value.problems)


def test_only_one_run_of_a_day_waits_and_what_is_done_stands(road):
    statement = kept(road)
    run = start_reconciliation(statement=statement, by=road.maker, at=EVENING)
    with pytest.raises(Refused, match="正在对账"):
        start_reconciliation(statement=statement, by=road.maker, at=EVENING)
    done = run_reconciliation(run=run, by=road.maker, at=EVENING)
    assert run_reconciliation(run=run, by=road.maker, at=EVENING).pk == done.pk
    with pytest.raises(DatabaseError, match="differences_explain"), transaction.atomic():
        Reconciliation.objects.filter(pk=run.pk).update(differences_fen=5)


@given(st.lists(st.tuples(st.sampled_from(["pay", "twice", "other", "miss", "short"]), st.integers(1, 10**9))))
def test_whatever_the_lines_are_the_differences_are_the_whole_difference(story):
    """The arithmetic of the comparison alone, on bookings and lines made by hand."""
    outcome, left, lines = Outcome(), collections.defaultdict(list), []
    for what, fen in story:
        payment = SimpleNamespace(pk=uuid7(), settled_on=None, state="paid", get_state_display=lambda: "已到账")
        if what in ("pay", "twice", "miss", "short"):
            left["payment"].append(Booked("payment", payment.pk, uuid7(), -fen))
            outcome.book_net_fen -= fen
        shown = {"pay": [-fen], "twice": [-fen, -fen], "other": [-fen], "miss": [], "short": [-fen - 1]}[what]
        lines += [(SimpleNamespace(kind="payment", amount_fen=one), payment) for one in shown]
    for one, payment in lines:
        _match(one, payment, left, outcome)
    _only_booked_without_rows(left, outcome)
    assert sum(d["amount_fen"] for d in outcome.differences) == outcome.bank_net_fen - outcome.book_net_fen


def _only_booked_without_rows(left, outcome):
    with patch.object(reconciling.Payment.objects, "in_bulk", return_value={}):
        _only_booked(left, outcome)


def test_the_whole_way_in_iso_20022_with_short_keys(road):
    road.bank("asked", format="pain.001", statement_format="camt.053")
    batch = sent(road, road.claim(), road.claim(), road.claim())
    first, second, third = batch.payments.order_by("position")
    told_keys = [format_named("pain.001").told_key(p.key) for p in (first, second, third)]
    lines = reply(road, batch, FakeBank(), returns={told_keys[1]: "1003"}, lose={told_keys[2]})
    assert sorted(one.outcome for one in lines) == ["paid", "returned"]
    entries = [line(fen=-first.amount_fen, key=told_keys[0], reference=first.key[:8])]
    entries.append(line(fen=-third.amount_fen, key=told_keys[2], reference="B3"))
    content = statement_format("camt.053").write(told(*entries))
    statement = import_statement(agency=road.agency, name="a.xml", content=content, by=road.maker, at=EVENING)
    run = compared(road, statement)
    assert (run.matched, run.settled, run.differences_fen) == (2, 1, 0)
    third.refresh_from_db()
    batch.refresh_from_db()
    assert (third.state, third.bank_reference, batch.state) == ("paid", "B3", "reconciled")
    assert book.figures(road.fund).paid == first.amount_fen + third.amount_fen


def test_differences_are_never_deleted(road):
    compared(road, kept(road, line(fen=-99, key="f" * 64)))
    with pytest.raises(DatabaseError), transaction.atomic():
        Difference.objects.all().delete()
