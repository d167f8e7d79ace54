"""Districts: any provider of the city may be chosen (QD97.2.5); a filing goes to the provider's own agency (3.4)."""

import pytest

from peibu.programmes.queries import listed
from peibu.training.actions.cohorts import agency_of
from tests.training.hr import ON, Hr

pytestmark = pytest.mark.django_db


def test_an_enterprise_signs_up_with_a_provider_of_another_district(city):
    hr = Hr(city)
    far = [
        row.unit for row in listed(city.policy, "provider", on=ON) if row.unit.division.desk != hr.unit.division.desk
    ]
    assert far, "the city has providers in other districts: otherwise this test proves nothing"
    hr.provider = far[0]
    signup = hr.commit(hr.ready())
    assert signup.state == "committed"
    assert signup.provider.division.desk != signup.enterprise.division.desk


def test_every_listed_provider_files_with_the_agency_of_its_own_district(city):
    seen = {row.unit: agency_of(row.unit) for row in listed(city.policy, "provider", on=ON)}
    assert {agency.division for agency in seen.values()} == {unit.division.desk for unit in seen}
    assert all(agency.kind == "agency" and agency.division == unit.division.desk for unit, agency in seen.items())
    assert len(set(seen.values())) > 1
