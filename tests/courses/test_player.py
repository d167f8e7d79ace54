"""The server decides what was learned: its own clock, one session per person, questions nobody foresees (JN6.6.2a)."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peibu.courses.actions.beats import confirm_presence
from peibu.courses.actions.sessions import close_idle, leave
from peibu.courses.models import LearningSession, PresenceCheck
from peibu.courses.segments import accept, frontier, length, merged
from peibu.courses.terms import player_terms
from peibu.kernel.errors import Refused
from peibu.learning.models import Statement
from peibu.rulebook import load_policy
from tests.courses.course_world import DESK, JINAN, NOW, SECONDS

pytestmark = pytest.mark.django_db
TERMS = player_terms(JINAN, on=NOW.date())
SPEED = TERMS.speed / 100


def verbs() -> list[str]:
    rows = Statement.objects.order_by("stored", "id").values_list("body__verb__id", flat=True)
    return [verb.rsplit("/", 1)[-1].rsplit(":", 1)[-1] for verb in rows]


@pytest.fixture
def learning(world):
    registration = world.joined()
    return world, registration, world.start(registration), world.items(registration)[0]


def test_watching_in_real_time_completes_the_video(learning):
    world, registration, session, item = learning
    for start in range(0, SECONDS, 10):
        world.later(10)
        state = world.beat(session, item, (start, start + 10))
    assert (state.reached, state.watched, state.completed, state.course_completed) == (40_000, 40_000, True, False)
    assert verbs() == ["registered", "logged-in", *["progressed"] * 4, "completed"]


def test_more_video_than_time_is_left_out(learning):
    world, registration, session, item = learning
    world.later(10)
    state = world.beat(session, item, (0, SECONDS))
    assert state.watched == 10_000 * SPEED + 2000
    assert not state.completed


def test_the_same_report_twice_counts_once(learning):
    world, registration, session, item = learning
    world.later(10)
    world.beat(session, item, (0, 10), number=1)
    before = Statement.objects.count()
    world.later(10)
    state = world.beat(session, item, (10, 20), number=1)
    assert (state.watched, Statement.objects.count()) == (10_000, before)


def test_nobody_jumps_ahead_of_what_was_watched(learning):
    world, registration, session, item = learning
    world.later(30)
    state = world.beat(session, item, (30, 40))
    assert (state.watched, state.reached) == (0, 0)
    state = world.beat(session, item, (0, 10), (11, 15))  # a step of a second is no jump
    assert state.watched == 14_000


def test_one_who_was_away_for_hours_has_not_gained_hours(learning):
    world, registration, session, item = learning
    world.later(60 * TERMS.idle - 1)
    world.beat(session, item, (0, 1))
    session.refresh_from_db()
    assert session.budget <= 60_000 * TERMS.offline * SPEED


def test_reports_kept_during_a_break_of_the_network_are_taken_later(learning):
    world, registration, session, item = learning
    world.later(SECONDS)
    for start in (0, 10, 20, 30):
        state = world.beat(session, item, (start, start + 10), ago=1000 * (SECONDS - start))
    assert state.completed
    late = Statement.objects.filter(body__context__extensions__has_key="urn:peibu:extension:reported-later")
    assert late.count() == 0  # 40 seconds are two reports: not late yet
    world.later(120)
    world.beat(session, item, (0, 10), ago=110_000)
    assert late.count() == 1


def test_the_second_device_ends_the_first(learning):
    world, registration, session, item = learning
    world.later(5)
    second = world.start(registration, device=DESK)
    with pytest.raises(Refused, match="另一台设备"):
        world.beat(session, item, (0, 5))
    assert world.seen(registration, item) == 0
    world.later(5)
    assert world.beat(second, item, (0, 5)).watched == 5000
    assert LearningSession.objects.filter(ended_at__isnull=True).count() == 1


def test_two_courses_at_once_are_one_session_too(learning):
    world, registration, session, item = learning
    other = world.filled(world.course(title="另一门课程"))
    from peibu.courses.actions.courses import publish

    publish(course=other, by=world.by, at=world.now)
    world.start(world.joined(other))
    session.refresh_from_db()
    assert session.ended_by == "elsewhere"


def test_somebody_elses_session_is_nobodys(learning):
    world, registration, session, item = learning
    stranger = world.city.actor("trainee", nth=1)
    with pytest.raises(Refused, match="不是您的学习"):
        world.beat(session, item, (0, 1), by=stranger)
    leave(session_id=session.pk, by=stranger, at=world.now)
    session.refresh_from_db()
    assert session.ended_at is None


def asked(learning):
    world, registration, session, item = learning
    LearningSession.objects.filter(pk=session.pk).update(next_check_at=world.later(5))
    world.beat(session, item, (0, 5))
    return world, registration, session, item, PresenceCheck.objects.get()


def test_a_check_comes_between_the_policys_times_and_nothing_counts_until_it_is_answered(learning):
    world, registration, session, item = learning
    ahead = session.next_check_at - session.started_at
    assert dt.timedelta(minutes=TERMS.check_min) <= ahead <= dt.timedelta(minutes=TERMS.check_max)
    world, registration, session, item, check = asked(learning)
    world.later(30)
    state = world.beat(session, item, (5, 35))
    assert state.watched <= 5000 + (3 + 5) * 1000 * SPEED + 2000
    confirm_presence(session_id=session.pk, check_id=check.pk, by=world.learner, at=world.later(1))
    check.refresh_from_db()
    assert check.outcome == "passed"
    body = Statement.objects.get(body__verb__id="urn:peibu:verb:presence-checked").body
    assert body["result"] == {"success": True, "duration": "PT31.000S"}
    session.refresh_from_db()
    assert session.next_check_at >= world.now + dt.timedelta(minutes=TERMS.check_min)


def test_an_unanswered_check_ends_the_session(learning):
    world, registration, session, item, check = asked(learning)
    world.later(TERMS.check + 1)
    with pytest.raises(Refused, match="没有按时确认"):
        world.beat(session, item, (5, 6))
    session.refresh_from_db()
    check.refresh_from_db()
    assert (session.ended_by, check.outcome) == ("missed", "missed")
    assert verbs()[-2:] == ["presence-checked", "terminated"]
    with pytest.raises(Refused, match="没有按时确认"):
        confirm_presence(session_id=session.pk, check_id=check.pk, by=world.learner, at=world.now)


def test_an_answer_after_its_time_is_none(learning):
    world, registration, session, item, check = asked(learning)
    with pytest.raises(Refused, match="没有按时确认"):
        confirm_presence(session_id=session.pk, check_id=check.pk, by=world.learner, at=world.later(TERMS.check + 1))
    check.refresh_from_db()
    assert check.outcome == "missed"


def test_a_session_nothing_is_heard_of_ends(learning):
    world, registration, session, item = learning
    assert close_idle(at=world.later(60 * TERMS.idle)) == 0
    assert close_idle(at=world.later(1)) == 1
    with pytest.raises(Refused, match="自动结束"):
        world.beat(session, item, (0, 1))


def test_statements_are_video_profile_and_hold_no_personal_data(learning):
    world, registration, session, item = learning
    world.later(10)
    events = [
        ("initialized", 0, None, 9000),
        ("played", 0, None, 9000),
        ("seeked", 2000, 4000, 5000),
        ("paused", 10_000, None, 0),
    ]
    world.beat(session, item, (0, 10), events=events)
    body = Statement.objects.get(body__verb__id="http://adlnet.gov/expapi/verbs/progressed").body
    video = "https://w3id.org/xapi/video/extensions/"
    assert body["result"]["extensions"][video + "played-segments"] == "0.0[.]10.0"
    assert body["result"]["extensions"][video + "progress"] == 0.25
    assert body["context"]["extensions"][video + "session-id"] == str(session.pk)
    assert body["context"]["registration"] == str(registration.pk)
    assert body["actor"]["account"]["name"] == registration.person.key
    seeked = Statement.objects.get(body__verb__id="https://w3id.org/xapi/video/verbs/seeked").body
    assert seeked["result"]["extensions"] == {video + "time-from": 4.0, video + "time-to": 2.0}
    for each in Statement.objects.values_list("body", flat=True):
        assert registration.person.name not in str(each)
        assert registration.person.id_number not in str(each)
        assert each["authority"]["account"]["name"] != registration.person.key


def test_a_device_cannot_say_that_it_was_before_the_session_or_after_now(learning):
    world, registration, session, item = learning
    world.later(10)
    world.beat(session, item, (0, 1), ago=10**9)
    world.beat(session, item, (1, 2), ago=-(10**9))
    rows = Statement.objects.filter(body__verb__id="http://adlnet.gov/expapi/verbs/progressed")
    assert {row.ts for row in rows} == {session.started_at, world.now}


def test_the_numbers_are_the_policys():
    policy = load_policy(JINAN)
    assert TERMS.speed == policy.value("player_speed_percent_max", NOW.date())
    other = policy.with_changes(parameters={"player_speed_percent_max": 200}, since=NOW.date())
    assert other.value("player_speed_percent_max", NOW.date()) == 200


stretches = st.lists(st.tuples(st.integers(-5, 120), st.integers(-5, 120)), max_size=12)


@given(stretches, stretches, st.integers(0, 200), st.one_of(st.none(), st.integers(0, 50)))
def test_no_report_yields_more_than_its_budget(played, known, budget, ahead):
    taken, left = accept(played, known=known, whole=100, budget=budget, ahead=ahead)
    assert sum(end - start for start, end in taken) == budget - left <= budget
    assert all(0 <= start < end <= 100 for start, end in taken)
    assert length([*known, *taken]) <= length(known) + budget


@given(stretches)
def test_the_union_is_what_a_set_of_moments_says(played):
    moments = {moment for start, end in played for moment in range(start, end)}
    assert length(played) == len(moments)
    assert all(a[1] < b[0] for a, b in zip(merged(played), merged(played)[1:], strict=False))
    assert frontier(played) >= 0
