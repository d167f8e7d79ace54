"""Nested quotas never oversell (QD97.4.1)."""

import threading

import pytest
from django.db import connection

from peibu.kernel.errors import Refused
from peibu.programmes.actions import release_places, take_places
from peibu.programmes.models import Quota
from tests.city import at, stage

NOW = at("2020-09-20 09:00")


@pytest.mark.django_db
def test_a_place_in_the_child_is_a_place_in_the_parent_and_comes_back(city):
    holders = [f"p{i}" for i in range(3)]
    take_places(policy=city.policy, code="quota_year", holders=holders, at=NOW)
    take_places(policy=city.policy, code="quota_year", holders=holders, at=NOW)  # again: nobody counts twice
    assert set(Quota.objects.values_list("used", flat=True)) == {3}
    release_places(policy=city.policy, code="quota_year", holders=holders[:1], at=NOW)
    assert set(Quota.objects.values_list("used", flat=True)) == {2}


@pytest.mark.django_db
def test_all_or_none_and_the_refusal_names_what_is_left(city):
    Quota.objects.filter(code="quota_year").update(limit=2)
    with pytest.raises(Refused, match="剩余名额2个，本次需要3个"):
        take_places(policy=city.policy, code="quota_year", holders=["a", "b", "c"], at=NOW)
    assert set(Quota.objects.values_list("used", flat=True)) == {0}


@pytest.mark.django_db(transaction=True)
def test_many_at_once_get_exactly_the_last_places():
    policy = stage().policy
    Quota.objects.filter(code="quota_year").update(limit=10)
    won, lost = [], []

    def claim(number: int) -> None:
        try:
            take_places(policy=policy, code="quota_year", holders=[f"h{number}"], at=NOW)
            won.append(number)
        except Refused:
            lost.append(number)
        finally:
            connection.close()

    threads = [threading.Thread(target=claim, args=(n,)) for n in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(won), len(lost)) == (10, 20)
    assert set(Quota.objects.values_list("used", flat=True)) == {10}
