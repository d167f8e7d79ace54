"""Who examines is the document's matter: Weihai's classes are examined by the city's body, never by the base (WH63.2.6)."""

import dataclasses
import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from peibu.accounts.models import Unit
from peibu.casework.models import Determination
from peibu.examining.queries.bank import policies_of
from peibu.kernel.errors import Refused
from peibu.registry.models import Teacher
from peibu.rulebook import load_policy
from peibu.training.actions.cohorts import enrol
from peibu.training.actions.exam import draft_exam, file_exam, name_graders, set_paper, set_time
from peibu.training.actions.scores import enter_scores, seal_scores
from peibu.training.facts.exam import exam_filing_facts
from peibu.training.models import Cohort, Exam, Score
from peibu.training.permissions.exam import can_edit, can_examine, exams_of
from peibu.training.queries.bodies import examining_body, who_did
from tests.city import at
from tests.training.bodies import PAPER, arrange, examiners, watched
from tests.training.exam_world import build
from tests.training.road_world import WEIHAI_PLAN, technician, weihai, weihai_lessons
from tests.training.test_delivery_roads import committed, copies, staff, taught

pytestmark = pytest.mark.django_db
ASKED, START, UNTIL = at("2019-12-11 09:00"), at("2019-12-20 09:00"), at("2019-12-20 11:00")
AFTER = UNTIL + dt.timedelta(hours=1)


@dataclasses.dataclass
class World:
    road: object
    cohort: Cohort
    body: object

    @property
    def exam(self) -> Exam:
        return Exam.objects.select_related("cohort__provider", "case", "body").get(cohort=self.cohort)

    def approve(self):
        return self.road.move(self.exam.case, "approve", self.road.bureau, ASKED)

    def marks(self):
        return {row.pk: Decimal(80) for row in self.cohort.enrolments.all()}


@pytest.fixture
def world(city):
    """A taught Weihai class whose base has opened the exam."""
    road = weihai(city)
    cohort = road.cohort(road.signed(**WEIHAI_PLAN), weihai_lessons(road))
    enrol(cohort=cohort, lines=committed(road, staff(road, 2), technician()), by=road.by, at=road.now)
    copies(road, cohort)
    cohort.case.refresh_from_db()
    road.move(cohort.case, "submit", road.by)
    cohort.case.refresh_from_db()
    road.move(cohort.case, "confirm", city.actor("agency_reviewer", cohort.case.agency), at("2019-10-28 10:00"))
    cohort.refresh_from_db()
    taught(road, cohort, "2019-12-10 18:00")
    exam = draft_exam(cohort=cohort, by=road.by, at=ASKED)
    return World(road, cohort, city.actor("examiner", exam.body))


@pytest.fixture
def asked(world):
    file_exam(exam=world.exam, by=world.road.by, at=ASKED)
    return world


@pytest.fixture
def held(asked):
    arrange(asked.exam, asked.body, ASKED, START, UNTIL)
    asked.approve()
    watched(asked.exam, AFTER)
    return asked


def test_the_folder_names_the_body_and_the_exam_gets_the_citys(world):
    assert world.exam.body.kind == "appraisal"
    assert world.exam.body.division.kind == "city"
    who = load_policy(world.cohort.policy).delivery.exam
    assert (who.body, who.clause) == ("appraisal_body", "WH63.2.6")


def test_the_base_neither_writes_nor_names_nor_marks_and_hears_the_clause(held):
    base, exam = held.road.by, held.exam
    deeds = (
        lambda: set_paper(exam=exam, items=PAPER, by=base, at=ASKED),
        lambda: set_time(exam=exam, held_from=START, held_until=UNTIL, place="自己的教室", by=base, at=ASKED),
        lambda: name_graders(exam=exam, person_keys=examiners(exam), by=base, at=ASKED),
        lambda: enter_scores(exam=exam, marks=held.marks(), by=base, at=AFTER),
        lambda: seal_scores(exam=exam, by=base, at=AFTER),
    )
    for deed in deeds:
        with pytest.raises(Refused, match=f"{exam.body.name}.*WH63.2.6"):
            deed()
    assert not Score.objects.filter(exam=exam).exists()


def test_the_body_does_and_the_base_reports(held):
    enter_scores(exam=held.exam, marks=held.marks(), by=held.body, at=AFTER)
    seal_scores(exam=held.exam, by=held.body, at=AFTER)
    assert set(Score.objects.filter(exam=held.exam).values_list("by_unit", flat=True)) == {held.body.unit.pk}


def test_the_database_keeps_other_units_out_of_the_sheet(held):
    row = held.cohort.enrolments.first()
    values = {"exam": held.exam, "enrolment": row, "points": 80, "entered_by": held.road.by.user, "entered_at": AFTER}
    for unit in (held.road.unit, None):
        with pytest.raises(IntegrityError, match="only_the_examining_body_marks"), transaction.atomic():
            Score.objects.create(**values, by_unit=unit)
    Score.objects.create(**values, by_unit=held.body.unit)  # the control


def test_the_body_works_between_the_request_and_the_arrangement_only(world):
    assert can_edit(world.body, world.exam).reason == "培训单位还没有提交考核申请"
    file_exam(exam=world.exam, by=world.road.by, at=ASKED)
    assert can_edit(world.body, world.exam)
    arrange(world.exam, world.body, ASKED, START, UNTIL)
    world.approve()
    assert "已经安排" in can_edit(world.body, world.exam).reason


