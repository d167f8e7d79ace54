"""A paid claim of which a part has to come back."""

import pytest

from tests.recovery.recovery_world import Owing, owing


@pytest.fixture(scope="module")
def owed(worlds) -> Owing:
    return worlds.build(owing)


@pytest.fixture
def made(owed, handed) -> Owing:
    return handed(owed)
