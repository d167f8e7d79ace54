"""A class of another city's document, played by its people through the same actions as any other class."""

import datetime as dt
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from peibu.accounts.actor import Actor
from peibu.accounts.enums import Role
from peibu.accounts.models import Unit
from peibu.casework.actions import move_case
from peibu.demo.city import draw_photo
from peibu.demo.city.records import CHINA
from peibu.demo.loader.players import Players
from peibu.programmes.models import ListedUnit, PublishedList
from peibu.registry.entries import register_fact
from peibu.registry.models import Employment, Person, Teacher
from peibu.rulebook import load_policy
from peibu.training.actions.cohorts import Lesson, draft_cohort, enrol, set_timetable
from peibu.training.actions.finish import finish_teaching
from peibu.training.actions.logs import write_log
from peibu.training.actions.photos import keep_photo
from peibu.training.actions.plans import draft_plan, sign_plan, write_plan
from peibu.training.actions.roster import add_person
from peibu.training.actions.signup import choose_provider, commit_signup, precheck, start_signup
from peibu.training.enums import AttendanceMethod
from peibu.training.models import Attendance, CheckIn, CheckOut, Cohort, Exam, Session, SignOut, SignUpLine
from peibu.training.presence_terms import sign_out_window

FIRST_PHOTO = 40_001  # seeds of drawings that no other class uses


