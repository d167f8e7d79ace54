"""What a class of the demo is: frozen plans, which the loader plays through the real actions, event by event."""

import datetime as dt
from dataclasses import dataclass
from typing import NamedTuple


class Event(NamedTuple):
    name: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class Session:
    on: dt.date
    start: dt.time
    end: dt.time
    kind: str  # lecture | practice
    place: str
    teacher: str  # Teacher.key
    base: str | None
    topic: str
    subject: str
    class_hours: int


@dataclass(frozen=True, slots=True)
class PlanText:
    """The parts that QD97.2.3 names; teachers and head-count come from the class itself."""

    name: str
    goal: str
    mode: str
    places: tuple[str, ...]
    content: tuple[str, ...]
    class_hours: int
    head_count: int
    batches: int
    evaluation: str


class PaperPart(NamedTuple):
    kind: str  # single | multiple | judgement | blank | short_answer | case
    items: int
    points_each: int
    objective: bool


@dataclass(frozen=True, slots=True)
class Exam:
    on: dt.date
    start: dt.time
    end: dt.time
    place: str
    paper: tuple[PaperPart, ...]
    sample_text: str
    supervisors: tuple[str, ...]  # Officer keys; empty with a third party
    third_party: str | None
    graders: tuple[str, ...]  # Teacher keys, none of whom taught the class


class Enrolment(NamedTuple):
    person: int
    enterprise: int
    at: dt.datetime


class Score(NamedTuple):
    person: int
    points: int | None  # None: did not sit


class SignIn(NamedTuple):
    session: int  # index into ClassPlan.sessions
    person: int
    status: str  # present | late | leave | absent
    at: dt.datetime | None
    manual_reason: str


class Answer(NamedTuple):
    person: int
    marks: tuple[int, ...]  # 1..5 for content, teachers, practice, organisation, overall
    remark: str


@dataclass(frozen=True, slots=True)
class Photo:
    key: str
    session: int
    drawing: int  # seed of peibu.demo.city.photos.draw_photo
    near_duplicate: bool
    caption: str
    taken_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Invoice:
    number: str
    kind: str  # administrative | tax
    issued_on: dt.date
    amount_fen: int


@dataclass(frozen=True, slots=True)
class ClaimPlan:
    key: str
    enterprise: int
    state: str
    invoice: Invoice
    events: tuple[Event, ...]
    return_reason: str = ""
    objection: str = ""


@dataclass(frozen=True, slots=True)
class ClassPlan:
    key: str
    stage: str  # what the tour calls it: a class state, or claim_<state of the first claim>
    state: str  # the class's own state
    provider: str
    bases: tuple[str, ...]
    enterprises: tuple[int, ...]
    fee_fen: int
    topics: tuple[str, ...]
    plan: PlanText
    sessions: tuple[Session, ...]
    enrolments: tuple[Enrolment, ...]
    exam: Exam
    events: tuple[Event, ...]
    sign_ins: tuple[SignIn, ...] = ()
    log: tuple[str, ...] = ()
    scores: tuple[Score, ...] = ()
    answers: tuple[Answer, ...] = ()
    photos: tuple[Photo, ...] = ()
    claims: tuple[ClaimPlan, ...] = ()
    return_reason: str = ""
    exception_reason: str = ""
    remark: str = ""

    @property
    def opens_on(self) -> dt.date:
        return self.sessions[0].on
