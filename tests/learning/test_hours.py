"""Time that is credited (JN6.6.1b, 6.6.2a; T02): against an oracle that walks second by second, and at the edges."""

import datetime as dt
from collections import defaultdict
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from peibu.learning.hours.class_hours import HourUnit, hour_unit
from peibu.learning.hours.credit import credit, days_of
from peibu.learning.models import LearningDay, LearningStretch, LearningTrace
from peibu.learning.terms import terms
from peibu.rulebook import load_policy
from tests.learning.traces import BEGIN, TENANTS, Traces, moment

pytestmark = pytest.mark.django_db
CHINA = ZoneInfo("Asia/Shanghai")
DAY = dt.date(2020, 6, 1)
HELD = terms(DAY)
GAP = HELD.number("gap_seconds")
END = BEGIN + dt.timedelta(days=900)


def total(*rows, learner="p1", course=None, until=END) -> int:
    days = days_of([learner], until=until, terms=HELD)
    return sum(int(day.credited) for day in days if course in (None, day.course))


# The oracle: plain loops over seconds, written from ADR 0035 and not from the SQL.


def stretches(rows: list[LearningTrace]) -> list[tuple]:
    """(weak, start, id, end, platform and course, grade) in whole seconds since BEGIN."""
    found = []
    sessions = defaultdict(list)
    for row in rows:
        if row.kind == "sitting":
            end = min(row.until, row.stored)
            found.append((True, _s(row.ts), row.id, _s(end), (row.tenant, row.course), "C"))
        elif row.kind == "record":
            sessions[row.learner, row.tenant, row.course, row.session].append(row)
    for (_l, tenant, name, _n), held in sessions.items():
        course = (tenant, name)
        live = sorted(held, key=lambda row: (row.stored, row.id))
        told = sorted(held, key=lambda row: (row.ts, row.stored, row.id))
        arrived = sum(_gaps(live, lambda row: row.stored))
        says = sum(_gaps(told, lambda row: row.ts))
        bulk = arrived * 100 < says * HELD.number("batched_percent")
        watched = any(row.place is not None or row.played for row in held)
        order, at = (told, lambda row: min(row.ts, row.stored)) if bulk else (live, lambda row: row.stored)
        run = [order[0]]
        step = (lambda row: row.ts) if bulk else (lambda row: row.stored)
        for before, row in zip(order, order[1:], strict=False):
            if before.halts or _s(step(row)) - _s(step(before)) > GAP:
                found.append(_run(run, at, course, bulk, watched))
                run = []
            run.append(row)
        found.append(_run(run, at, course, bulk, watched))
    return [one for one in found if one[3] > one[1]]


def _run(run, at, course, bulk, watched):
    grade = "C" if bulk else "A" if watched else "B"
    moments = [_s(at(row)) for row in run]
    first = min(run, key=lambda row: (at(row), row.stored, row.id))
    return (bulk, min(moments), first.id, max(moments), course, grade)


def _gaps(order, at):
    for before, row in zip(order, order[1:], strict=False):
        gap = _s(at(row)) - _s(at(before))
        if gap <= GAP and not before.halts:
            yield gap


def _s(when: dt.datetime) -> int:
    return int((when - BEGIN).total_seconds())


def oracle(rows: list[LearningTrace]) -> dict[tuple, int]:
    """Seconds by course: each second of the clock to the first stretch in order, then the cap of what was played."""
    taken: set[int] = set()
    by_course: dict = defaultdict(lambda: {"A": 0, "B": 0, "C": 0})
    for _weak, start, _id, end, course, grade in sorted(stretches(rows), key=lambda one: one[:3]):
        for second in range(start, end):
            if second not in taken:
                taken.add(second)
                by_course[course][grade] += 1
    played = defaultdict(set)
    last: dict = {}
    for row in sorted((one for one in rows if one.kind == "record"), key=lambda one: (one.stored, one.id)):
        if row.place is None:
            continue
        course = (row.tenant, row.course)
        key = (course, row.session, row.item)
        before, halted = last.get(key, (None, False))
        here = row.came_from if row.came_from is not None else row.place
        if before is not None and not halted:
            played[course, row.item] |= set(range(before, here))
        last[key] = (row.place, row.halts)
    cap = defaultdict(int)
    for (course, _item), seconds in played.items():
        cap[course] += len(seconds)
    return {c: min(one["A"], cap[c]) + one["B"] + one["C"] for c, one in by_course.items() if sum(one.values())}


