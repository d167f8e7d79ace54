"""A class of another document that single people may apply for: Jinan's offline practice, taught by a provider of the city."""

import datetime as dt
from typing import Any

from peibu.accounts.actor import Actor
from peibu.accounts.models import Assignment
from peibu.demo.city import NOW
from peibu.demo.city.records import CHINA
from peibu.demo.loader.players import Players
from peibu.programmes.models import ListedUnit, PublishedList
from peibu.registry.entries import register_fact
from peibu.registry.models import Person, Teacher
from peibu.rulebook import load_policy
from peibu.training.actions.applications import apply_for_place, decide_application, open_enrolment
from peibu.training.actions.cohorts import Lesson, draft_cohort, set_timetable
from peibu.training.actions.plans import draft_plan, sign_plan, write_plan
from peibu.training.models import Cohort

JINAN = "jinan/internet_plus_2020"
OCCUPATION = "6-18-01-01"
DAY = dt.timedelta(days=1)
PLAN = {
    "project_name": "焊工线下实操",
    "mode": "线上学习合格后线下实操",
    "goal": "掌握焊接基本操作，达到合格证书要求",
    "training_place": "实训中心",
    "practice_place": "实训中心",
    "content": "焊条电弧焊、气体保护焊基本操作和安全",
    "class_hours": 40,
    "fee_fen": 0,
    "stated": {"occupation_code": OCCUPATION, "standard_level": "training_completion", "course_kind": "skill"},
}
LESSONS = ("焊接安全和设备", "焊条电弧焊平焊", "焊条电弧焊立焊", "气体保护焊", "综合练习")
STATED = {"trainee_categories": ["employee"]}


def play_places(players: Players) -> None:
    """Two people with accounts have applied: one has a place, one waits for the provider's answer."""
    provider = players.loaded.units[players.loaded.city.providers[0].key]
    by = players.of("provider", provider)
    bureau = players.by_user(Assignment.objects.filter(role="city_bureau").order_by("user__username").first().user)
    _record("occupation", OCCUPATION, {"speciality_listed": True, "speciality_from": "2019-07-01"}, bureau)
    _record("city", JINAN, {"offline_resumed_on": "2020-05-15"}, bureau)
    _list(provider)
    cohort = _class(by)
    version = load_policy(JINAN).texts["commitment"].version
    open_enrolment(cohort=cohort, closes_on=(NOW + 5 * DAY).date(), version=version, by=by, at=NOW - 2 * DAY)
    _applications(cohort, by, bureau)


def _record(kind: str, about: object, values: dict[str, Any], by: Actor) -> None:
    for name, value in values.items():
        register_fact(
            policy=JINAN, kind=kind, about=str(about), name=name, value=value, valid_from=dt.date(2019, 7, 1),
            source="演示数据", by=by, at=NOW - 3 * DAY,
        )  # fmt: skip


def _list(unit) -> None:
    card = load_policy(JINAN).card
    published = PublishedList.objects.create(
        policy=JINAN, role="provider", batch=1, title="线下实操培训机构名单（演示）", published_on=dt.date(2020, 4, 10),
        issuers=list(card["issuers"]), source=card["document_number"],
    )  # fmt: skip
    ListedUnit.objects.create(published=published, unit=unit, position=1, valid_from=dt.date(2020, 4, 10))


def _class(by: Actor) -> Cohort:
    at = NOW - 3 * DAY
    teachers = list(Teacher.objects.filter(unit=by.unit).order_by("name", "id")[:2])
    plan = draft_plan(policy=JINAN, by=by, at=at)
    plan = write_plan(plan=plan, parts=PLAN, bases=[], teachers=teachers, by=by, at=at)
    plan = sign_plan(plan=plan, by=by, at=at)
    cohort = draft_cohort(plan=plan, name=f"{by.unit.name}焊工线下实操班", venue="实训中心", by=by, at=at)
    first = NOW.astimezone(CHINA).date() + 14 * DAY
    lessons = [_lesson(first + n * DAY, subject, teachers[0], by) for n, subject in enumerate(LESSONS)]
    set_timetable(cohort=cohort, lessons=lessons, by=by, at=at)
    return cohort


def _lesson(day: dt.date, subject: str, teacher: Teacher, by: Actor) -> Lesson:
    start = dt.datetime.combine(day, dt.time(8, 30), tzinfo=CHINA)
    return Lesson(
        kind="practice", subject=subject, starts_at=start, ends_at=start + dt.timedelta(hours=8), class_hours=8,
        place="实训中心", teacher=teacher, base=by.unit,
    )  # fmt: skip


def _applications(cohort: Cohort, by: Actor, bureau: Actor) -> None:
    rows = Assignment.objects.filter(role="trainee", user__is_active=True).select_related("user")
    rows = [row for row in rows.order_by("user__username") if row.user.person_key]
    for number, row in enumerate(rows[:2]):
        person = Person.objects.get(key=row.user.person_key)
        passed = {"online_completed": True, "online_passed": True, "online_passed_on": "2020-11-20"}
        _record("person", person.pk, passed | STATED, bureau)
        at = NOW - DAY + dt.timedelta(minutes=number)
        application = apply_for_place(cohort=cohort, stated=STATED, by=Actor(user=row.user, role="trainee"), at=at)
        if number == 0:
            decide_application(application=application, accept=True, answer="", by=by, at=NOW - dt.timedelta(hours=5))
