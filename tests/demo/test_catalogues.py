"""The demo's catalogues: brought in through the real actions, something in each of the five."""

import datetime as dt

import pytest

from peibu.accounts.models import Unit
from peibu.catalogue.enums import IMPORTED, Level
from peibu.catalogue.queries import speciality_on
from peibu.catalogue.queries.demand import balance, wanted
from peibu.catalogue.queries.entries import standing
from peibu.demo.loader.catalogues import load_catalogues
from peibu.demo.loader.players import Players
from tests.city import at

pytestmark = pytest.mark.django_db
DAY = dt.date(2020, 12, 1)


def test_something_stands_in_every_catalogue(city):
    load_catalogues(city.loaded, Players(city.loaded), at=at("2020-12-01 10:00"))
    assert all(standing(kind, on=DAY).exists() for kind in IMPORTED)
    assert standing("occupations", on=dt.date(2019, 12, 1)).count() < standing("occupations", on=DAY).count()
    school = Unit.objects.get(name="青岛市技师学院")
    assert speciality_on("6-31-01-03", Level.SENIOR, on=DAY, division=school.division, unit=school).listed is True
    assert {row.name for row in wanted(on=DAY)} >= {"养老护理员", "焊工"}
    assert "美容师" not in {row.name for row in wanted(on=DAY)}, "three people are too few to be told"
    assert any(row.people and not row.institutions for row in balance(on=DAY))
