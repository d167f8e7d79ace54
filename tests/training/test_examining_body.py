"""Who examines is the document's matter: Weihai's classes are examined by the city's body, never by the base (WH63.2.6)."""

import dataclasses
import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from peibu.accounts import clock
from peibu.accounts.models import Unit
from peibu.casework.models import Determination
from peibu.examining.actions.bank import TRUE_FALSE, Wording, write_questions
from peibu.examining.actions.papers import draw_paper, is_reproducible
from peibu.examining.assembly import Line
from peibu.examining.queries.bank import policies_of
from peibu.kernel.errors import Refused
from peibu.registry.models import Teacher
from peibu.rulebook import load_policy
from peibu.training.actions.cohorts import enrol
from peibu.training.actions.exam import draft_exam, file_exam, name_graders, set_paper, set_time
from peibu.training.actions.scores import enter_scores, seal_scores
from peibu.training.facts.exam import exam_filing_facts
from peibu.training.models import Cohort, Exam, PlanBase, Resit, ResitScore, Score
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
DAY = dt.timedelta(days=1)


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
    with pytest.raises(Refused, match=f"{own.name}是培训单位或实训基地的教师.*WH63.2.6"):
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


LINES = [Line(kind="single", count=60, points=Decimal(1)), Line(kind="true_false", count=20, points=Decimal(2))]


def bank_of(world):
    choices = [
        Wording(
            kind="single", topic="焊接", difficulty=1, points=Decimal(1), stem=f"单选{n}", options=["甲", "乙"],
            answer=[n % 2],
        )
        for n in range(130)
    ]  # fmt: skip
    truths = [
        Wording(
            kind="true_false", topic="焊接", difficulty=1, points=Decimal(2), stem=f"判断{n}", options=TRUE_FALSE,
            answer=[n % 2],
        )
        for n in range(45)
    ]  # fmt: skip
    write_questions(policy=world.cohort.policy, wordings=[*choices, *truths], by=world.body, at=ASKED)


def test_the_body_draws_its_paper_once_asked_and_it_is_filed(world):
    bank_of(world)
    with pytest.raises(Refused, match="还没有提交考核申请"):
        draw_paper(exam=world.exam, lines=LINES, by=world.body, at=ASKED)
    file_exam(exam=world.exam, by=world.road.by, at=ASKED)
    arrange(world.exam, world.body, ASKED, START, UNTIL, without="paper")
    paper = draw_paper(exam=world.exam, lines=LINES, by=world.body, at=ASKED, seed="s")
    assert (paper.items.count(), is_reproducible(paper)) == (80, True)
    set_paper(exam=world.exam, items=PAPER, by=world.body, at=ASKED)
    with pytest.raises(Refused, match="与已组成的试卷不一致"):
        world.approve()
    paper = draw_paper(exam=world.exam, lines=LINES, by=world.body, at=ASKED, seed="s")
    world.approve()
    with pytest.raises(IntegrityError, match="a_filed_paper_never_changes"), transaction.atomic():
        paper.items.update(points=1)
    with pytest.raises(Refused, match="考核已经安排"):
        draw_paper(exam=world.exam, lines=LINES, by=world.body, at=ASKED)


def test_the_base_sees_neither_questions_nor_answers_before_the_exam_is_over(asked, visit):
    bank_of(asked)
    arrange(asked.exam, asked.body, ASKED, START, UNTIL, without="paper")
    draw_paper(exam=asked.exam, lines=LINES, by=asked.body, at=ASKED)
    asked.approve()
    exam = asked.exam
    draw, sample = reverse("provider-exam-draw", args=[exam.pk]), reverse("exam-document", args=[exam.sample_id])
    clock.move_to(ASKED)
    body = visit(asked.body)
    assert [body.get(page).status_code for page in (draw, sample)] == [200, 200]
    base = visit(asked.road.by)
    assert [base.get(page).status_code for page in (draw, sample)] == [404, 404]
    for name in ("provider-exam-online", "provider-exam-count"):
        assert base.post(reverse(name, args=[exam.pk])).status_code == 404
    page = base.get(reverse("provider-exam", args=[exam.pk])).content.decode()
    assert (draw in page, sample in page, "考试样卷.pdf" in page) == (False, False, True)
    clock.move_to(AFTER)
    base = visit(asked.road.by)
    assert [base.get(page).status_code for page in (draw, sample)] == [404, 200]


def test_nobody_who_teaches_at_the_base_examines_under_another_hat(held):
    enter_scores(exam=held.exam, marks=held.marks(), by=held.body, at=AFTER)
    plan = held.cohort.plan
    workshop = held.road.enterprise.unit
    PlanBase.objects.create(plan=plan, unit=workshop)
    for unit in (held.cohort.provider, workshop):
        row = Teacher.objects.create(unit=unit, person_key=held.body.person_key, name="兼职教师")
        verdict = can_examine(held.body, held.exam)
        assert not verdict
        assert "培训单位或实训基地的教师" in verdict.reason
        with pytest.raises(Refused, match="WH63.2.6"):
            seal_scores(exam=held.exam, by=held.body, at=AFTER)
        row.delete()
    assert can_examine(held.body, held.exam)


def test_examiners_do_not_teach_at_a_base_of_the_plan(asked):
    workshop = asked.road.enterprise.unit
    PlanBase.objects.create(plan=asked.cohort.plan, unit=workshop)
    one = examiners(asked.exam)[0]
    Teacher.objects.create(unit=workshop, person_key=one, name="兼职教师")
    with pytest.raises(Refused, match="是培训单位或实训基地的教师"):
        name_graders(exam=asked.exam, person_keys=[one], by=asked.body, at=ASKED)


def test_marks_of_a_resit_are_the_bodys_too(held):
    exam, person = held.exam, held.cohort.enrolments.first()
    resit = Resit.objects.create(
        exam=exam, division=exam.division, number=1, held_from=AFTER + DAY, held_until=AFTER + 2 * DAY, place="考场",
        asked_by=held.body.user, asked_key="a", asked_at=AFTER, agreed_by=held.road.bureau.user, agreed_key="b",
        agreed_at=AFTER,
    )  # fmt: skip
    row = ResitScore.objects.create(resit=resit, enrolment=person)
    told = {"points": Decimal(70), "entered_by": held.body.user, "entered_at": AFTER}
    for unit in (None, held.cohort.provider):
        with pytest.raises(IntegrityError, match="only_the_examining_body_marks"), transaction.atomic():
            ResitScore.objects.filter(pk=row.pk).update(by_unit=unit, **told)
    ResitScore.objects.filter(pk=row.pk).update(by_unit=exam.body, **told)
    assert who_did(exam)["marking"] == {exam.body_id}
