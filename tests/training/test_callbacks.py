"""Call-backs (WH63.4.1): a draw nobody steers, a number only the caller sees, results that stay as they were."""

import datetime as dt

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from peibu.accounts.enums import Role
from peibu.accounts.models import Assignment
from peibu.kernel import draw
from peibu.kernel.errors import Refused
from peibu.registry.models import Person
from peibu.rulebook import load_policy
from peibu.training.actions.callbacks import (
    commit_callbacks,
    draw_callbacks,
    hand_over_callback,
    record_call,
    sample_size,
)
from peibu.training.callback_terms import callback_terms, questions_of
from peibu.training.models import CallbackResult, CallbackRound, CallbackTask, Cohort
from peibu.training.permissions.callbacks import callers_for, can_call, phone_shown
from peibu.training.queries.callbacks import callbacks_of, draw_file, open_calls_of
from tests.city import at
from tests.classroom import classroom

pytestmark = pytest.mark.django_db
NOW = at("2020-10-20 09:00")
HOUR = dt.timedelta(hours=1)
GOOD = {"attended": "yes", "as_planned": "yes", "signed_self": "yes", "charged": "no", "satisfied": "yes"}


@pytest.fixture
def room(city):
    return classroom(city, people=8, stage="taught")


@pytest.fixture
def reviewer(city, room):
    return city.actor("agency_reviewer", city.office("agency", room.cohort.division))


@pytest.fixture
def drawn(room, reviewer):
    commit_callbacks(cohort=room.cohort, by=reviewer, at=NOW)
    return draw_callbacks(cohort=room.cohort, caller=reviewer.user, by=reviewer, at=NOW + HOUR)


def refused(code):
    return pytest.raises(Refused, check=lambda error: error.code == code)


def force(name):
    """The database itself refuses."""
    return pytest.raises(IntegrityError, match=name)


def say(task, by, outcome="reached", answers=None, when=NOW + 2 * HOUR, remark=""):
    told = (GOOD if outcome == "reached" else {}) if answers is None else answers
    return record_call(task=task, outcome=outcome, answers=told, remark=remark, by=by, at=when)


@given(st.integers(0, 500), st.integers(0, 100), st.integers(1, 20))
def test_the_sample_is_the_share_rounded_up_at_least_the_minimum_and_never_more_than_there_are(people, share, least):
    size = sample_size(people, share_percent=share, people_min=least)
    assert size <= people
    assert size == people or (size >= least and size * 100 >= people * share)
    assert size == 0 or size <= least or (size - 1) * 100 < people * share  # one fewer would be too few


def test_the_sample_of_a_class_of_sixty_is_a_tenth_and_of_ten_the_minimum():
    assert sample_size(60, share_percent=10, people_min=3) == 6
    assert sample_size(61, share_percent=10, people_min=3) == 7
    assert sample_size(10, share_percent=10, people_min=3) == 3
    assert sample_size(2, share_percent=10, people_min=3) == 2


@pytest.mark.parametrize("path", ["qingdao/industrial_internet_2020", "weihai/gold_collar_2019"])
def test_the_numbers_the_script_and_the_questions_come_from_the_folder(path):
    policy = load_policy(path)
    day = max(policy.card["in_force"]["from"], dt.date(2019, 12, 1))
    terms = callback_terms(path, on=day)
    assert (terms.share_percent, terms.people_min, terms.tries_max) == (10, 3, 3)
    assert terms.clause == ("WH63.4.1" if path.startswith("weihai") else "QD97.6.2")
    assert {q.code: q.concern for q in terms.questions}["charged"] == "yes"
    assert {q.code: q.concern for q in terms.questions}["attended"] == "no"
    # the document does not say how many: the numbers are the city's own, and say so
    assert "文件" in policy.parameters["callback_share_percent"].note


def test_a_policy_without_call_backs_has_no_terms():
    assert callback_terms("qingdao/knowledge_renewal_2023", on=dt.date(2024, 1, 1)) is None
    assert questions_of("qingdao/knowledge_renewal_2023") == ()


def test_the_draw_is_the_one_anybody_computes_from_the_published_file(drawn, room):
    told = draw_file(drawn)
    assert draw.problems_of(told) == []
    assert told["pool"] == sorted(str(row.pk) for row in room.enrolments)
    assert drawn.wanted == 3
    tasks = list(drawn.tasks.order_by("position"))
    assert [str(task.enrolment_id) for task in tasks] == told["order"][:3]
    assert draw.problems_of(told | {"order": told["order"][::-1]})  # the control


