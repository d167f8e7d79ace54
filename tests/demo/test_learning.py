"""The demo city has platforms with keys, their records, and one report that was wrong."""

import datetime as dt

import pytest

from peibu.accounts.models import PlatformKey
from peibu.demo.city import NOW
from peibu.demo.loader.learning import LEARNERS, SITTINGS, load_learning
from peibu.demo.loader.players import Players
from peibu.learning.models import ReportFailure, Statement
from peibu.learning.queries.overview import activity_of

pytestmark = pytest.mark.django_db


def test_platforms_report_and_one_report_is_wrong(city):
    load_learning(city.loaded, Players(city.loaded), at=NOW)
    keys = PlatformKey.objects.all()
    assert keys.count() == 3
    assert keys.filter(revoked_at__isnull=False).count() == 1
    assert Statement.objects.count() == 1 + LEARNERS * (1 + 2 * SITTINGS + 1)
    (failure,) = ReportFailure.objects.all()
    assert "10.0.0.999" in failure.problems[0]["sentence"]
    unit = Statement.objects.first().tenant
    told = activity_of([unit], at=NOW + dt.timedelta(minutes=5))[unit]
    assert told["failures"] == 1
    assert told["statements"] == Statement.objects.count(), "received at the demo's time"
