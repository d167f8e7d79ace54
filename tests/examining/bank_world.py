"""A bank and an approved online exam on the class of `exam_world`."""

import datetime as dt
from decimal import Decimal

from peibu.accounts.models import Assignment, User
from peibu.casework.actions import move_case
from peibu.examining.actions.bank import TRUE_FALSE, Wording, write_questions
from peibu.examining.actions.papers import draw_paper
from peibu.examining.actions.sittings import set_up_test
from peibu.examining.assembly import Line
from peibu.training.actions.exam import draft_exam, file_exam, name_graders, name_supervisors, set_time
from peibu.training.models import Exam
from tests.city import at
from tests.training.exam_world import EXAM_FROM, EXAM_UNTIL, FILED, World, build

TOPICS = ("平台架构", "数据采集", "安全")
LINES = (
    Line(kind="single", count=20, points=Decimal(2)),
    Line(kind="multiple", count=10, points=Decimal(3)),
    Line(kind="true_false", count=15, points=Decimal(2)),
)
MINUTES = 60
DEVICE, OTHER = "d" * 32, "e" * 32


def wordings(*, singles: int = 30, multiples: int = 16, truths: int = 20, blanks: int = 4, essays: int = 4):
    """Invented questions; the right option of a single choice is number % 4."""
    for number in range(singles):
        yield Wording(
            kind="single", topic=TOPICS[number % 3], difficulty=number % 3 + 1, points=Decimal(2),
            stem=f"单选第{number}题：下列哪一项正确？", options=[f"选项{letter}{number}" for letter in "甲乙丙丁"],
            answer=[number % 4],
        )  # fmt: skip
    for number in range(multiples):
        yield Wording(
            kind="multiple", topic=TOPICS[number % 3], difficulty=number % 3 + 1, points=Decimal(3),
            stem=f"多选第{number}题：下列哪些正确？", options=[f"选项{letter}{number}" for letter in "甲乙丙丁戊"],
            answer=[number % 5, (number + 2) % 5],
        )  # fmt: skip
    for number in range(truths):
        yield Wording(
            kind="true_false", topic=TOPICS[number % 3], difficulty=number % 3 + 1, points=Decimal(2),
            stem=f"判断第{number}题。", options=TRUE_FALSE, answer=[number % 2],
        )  # fmt: skip
    for number in range(blanks):
        yield Wording(
            kind="blank", topic=TOPICS[0], difficulty=1, points=Decimal(2), stem=f"填空第{number}题：____。", answer=["边缘"]
        )  # fmt: skip
    for number in range(essays):
        yield Wording(
            kind="short", topic=TOPICS[1], difficulty=3, points=Decimal(10), stem=f"简答第{number}题。", answer=["要点"]
        )  # fmt: skip


def fill_bank(world: World) -> int:
    return write_questions(policy=world.city.policy, wordings=list(wordings()), by=world.provider, at=FILED)


def draft(world: World, *, held=(EXAM_FROM, EXAM_UNTIL)) -> Exam:
    """Time and people are there, the paper is not."""
    exam = draft_exam(cohort=world.cohort, by=world.provider, at=FILED)
    set_time(exam=exam, held_from=held[0], held_until=held[1], place="一教101", by=world.provider, at=FILED)
    name_supervisors(exam=exam, users=[world.hrss.user, world.industry.user], by=world.provider, at=FILED)
    name_graders(exam=exam, person_keys=[world.free.person_key], by=world.provider, at=FILED)
    return world.exam


def online(city, *, salt: int = 0, minutes: int = MINUTES, seed: str = "seed", held=(EXAM_FROM, EXAM_UNTIL)) -> World:
    """A class whose approved exam is sat online."""
    world = build(city, salt=salt)
    fill_bank(world)
    exam = draft(world, held=held)
    draw_paper(exam=exam, lines=LINES, by=world.provider, at=FILED, seed=seed)
    set_up_test(exam=exam, minutes=minutes, by=world.provider, at=FILED)
    case = file_exam(exam=exam, by=world.provider, at=FILED)
    move_case(case=case, move="approve", by=world.reviewer, at=at("2020-10-21 10:00"))
    return world


def minute(n: float) -> dt.datetime:
    """So many minutes into the exam."""
    return EXAM_FROM + dt.timedelta(minutes=n)


def account_of(enrolment):
    """An account of the candidate, as an actor."""
    from tests.training.exam_world import trainee

    user = User.objects.filter(person_key=enrolment.person.key, assignments__role="trainee").first()
    if user is None:
        return trainee(enrolment)
    row = Assignment.objects.get(user=user, role="trainee")
    from peibu.accounts.actor import Actor

    return Actor(user=user, role=row.role)


def right_places(shown) -> list[int]:
    """Where this candidate must click."""
    texts = {shown.item.version.options[n] for n in shown.item.version.answer}
    return [option.place for option in shown.options if option.text in texts]