def moment(text: str) -> dt.datetime:
    """'2019-11-04 09:00' in China."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=CHINA)


@dataclass(frozen=True)
class Part:
    """Consecutive days of one kind of session: `hours` of each day, class hours and clock hours alike."""

    kind: str
    subject: str
    hours: tuple[int, ...]
    teacher: int = 0
    topics: tuple[str, ...] = ()


def bureau_of(players: Players, key: str = "370200-hrss", nth: int = 0) -> Actor:
    return players.of(Role.CITY_BUREAU, players.loaded.units[key], nth)


def list_unit(policy: str, role: str, unit: Unit, *, title: str, on: dt.date) -> None:
    """Put a unit on the published list of a policy, as the annex of the document would."""
    card = load_policy(policy).card
    published = PublishedList.objects.filter(policy=policy, role=role).first() or PublishedList.objects.create(
        policy=policy, role=role, batch=1, title=title, published_on=on, issuers=list(card["issuers"]),
        source=card["document_number"],
    )  # fmt: skip
    ListedUnit.objects.create(published=published, unit=unit, position=published.units.count() + 1, valid_from=on)


class DeliveryStory:
    """One class: `by` runs it for its provider, `sender` signs its people up."""

    def __init__(self, players: Players, policy: str, provider: Unit, firm: Unit):
        self.players, self.policy, self.provider = players, policy, provider
        self.by = players.of(Role.PROVIDER, provider)
        self.sender = players.of(Role.ENTERPRISE, firm)
        self.teachers = list(Teacher.objects.filter(unit=provider).order_by("-full_time", "name", "id")[:3])
        self.cohort: Cohort | None = None

    def record(self, kind: str, about: object, name: str, value: object, *, since: dt.date, at: dt.datetime) -> None:
        register_fact(
            policy=self.policy, kind=kind, about=str(about), name=name, value=value, valid_from=since,
            source="演示数据", by=bureau_of(self.players), at=at,
        )  # fmt: skip

    def people(self, wanted: Sequence[Person], count: int) -> list[Person]:
        """The wanted ones first, then others who work for the sender."""
        rows = Employment.objects.filter(unit=self.sender.unit, ended_on__isnull=True).select_related("person")
        found = {row.person_id: row.person for row in rows.order_by("person__name", "person_id")}
        first = {person.pk: person for person in wanted}
        return [*first.values(), *(p for pk, p in found.items() if pk not in first)][:count]

    def sign_up(self, people: Sequence[Person], *, post: str, stated: dict, at: dt.datetime) -> None:
        """The enterprise's roster, its pre-check, the provider and the promise."""
        signup = start_signup(policy=self.policy, enterprise=self.sender.unit, by=self.sender, at=at)
        for person in people:
            add_person(
                signup=signup, name=person.name, id_number=person.id_number, post=post, stated=stated,
                by=self.sender, at=at,
            )  # fmt: skip
        signup = precheck(signup=signup, by=self.sender, at=at)
        signup = choose_provider(signup=signup, provider=self.provider, by=self.sender, at=at)
        version = load_policy(self.policy).texts["commitment"].version
        commit_signup(signup=signup, version=version, by=self.sender, at=at)
        self.lines = list(SignUpLine.objects.filter(signup=signup, active=True).select_related("person", "signup"))

    def open_class(self, name: str, plan: dict, first: dt.date, parts: Sequence[Part], *, at: dt.datetime) -> None:
        """Plan, class, timetable, people; not filed yet."""
        row = draft_plan(policy=self.policy, by=self.by, at=at)
        row = write_plan(plan=row, parts=plan, bases=[], teachers=self.teachers, by=self.by, at=at)
        row = sign_plan(plan=row, by=self.by, at=at)
        self.cohort = draft_cohort(plan=row, name=name, venue=plan["training_place"], by=self.by, at=at)
        set_timetable(cohort=self.cohort, lessons=self._lessons(first, parts), by=self.by, at=at)
        enrol(cohort=self.cohort, lines=self.lines, by=self.by, at=at)

    def _lessons(self, first: dt.date, parts: Sequence[Part]) -> list[Lesson]:
        """A session a day, Sundays free."""
        found, day = [], first
        for part in parts:
            for number, hours in enumerate(part.hours, start=1):
                start = dt.datetime.combine(day, dt.time(8, 30), tzinfo=CHINA)
                found.append(
                    Lesson(
                        kind=part.kind,
                        subject=f"{part.subject}（{number}）",
                        starts_at=start,
                        ends_at=start + dt.timedelta(hours=hours),
                        class_hours=hours,
                        place="实训中心",
                        teacher=self.teachers[part.teacher],
                        base=self.provider if part.kind == "practice" else None,
                        topics=part.topics if number == 1 else (),
                    )  # fmt: skip
                )
                day += dt.timedelta(days=2 if day.isoweekday() == 6 else 1)
        return found

    def file(self, *, submitted: dt.datetime, confirmed: dt.datetime) -> None:
        self.move(self.cohort.case, "submit", self.by, submitted)
        reviewer = self.players.of(Role.AGENCY_REVIEWER, self.cohort.case.agency)
        self.move(self.cohort.case, "confirm", reviewer, confirmed)

    def move(self, case, move: str, by: Actor, at: dt.datetime) -> None:
        move_case(case=case, move=move, by=by, at=at)
        self.cohort = Cohort.objects.select_related("case", "plan", "provider").get(pk=self.cohort.pk)

    def teach(self, *, finished: dt.datetime) -> None:
        """Past sign-ins are written in one go, as for every class of the demo; logs, photos and the end by their actions."""
        sessions = list(self.cohort.sessions.exclude(kind="exam").order_by("position"))
        people = list(self.cohort.enrolments.select_related("person"))
        for session in sessions:
            self._signed(session, people)
            text = f"讲授“{session.subject}”{session.class_hours}课时，全班到课，分组练习并点评。"
            write_log(session=session, text=text, by=self.by, at=session.ends_at + dt.timedelta(minutes=20))
        for number, session in enumerate((sessions[0], sessions[-1])):
            keep_photo(
                cohort=self.cohort, session=session, name=f"现场{number + 1}.jpg",
                content=draw_photo(FIRST_PHOTO + 10 * len(sessions) + number), by=self.by,
                at=session.starts_at + dt.timedelta(hours=1),
            )  # fmt: skip
        finish_teaching(cohort=self.cohort, by=self.by, at=finished)
        self.cohort.refresh_from_db()

    def _signed(self, session: Session, people: list) -> None:
        opened = session.starts_at - dt.timedelta(minutes=20)
        gate = {"session": session, "opened_by": self.by.user}
        CheckIn.objects.create(secret=secrets.token_hex(32), opened_at=opened, **gate)
        rows = Attendance.objects.bulk_create(
            Attendance(
                session=session, enrolment=row, method=AttendanceMethod.QR, entered_by=self.by.user,
                signed_at=opened + dt.timedelta(seconds=70 * n),
            )
            for n, row in enumerate(people)
        )  # fmt: skip
        window = sign_out_window(session)
        if window is not None:
            CheckOut.objects.create(secret=secrets.token_hex(32), opened_at=window.usual, **gate)
            SignOut.objects.bulk_create(
                SignOut(
                    attendance=row, left_at=session.ends_at, entered_at=session.ends_at,
                    method=AttendanceMethod.QR, entered_by=row.entered_by,
                )
                for row in rows
            )  # fmt: skip

    def marks(self, exam: Exam) -> dict[object, Decimal]:
        """Everybody passes, each with marks of their own."""
        rows = self.cohort.enrolments.filter(state="active").order_by("person__name")
        return {row.pk: Decimal(72 + 5 * n % 23) for n, row in enumerate(rows)}