@pytest.mark.parametrize("without", ["time", "paper", "examiners", "inspection"])
def test_nothing_is_arranged_while_a_task_is_not_done(asked, without):
    arrange(asked.exam, asked.body, ASKED, START, UNTIL, without=without)
    with pytest.raises(Refused):
        asked.approve()
    assert asked.exam.case.state == "submitted"
    arrange(asked.exam, asked.body, ASKED, START, UNTIL)  # the control
    assert asked.approve().state == "approved"


def facts(world):
    told = exam_filing_facts(world.exam, filed_on=ASKED.date())
    return told.get("examining_body"), told.get("exam_tasks_by_city_body")


def test_the_facts_are_what_was_done_and_unknown_before(asked):
    assert facts(asked) == (None, None)
    arrange(asked.exam, asked.body, ASKED, START, UNTIL, without="inspection")
    assert facts(asked) == ("city_appraisal_body", None)
    arrange(asked.exam, asked.body, ASKED, START, UNTIL)
    assert facts(asked) == ("city_appraisal_body", ["paper", "examiners", "inspection", "marking"])
    asked.approve()
    kept = Determination.objects.filter(subject_id=asked.exam.pk).order_by("made_at", "id")
    assert [row.decision for row in kept] == ["unknown", "pass"]
    assert kept[1].facts["examining_body"] == "city_appraisal_body"


def test_a_paper_of_the_base_is_told_as_such_and_never_passes(asked):
    arrange(asked.exam, asked.body, ASKED, START, UNTIL)
    Exam.objects.filter(pk=asked.exam.pk).update(paper_by_unit=asked.road.unit)
    assert facts(asked) == ("training_base", ["examiners", "inspection", "marking"])
    with pytest.raises(Refused, match="命题|考核鉴定"):
        asked.approve()


def test_an_exam_of_before_of_which_nobody_knows_who_wrote_it_is_unknown(asked):
    arrange(asked.exam, asked.body, ASKED, START, UNTIL)
    Exam.objects.filter(pk=asked.exam.pk).update(paper_by_unit=None)
    assert facts(asked) == (None, None)
    assert who_did(asked.exam)["paper"] == {None}


def test_nobody_of_the_base_is_among_the_examiners(asked):
    taught_it = set(asked.cohort.sessions.values_list("teacher_key", flat=True))
    own = Teacher.objects.filter(unit=asked.road.unit).exclude(person_key__in=taught_it).first()
    with pytest.raises(Refused, match=f"{own.name}是培训单位的教师.*WH63.2.6"):
        name_graders(exam=asked.exam, person_keys=[own.person_key], by=asked.body, at=ASKED)


def test_without_the_body_on_record_the_exam_is_not_opened(world):
    body = world.exam.body
    Exam.objects.all().delete()
    Unit.objects.filter(pk=body.pk).update(kind="education", division=world.road.unit.division)
    with pytest.raises(Refused, match="没有登记负责考核的“职业技能鉴定机构”（WH63.2.6）"):
        draft_exam(cohort=world.cohort, by=world.road.by, at=ASKED)


def test_an_assessment_body_of_the_district_comes_before_the_citys(city):
    division = city.unit(city.city.providers[0].key).division
    assert examining_body("assessment_body", division) is None
    top = Unit.objects.create(kind="assessment", name="市评价机构", division=city.loaded.divisions["370200"])
    assert examining_body("assessment_body", division) == top
    near = Unit.objects.create(kind="assessment", name="区评价机构", division=division.desk)
    assert examining_body("assessment_body", division) == near
    assert examining_body("appraisal_body", division).kind == "appraisal"


def test_where_the_document_names_nobody_else_the_provider_examines(city):
    world = build(city)
    exam = world.prepare()
    assert exam.body is None
    assert can_examine(world.provider, exam)
    outsider = city.actor("examiner")
    assert not can_examine(outsider, exam)
    assert not exams_of(outsider).exists()


def test_the_pages_of_the_body_and_of_the_base(asked, visit):
    exam = asked.exam
    page = reverse("provider-exam", args=[exam.pk])
    client = visit(asked.body)
    assert asked.cohort.name in client.get(reverse("provider-exams")).content.decode()
    text = client.get(page).content.decode()
    assert "保存试卷结构" in text
    assert "申请考核</button>" not in text
    assert client.get(reverse("provider-exam-draw", args=[exam.pk])).status_code == 200
    assert client.get(reverse("provider-questions")).status_code == 200
    assert policies_of(asked.body.unit)[0] == asked.cohort.policy
    assert client.post(reverse("provider-exam-file", args=[exam.pk])).status_code == 403

    client = visit(asked.road.by)
    text = client.get(page).content.decode()
    assert f"“{exam.body.name}”负责命题" in text
    assert "WH63.2.6" in text
    assert "保存试卷结构" not in text
    address = reverse("provider-exam-graders", args=[exam.pk])
    told = client.post(address, {"grader": []}, follow=True, headers={"referer": page}).content.decode()
    assert "WH63.2.6），培训单位和其他单位不能办理" in told

    desk = visit(asked.road.bureau).get(reverse("desk-case", args=[exam.case_id])).content.decode()
    assert exam.body.name in desk


def test_the_base_sees_no_form_for_scores(held, visit):
    page = reverse("provider-exam-scores", args=[held.exam.pk])
    text = visit(held.road.by).get(page).content.decode()
    assert "核对成绩" not in text
    assert "WH63.2.6" in text
    assert "核对成绩" in visit(held.body).get(page).content.decode()
