"""Filing the exam: share of objective items, working days, supervisors, graders, approval."""

import datetime as dt
from decimal import Decimal

import pgtrigger
import pytest
from django.db import IntegrityError, transaction
from django.db.models import F

from peibu.casework.actions import move_case
from peibu.casework.models import Determination
from peibu.kernel.errors import Refused
from peibu.training.actions.exam import (
    draft_exam,
    file_exam,
    name_graders,
    name_supervisors,
    name_third_party,
    set_paper,
    set_time,
)
from peibu.training.models import ExamGrader
from peibu.training.queries.exams import structure_of
from tests.city import at
from tests.training.exam_world import EXAM_FROM, FILED, _number, build

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(city):
    return build(city)


def test_a_complete_exam_is_filed_and_its_judgement_kept(world):
    exam = world.prepare()
    case = file_exam(exam=exam, by=world.provider, at=FILED)
    assert case.state == "submitted"
    kept = Determination.objects.get(subject_id=exam.pk)
    assert (kept.subject, kept.decision) == ("exam_filing", "pass")
    assert kept.facts["exam_filing_lead_days"] == 3


@pytest.mark.parametrize(
    ("objective", "short", "passes"),
    [
        ([("single", 60, "1")], [("short", 40, "1")], True),
        ([("single", 59, "1")], [("short", 41, "1")], False),  # 59 of 100 items and points
        ([("single", 60, "0.5"), ("multiple", 20, "1.5")], [("short", 40, "1")], True),
        ([("single", 119, "0.5")], [("short", 81, "0.5")], False),  # 59.5 points, 59.5 % of the items
        ([("single", 20, "3")], [("case", 5, "8")], True),
        ([("single", 10, "6")], [("case", 10, "4")], False),  # 60 points but half of the items
        ([("single", 40, "1.4")], [("case", 10, "4.4")], None),  # not a step of half a point
    ],
)
def test_objective_share_must_be_reached_by_items_and_by_points(world, objective, short, passes):
    paper = [(kind, count, Decimal(each)) for kind, count, each in objective + short]
    if passes is None:
        with pytest.raises(Refused, match="整数倍"):
            world.prepare(paper=paper)
        return
    exam = world.prepare(paper=paper)
    if passes:
        assert file_exam(exam=exam, by=world.provider, at=FILED).state == "submitted"
    else:
        with pytest.raises(Refused, match="未都达到60%"):
            file_exam(exam=exam, by=world.provider, at=FILED)


def test_share_is_never_rounded_up():
    paper = structure_of([("single", 599, Decimal(1)), ("short", 401, Decimal(1))])
    assert str(paper.share_of_items) == "59.9"
    paper = structure_of([("single", 59999, Decimal(1)), ("short", 40001, Decimal(1))])
    assert str(paper.share_of_items) == "59.9"


@pytest.mark.parametrize(
    ("filed", "held", "passes"),
    [
        ("2020-10-20 10:00", "2020-10-23 14:00", True),  # Tuesday to Friday
        ("2020-10-21 00:01", "2020-10-23 14:00", False),
        ("2020-09-29 10:00", "2020-10-10 09:00", True),  # 30 Sep, 9 Oct, 10 Oct (a Saturday worked)
        ("2020-09-30 10:00", "2020-10-10 09:00", False),  # eight days of holiday do not count
        ("2020-10-16 10:00", "2020-10-20 09:00", False),  # a weekend does not count
    ],
)
def test_filing_counts_working_days_with_the_holiday_of_october(world, filed, held, passes):
    month = dt.timedelta(days=30)
    with pgtrigger.ignore("training.Session:a_taught_session_never_changes"):  # the class was a month earlier
        world.cohort.sessions.update(starts_at=F("starts_at") - month, ends_at=F("ends_at") - month)
    exam = world.prepare(held=(at(held), at(held.replace("14:", "16:").replace("09:", "11:"))), by_now=at(filed))
    name_graders(exam=exam, person_keys=[world.free.person_key], by=world.provider, at=at(filed))
    if passes:
        assert file_exam(exam=exam, by=world.provider, at=at(filed)).state == "submitted"
    else:
        with pytest.raises(Refused, match="不足3个工作日"):
            file_exam(exam=exam, by=world.provider, at=at(filed))


def test_one_supervisor_missing_is_refused(world):
    exam = world.prepare()
    name_supervisors(exam=exam, users=[world.hrss.user], by=world.provider, at=FILED)
    with pytest.raises(Refused, match="人社1人、工信0人"):
        file_exam(exam=exam, by=world.provider, at=FILED)
    name_supervisors(exam=exam, users=[world.hrss.user, world.industry.user], by=world.provider, at=FILED)
    assert file_exam(exam=exam, by=world.provider, at=FILED)


