"""Statements over the line: every closed day once and in order, whoever asks; a silent bank loses nothing."""

import datetime as dt
import threading

import pytest

from peibu.accounts.actor import SYSTEM
from peibu.gateways.bank.fake_server import BankServer
from peibu.gateways.bank.statements import Kind, Movement, StatementFile, statement_format
from peibu.gateways.bank.wire import HttpWire
from peibu.kernel.errors import Refused
from peibu.payments import tasks
from peibu.payments.actions import fetch_statements
from peibu.payments.actions.fetching import MOST_DAYS, days_to_ask
from peibu.payments.models import Reconciliation, Statement
from tests.city import at
from tests.payments.test_reconciliation import kept

pytestmark = pytest.mark.django_db
ACCOUNT = "37000000000000001"
MORNING = at("2020-11-28 06:30")


def closed_day(server, day: int, opening: int, fen: int) -> int:
    on = dt.date(2020, 11, day)
    line = Movement(Kind.RECEIPT, fen, "", f"IN{day}", "财政局", "拨入")
    told = StatementFile(ACCOUNT, on, opening, opening + fen, (line,))
    server.statements[ACCOUNT, f"{on:%Y%m%d}"] = statement_format("generic_txt").write(told)
    return opening + fen


@pytest.fixture
def server(road, settings):
    server = BankServer(ability="asked", day=dt.date(2020, 11, 25))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.BANK_WIRES = {"line": server.address}
    road.bank("asked", wire="line")
    yield server
    server.shutdown()
    server.server_close()


def test_each_closed_day_since_the_last_is_kept_and_compared_once(road, server):
    balance = 0
    for day in (25, 26, 27):
        balance = closed_day(server, day, balance, 1_000 * day)
    first = fetch_statements(agency=road.agency, by=road.maker, at=at("2020-11-26 09:00"))
    assert [one.on.day for one in first] == [25]
    then = fetch_statements(agency=road.agency, by=road.maker, at=MORNING)
    assert [one.on.day for one in then] == [26, 27]
    assert fetch_statements(agency=road.agency, by=road.maker, at=MORNING) == []
    assert Reconciliation.objects.count() == Statement.objects.count() == 3


def test_a_day_that_is_not_closed_ends_the_asking(road, server):
    balance = closed_day(server, 24, 0, 500)
    fetch_statements(agency=road.agency, by=road.maker, at=at("2020-11-25 09:00"))
    closed_day(server, 26, balance, 700)  # 25 is missing: 26 would not connect
    assert fetch_statements(agency=road.agency, by=road.maker, at=MORNING) == []


def test_the_morning_job_fetches_for_everybody_and_survives_a_dead_line(road, server, monkeypatch, settings):
    monkeypatch.setattr(tasks.clock, "now", lambda: MORNING)
    closed_day(server, 27, 0, 500)
    tasks.bank_statements(timestamp=0)
    only = Statement.objects.get()
    assert (only.on.day, only.imported_by, only.runs.get().started_by) == (27, None, None)
    tasks.reconcile(run=str(only.runs.get().pk), role=SYSTEM.role)
    assert only.runs.get().state == "done"
    settings.BANK_WIRES = {"line": "http://127.0.0.1:9"}
    monkeypatch.setattr(tasks.clock, "now", lambda: MORNING + dt.timedelta(days=1))
    tasks.bank_statements(timestamp=0)
    assert Statement.objects.count() == 1


def test_silence_and_no_line_are_told(road, server, settings):
    dead = HttpWire("http://127.0.0.1:9", seconds=0.2)
    with pytest.raises(Refused) as silent:
        fetch_statements(agency=road.agency, by=road.maker, at=MORNING, wire=dead)
    assert silent.value.code == "no_statement"
    settings.BANK_WIRES = {}
    with pytest.raises(Refused) as without:
        fetch_statements(agency=road.agency, by=road.maker, at=MORNING)
    assert without.value.code == "no_wire"


def test_nobody_else_fetches(road, server):
    closed_day(server, 27, 0, 500)
    with pytest.raises(Refused) as refused:
        fetch_statements(agency=road.agency, by=road.approver, at=MORNING)
    assert refused.value.code == "not_your_money"


def test_never_more_than_a_month_at_once(road):
    kept(road, on=dt.date(2020, 1, 1), opening=0)
    assert len(days_to_ask(road.agency, dt.date(2020, 11, 28))) == MOST_DAYS