event = st.tuples(
    st.integers(0, 3000),  # when it happened
    st.sampled_from([0, 1, 30, 500]),  # how late it arrived
    st.sampled_from(["s1", "s2"]),
    st.sampled_from(["c1", "c2"]),
    st.booleans(),  # halts
    st.one_of(st.none(), st.integers(0, 900)),  # position
)
sitting = st.tuples(st.integers(0, 3000), st.integers(1, 2000), st.sampled_from(["c1", "c2", "c3"]))


@hypothesis_settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(event, max_size=25), st.lists(sitting, max_size=3), st.sampled_from([0, 86400, -86400]))
def test_every_stream_is_worth_what_the_oracle_says(db, events, sittings, skew):
    LearningTrace.objects.all().delete()
    made = Traces()
    for when, late, session, course, halts, place in events:
        # the second session is on a platform whose clock is wrong by a day
        off = skew if session == "s2" else 0
        made.add(
            "p1", when + off, late=late - off, session=session, course=course, halts=halts, place=place,
            tenant=int(session[1]),
        )  # fmt: skip
    for start, length, course in sittings:
        made.sitting("p1", start, start + length, course=course)
    made.keep()
    got = defaultdict(Decimal)
    for day in days_of(["p1"], until=END, terms=HELD):
        got[day.tenant, day.course] += day.credited
        assert 0 <= day.credited <= day.watched + day.live + day.reported <= 86400
    assert {course: int(value) for course, value in got.items()} == oracle(made.rows)


def test_the_oracle_notices_a_wrong_gap(monkeypatch):
    made = Traces()
    made.add("p1", 0)
    made.add("p1", GAP)
    made.keep()
    assert total() == GAP == oracle(made.rows)[TENANTS[0], "c1"]
    monkeypatch.setitem(HELD.numbers, "gap_seconds", GAP - 1)
    assert total() == 0


def test_two_courses_at_once_are_one_time_and_the_running_one_keeps_it():
    made = Traces()
    for second in range(0, 3601, 60):
        made.add("p1", second, course="c1")
        made.add("p1", second + 1800, course="c2", session="s2", tenant=1)
    made.keep()
    assert (total(course="c1"), total(course="c2")) == (3600, 1800)
    credit(None, until=END, terms=HELD)
    lost = {row.course: int(row.lost) for row in LearningStretch.objects.all()}
    assert lost == {"c1": 0, "c2": 1800}


def test_a_reported_time_never_takes_a_second_that_the_server_saw():
    made = Traces()
    made.sitting("p1", 0, 7200, course="c2", tenant=1)
    for second in range(3600, 5401, 60):
        made.add("p1", second, course="c1")
    made.keep()
    assert (total(course="c1"), total(course="c2")) == (1800, 5400)


def test_gaps_at_the_edge_and_pauses():
    made = Traces()
    for second in (0, GAP, 2 * GAP + 1):
        made.add("p1", second)
    made.add("p2", 0)
    made.add("p2", 100, halts=True, verb="paused")
    made.add("p2", 150)
    made.add("p2", 200)
    made.keep()
    assert total() == GAP, "one second more than the gap is a break"
    assert total(learner="p2") == 150, "a pause is not learning"


def test_time_with_a_video_counts_no_longer_than_what_was_played():
    made = Traces()
    for n in range(31):  # half an hour at normal speed, then the same half hour again
        made.add("p1", n * 60, place=n * 60)
    for n in range(31):
        made.add("p1", 4000 + n * 60, place=n * 60, session="s2")
    for n in range(31):  # double speed: the clock counts, not the film
        made.add("p2", n * 60, place=n * 120)
    made.add("p3", 0, place=0, played="")
    made.add("p3", 120, place=100, played="{[0,40),[60,100)}")
    made.keep()
    assert total() == 1800
    assert total(learner="p2") == 1800
    assert total(learner="p3") == 100, "the step from 0 to 100 was seen as well as the segments"


