"""Questions about double entry: my hand, where the two differ."""

import dataclasses
from decimal import Decimal

from peibu.accounts.actor import Actor
from peibu.examining.models import ScoreHand
from peibu.training.models import Enrolment, Exam
from peibu.training.queries.exams import candidates


@dataclasses.dataclass(frozen=True)
class Difference:
    """A candidate whose points were typed differently; None = absent."""

    number: int
    enrolment: Enrolment
    first: Decimal | None
    second: Decimal | None


def hand_of(exam: Exam, actor: Actor) -> ScoreHand | None:
    """The actor's own hand; the other's entries are never shown before both are done."""
    return exam.hands.filter(person_key=actor.person_key).first() if actor.person_key else None


def both_done(exam: Exam) -> bool:
    return exam.hands.filter(finished_at__isnull=False).count() == 2


def differences(exam: Exam) -> list[Difference]:
    """Where the two hands differ; empty while one of them is not done (blind entry)."""
    if not both_done(exam):
        return []
    first, second = (
        dict(hand.entries.values_list("enrolment_id", "points")) for hand in exam.hands.order_by("number")
    )
    return [
        Difference(row.number, row.enrolment, first.get(key), second.get(key))
        for row in candidates(exam)
        if (key := row.enrolment.pk) not in first or key not in second or first[key] != second[key]
    ]
