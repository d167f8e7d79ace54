"""People's own claims stand in the demo in every state in which somebody has something to do."""

import pytest

from peibu.claims.models import Claim, Override
from peibu.demo.loader.own_claims import HUANGDAO, play_own_claims
from peibu.demo.loader.players import Players

pytestmark = pytest.mark.django_db


def test_each_state_has_its_claim_and_one_exception_waits_for_the_second_officer(city):
    play_own_claims(Players(city.loaded))
    rows = Claim.objects.filter(policy=HUANGDAO, person__isnull=False).select_related("case")
    assert {row.case.state for row in rows} == {"submitted", "returned", "accepted"}
    assert {line.state for row in rows.filter(case__state="accepted") for line in row.lines.all()} == {
        "pending", "included",
    }  # fmt: skip
    row = Override.objects.get()
    assert (row.state, row.clause) == ("proposed", "HD2.5.15b")
