"""A provider with plans, sign-ups and classes on the small city: the ground for tests of everything around a class."""

import datetime as dt

from peibu.casework.actions import move_case
from peibu.programmes.models import Commitment
from peibu.programmes.queries import listed
from peibu.registry.models import Employment, Teacher
from peibu.training.actions.cohorts import Lesson, draft_cohort, enrol, set_timetable
from peibu.training.actions.plans import cosign_plan, draft_plan, sign_plan, write_plan
from peibu.training.models import SignUp, SignUpLine
from tests.city import CHINA, at

PARTS = {
    "project_name": "工业互联网综合能力提升",
    "goal": "掌握工业互联网平台应用",
    "mode": "专题讲座与基地实训",
    "training_place": "一号楼报告厅",
    "practice_place": "两家基地",
    "content": "平台、数据、安全",
    "topics": ["overall_competence", "big_data"],
    "class_hours": 40,
    "headcount": 30,
    "batches": 1,
    "evaluation": "结业考核60分及以上为合格",
    "fee_fen": 180_000,
}
# 2020-10-19 is a Monday; five days in a row.
DAYS = [dt.date(2020, 10, 19) + dt.timedelta(days=n) for n in range(5)]


class Filing:
    """A provider with a signed plan and a draft class."""

    def __init__(self, city):
        self.city = city
        on = dt.date(2020, 9, 28)
        self.unit = next(
            row.unit
            for row in listed(city.policy, "provider", on=on)
            if Teacher.objects.filter(unit=row.unit).count() >= 2
        )
        self.by = city.actor("provider", self.unit)
        self.bases = [row.unit for row in listed(city.policy, "base", on=on)[:2]]
        self.teachers = list(Teacher.objects.filter(unit=self.unit)[:2])
        self.now = at("2020-09-28 09:00")

    def plan(self, **changes):
        plan = draft_plan(policy=self.city.policy, by=self.by, at=self.now)
        return write_plan(
            plan=plan, parts=PARTS | changes, bases=self.bases, teachers=self.teachers, by=self.by, at=self.now
        )

    def signed(self):
        plan = sign_plan(plan=self.plan(), by=self.by, at=self.now)
        for base in self.bases:
            cosign_plan(plan=plan, by=self.city.actor("base", base), at=self.now)
        return plan

    def lesson(self, day, kind="lecture", hour=9, base=None, teacher=0):
        start = dt.datetime.combine(day, dt.time(hour), tzinfo=CHINA)
        return Lesson(
            kind=kind,
            subject="课程",
            starts_at=start,
            ends_at=start + dt.timedelta(hours=3),
            class_hours=4,
            place="报告厅",
            teacher=self.teachers[teacher],
            base=base,
        )

    def lessons(self, days=DAYS):
        rows = [self.lesson(day) for day in days[:-2]]
        return rows + [
            self.lesson(day, kind="practice", base=base) for day, base in zip(days[-2:], self.bases, strict=True)
        ]

    def cohort(self, days=DAYS, plan=None):
        cohort = draft_cohort(plan=plan or self.signed(), name="第一期", venue="报告厅", by=self.by, at=self.now)
        set_timetable(cohort=cohort, lessons=self.lessons(days), by=self.by, at=self.now)
        return cohort

    def submit(self, cohort, when="2020-10-10 09:00"):
        return move_case(case=cohort.case, move="submit", by=self.by, at=at(when))

    def sign_ups(self, people=3, nth=0):
        """Lines of an enterprise's committed sign-up with this provider."""
        enterprise = self.city.actor("enterprise", nth=nth)
        workers = Employment.objects.filter(unit=enterprise.unit).select_related("person").order_by("person_id")
        commitment = Commitment.objects.create(
            unit=enterprise.unit,
            user=enterprise.user,
            policy=self.city.policy,
            text_version="1",
            text_sha256="0" * 64,
            text="承诺",
            subject_id=self.unit.pk,
            accepted_at=self.now,
        )
        signup = SignUp.objects.create(
            division=enterprise.unit.division,
            policy=self.city.policy,
            enterprise=enterprise.unit,
            provider=self.unit,
            state="committed",
            commitment=commitment,
            created_at=self.now,
            committed_at=self.now,
        )
        chosen = list({row.person_id: row for row in workers}.values())[:people]
        return [
            SignUpLine.objects.create(
                signup=signup,
                policy=self.city.policy,
                position=position,
                person=row.person,
                post=row.post,
                level=row.level,
                active=True,
            )
            for position, row in enumerate(chosen, start=1)
        ]

    def full(self, people=3, days=DAYS, plan=None, nth=0):
        """A class with a timetable and people of the nth enterprise, ready to be handed in."""
        cohort = self.cohort(days, plan)
        enrol(cohort=cohort, lines=self.sign_ups(people, nth), by=self.by, at=self.now)
        return cohort

    def reviewer(self, cohort):
        return self.city.actor("agency_reviewer", cohort.case.agency)

    def sent_back(self, cohort, reason="请更换教师", when="2020-10-10 10:00"):
        move_case(case=cohort.case, move="return", by=self.reviewer(cohort), at=at(when), reason=reason)
        cohort.refresh_from_db()
        return cohort

    def confirmed(self, cohort, when="2020-10-12 09:00"):
        move_case(case=cohort.case, move="confirm", by=self.reviewer(cohort), at=at(when))
        cohort.refresh_from_db()
        return cohort
