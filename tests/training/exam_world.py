"""A taught class ready for its exam: rows made directly, so that these tests do not rest on earlier stops."""

import dataclasses
import datetime as dt
import io
from decimal import Decimal

from PIL import Image

from peibu.accounts.actor import Actor
from peibu.accounts.models import Assignment, User
from peibu.accounts.secrecy import person_key
from peibu.casework.actions import keep_document, move_case, open_case
from peibu.kernel.identity import make_id_number
from peibu.registry.models import Person, Teacher
from peibu.training.actions.exam import draft_exam, file_exam, name_graders, name_supervisors, set_paper, set_time
from peibu.training.actions.scores import confirm_supervision, enter_scores, seal_scores
from peibu.training.models import (
    Attendance,
    Cohort,
    Enrolment,
    Exam,
    Session,
    SignUp,
    SignUpLine,
    TrainingLog,
    TrainingPlan,
)
from tests.city import at

FILED = at("2020-10-20 10:00")
EXAM_FROM, EXAM_UNTIL = at("2020-10-23 14:00"), at("2020-10-23 16:00")
AFTER = at("2020-10-23 18:00")
LONG_AGO = dt.date(2015, 1, 1)
PAPER = [("single", 40, Decimal(1)), ("true_false", 20, Decimal(1)), ("short", 10, Decimal(4))]


@dataclasses.dataclass
class World:
    """A class of one provider with six people, its actors, and a teacher who did not teach it."""

    city: object
    cohort: Cohort
    provider: Actor
    reviewer: Actor
    approver: Actor
    hrss: Actor
    industry: Actor
    taught: Teacher
    free: Teacher
    people: list[Enrolment]

    @property
    def exam(self) -> Exam:
        return Exam.objects.select_related("cohort", "case").get(cohort=self.cohort)

    def prepare(self, *, paper=PAPER, held=(EXAM_FROM, EXAM_UNTIL), by_now=FILED) -> Exam:
        """A complete draft: time, paper, sample, supervisors, grader."""
        exam = draft_exam(cohort=self.cohort, by=self.provider, at=by_now)
        set_time(exam=exam, held_from=held[0], held_until=held[1], place="一教101", by=self.provider, at=by_now)
        set_paper(exam=exam, items=paper, by=self.provider, at=by_now)
        sample(exam, self.provider, by_now)
        name_supervisors(exam=exam, users=[self.hrss.user, self.industry.user], by=self.provider, at=by_now)
        name_graders(exam=exam, person_keys=[self.free.person_key], by=self.provider, at=by_now)
        return self.exam

    def approve(self) -> Exam:
        """Filed and approved."""
        exam = self.prepare()
        case = file_exam(exam=exam, by=self.provider, at=FILED)
        move_case(case=case, move="approve", by=self.reviewer, at=at("2020-10-21 10:00"))
        return self.exam

    def hold(self, marks: list[str | None] | None = None) -> Exam:
        """Held, watched, scored; two photos there. Not sealed."""
        exam = self.approve()
        for supervisor, actor in zip(exam.supervisors.order_by("side"), (self.hrss, self.industry), strict=True):
            confirm_supervision(supervisor=supervisor, remark="秩序良好", by=actor, at=AFTER)
        self.score(exam, marks or ["92", "60", "59.5", "75.5", None, "88"])
        for number in range(2):
            photo(self.cohort, self.provider, number)
        return self.exam

    def score(self, exam: Exam, marks: list[str | None]) -> None:
        given = {row.pk: None if mark is None else Decimal(mark) for row, mark in zip(self.people, marks, strict=True)}
        enter_scores(exam=exam, marks=given, by=self.provider, at=AFTER)

    def seal_now(self) -> Exam:
        """Seal what was held."""
        return seal_scores(exam=self.exam, by=self.provider, at=AFTER)

    def seal(self, marks: list[str | None] | None = None) -> Exam:
        exam = self.hold(marks)
        return seal_scores(exam=exam, by=self.provider, at=AFTER)


def sample(exam: Exam, by: Actor, now: dt.datetime) -> None:
    """The document as the action keeps it, for tests that are not about uploading."""
    exam = Exam.objects.get(pk=exam.pk)
    exam.sample = keep_document(
        division=exam.division,
        subject_id=exam.pk,
        case=exam.case,
        purpose="sample_paper",
        name="样卷.pdf",
        kind="pdf",
        content=b"%PDF-1.4 sample",
        by=by,
        at=now,
    )
    exam.save(update_fields=["sample"])


def photo(cohort: Cohort, by: Actor, number: int) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (320, 200), (40 + 60 * number, 90, 160)).save(picture, "JPEG")
    keep_document(
        division=cohort.division,
        subject_id=cohort.pk,
        purpose="site_photo",
        name=f"现场{number + 1}.jpg",
        kind="jpg",
        content=picture.getvalue(),
        by=by,
        at=AFTER,
    )


def account(role: str, unit, name: str, number: str) -> Actor:
    """An account of an invented person."""
    user = User(username=f"{role}-{number[-8:]}", name=name, person_key=person_key(number), created_at=FILED)
    user.set_unusable_password()
    user.save()
    Assignment.objects.create(user=user, role=role, unit=unit, valid_from=LONG_AGO)
    return Actor(user=user, role=role, unit=unit)


