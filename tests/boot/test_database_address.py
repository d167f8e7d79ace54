"""DATABASE_URL in the forms people write."""

import pytest

from peibu.config.database import database_settings


@pytest.mark.parametrize(
    ("url", "host", "user", "name", "port"),
    [
        ("postgresql://app@%2ftmp%2f%e5%9f%b9%4dix/app", "/tmp/培Mix", "app", "app", ""),
        ("postgres://peibu:p%40ss@db.example.org:5433/peibu", "db.example.org", "peibu", "peibu", 5433),
    ],
)
def test_host_user_and_name_are_understood(url, host, user, name, port):
    found = database_settings(url)
    assert (found["HOST"], found["USER"], found["NAME"], found["PORT"]) == (host, user, name, port)
