"""Rules for all tests: no network but this machine, reproducible examples, nothing left in the real data folder."""

import os
import socket

import pytest
from hypothesis import HealthCheck, settings

# wall-clock limits fail on a busy machine, and the same examples must come back on every machine
settings.register_profile("peibu", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "peibu"))

LOOPBACK = ("127.", "::1", "localhost", "0.0.0.0")


class NetworkRefused(AssertionError):
    """A test tried to leave this machine."""


@pytest.fixture(autouse=True)
def _no_network(monkeypatch):
    real = socket.socket.connect

    def guarded(self, address):
        if self.family in (socket.AF_INET, socket.AF_INET6) and not str(address[0]).startswith(LOOPBACK):
            raise NetworkRefused(f"测试不得访问网络 / tests must not use the network: {address}")
        return real(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(autouse=True)
def _media_in_a_folder_of_its_own(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


from tests.city import city, django_db_setup, snapshot, visit  # noqa: E402, F401  fixtures for every room
from tests.worlds import handed, in_order, worlds  # noqa: E402, F401


@pytest.hookimpl(trylast=True)  # after pytest-django's own order
def pytest_collection_modifyitems(items):
    in_order(items)
