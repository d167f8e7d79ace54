"""The demo shows a change waiting on the desk, a class taking single applications, and names that were checked."""

import datetime as dt

import pytest

from peibu.demo.city import NOW
from peibu.demo.loader.changes import check_names, play_changes
from peibu.demo.loader.places import play_places
from peibu.demo.loader.players import Players
from peibu.registry.models import IdentityCheck
from peibu.training.models import ClassChange, PlaceApplication
from peibu.training.queries.applications import open_classes
from tests.city import at
from tests.classroom import _account
from tests.training.filing_world import Filing

pytestmark = pytest.mark.django_db


def test_a_change_waits_for_the_agency_and_names_were_checked(city):
    filing = Filing(city)
    first = NOW.date() + dt.timedelta(days=7 - NOW.weekday())
    cohort = filing.full(people=3, days=[first + dt.timedelta(days=n) for n in range(5)])
    filing.submit(cohort, "2020-11-20 09:00")
    filing.confirmed(cohort, "2020-11-23 09:00")
    players = Players(city.loaded)
    play_changes(players)
    change = ClassChange.objects.get()
    assert (change.cohort, change.case.state, change.effective_at) == (cohort, "submitted", None)
    check_names(players)
    assert IdentityCheck.objects.count() == 3


def test_one_applicant_has_a_place_and_one_waits_for_the_answer(city):
    for row in list(city.loaded.people.values())[:2]:
        _account(row)
    play_places(Players(city.loaded))
    assert open_classes(on=NOW.date()).count() == 1
    states = sorted(PlaceApplication.objects.values_list("state", "precheck__decision"))
    assert states == [("applied", "pass"), ("placed", "pass")]
    assert at("2020-01-01 00:00") < PlaceApplication.objects.first().applied_at < NOW
