"""Weihai and Jinan on the small city: a listed unit, an enterprise, records, from which a class can be run."""

import datetime as dt

from peibu.casework.actions import move_case
from peibu.programmes.models import ListedUnit, PublishedList
from peibu.registry.entries import register_fact
from peibu.registry.models import Teacher
from peibu.training.actions.cohorts import Lesson, draft_cohort, set_timetable
from peibu.training.actions.plans import draft_plan, sign_plan, write_plan
from tests.city import CHINA, at

WEIHAI, JINAN = "weihai/gold_collar_2019", "jinan/internet_plus_2020"
OCCUPATION = "6-18-01-01"
TOPICS = (
    "general_knowledge", "craftsman_spirit", "ethics", "quality", "law", "safety", "environment", "fire_safety", "health",
)  # fmt: skip


class Road:
    """A provider listed under a policy, with a clerk, teachers, the district's officers and one enterprise."""

    def __init__(self, city, policy: str, role: str, now: str):
        self.city, self.policy, self.now = city, policy, at(now)
        self.by = next(
            actor
            for actor in (city.actor("provider", nth=n) for n in range(12))
            if Teacher.objects.filter(unit=actor.unit).count() >= 2
        )
        self.unit = self.by.unit
        self.teachers = list(Teacher.objects.filter(unit=self.unit)[:2])
        listed = PublishedList.objects.create(
            policy=policy,
            role=role,
            batch=1,
            title="名单",
            published_on=self.now.date(),
            issuers=["市局"],
            source="测试",
        )
        ListedUnit.objects.create(published=listed, unit=self.unit, position=1, valid_from=dt.date(2019, 1, 1))
        self.enterprise = city.actor("enterprise")
        self.bureau = city.actor("city_bureau")

    def record(self, kind: str, about, name: str, value, since="2019-01-01"):
        return register_fact(
            policy=self.policy,
            kind=kind,
            about=str(about),
            name=name,
            value=value,
            valid_from=dt.date.fromisoformat(since),
            source="测试材料1号",
            by=self.bureau,
            at=self.now,
        )

    def qualified(self, teacher, titles):
        """Put a teacher's titles on record about the base."""
        row = {"teacher": teacher.name, "teaches": "both", "titles": list(titles)}
        return self.record("unit", self.unit.pk, "teachers", row)

    def plan(self, **parts):
        plan = draft_plan(policy=self.policy, by=self.by, at=self.now)
        write_plan(plan=plan, parts=parts, bases=[], teachers=self.teachers, by=self.by, at=self.now)
        plan.refresh_from_db()
        return plan

    def signed(self, **parts):
        return sign_plan(plan=self.plan(**parts), by=self.by, at=self.now)

    def lesson(self, day: dt.date, kind: str, hours: int, hour=8, topics=()):
        start = dt.datetime.combine(day, dt.time(hour), tzinfo=CHINA)
        return Lesson(
            kind=kind,
            subject="焊接实训" if kind == "practice" else "理论课",
            starts_at=start,
            ends_at=start + dt.timedelta(hours=hours),
            class_hours=hours,
            place="实训中心",
            teacher=self.teachers[0],
            base=self.unit if kind == "practice" else None,
            topics=tuple(topics),
        )

    def cohort(self, plan, lessons):
        cohort = draft_cohort(plan=plan, name="技师一班", venue="实训中心", by=self.by, at=self.now)
        set_timetable(cohort=cohort, lessons=lessons, by=self.by, at=self.now)
        cohort.refresh_from_db()
        return cohort

    def move(self, case, move, by, when=None, reason=""):
        return move_case(case=case, move=move, by=by, at=when or self.now, reason=reason)


ENOUGH = ("senior_title", "senior_technician")  # for theory and for practice (WH63.2.1)


def weihai(city, titles=ENOUGH) -> Road:
    """`titles`: what is on record of both teachers; None: nothing."""
    road = Road(city, WEIHAI, "base", "2019-10-25 09:00")
    road.record("occupation", OCCUPATION, "occupation_listed", True)
    road.record("occupation", OCCUPATION, "catalogue_from", "2017-09-12")
    road.record("unit", road.unit.pk, "credit_class", "good")
    for teacher in road.teachers if titles is not None else ():
        road.qualified(teacher, titles)
    return road


WEIHAI_PLAN = {
    "project_name": "焊工技师培训",
    "mode": "理论学习、模拟操作和技术攻关交流相结合",
    "fee_fen": 0,
    "class_hours": 210,
    "stated": {
        "occupation_code": OCCUPATION,
        "target_level": "technician",
        "industries": ["smart_manufacturing"],
        "planned_with_employer": True,
        "training_modes": ["theory", "simulation", "problem_solving"],
    },
}


def weihai_lessons(road: Road, short: int = 0) -> list[Lesson]:
    """10 ideological, 110 theory (one of 27 days carries the nine topics), 90 practice (less `short`)."""
    first, rows, day = dt.date(2019, 11, 4), [], 0
    plan = [("ideological", 10), ("theory", 110), ("practice", 90)]
    for kind, total in plan:
        left = total - (short if kind == "practice" else 0)
        while left > 0:
            hours = min(10 if kind == "ideological" else 8, left)
            rows.append(
                road.lesson(first + dt.timedelta(days=day), kind, hours, topics=TOPICS if kind == "theory" else ())
            )
            left, day = left - hours, day + 1
    return rows


def technician(name_no: int = 0, **changes) -> dict:
    """A roster row as read: a senior worker since 2015 applying for technician."""
    row = {
        "occupation_code": OCCUPATION,
        "target_level": "technician",
        "employer_kind": "enterprise",
        "post_kind": "skilled_worker",
        "worker_relation": "labour_contract",
        "held_level": "senior",
        "prior_certificate_kind": "vocational_qualification",
        "prior_level_since": "2015-05-20",
        "occupation_work_days": 2000,
        "outstanding_achievement": "none",
    }
    return row | changes