def test_nobody_phones_whose_post_has_ended_or_not_begun(room, reviewer, drawn):
    posts = Assignment.objects.filter(user=reviewer.user)
    today = NOW.date()
    assert reviewer.user in callers_for(room.cohort, on=today)
    posts.update(valid_until=today)
    assert reviewer.user in callers_for(room.cohort, on=today)  # the last day counts
    assert reviewer.user not in callers_for(room.cohort, on=today + dt.timedelta(days=1))
    with refused("not_a_caller"):
        hand_over_callback(task=drawn.tasks.first(), caller=reviewer.user, by=reviewer, at=NOW + dt.timedelta(days=1))
    posts.update(valid_from=today + dt.timedelta(days=1), valid_until=None)
    assert reviewer.user not in callers_for(room.cohort, on=today)


def test_the_seed_stays_secret_until_the_draw_and_the_steps_keep_their_order(room, reviewer):
    with refused("no_commitment"):
        draw_callbacks(cohort=room.cohort, caller=reviewer.user, by=reviewer, at=NOW)
    row = commit_callbacks(cohort=room.cohort, by=reviewer, at=NOW)
    assert row.seed == ""
    assert row.commitment == draw.commitment_of(row.secret)
    with refused("callbacks_committed"):
        commit_callbacks(cohort=room.cohort, by=reviewer, at=NOW)
    with refused("callbacks_are_drawn_after_the_commitment"):
        draw_callbacks(cohort=room.cohort, caller=reviewer.user, by=reviewer, at=NOW)
    draw_callbacks(cohort=room.cohort, caller=reviewer.user, by=reviewer, at=NOW + HOUR)
    with refused("callbacks_drawn"):
        draw_callbacks(cohort=room.cohort, caller=reviewer.user, by=reviewer, at=NOW + 2 * HOUR)


def test_only_the_district_draws_and_only_its_officers_phone(city, room, reviewer, drawn):
    other = next(d for d in city.loaded.divisions.values() if d.kind == "district" and not reviewer.covers(d.pk))
    stranger = city.actor("agency_reviewer", city.office("agency", other))
    second = classroom(city, number=1, stage="taught")
    for actor in (stranger, room.provider, room.teacher, city.actor("auditor")):
        with refused("not_your_class"):
            commit_callbacks(cohort=room.cohort, by=actor, at=NOW)
    assert stranger.user not in callers_for(room.cohort, on=NOW.date())
    with refused("not_a_caller"):
        hand_over_callback(task=drawn.tasks.first(), caller=stranger.user, by=reviewer, at=NOW)
    with refused("not_a_caller"):
        hand_over_callback(task=drawn.tasks.first(), caller=room.provider.user, by=reviewer, at=NOW)
    Cohort.objects.filter(pk=second.cohort.pk).update(stage="archived")
    with refused("class_not_alive"):
        commit_callbacks(
            cohort=second.cohort,
            by=city.actor("agency_reviewer", city.office("agency", second.cohort.division)),
            at=NOW,
        )


def test_the_number_is_shown_to_the_caller_while_the_call_is_open_and_to_nobody_else(city, room, reviewer, drawn):
    task = drawn.tasks.first()
    number = "13900001234"
    Person.objects.filter(pk=task.enrolment.person_id).update(mobile=number)
    task = CallbackTask.objects.get(pk=task.pk)
    approver = city.actor("hrss_approver", city.office("hrss", room.cohort.division))
    assert phone_shown(reviewer, task) == number
    for actor in (approver, room.provider, city.actor("auditor")):
        assert phone_shown(actor, task) == "139******34"
    hand_over_callback(task=task, caller=approver.user, by=reviewer, at=NOW + 2 * HOUR)
    task = CallbackTask.objects.get(pk=task.pk)
    assert phone_shown(reviewer, task) == "139******34"
    assert phone_shown(approver, task) == number
    assert task in open_calls_of(approver)
    say(task, approver)
    task = CallbackTask.objects.get(pk=task.pk)
    assert phone_shown(approver, task) == "139******34"
    assert task not in open_calls_of(approver)


def test_the_account_phones_only_in_a_role_that_phones(drawn, reviewer):
    task = drawn.tasks.first()
    assert can_call(reviewer, task)
    for role in (Role.AUDITOR, Role.FINANCE, Role.PROVIDER):
        assert not can_call(type(reviewer)(user=reviewer.user, role=role, unit=reviewer.unit), task)


def test_a_reached_trainee_answers_every_question_and_the_call_is_over(drawn, reviewer):
    task = drawn.tasks.first()
    with refused("callback_answers"):
        say(task, reviewer, answers={"attended": "yes"})
    with refused("callback_outcome"):
        say(task, reviewer, outcome="")
    assert not CallbackResult.objects.exists()
    say(task, reviewer, answers=GOOD | {"charged": "yes", "stray": "x"})
    assert task.results.get().answers == GOOD | {"charged": "yes"}
    with refused("not_your_call"):
        say(task, reviewer)
    assert drawn.tasks.count() == 3


