"""Timetables (WH63.2.5), videos and learning traces (JN6.6), teachers (WH63.2.1)."""

import random
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peibu.rulebook import load_policy
from peibu.rulebook.derived import Case, Records, derive_facts
from peibu.rulebook.derived.derive import specs_of
from peibu.rulebook.derived.teachers import KIND as TEACHERS
from peibu.rulebook.derived.videos import seconds_of_courses

POLICY = load_policy("test/derived", Path(__file__).parents[1] / "policies")
ON = date(2019, 12, 1)
ORDER = {"fail": 0, "unknown": 1, "pass": 2}


def derived(kind, rows, complete=True):
    return derive_facts(POLICY, "training", {}, {kind: Records(rows, complete=complete)}, on=ON)


def session(day, kind="theory", hours=4, **rest):
    return {"held_on": date(2019, 11, day), "kind": kind, "hours": hours, **rest}


def test_hours_are_summed_by_kind_and_in_all():
    rows = [session(1), session(2), session(2, "practice", 3), session(5, "ideological", 2), session(6, "online", 1)]
    found = derived("sessions", rows)
    hours = {name: found[f"class_hours_{name}"] for name in ("total", "theory", "practice", "ideological")}
    assert hours == {"total": (14, 14), "theory": (8, 8), "practice": (3, 3), "ideological": (2, 2)}
    assert (found["class_days"], found["practice_days"], found["class_span_days"]) == ((4, 4), (1, 1), (6, 6))
    assert found["session_kinds_present"] == ("theory", "practice", "ideological", "online")


def test_online_is_a_kind_or_a_mode_and_a_blank_mode_is_open():
    rows = [session(1, "online", 2), session(2, online=True), session(3, online=False), session(4)]
    assert derived("sessions", rows)["class_hours_online"] == (6, 10)


def test_a_missing_number_opens_the_sum_upwards_only():
    rows = [session(1), session(2, "practice", None), session(3, None, 5)]
    found = derived("sessions", rows)
    assert found["class_hours_total"] == (9, None)
    assert found["class_hours_theory"] == (4, 9)
    assert found["class_hours_practice"] == (0, None)
    assert derived("sessions", [session(1)], complete=False)["class_hours_total"] == (4, None)


def test_rows_without_a_date_are_days_that_may_be_others():
    rows = [session(1), {"kind": "practice", "hours": 1}, {"kind": "practice", "hours": 1}]
    found = derived("sessions", rows)
    assert (found["class_days"], found["practice_days"]) == ((1, 3), (1, 2))
    assert found["class_span_days"] == (1, None)


def test_a_repeated_row_counts_once_when_its_time_of_day_is_known():
    timed = session(1, starts_at="08:30")
    assert derived("sessions", [timed, dict(timed), timed | {"starts_at": "13:30"}])["class_hours_total"] == (8, 8)
    assert derived("sessions", [session(1), session(1)])["class_hours_total"] == (8, 8)


def test_topics_are_those_named_in_theory_sessions():
    named = [session(1, topics=["safety", "law"]), session(2, "practice", topics=["health"])]
    assert derived("sessions", named)["theory_topics_present"] == ("law", "safety")
    assert "theory_topics_present" not in derived("sessions", [*named, session(3)])
    assert derived("sessions", [*named, session(3, topics=[])])["theory_topics_present"] == ("law", "safety")
    assert "theory_topics_present" not in derived("sessions", [*named, session(3, None, topics=["quality"])])
    every = list(specs_of(POLICY)["theory_topics_present"].choices)
    assert derived("sessions", [session(1, topics=every), session(3)])["theory_topics_present"] == tuple(every)


def test_sessions_without_a_qualified_teacher():
    rows = [session(1, teacher_qualified=True), session(2, teacher_qualified=False), session(3)]
    assert derived("sessions", rows)["sessions_without_teacher"] == (1, 2)


def judged(rows, rule, complete=True):
    judgement = POLICY.judge("training", derived("sessions", rows, complete), on=ON)
    return next(finding.status for finding in judgement.findings if finding.rule == rule)


