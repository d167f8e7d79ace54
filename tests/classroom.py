"""A confirmed class with a timetable, people and a teacher, built on the small city, for tests of what happens in it."""

import dataclasses
import datetime as dt

from peibu.accounts.actor import Actor
from peibu.accounts.models import Assignment, User
from peibu.casework.actions import open_case
from peibu.registry.models import Person, Teacher
from peibu.training.models import Cohort, Enrolment, Session, SignUp, SignUpLine, TrainingPlan
from tests.city import LONG_AGO, Stage, at

OPENS = "2020-10-12"
START_OF_TEACHING = at(f"{OPENS} 09:00")


@dataclasses.dataclass
class Classroom:
    """`provider`, `teacher`, `trainees`: actors; `sessions` in order of time."""

    cohort: Cohort
    provider: Actor
    teacher: Actor
    trainees: list[Actor]
    enrolments: list[Enrolment]
    sessions: list[Session]


def _account(person: Person) -> Actor:
    user, made = User.objects.get_or_create(
        person_key=person.key,
        username=f"t-{person.key[:12]}",
        defaults={"name": person.name, "created_at": LONG_AGO, "password": "!"},
    )
    if made:
        Assignment.objects.create(user=user, role="trainee", valid_from=LONG_AGO.date())
    return Actor(user=user, role="trainee")


def _teacher(city: Stage, provider: Actor, nth: int) -> tuple[Teacher, Actor]:
    row = Teacher.objects.filter(unit=provider.unit).order_by("name", "id")[nth]
    if row.user is None:
        row.user = User.objects.create(
            username=f"teacher-{row.pk}", name=row.name, person_key=row.person_key, created_at=LONG_AGO, password="!"
        )
        row.save()
    post = Assignment.objects.filter(user=row.user, role="teacher").select_related("unit__division").first()
    post = post or Assignment.objects.create(user=row.user, role="teacher", unit=row.unit, valid_from=LONG_AGO.date())
    return row, Actor(user=row.user, role="teacher", unit=post.unit)


def classroom(
    city: Stage, *, number: int = 0, people: int = 4, opens: str = OPENS, stage: str = "confirmed", days: int = 2
) -> Classroom:
    """The number-th class of the city's number-th provider: a morning and an afternoon on each day."""
    unit = city.unit(city.city.providers[number].key)
    provider = city.actor("provider", unit)
    teacher, teaching = _teacher(city, provider, 0)
    enterprise = city.loaded.firms[city.city.enterprises[number].no]
    first = at(f"{opens} 09:00")
    plan = TrainingPlan.objects.create(
        division=unit.division, policy=city.policy, provider=unit, project_name="工业互联网管理人员培训",
        created_at=first,
    )  # fmt: skip
    case = open_case(
        policy=city.policy, process="class_filing", subject="开班备案", applicant=unit,
        agency=city.office("agency", unit.division), by=provider, at=first - dt.timedelta(days=20),
    )  # fmt: skip
    cohort = Cohort.objects.create(
        division=unit.division, policy=city.policy, provider=unit, plan=plan, case=case, stage=stage,
        name=f"工业互联网第{number + 1}期", opens_on=first.date(), ends_on=(first + dt.timedelta(days=days - 1)).date(),
        fee_fen=200000, venue="实训楼 301", seats=max(80, people), seats_taken=people, created_at=first - dt.timedelta(days=20),
    )  # fmt: skip
    sessions = [
        Session.objects.create(
            division=unit.division, cohort=cohort, position=day * 2 + half, kind="lecture",
            subject=("工业互联网平台架构", "智能制造案例分析")[half], starts_at=first + dt.timedelta(days=day, hours=5 * half),
            ends_at=first + dt.timedelta(days=day, hours=5 * half + 3), class_hours=4, place="实训楼 301",
            teacher=teacher, teacher_key=teacher.person_key, active=True,
        )
        for day in range(days)
        for half in range(2)
    ]  # fmt: skip
    return Classroom(cohort, provider, teaching, *_people(city, cohort, enterprise, number, people, first), sessions)


def _people(city: Stage, cohort: Cohort, enterprise, number: int, people: int, first: dt.datetime):
    signup = SignUp.objects.create(
        division=enterprise.division, policy=city.policy, enterprise=enterprise, provider=cohort.provider,
        created_at=first,
    )  # fmt: skip
    trainees, enrolments = [], []
    for position, row in enumerate(city.city.people[number * 40 : number * 40 + people]):
        person = city.loaded.people[row.no]
        line = SignUpLine.objects.create(
            signup=signup, policy=city.policy, position=position, person=person, level="middle"
        )
        enrolments.append(
            Enrolment.objects.create(
                division=cohort.division, cohort=cohort, person=person, enterprise=enterprise, line=line,
                enrolled_at=first,
            )
        )  # fmt: skip
        trainees.append(_account(person))
    return trainees, enrolments


def as_practice(room: Classroom, nth: int = 0) -> Session:
    """The nth session as practice: the kind that the folder signs people out of and fences."""
    session = room.sessions[nth]
    Session.objects.filter(pk=session.pk).update(kind="practice", base=room.cohort.provider)
    session.refresh_from_db()
    return session


def without_fence(monkeypatch) -> None:
    """As if the folder checked no places: for tests of the sign-out, whose kinds of sessions are the fenced ones too."""
    for shelf in ("actions.doubts", "queries.own_day", "queries.unfenced"):
        monkeypatch.setattr(f"peibu.training.{shelf}.fence_of", lambda session: None)
