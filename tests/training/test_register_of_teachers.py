"""What rules ask of teachers is read from the register, with the day of the session; double duties; lapses."""

import datetime as dt

import pytest
from django.utils import timezone

from peibu.accreditation.facts import application_facts
from peibu.accreditation.models import Application, Call, Holding
from peibu.casework.actions import open_case
from peibu.registry.models import Teacher
from peibu.registry.practitioners import withdraw
from peibu.training.facts.filing import end_of, filing_facts
from peibu.training.facts.teachers import unregistered_teachers
from peibu.training.models import Exam, ExamGrader, ExamSupervisor, Session
from peibu.training.queries.duties import double_bookings, duties_of
from peibu.training.queries.lapses import lapses
from tests.registry.practitioner_world import of_teacher, paper, place
from tests.training.road_world import WEIHAI, WEIHAI_PLAN, weihai, weihai_lessons
from tests.training.test_delivery_roads import teachers_rule

pytestmark = pytest.mark.django_db


@pytest.fixture
def road(city):
    """A base whose teachers nobody vouched for by name."""
    return weihai(city, None)


def hold(road, *titles, teachers=None, until=None):
    for n, teacher in enumerate(teachers or road.teachers):
        for title in titles:
            paper(
                road.by,
                of_teacher(teacher),
                title=title,
                no=f"{title}{n}",
                until=until,
                since="2018-01-01",
                at=road.now,
            )


@pytest.mark.parametrize(
    ("titles", "status"),
    [
        ((), "unknown"),
        (("senior_title", "senior_technician"), "pass"),
        (("senior_title",), "fail"),
        (("other",), "fail"),
    ],
)
def test_a_teacher_is_qualified_by_the_register(road, titles, status):
    hold(road, *titles)
    assert teachers_rule(road) == status


def test_a_title_that_ends_before_a_session_does_not_count_for_it(road):
    hold(road, "senior_title", "senior_technician", until="2019-10-31")
    assert teachers_rule(road) == "fail"


def test_the_register_outweighs_what_was_said_by_name(city):
    road = weihai(city)
    assert teachers_rule(road) == "pass"
    hold(road, "junior_title")
    assert teachers_rule(road) == "fail"


def test_unregistered_teachers_are_counted_only_where_a_register_is_kept(road):
    cohort = road.cohort(road.plan(**WEIHAI_PLAN), weihai_lessons(road))
    known = end_of(dt.date(2020, 12, 31))
    assert unregistered_teachers(cohort, known_at=known) is None
    one, two = (of_teacher(teacher) for teacher in road.teachers)
    place(road.by, two, since="2019-01-01")
    assert unregistered_teachers(cohort, known_at=known) == 1
    place(road.by, one, since="2019-01-01", until="2019-11-01")
    assert unregistered_teachers(cohort, known_at=known) == 1  # the engagement ends before the last session
    place(road.by, one, since="2019-11-02")
    assert unregistered_teachers(cohort, known_at=known) == 0
    assert "unregistered_teachers" not in filing_facts(cohort, filed_on=road.now.date())  # Weihai does not ask


def test_lapses_are_told_and_a_renewal_ends_them(road):
    cohort = road.cohort(road.plan(**WEIHAI_PLAN), weihai_lessons(road))
    assert lapses(cohort) == []
    person, first = of_teacher(road.teachers[0]), cohort.sessions.order_by("starts_at").first()
    day = timezone.localdate(first.starts_at)
    paper(road.by, person, until=str(day), since="2018-01-01", at=road.now)
    later = sum(timezone.localdate(row.starts_at) > day for row in cohort.sessions.filter(teacher=road.teachers[0]))
    (row,) = lapses(cohort)
    assert (row.ends_on, row.sessions, row.name) == (day, later, person.name)
    assert later > 0
    paper(road.by, person, since=str(day + dt.timedelta(days=1)), at=road.now.replace(year=2021))
    assert lapses(cohort) == []


