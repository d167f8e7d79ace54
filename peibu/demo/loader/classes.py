"""Plan, sign-up, timetable, filing: a class up to its confirmation."""

import datetime as dt
from decimal import Decimal

from peibu.casework.actions import move_case
from peibu.demo.city.plans import ClassPlan
from peibu.demo.city.records import CHINA
from peibu.demo.loader.players import Players
from peibu.demo.loader.signups import sign_up
from peibu.kernel.errors import Refused
from peibu.training.actions.cohorts import Lesson, draft_cohort, enrol, give_reason, set_timetable
from peibu.training.actions.plans import cosign_plan, draft_plan, sign_plan, write_plan
from peibu.training.actions.venues import add_room, add_venue
from peibu.training.facts.filing import double_bookings
from peibu.training.models import Cohort, Room, TrainingPlan, Venue

# The policy was issued on 2020-09-15; nobody acts under it before.
FIRST_DAY = dt.datetime(2020, 9, 15, 16, tzinfo=CHINA)
ROOM_SEATS = 80
# A point in the demo's city; every base lies a little further along. Nobody's address.
SPOT = {"longitude": Decimal("120.383000"), "latitude": Decimal("36.067000"), "radius_m": 150}
STEP = Decimal("0.010000")
TOPICS = {
    "ai": "artificial_intelligence",
    "smart_manufacturing": "smart_manufacturing",
    "cloud": "cloud_computing",
    "blockchain": "blockchain",
    "big_data": "big_data",
    "security": "cyber_security",
    "comprehensive": "overall_competence",
}