def _number(sequence: int) -> str:
    return make_id_number("370202", dt.date(1980, 1, 1) + dt.timedelta(days=37 * sequence), sequence % 999)


def build(city, *, nth_provider: int = 0, salt: int = 0) -> World:
    """A class of the nth provider. `salt` keeps invented people of two worlds apart."""
    providers = [city.unit(row.key) for row in city.city.providers]
    unit = providers[nth_provider]
    division = unit.division
    provider = city.actor("provider", unit)
    agency, bureau, industry = (city.office(kind, division) for kind in ("agency", "hrss", "industry"))
    taught, free = (_teacher(unit, name, salt + at_) for at_, name in ((1, "授课甲"), (2, "阅卷乙")))
    cohort = _cohort(city, unit, provider, agency, f"工业互联网第{salt + 1}期")
    _timetable(cohort, taught)
    people = _people(city, cohort, salt)
    _attended(cohort, people, provider)
    return World(
        city=city,
        cohort=cohort,
        provider=provider,
        reviewer=account("agency_reviewer", agency, "审核员", _number(salt + 11)),
        approver=account("hrss_approver", bureau, "审批员", _number(salt + 12)),
        hrss=account("hrss_supervisor", bureau, "监考一", _number(salt + 13)),
        industry=account("industry_supervisor", industry, "监考二", _number(salt + 14)),
        taught=taught,
        free=free,
        people=people,
    )


def _teacher(unit, name: str, sequence: int) -> Teacher:
    return Teacher.objects.create(person_key=person_key(_number(sequence)), unit=unit, name=name, title="副教授")


def _cohort(city, unit, provider: Actor, agency, name: str) -> Cohort:
    plan = TrainingPlan.objects.create(
        policy=city.policy,
        provider=unit,
        division=unit.division,
        project_name="工业互联网职业技能提升（智能制造方向）",
        class_hours=40,
        fee_fen=180000,
        created_at=FILED,
    )
    case = open_case(
        policy=city.policy,
        process="class_filing",
        subject=name,
        applicant=unit,
        agency=agency,
        by=provider,
        at=at("2020-09-28 09:00"),
    )
    return Cohort.objects.create(
        policy=city.policy,
        provider=unit,
        plan=plan,
        case=case,
        division=unit.division,
        name=name,
        stage="taught",
        opens_on=dt.date(2020, 10, 12),
        ends_on=dt.date(2020, 10, 23),
        fee_fen=180000,
        seats=80,
        seats_taken=6,
        created_at=FILED,
    )


def _timetable(cohort: Cohort, teacher: Teacher) -> None:
    for day in range(2):
        start = at("2020-10-12 09:00") + dt.timedelta(days=day)
        session = Session.objects.create(
            cohort=cohort,
            division=cohort.division,
            position=day + 1,
            kind="lecture",
            subject="工业互联网平台",
            starts_at=start,
            ends_at=start + dt.timedelta(hours=3),
            class_hours=4,
            place="一教101",
            teacher=teacher,
            teacher_key=teacher.person_key,
        )
        TrainingLog.objects.create(
            cohort=cohort,
            session=session,
            text="讲解平台架构，学员分组练习。",
            written_by=User.objects.first(),
            written_at=start + dt.timedelta(hours=4),
        )


def _people(city, cohort: Cohort, salt: int) -> list[Enrolment]:
    firm = next(iter(city.loaded.firms.values()))
    signup = SignUp.objects.create(
        policy=city.policy, enterprise=firm, division=firm.division, provider=cohort.provider, created_at=FILED
    )
    rows = []
    for position, name in enumerate(("王一", "李二", "张三丰", "赵四", "钱五", "孙六"), start=1):
        number = _number(salt + 100 + position)
        person = Person.objects.create(
            key=person_key(number), id_number=number, name=name, sex="m", born_on=dt.date(1980, 1, 1)
        )
        line = SignUpLine.objects.create(
            signup=signup, policy=city.policy, position=position, person=person, level="middle"
        )
        rows.append(
            Enrolment.objects.create(
                cohort=cohort,
                division=cohort.division,
                person=person,
                enterprise=firm,
                line=line,
                enrolled_at=FILED + dt.timedelta(seconds=position),
            )
        )
    return rows


def _attended(cohort: Cohort, people: list[Enrolment], by: Actor) -> None:
    for session in cohort.sessions.all():
        for enrolment in people[:5]:
            Attendance.objects.create(
                session=session, enrolment=enrolment, method="qr", signed_at=session.starts_at, entered_by=by.user
            )


def trainee(enrolment: Enrolment) -> Actor:
    """The account of a person of the class."""
    user = User(
        username=f"trainee-{enrolment.pk.hex[-10:]}",
        name=enrolment.person.name,
        person_key=enrolment.person.key,
        created_at=FILED,
    )
    user.set_unusable_password()
    user.save()
    Assignment.objects.create(user=user, role="trainee", unit=None, valid_from=LONG_AGO)
    return Actor(user=user, role="trainee")