def test_lapses_tell_of_a_gap_a_late_beginning_and_a_withdrawal(road):
    cohort = road.cohort(road.plan(**WEIHAI_PLAN), weihai_lessons(road))
    person = of_teacher(road.teachers[0])
    mine = cohort.sessions.filter(teacher=road.teachers[0]).order_by("starts_at")
    days = sorted({timezone.localdate(row.starts_at) for row in mine})
    before, after = str(days[0] - dt.timedelta(days=1)), days[0] + dt.timedelta(days=1)
    gap = sum(timezone.localdate(row.starts_at) == days[0] for row in mine)
    first = paper(road.by, person, until=before, at=road.now)
    second = paper(road.by, person, since=str(after), until="2030-01-01", at=road.now.replace(year=2021))
    (row,) = lapses(cohort)
    assert (str(row.ends_on), row.first, row.sessions) == (before, days[0], gap)
    withdraw(row=first, why="录错", by=road.by, at=road.now)
    (row,) = lapses(cohort)
    assert (row.ends_on, row.first, row.sessions) == (None, days[0], gap)
    withdraw(row=second, why="查无此证", by=road.by, at=road.now)
    (row,) = lapses(cohort)
    assert (row.ends_on, row.sessions) == (None, mine.count())


def exam_at(road, cohort, start: dt.datetime) -> Exam:
    case = open_case(
        policy=WEIHAI, process="exam_filing", subject="考核", applicant=road.unit,
        agency=road.city.office("agency", road.unit.division), by=road.by, at=road.now,
    )  # fmt: skip
    return Exam.objects.create(
        division=cohort.division, cohort=cohort, case=case, survey_token="t" * 20, held_from=start,
        held_until=start + dt.timedelta(hours=2), place="考场",
    )  # fmt: skip


def test_teaching_here_while_supervising_there(road):
    cohort = road.cohort(road.plan(**WEIHAI_PLAN), weihai_lessons(road))
    session = cohort.sessions.order_by("starts_at").first()
    key = session.teacher_key
    assert double_bookings([key]) == {}
    exam = exam_at(road, cohort, session.ends_at)
    ExamSupervisor.objects.create(exam=exam, side="third_party", unit=road.unit, name="甲", person_key=key)
    assert double_bookings([key]) == {}  # they only touch
    Exam.objects.filter(pk=exam.pk).update(held_from=session.ends_at - dt.timedelta(minutes=1))
    ((one, other),) = double_bookings([key])[key]
    assert {one.kind, other.kind} == {"teaching", "supervising"}
    assert double_bookings(["nobody"]) == {}
    Session.objects.filter(pk=session.pk).update(teacher_key="")
    assert double_bookings([key]) == {}


def test_drafts_are_no_duty_yet_and_graders_stand_on_the_register(road):
    cohort = road.cohort(road.plan(**WEIHAI_PLAN), weihai_lessons(road))
    exam = exam_at(road, cohort, road.now)
    ExamGrader.objects.create(exam=exam, name="阅卷人", person_key="k" * 64)
    assert [row.kind for row in duties_of(["k" * 64])["k" * 64]] == ["grading"]
    assert duties_of([cohort.sessions.first().teacher_key]) == {}
    assert of_teacher(Teacher(person_key="k" * 64)).name == "阅卷人"


def test_an_application_reads_the_register_before_what_the_applicant_wrote(road):
    case = open_case(
        policy=WEIHAI, process="class_filing", subject="基地申请", applicant=road.unit,
        agency=road.city.office("agency", road.unit.division), by=road.by, at=road.now,
    )  # fmt: skip
    call = Call.objects.create(
        division=case.division, bureau=road.bureau.unit, number="征集1号", policy=WEIHAI, process="base_listing",
        subject="base", title="征集", opens_on=road.now.date(), closes_on=road.now.date(), published_at=road.now,
        published_by=road.bureau.user,
    )  # fmt: skip
    row = Application.objects.create(division=case.division, call=call, unit=road.unit, case=case, position=1)
    teacher = road.teachers[0]
    Holding.objects.create(application=row, kind="theory_teacher", name=teacher.name, qualification="senior_title")

    def unqualified():
        return application_facts(row, at=road.now)["theory_teachers_unqualified"]

    assert unqualified() in (0, (0, 0))
    hold(road, "junior_title", teachers=[teacher])
    assert unqualified() in (1, (1, 1))