def test_the_last_try_and_a_wrong_number_bring_the_next_of_the_draw(drawn, reviewer):
    first, second, _third = drawn.tasks.order_by("position")
    for n in range(3):
        assert drawn.tasks.count() == 3
        say(first, reviewer, outcome="not_reached", when=NOW + (2 + n) * HOUR)
    assert str(drawn.tasks.get(position=4).enrolment_id) == drawn.order[3]
    say(second, reviewer, outcome="wrong_number", remark="机主称不是本人")
    assert str(drawn.tasks.get(position=5).enrolment_id) == drawn.order[4]
    assert first.results.count() == 3
    figures = callbacks_of(drawn.cohort)
    assert (figures.wanted, figures.drawn, figures.open, figures.calls) == (3, 5, 3, 4)
    assert (figures.reached, figures.not_reached, figures.wrong_number) == (0, 1, 1)


def test_when_nobody_is_left_there_is_no_substitute(city, room, reviewer, drawn):
    while task := drawn.tasks.filter(closed_at=None).first():
        say(task, reviewer, outcome="wrong_number")
    assert drawn.tasks.count() == 8
    assert callbacks_of(drawn.cohort).state == "done"


def test_the_figures_count_the_answers_and_name_the_concerns(drawn, reviewer):
    odd = [GOOD, GOOD | {"charged": "yes"}, GOOD | {"attended": "no", "satisfied": "unsure"}]
    for task, answers in zip(drawn.tasks.order_by("position"), odd, strict=True):
        say(task, reviewer, answers=answers)
    figures = callbacks_of(Cohort.objects.get(pk=drawn.cohort_id))
    counts = {each.question.code: (each.counts, each.concerns) for each in figures.asked}
    assert counts["charged"] == ({"yes": 1, "no": 2, "unsure": 0}, 1)
    assert counts["attended"] == ({"yes": 2, "no": 1, "unsure": 0}, 1)
    assert counts["satisfied"] == ({"yes": 2, "no": 0, "unsure": 1}, 0)  # not knowing is no concern
    assert (figures.reached, figures.concerns, figures.state) == (3, 2, "done")


def test_the_database_keeps_the_draw_the_tasks_and_the_results(city, room, reviewer, drawn):
    task, other = drawn.tasks.order_by("position")[:2]
    left_out = next(row for row in room.enrolments if str(row.pk) not in drawn.order[:3])
    approver = city.actor("hrss_approver", city.office("hrss", room.cohort.division))
    fresh = {"task": task, "outcome": "reached", "answers": GOOD, "called_at": NOW, "called_by": reviewer.user}
    with force("only_the_drawn_are_called"), transaction.atomic():
        CallbackTask.objects.create(
            division=drawn.division, round=drawn, enrolment=left_out, position=8 if drawn.order[7] != str(left_out.pk)
            else 7, caller=reviewer.user, opened_at=NOW,
        )  # fmt: skip
    with force("only_a_reached_trainee_answers"), transaction.atomic():
        CallbackResult.objects.create(**fresh | {"outcome": "not_reached"})
    with force("only_a_reached_trainee_answers"), transaction.atomic():
        CallbackResult.objects.create(**fresh | {"answers": {}})
    with force("only_the_caller_records_an_open_call"), transaction.atomic():
        CallbackResult.objects.create(**fresh | {"called_by": approver.user})
    done = CallbackResult.objects.create(**fresh)
    with force("a_trainee_answers_once"), transaction.atomic():
        CallbackResult.objects.create(**fresh)
    for deed in (
        lambda: CallbackResult.objects.filter(pk=done.pk).update(remark="改"),
        done.delete,
        lambda: CallbackRound.objects.filter(pk=drawn.pk).update(wanted=1),
        lambda: CallbackTask.objects.filter(pk=other.pk).update(position=9),
        lambda: CallbackTask.objects.filter(pk=other.pk).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            deed()
    CallbackTask.objects.filter(pk=task.pk).update(closed_at=NOW + 3 * HOUR)
    with pytest.raises(DatabaseError), transaction.atomic():
        CallbackTask.objects.filter(pk=task.pk).update(closed_at=None)
    with force("only_the_caller_records_an_open_call"), transaction.atomic():
        CallbackResult.objects.create(**fresh | {"outcome": "not_reached", "answers": {}})


def test_another_seed_than_the_committed_one_is_refused_by_the_database(room, reviewer):
    row = commit_callbacks(cohort=room.cohort, by=reviewer, at=NOW)
    with force("a_callback_seed_is_the_one_committed_to"), transaction.atomic():
        CallbackRound.objects.filter(pk=row.pk).update(
            seed="0" * 64, wanted=3, drawn_at=NOW + HOUR, drawn_by=reviewer.user
        )
