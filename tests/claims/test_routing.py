"""A claim goes to the agency of the district where the enterprise is registered (QD97.5.1)."""

import pytest

from peibu.accounts.models import Division
from peibu.desk.panels.claim import routing
from tests.claims.claim_world import build

pytestmark = pytest.mark.django_db


def test_the_claim_goes_where_the_enterprise_is_registered_not_where_the_class_was_held(city):
    world = build(city)
    own = world.enterprise.division.desk
    other = Division.objects.filter(units__kind="agency").exclude(pk=own.pk).first()
    world.cohort.provider.division = other
    world.cohort.provider.save()
    world.person("甲一")
    world.certify()
    claim = world.draft()
    assert claim.case.agency.division == own != other
    assert world.enterprise.division.name in routing(claim)
