"""The demo city's register: everybody with a place has a paper, a few of them ran out on purpose."""

from collections import Counter

import pytest

from peibu.demo.city import NOW
from peibu.demo.loader.practitioners import load_practitioners
from peibu.registry.models import Practitioner
from peibu.registry.practitioner_queries import with_rows

pytestmark = pytest.mark.django_db


def test_the_city_has_valid_expired_and_soon_ending_papers(city):
    load_practitioners(city.loaded, at=NOW)
    rows = with_rows(Practitioner.objects.all(), on=NOW.date())
    states = Counter(row.state for row in rows if row.engagements)
    assert states["none"] == 0
    assert states["valid"] > states["expired"] > 0
    assert states["soon"] > 0
    roles = {place.role for row in rows for place in row.engagements}
    assert roles == {"teacher", "examiner", "expert"}
