"""The demo's banks run through the real actions: three kinds, a day with one difference, a proposed account."""

import pytest

from peibu.demo.loader.banks import open_banks, propose_an_account, reconcile_a_day
from peibu.demo.loader.players import Players
from peibu.gateways.bank.fake import FakeBank
from peibu.payments.models import AccountChange, BankChannel
from tests.payments.road import NOW, OPENED, Road
from tests.payments.steps import LATER, reply, sent

pytestmark = pytest.mark.django_db


def test_agencies_have_banks_of_all_kinds_and_a_paid_day_is_reconciled(city):
    road = Road(city)
    road.money(100_000_00)
    players = Players(city.loaded)
    assert reconcile_a_day(players) is None
    open_banks(players, at=OPENED)
    assert set(BankChannel.objects.values_list("ability", flat=True)) == {"keyed", "asked", "neither"}
    reply(road, sent(road, road.claim(), road.claim()), FakeBank())
    run = reconcile_a_day(players)
    assert (run.state, run.matched, run.differences_fen) == ("done", 2, -1_500)
    propose_an_account(players, at=LATER)
    assert AccountChange.objects.get().state == "proposed"
    assert NOW < LATER
