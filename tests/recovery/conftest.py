"""A paid claim of which a part has to come back."""

import pytest

from tests.recovery.recovery_world import Owing, owing


@pytest.fixture
def made(city) -> Owing:
    return owing(city)
