"""The demo's online exam: a bank, a paper drawn from it, seats and tickets; the clock can be moved to its beginning."""

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING

from peibu.accounts.actor import Actor
from peibu.accounts.enums import Role
from peibu.demo.city.bodies import CITY
from peibu.demo.city.questions import MULTIPLE, SINGLE, TRUE_FALSE
from peibu.examining.actions.bank import TRUE_FALSE as WORDS
from peibu.examining.actions.bank import Wording, write_questions
from peibu.examining.actions.papers import draw_paper
from peibu.examining.actions.seating import draw_seats, release_tickets
from peibu.examining.actions.sittings import set_up_test
from peibu.examining.assembly import Line
from peibu.examining.papers import LETTERS
from peibu.training.models import Exam

if TYPE_CHECKING:
    from peibu.demo.loader.players import Players

EXAMINED = "weihai/gold_collar_2019"
BLUEPRINT = (
    Line(kind="single", count=20, points=Decimal(2)),
    Line(kind="multiple", count=10, points=Decimal(3)),
    Line(kind="true_false", count=15, points=Decimal(2)),
)
MINUTES = 60
SEED = "demo-city-paper"
ROOMS = (("机房一", 12), ("机房二", 12))


def questions() -> list[Wording]:
    """The city's questions as the bank takes them."""
    choices = [("single", Decimal(2), *row) for row in SINGLE] + [("multiple", Decimal(3), *row) for row in MULTIPLE]
    found = [
        Wording(
            kind=kind, topic=topic, difficulty=level, points=points, stem=stem, options=options,
            answer=[LETTERS.index(letter) for letter in letters],
        )
        for kind, points, topic, level, stem, options, letters in choices
    ]  # fmt: skip
    return found + [
        Wording(
            kind="true_false", topic=topic, difficulty=level, points=Decimal(2), stem=stem, options=WORDS,
            answer=[0 if true else 1],
        )
        for topic, level, stem, true in TRUE_FALSE
    ]  # fmt: skip


def fill_bank_of_the_body(players: "Players", *, at: dt.datetime) -> None:
    """The city's appraisal body has questions for the classes it will examine."""
    unit = players.loaded.units[f"{CITY}-appraisal"]
    write_questions(policy=EXAMINED, wordings=questions(), by=players.of(Role.EXAMINER, unit), at=at)


def set_online(exam: Exam, *, by: Actor, at: dt.datetime) -> None:
    """Fill the provider's bank, draw the paper and let it be sat online; before the exam is filed."""
    write_questions(policy=exam.cohort.policy, wordings=questions(), by=by, at=at)
    draw_paper(exam=exam, lines=BLUEPRINT, by=by, at=at, seed=SEED)
    set_up_test(exam=exam, minutes=MINUTES, by=by, at=at)


def seat(exam: Exam, *, by: Actor, at: dt.datetime) -> None:
    """Draw the seats and hand the tickets out, once the exam is approved."""
    draw_seats(exam=exam, rooms=ROOMS, by=by, at=at, seed=SEED)
    release_tickets(exam=exam, by=by, at=at)
