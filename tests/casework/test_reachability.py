"""A notice counts working days on which it could be reached (T12): what the probe saw, and what nobody asked about."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peibu.casework import reachability, results
from peibu.casework.models import Probe, PublicNotice
from peibu.casework.notices import close_due_notices, full_days, is_open, last_day
from peibu.casework.reachability import days_lost, probe, reachable_minutes
from tests.city import at
from tests.claims.claim_world import build

MONDAY = dt.date(2020, 11, 16)
BEGIN = at("2020-11-17 00:00")
STEP = dt.timedelta(minutes=20)


def every(step: dt.timedelta, reached: bool = True) -> list:
    return [(BEGIN + n * step, reached) for n in range(int(dt.timedelta(days=1) / step))]


def test_an_answer_speaks_for_an_hour_at_most():
    assert reachable_minutes(every(STEP), BEGIN) == 1440
    assert reachable_minutes([(BEGIN, True)], BEGIN) == 60
    assert reachable_minutes([(BEGIN - STEP, True)], BEGIN) == 40
    assert reachable_minutes([(BEGIN, True), (BEGIN + STEP, False)], BEGIN) == 20
    assert reachable_minutes([], BEGIN) == 0


@given(st.lists(st.booleans(), min_size=72, max_size=72))
def test_minutes_are_twenty_for_each_good_answer(answers):
    rows = [(BEGIN + n * STEP, good) for n, good in enumerate(answers)]
    assert reachable_minutes(rows, BEGIN) == 20 * sum(answers)


def watch(day: str, reached: bool = True, hours: int = 24) -> None:
    begin = at(f"{day} 00:00")
    Probe.objects.bulk_create(Probe(at=begin + n * STEP, reached=reached) for n in range(3 * hours))


@pytest.mark.django_db
def test_a_day_down_or_unwatched_does_not_count_and_puts_the_end_off(city, monkeypatch):
    world = build(city)
    world.person("赵甲一")
    world.certify()
    claim = world.on_notice()
    notice = PublicNotice.objects.get()
    assert (notice.ends_on, last_day(notice, on=MONDAY)) == (dt.date(2020, 11, 23), dt.date(2020, 11, 23))
    for day in ("15", "16", "17", "20", "21", "22", "23"):
        watch(f"2020-11-{day}")
    watch("2020-11-18", reached=False)  # down; the 19th nobody asked
    after = dt.date(2020, 11, 24)
    assert days_lost(claim.policy, MONDAY, notice.ends_on) == [dt.date(2020, 11, 18), dt.date(2020, 11, 19)]
    assert full_days(notice, on=after) == 3
    assert last_day(notice, on=after) == dt.date(2020, 11, 25)
    assert is_open(notice, on=after)
    assert close_due_notices(at=at("2020-11-24 00:05")) == []
    for day in ("24", "25"):
        watch(f"2020-11-{day}")
    (moved,) = close_due_notices(at=at("2020-11-26 00:05"))
    assert moved.state == "ready_to_pay"
    # long after: as many days as were asked for, and the printed result tells the day on which it really ended
    long_after = dt.date(2021, 3, 1)
    assert full_days(notice, on=long_after) == 5
    told = []
    monkeypatch.setattr(results, "notice_result_pdf", lambda data: told.append(data) or b"%PDF-")
    results.result_pdf(notice, on=long_after)
    assert (told[0].to_on, told[0].working_days) == (dt.date(2020, 11, 25), 5)


@pytest.mark.django_db
def test_without_any_probe_days_count_as_announced(city):
    assert days_lost(city.policy, MONDAY, dt.date(2020, 11, 23)) == []


@pytest.mark.django_db
def test_the_probe_keeps_what_it_saw(monkeypatch, settings):
    settings.BASE_URL = "http://127.0.0.1:9"  # nobody listens there
    row = probe(at=BEGIN)
    assert not row.reached
    assert row.note
    monkeypatch.setattr(reachability, "_asked", lambda url: (url.endswith("/notices/"), "200"))
    assert probe(at=BEGIN + STEP).reached
