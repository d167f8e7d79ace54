"""The road to a payment."""

import pytest

from tests.payments.road import Road


@pytest.fixture
def road(city) -> Road:
    made = Road(city)
    made.money(100_000_00)
    return made
