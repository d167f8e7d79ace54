"""T04: an invoice is used once over all claims: 500 claims bring the same one at the same moment, one wins."""

import threading

import pytest
from django.db import connection, transaction

from peibu.casework.refusals import refusing
from peibu.claims.models import Claim
from peibu.kernel.errors import Refused
from tests.city import stage
from tests.payments.road import Road

AT_ONCE, CONNECTIONS = 500, 60  # the server takes 100 connections; the threads stand in line for one


@pytest.fixture
def claims(transactional_db) -> list:
    """500 claims, each in a class of its own so that no other rule decides, none with an invoice yet."""
    road = Road(stage())
    with transaction.atomic():
        cases = [case for _class in range(AT_ONCE) for case in road.claims(1)]
    return list(Claim.objects.filter(case__in=cases).values_list("pk", flat=True))


def bring(pk, kind: str) -> str:
    with refusing():
        told = {"invoice_code": "037002000111", "invoice_number": "66600042", "invoice_kind": kind}
        Claim.objects.filter(pk=pk).update(**told, invoice_active=True)
    return "taken"


def all_at_once(keys) -> list[str]:
    told, gate, line = [], threading.Barrier(len(keys)), threading.Semaphore(CONNECTIONS)

    def run(pk):
        gate.wait()
        with line:
            try:
                told.append(bring(pk, "tax"))
            except Refused as refusal:
                told.append(refusal.code)
            finally:
                connection.close()

    threads = [threading.Thread(target=run, args=(pk,)) for pk in keys]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return told


def test_of_500_claims_with_one_invoice_one_wins(claims):
    told = all_at_once(claims)
    assert (len(told), told.count("taken")) == (AT_ONCE, 1)
    assert Claim.objects.filter(invoice_number="66600042").count() == 1
    assert set(told) == {"taken", "an_invoice_is_used_once"}


def test_without_the_constraint_many_would_win(claims):
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX an_invoice_is_used_once")
    assert all_at_once(claims[:40]).count("taken") > 1
