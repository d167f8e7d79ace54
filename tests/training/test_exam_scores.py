"""Scores, sealing, the survey."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from peibu.kernel.errors import Refused
from peibu.training.actions.exam import file_exam
from peibu.training.actions.scores import confirm_supervision, enter_scores, seal_scores
from peibu.training.actions.survey import answer_survey
from peibu.training.models import Score
from peibu.training.queries.exams import candidates, fingerprint, is_intact, passed, survey_result
from tests.city import at
from tests.training.exam_world import AFTER, EXAM_FROM, FILED, build, photo, trainee

pytestmark = pytest.mark.django_db
MARKS = {"quality": 5, "teachers": 4, "organisation": 3, "overall": 4}


@pytest.fixture
def world(city):
    return build(city)


def one(world, mark):
    return {world.people[0].pk: None if mark is None else Decimal(mark)}


def test_no_scores_without_approval_nor_before_the_end(world):
    exam = world.prepare()
    file_exam(exam=exam, by=world.provider, at=FILED)
    with pytest.raises(Refused, match="尚未获得同意"):
        enter_scores(exam=exam, marks=one(world, "80"), by=world.provider, at=AFTER)
    build_two = build(world.city, salt=500)
    approved = build_two.approve()
    with pytest.raises(Refused, match="还没有结束"):
        enter_scores(exam=approved, marks=one(build_two, "80"), by=build_two.provider, at=EXAM_FROM)
    assert enter_scores(exam=approved, marks=one(build_two, "80"), by=build_two.provider, at=AFTER) == 1


@pytest.mark.parametrize("mark", ["-0.5", "100.5", "80.25"])
def test_impossible_points_are_refused_and_nothing_is_kept(world, mark):
    exam = world.approve()
    with pytest.raises(Refused):
        enter_scores(
            exam=exam, marks={world.people[1].pk: Decimal(70), **one(world, mark)}, by=world.provider, at=AFTER
        )
    assert not exam.scores.exists()


def test_sixty_passes_and_less_or_absent_does_not(world):
    exam = world.seal(["92", "60", "59.5", "59.9", None, "0"])
    assert [row.person.name for row in passed(exam)] == ["王一", "李二"]


def test_sealing_asks_for_every_score_every_supervisor_and_two_photos(world):
    exam = world.approve()
    world.score(exam, ["92", "60", "59.5", "75.5", None, "88"])
    exam.scores.filter(enrolment=world.people[3]).delete()
    steps = [
        ("还有1人没有成绩：赵四", lambda: enter_scores(
            exam=exam, marks={world.people[3].pk: None}, by=world.provider, at=AFTER)),
        ("还没有确认监考记录", lambda: [
            confirm_supervision(supervisor=exam.supervisors.get(side=side), remark="正常", by=actor, at=AFTER)
            for side, actor in (("hrss", world.hrss), ("industry", world.industry))]),
        ("照片只有0张，至少需要2张", lambda: photo(world.cohort, world.provider, 0)),
        ("照片只有1张，至少需要2张", lambda: photo(world.cohort, world.provider, 1)),
    ]  # fmt: skip
    for words, remedy in steps:
        with pytest.raises(Refused, match=words):
            seal_scores(exam=exam, by=world.provider, at=AFTER)
        remedy()
    sealed = seal_scores(exam=exam, by=world.provider, at=AFTER)
    world.cohort.refresh_from_db()
    assert (world.cohort.stage, len(sealed.seal)) == ("examined", 64)


def test_sealed_scores_never_change(world):
    exam = world.seal()
    with pytest.raises(Refused, match="已封存"):
        enter_scores(exam=exam, marks=one(world, "100"), by=world.provider, at=AFTER)
    row = exam.scores.get(enrolment=world.people[2])
    attempts = [
        lambda: Score.objects.filter(pk=row.pk).update(points=60),
        lambda: row.delete(),
        lambda: Score.objects.filter(exam=exam).delete(),
    ]
    for attempt in attempts:
        with pytest.raises(IntegrityError, match="sealed_scores_never_change"), transaction.atomic():
            attempt()
    assert is_intact(exam)


def test_the_fingerprint_tells_a_changed_sheet(world):
    exam = world.hold()
    before = fingerprint(exam)
    assert fingerprint(exam) == before
    Score.objects.filter(enrolment=world.people[2]).update(points=60)
    assert fingerprint(exam) != before


def test_only_the_supervisor_confirms_and_only_after_the_end(world):
    exam = world.approve()
    mine = exam.supervisors.get(side="hrss")
    with pytest.raises(Refused, match="本人"):
        confirm_supervision(supervisor=mine, remark="x", by=world.industry, at=AFTER)
    with pytest.raises(Refused, match="还没有结束"):
        confirm_supervision(supervisor=mine, remark="x", by=world.hrss, at=EXAM_FROM)
    confirm_supervision(supervisor=mine, remark="x", by=world.hrss, at=AFTER)
    with pytest.raises(Refused, match="已经确认"):
        confirm_supervision(supervisor=mine, remark="y", by=world.hrss, at=AFTER)


def test_numbers_of_candidates_do_not_move_when_somebody_leaves(world):
    exam = world.approve()
    world.people[1].state = "cancelled"
    world.people[1].save()
    assert [row.number for row in candidates(exam)] == [1, 3, 4, 5, 6]


def test_a_candidate_answers_once_and_leaves_no_name(world):
    exam = world.approve()
    me = trainee(world.people[0])
    answer = answer_survey(exam=exam, marks=MARKS, comment="很好", by=me, at=AFTER)
    with pytest.raises(Refused, match="已经填写过"):
        answer_survey(exam=exam, marks=MARKS, by=me, at=AFTER)
    stored = " ".join(str(value) for value in answer.__dict__.values())
    for trace in (me.person_key, str(me.user.pk), str(world.people[0].pk), "18:00"):
        assert trace not in stored
    answer_survey(exam=exam, marks=MARKS | {"overall": 1}, by=trainee(world.people[1]), at=AFTER)
    result = survey_result(exam)
    assert (result.answers, result.people, result.overall) == (2, 6, Decimal("2.5"))
    assert result.spread["overall"] == [1, 0, 0, 1, 0]


def test_the_survey_is_open_to_candidates_from_the_start_of_the_exam(world):
    exam = world.approve()
    me = trainee(world.people[0])
    with pytest.raises(Refused, match="考试开始后"):
        answer_survey(exam=exam, marks=MARKS, by=me, at=at("2020-10-23 13:59"))
    with pytest.raises(Refused, match="不是本班学员"):
        answer_survey(exam=exam, marks=MARKS, by=world.hrss, at=AFTER)
    for bad in ({"quality": 5}, MARKS | {"overall": 6}):
        with pytest.raises(Refused, match="没有作答"):
            answer_survey(exam=exam, marks=bad, by=me, at=AFTER)
    assert answer_survey(exam=exam, marks=MARKS, by=me, at=EXAM_FROM)