class ClassStory:
    """One class of the cast, played by its people."""

    def __init__(self, players: Players, plan: ClassPlan):
        self.players, self.plan = players, plan
        self.loaded = players.loaded
        self.provider = self.loaded.units[plan.provider]
        self.by = players.of("provider", self.provider)
        self.when = {event.name: event.at for event in plan.events}
        self.cohort: Cohort | None = None
        self.room: Room | None = None
        self.workshops: dict[object, Room] = {}

    def reached(self, name: str) -> dt.datetime | None:
        """When the class reached a stage; None when it has not."""
        return self.when.get(name)

    def play(self) -> None:
        """Up to the confirmation, or wherever the class stands."""
        drafted = max(self.when["drafted"], FIRST_DAY)
        lines = sign_up(self, at=max(drafted - dt.timedelta(days=1), FIRST_DAY - dt.timedelta(hours=1)))
        plan = self._training_plan(drafted - dt.timedelta(minutes=40))
        self.cohort = draft_cohort(plan=plan, name=self._name(), venue=plan.training_place, by=self.by, at=drafted)
        self._register_room(drafted)
        set_timetable(cohort=self.cohort, lessons=self._lessons(), by=self.by, at=drafted)
        enrol(cohort=self.cohort, lines=lines, by=self.by, at=drafted)
        if self.plan.exception_reason:
            reason = self.plan.exception_reason
            give_reason(cohort=self.cohort, rule="class_span_in_limit", reason=reason, by=self.by, at=drafted)
        self._file()

    def _name(self) -> str:
        serial = Cohort.objects.filter(provider=self.provider).count() + 1
        return f"{self.provider.name}2020年工业互联网培训第{serial}期"

    def _training_plan(self, at: dt.datetime) -> TrainingPlan:
        text = self.plan.plan
        parts = {
            "project_name": text.name,
            "goal": text.goal,
            "mode": text.mode,
            "training_place": text.places[0],
            "practice_place": "；".join(text.places[1:]) or text.places[0],
            "content": "\n".join(text.content),
            "topics": [TOPICS[topic] for topic in self.plan.topics],
            "class_hours": text.class_hours,
            "headcount": text.head_count,
            "batches": text.batches,
            "evaluation": text.evaluation,
            "fee_fen": self.plan.fee_fen,
        }
        bases = [self.loaded.units[key] for key in self.plan.bases]
        teachers = {self.loaded.teachers[s.teacher] for s in self.plan.sessions}
        plan = draft_plan(policy=self.loaded.policy, by=self.by, at=at)
        plan = write_plan(plan=plan, parts=parts, bases=bases, teachers=teachers, by=self.by, at=at)
        plan = sign_plan(plan=plan, by=self.by, at=at)
        for base in bases:
            cosign_plan(plan=plan, by=self.players.of("base", base), at=at + dt.timedelta(minutes=15))
        return plan

    def _register_room(self, at: dt.datetime) -> None:
        """The provider's building, registered with its first class; every class has a room of its own in it."""
        venue = Venue.objects.filter(unit=self.provider).first()
        if venue is None:
            place = self.plan.plan.places[0]
            venue = add_venue(name=place[:60], address=f"{self.provider.division.name}{place}", by=self.by, at=at)
        name = f"{Cohort.objects.filter(provider=self.provider).count():02d}教室"
        seats = max(ROOM_SEATS, self.plan.plan.head_count or 0)
        self.room = add_room(venue=venue, name=name, seats=seats, by=self.by, at=at)
        self._register_workshops(at)

    def _register_workshops(self, at: dt.datetime) -> None:
        """A workshop at each base for this class, with the place on the map that the sign-in is checked against; the base
        of the first class has not given one, so that its sessions show what is said then."""
        for key in self.plan.bases:
            base = self.loaded.units[key]
            by = self.players.of("base", base)
            venue = Venue.objects.filter(unit=base).first()
            if venue is None:
                count = Venue.objects.count()
                spot = SPOT if count > 1 else {}
                venue = add_venue(name="实训车间", address=f"{base.name}厂区", by=by, at=at, **_moved(spot, count))
            number = venue.rooms.count() + 1
            self.workshops[key] = add_room(venue=venue, name=f"{number:02d}工位", seats=ROOM_SEATS, by=by, at=at)

    def _lessons(self) -> list[Lesson]:
        return [
            Lesson(
                kind=s.kind,
                subject=s.subject,
                starts_at=dt.datetime.combine(s.on, s.start, tzinfo=CHINA),
                ends_at=dt.datetime.combine(s.on, s.end, tzinfo=CHINA),
                class_hours=s.class_hours,
                place=s.place if s.base else str(self.room),
                room=self.workshops[s.base] if s.base else self.room,
                teacher=self.loaded.teachers[s.teacher],
                base=self.loaded.units[s.base] if s.base else None,
            )
            for s in self.plan.sessions
        ]

    def _file(self) -> None:
        submitted = self.reached("submitted")
        if submitted is None:
            return
        self._settle_double_bookings(submitted)
        self._move("submit", self.by, submitted)
        reviewer = self.players.of("agency_reviewer", self.cohort.case.agency)
        if self.reached("returned"):
            self._move("return", reviewer, self.when["returned"], self.plan.return_reason)
        if self.reached("confirmed"):
            self._move("confirm", reviewer, self.when["confirmed"])

    def _settle_double_bookings(self, at: dt.datetime) -> None:
        """The planted clash: filing is refused, as it would be in life, and the provider sends somebody else."""
        clashes = {session.pk for session, _other in double_bookings(self.cohort)}
        if not clashes:
            return
        lessons = self._lessons()
        busy = {s.teacher for s in self.plan.sessions}
        spare = next(t for key, t in self.loaded.teachers.items() if key not in busy and t.unit_id == self.provider.pk)
        rows = list(self.cohort.sessions.order_by("position"))
        lessons.sort(key=lambda lesson: lesson.starts_at)
        fixed = [
            Lesson(**{**_fields(lesson), "teacher": spare}) if row.pk in clashes else lesson
            for row, lesson in zip(rows, lessons, strict=True)
        ]
        try:
            self._move("submit", self.by, at - dt.timedelta(hours=1))
        except Refused:
            set_timetable(cohort=self.cohort, lessons=fixed, by=self.by, at=at)

    def _move(self, move: str, by, at: dt.datetime, reason: str = "") -> None:
        self.cohort.case = move_case(case=self.cohort.case, move=move, by=by, at=at, reason=reason)
        self.cohort.refresh_from_db()


def _fields(lesson: Lesson) -> dict:
    return {name: getattr(lesson, name) for name in Lesson.__dataclass_fields__}


def _moved(spot: dict, count: int) -> dict:
    return spot | {"longitude": spot["longitude"] + count * STEP} if spot else {}