def test_a_third_party_stands_for_both_and_must_have_no_part_in_the_class(world):
    exam = world.prepare()
    for name in (world.cohort.provider.name, world.people[0].enterprise.name):
        with pytest.raises(Refused, match="不能作为第三方"):
            name_third_party(
                exam=exam, unit_name=name, name="周七", id_number=_number(300), by=world.provider, at=FILED
            )
    outside = list(world.city.loaded.firms.values())[1]
    name_third_party(
        exam=exam, unit_name=outside.name, name="周七", id_number=_number(300), by=world.provider, at=FILED
    )
    assert exam.supervisors.get().side == "third_party"
    assert file_exam(exam=exam, by=world.provider, at=FILED).state == "submitted"


def test_an_officer_of_another_bureau_is_no_supervisor(world):
    exam = world.prepare()
    with pytest.raises(Refused, match="不是本区"):
        name_supervisors(exam=exam, users=[world.reviewer.user], by=world.provider, at=FILED)


def test_a_grader_who_taught_is_refused_in_words_and_by_the_database(world):
    exam = world.prepare()
    with pytest.raises(Refused, match="授课甲给本班上过课"):
        name_graders(exam=exam, person_keys=[world.taught.person_key], by=world.provider, at=FILED)
    with pytest.raises(IntegrityError, match="grader_did_not_teach_the_class"), transaction.atomic():
        ExamGrader.objects.create(exam=exam, name="授课甲", person_key=world.taught.person_key)
    ExamGrader.objects.create(exam=exam, name="外校丙", person_key="another person")


def test_without_a_grader_the_filing_is_unknown_and_refused(world):
    exam = world.prepare()
    name_graders(exam=exam, person_keys=[], by=world.provider, at=FILED)
    with pytest.raises(Refused, match="缺少曾任本班教师的阅卷人数"):
        file_exam(exam=exam, by=world.provider, at=FILED)


def test_sample_paper_and_full_mark_are_asked_for(world):
    exam = world.prepare(paper=[("single", 70, Decimal(1)), ("short", 20, Decimal(1))])
    with pytest.raises(Refused, match="总分为90.0分，不是100分"):
        file_exam(exam=exam, by=world.provider, at=FILED)
    exam.sample = None
    exam.save(update_fields=["sample"])
    with pytest.raises(Refused, match="未附考试样卷"):
        file_exam(exam=exam, by=world.provider, at=FILED)


def test_what_was_filed_is_frozen_until_returned(world):
    exam = world.prepare()
    case = file_exam(exam=exam, by=world.provider, at=FILED)
    with pytest.raises(Refused, match="申报内容不能再改"):
        set_paper(exam=exam, items=[("single", 100, Decimal(1))], by=world.provider, at=FILED)
    move_case(case=case, move="return", by=world.reviewer, at=FILED, reason="样卷缺答案")
    set_paper(exam=exam, items=[("single", 100, Decimal(1))], by=world.provider, at=FILED)
    assert file_exam(exam=exam, by=world.provider, at=FILED).state == "submitted"


def test_a_correction_after_a_return_counts_its_own_lead(world):
    exam = world.prepare()
    case = file_exam(exam=exam, by=world.provider, at=FILED)
    move_case(case=case, move="return", by=world.reviewer, at=at("2020-10-21 09:00"), reason="样卷缺答案")
    with pytest.raises(Refused, match="不足3个工作日"):
        file_exam(exam=exam, by=world.provider, at=at("2020-10-21 10:00"))


def test_no_approval_once_the_exam_has_begun(world):
    exam = world.prepare()
    case = file_exam(exam=exam, by=world.provider, at=FILED)
    with pytest.raises(Refused, match="不能补批"):
        move_case(case=case, move="approve", by=world.reviewer, at=EXAM_FROM)
    assert move_case(case=case, move="approve", by=world.reviewer, at=at("2020-10-22 10:00")).state == "approved"


def test_a_class_has_one_exam_and_only_its_provider_opens_it(world):
    with pytest.raises(Refused, match="承接单位"):
        draft_exam(cohort=world.cohort, by=world.reviewer, at=FILED)
    draft_exam(cohort=world.cohort, by=world.provider, at=FILED)
    with pytest.raises(Refused, match="已经建立考试"):
        draft_exam(cohort=world.cohort, by=world.provider, at=FILED)


def test_impossible_times_are_refused(world):
    exam = draft_exam(cohort=world.cohort, by=world.provider, at=FILED)
    for start, end, words in (
        ("2020-10-23 14:00", "2020-10-23 13:00", "不晚于"),
        ("2020-10-19 14:00", "2020-10-19 16:00", "已经过去"),
    ):
        with pytest.raises(Refused, match=words):
            set_time(exam=exam, held_from=at(start), held_until=at(end), place="x", by=world.provider, at=FILED)
