"""Two classes from the sign-up to the certificate in a real Chromium, at a desk and on phones, as their people would.

A Weihai technician class of 210 hours, examined by the city's appraisal body, and a Jinan practice class after its online
part. Everything through pages, with two exceptions. That the provider stands on the published list is a row, because how
it came there is a walk of its own (test_accreditation). And of the sessions only one of each kind is walked on pages:
at all others the same accounts send the same forms (open, six characters typed, by hand, sign-out, log) from their own
browser sessions without drawing the answers, because twenty-eight days of drawing would prove nothing more.
"""

import pytest

from tests.browser.delivery import jinan, weihai
from tests.browser.delivery.base import Walk
from tests.city import stage
from tests.classroom import without_fence


@pytest.mark.slow
@pytest.mark.parametrize("road", [weihai, jinan], ids=["weihai", "jinan"])
def test_a_class_from_filing_to_certificate(road, transactional_db, open_page, axe, shot, monkeypatch):
    without_fence(monkeypatch)  # fences have browser tests of their own (test_phone)
    walk = Walk(open_page, axe=axe, shot=shot, city=stage())
    walk.stem = f"walk-{road.__name__.rsplit('.', 1)[-1]}"
    road.walk(walk)