def test_a_session_sent_in_bulk_has_its_own_times_and_the_lowest_grade():
    made = Traces()
    for n in range(31):
        made.add("p1", n * 60, late=9000 - n * 60)
    made.keep()
    (day,) = days_of(["p1"], until=END, terms=HELD)
    assert (int(day.reported), int(day.live)) == (1800, 0)


def test_nothing_counts_before_it_came_in():
    made = Traces()
    for n in range(31):
        made.add("p1", n * 60)
    made.keep()
    assert total(until=moment(600)) == 600
    made.rows.clear()
    made.sitting("p2", 0, 3600, late=3600).until = moment(9999)
    made.rows[0].id = TENANTS[3]
    made.keep()
    assert total(learner="p2") == 3600, "a sitting ends at the latest when it was reported"


def test_days_are_those_of_china():
    made = Traces()
    midnight = 15 * 3600  # BEGIN is nine o'clock
    for second in range(midnight - 600, midnight + 301, 60):
        made.add("p1", second)
    made.keep()
    days = days_of(["p1"], until=END, terms=HELD)
    assert [(day.day, int(day.credited)) for day in days] == [
        (dt.date(2020, 5, 6), 600),
        (dt.date(2020, 5, 7), 300),
    ]


def test_kept_and_computed_are_the_same_and_others_stay_as_they_are():
    made = Traces()
    for n in range(11):
        made.add("p1", n * 60)
        made.add("p2", n * 90)
    made.keep()
    credit(None, until=END, terms=HELD)
    before = set(LearningDay.objects.values_list("learner", "credited", "id"))
    credit(["p1"], until=END, terms=HELD)
    after = set(LearningDay.objects.values_list("learner", "credited", "id"))
    assert {row[:2] for row in before} == {row[:2] for row in after}
    assert {row for row in before if row[0] == "p2"} == {row for row in after if row[0] == "p2"}
    assert sum(int(day.credited) for day in days_of(["p1"], until=END, terms=HELD)) == 600


# Class hours (JN6.6.1b): one hour per 40 minutes, one more for a remainder of 20 or more.

UNIT = HourUnit(40, 20)


@pytest.mark.parametrize(
    ("seconds", "hours"),
    [(0, 0), (1199, 0), (1200, 1), (2399, 1), (2400, 1), (3599, 1), (3600, 2), (4799, 2), (4800, 2), (6000, 3)],
)
def test_class_hours_at_the_edges(seconds, hours):
    assert UNIT.hours(seconds) == hours


@given(st.integers(0, 10**7))
def test_class_hours_are_those_of_the_rulebook(seconds):
    policy = load_policy("jinan/internet_plus_2020")
    unit = hour_unit(policy, on=DAY)
    judged = policy.judge("course_filing", {"video_seconds": (seconds, seconds), "stated_online_hours": 1}, on=DAY)
    finding = next(one for one in judged.findings if one.rule == "stated_hours_covered")
    hours = unit.hours(seconds)
    assert finding.status == ("pass" if hours >= 1 else "fail")
    assert f"折算{hours}课时" in finding.sentence
    assert hours * 2400 - 1200 <= seconds < hours * 2400 + 1200


@given(st.integers(0, 400))
def test_the_least_seconds_of_some_hours_are_the_least(hours):
    least = UNIT.seconds_for(hours)
    assert UNIT.hours(least) >= hours
    assert least == 0 or UNIT.hours(least - 1) < hours


def test_a_unit_that_makes_no_sense_is_an_error_and_no_unit_is_none():
    with pytest.raises(ValueError, match="does not fit"):
        HourUnit(40, 50)
    assert hour_unit(load_policy("qingdao/industrial_internet_2020"), on=DAY) is None
    assert hour_unit(load_policy("jinan/internet_plus_2020"), on=dt.date(2019, 1, 1)) is None
