"""The demo shows money that has to come back, through the real actions; no notice of the city tells who somebody is."""

import datetime as dt
import functools
import re

import pytest

from peibu.casework.models import NoticeLine
from peibu.casework.notices import COLUMNS
from peibu.demo.loader.players import Players
from peibu.demo.loader.recoveries import play_recoveries
from peibu.kernel.id_numbers import id_check_digit
from peibu.kernel.masks import mask_id
from peibu.recovery.models import Recovery
from tests.recovery.recovery_world import FOUND, owing

pytestmark = pytest.mark.django_db
GATE = 10_000  # candidates that must be left for somebody who knows county and birth year
YEAR = 1980
SHOWN = re.compile(r"[\dX*]{17,18}")


@functools.cache
def numbers(area: str = "370202", year: int = YEAR) -> tuple[str, ...]:
    """Every identity number of an area and birth year."""
    first = dt.date(year, 1, 1)
    days = [first + dt.timedelta(days=n) for n in range((dt.date(year + 1, 1, 1) - first).days)]
    bodies = [f"{area}{day:%Y%m%d}{serial:03d}" for day in days for serial in range(1, 1000)]
    return tuple(body + id_check_digit(body) for body in bodies)


def candidates(pattern: str) -> int:
    """How many of them fit the digits shown; `*` hides one."""
    wanted = [(place, digit) for place, digit in enumerate(pattern) if digit != "*"]
    if not wanted:
        return len(numbers())
    return sum(all(number[place] == digit for place, digit in wanted) for number in numbers())


def joined(patterns: list[str]) -> str:
    """What several masks of one person show together."""
    return "".join(next((digit for digit in column if digit != "*"), "*") for column in zip(*patterns, strict=True))


def test_a_recovery_is_under_appeal_and_the_first_correction_waits(city):
    made = owing(city)
    [row] = play_recoveries(Players(city.loaded), at=FOUND)
    row = Recovery.objects.select_related("case").get(pk=row.pk)
    assert row.case.state == "appealed"
    assert row.lines.get().claim_line.position != 1
    assert row.claim == made.claim
    times = list(row.case.steps.order_by("seq").values_list("at", flat=True))
    assert times == sorted(times)
    assert times[-1] < FOUND


def test_all_notices_together_leave_ten_thousand_candidates(city):
    made = owing(city)
    assert NoticeLine.objects.count() == made.claim.lines.count()
    about: dict = {}
    for line in NoticeLine.objects.all():
        assert set(line.columns) <= COLUMNS
        told = [found for value in (*line.columns.values(), line.token) for found in SHOWN.findall(str(value))]
        about.setdefault(line.subject_id, ["*" * 18]).extend(told)
    for patterns in about.values():
        assert candidates(joined(patterns)) >= GATE


@pytest.mark.parametrize(
    ("masks", "passes"),
    [
        (["*" * 18], True),
        (["*" * 17 + "4"], True),  # the last digit alone: the most that is permitted
        (["37" + "*" * 14 + "14"], False),  # two digits are one too many
        (["370202" + "*" * 8 + "1214"], False),
        (["37020219800101" + "****", "370202" + "*" * 8 + "1214"], False),  # two masks of one person joined
    ],
)
def test_the_gate_finds_masks_that_are_too_weak(masks, passes):
    assert (candidates(joined(masks)) >= GATE) is passes
    assert mask_id("370202198001011214", "public") == "*" * 18