def test_the_minimum_and_one_hour_less():
    assert judged([session(1, hours=12), session(2, "practice", 9)], "hours_enough") == "pass"
    assert judged([session(1, hours=11), session(2, "practice", 9)], "hours_enough") == "fail"
    assert judged([session(1, hours=13), session(2, "practice", 8)], "hours_enough") == "fail"
    assert judged([session(1, hours=11), session(2, "practice", 9)], "hours_enough", False) == "unknown"


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 5))
def test_one_more_class_hour_never_hurts(seed, more):
    draw = random.Random(seed)
    kinds = ["theory", "practice", "ideological", "online", None]
    rows = [session(draw.randint(1, 9), draw.choice(kinds), draw.choice([None, *range(9)])) for _ in range(6)]
    longer = [dict(row) for row in rows]
    known = [row for row in longer if row["hours"] is not None]
    if not known:
        return
    draw.choice(known)["hours"] += more
    assert ORDER[judged(rows, "hours_enough")] <= ORDER[judged(longer, "hours_enough")]
    low, later = derived("sessions", rows)["class_hours_total"][0], derived("sessions", longer)["class_hours_total"][0]
    assert later == low + more


def video(name, seconds, course="x", **rest):
    return {"course": course, "video": name, "seconds": seconds, **rest}


def test_seconds_are_exact_and_a_video_listed_twice_counts_once():
    rows = [video("1", 2399), video("2", 1), video("2", 1), video("2", 1, "y"), video(None, 5), video(None, 5)]
    assert derived("videos", rows)["video_seconds"] == (2411, 2411)
    assert seconds_of_courses(rows) == {"x": (2410, 2410), "y": (1, 1)}


def test_two_lengths_of_one_video_leave_it_between_them():
    assert derived("videos", [video("1", 100), video("1", 130)])["video_seconds"] == (100, 130)
    assert derived("videos", [video("1", 100), video("2", None)])["video_seconds"] == (100, None)


@pytest.mark.parametrize(
    ("traces", "found"),
    [
        ([["sign_in", "test"], ["test"]], ("test",)),
        ([["sign_in"], ["test"]], ()),
        ([["sign_in"], None], None),
        ([[], None], ()),
        ([], None),
    ],
)
def test_a_trace_counts_when_every_course_has_it(traces, found):
    rows = [video("1", 1, f"course {number}", traces=said) for number, said in enumerate(traces)]
    assert derived("videos", rows).get("learning_traces") == found


def test_traces_of_one_course_add_up_over_its_rows():
    rows = [video("1", 1, traces=["sign_in"]), video("2", 1, traces=["test"]), video("3", 1)]
    assert derived("videos", rows)["learning_traces"] == ("sign_in", "test")


def teacher(name, teaches, *titles):
    return {"teacher": name, "teaches": teaches, "titles": list(titles) if titles != (None,) else None}


def test_teachers_without_the_title_are_counted():
    rows = [
        teacher("甲", "theory", "senior_title"),
        teacher("乙", "theory", "intermediate_title"),
        teacher("丙", "practice", "senior_technician"),
        teacher("丁", "practice", "technician"),
        teacher("戊", "both", "senior_title"),
        teacher("己", "theory", None),
    ]
    found = derived("teachers", rows)
    assert (found["theory_teachers"], found["practice_teachers"]) == ((4, 4), (3, 3))
    assert found["theory_teachers_unqualified"] == (1, 2)
    assert found["practice_teachers_unqualified"] == (2, 2)


def test_titles_of_one_teacher_in_two_rows_belong_together():
    rows = [teacher("甲", "theory", None), teacher("甲", None, "senior_title")]
    found = derived("teachers", rows)
    assert (found["theory_teachers"], found["practice_teachers"]) == ((1, 1), (0, 1))
    assert found["theory_teachers_unqualified"] == (0, 0)


def test_an_incomplete_roster_bounds_from_below_only():
    found = derived("teachers", [teacher("甲", "theory", "other")], complete=False)
    assert found["theory_teachers_unqualified"] == (1, None)


def test_a_policy_may_name_the_titles_that_are_enough():
    numbers = TEACHERS.numbers | {"theory_teacher_titles": ("senior_title", "intermediate_title")}
    case = Case({}, {}, numbers)
    found = TEACHERS.derive(Records([teacher("乙", "theory", "intermediate_title")]), case)
    assert found["theory_teachers_unqualified"] == (0, 0)
