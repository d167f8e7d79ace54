"""The whole life of one class, from the policy to the money, in a real Chromium: issue 2's road, stop by stop.

Sixteen accounts and two strangers; everything through pages: clicks, fields, files. Only the job worker is run here
instead of beside the server, and places are not checked: fences have browser tests of their own (test_phone).
"""

import pytest

from tests.browser.road import (
    s01_public,
    s02_enterprise,
    s03_provider,
    s04_district,
    s05_classroom,
    s06_exam,
    s07_certificates,
    s08_claim,
    s09_money,
    s10_archive,
)
from tests.browser.road.base import Road
from tests.city import stage
from tests.classroom import without_fence

STOPS = (
    s01_public,
    s02_enterprise,
    s03_provider,
    s04_district,
    s05_classroom,
    s06_exam,
    s07_certificates,
    s08_claim,
    s09_money,
    s10_archive,
)


@pytest.mark.slow
def test_the_whole_life_of_one_class(transactional_db, open_page, axe, shot, monkeypatch):
    without_fence(monkeypatch)
    road = Road(open_page, axe=axe, shot=shot, city=stage())
    for stop in STOPS:
        stop.walk(road)
