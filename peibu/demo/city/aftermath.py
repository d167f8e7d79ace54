"""What a class leaves behind once taught: sign-ins, log, photos, scores and answers. Only what had happened by NOW."""

import datetime as dt
import random
from dataclasses import replace

from peibu.demo.city import words
from peibu.demo.city.draw import weighted
from peibu.demo.city.plans import Answer, ClassPlan, Photo, Score, Session, SignIn
from peibu.demo.city.records import CHINA, NOW

_PRESENCE = (("present", 0.93), ("late", 0.03), ("leave", 0.02), ("absent", 1.0))


def starts_at(session: Session) -> dt.datetime:
    return dt.datetime.combine(session.on, session.start, tzinfo=CHINA)


def after_teaching(plan: ClassPlan, rng: random.Random) -> ClassPlan:
    """Return the class with its traces."""
    names = {event.name for event in plan.events}
    if "opened" not in names:
        return plan
    held = [index for index, session in enumerate(plan.sessions) if starts_at(session) <= NOW]
    present = tuple(_sign_in(index, plan, person, rng) for index in held for person, _firm, _at in plan.enrolments)
    log = tuple(words.LOGS[index % len(words.LOGS)].format(plan.sessions[index].subject) for index in held)
    found = replace(plan, sign_ins=present, log=log, photos=_photos(plan, held, rng))
    if "exam_done" in names:
        found = replace(found, answers=_answers(plan, rng))
    if "scored" in names:
        found = replace(found, scores=_scores(plan, rng))
    return found


def _sign_in(index: int, plan: ClassPlan, person: int, rng: random.Random) -> SignIn:
    status = weighted(rng.random(), _PRESENCE)
    start = starts_at(plan.sessions[index])
    if status in ("leave", "absent"):
        return SignIn(index, person, status, None, "")
    minutes = rng.randrange(11, 25) if status == "late" else -rng.randrange(1, 20)
    at = start + dt.timedelta(minutes=minutes, seconds=rng.randrange(60))
    by_hand = rng.choice(words.MANUAL_REASONS) if rng.random() < 0.02 else ""
    return SignIn(index, person, status, at, by_hand)


def _photos(plan: ClassPlan, held: list[int], rng: random.Random) -> tuple[Photo, ...]:
    chosen = sorted({held[0], held[len(held) // 2], held[-1]})
    found = []
    for number, index in enumerate(chosen):
        session = plan.sessions[index]
        at = starts_at(session) + dt.timedelta(minutes=rng.randrange(20, 100))
        drawing = rng.randrange(2**31)
        if at <= NOW:
            found.append(
                Photo(f"{plan.key}-f{number + 1}", index, drawing, False, f"{session.place}：{session.subject}", at)
            )
    return tuple(found)


def _scores(plan: ClassPlan, rng: random.Random) -> tuple[Score, ...]:
    found = []
    for person, _firm, _at in plan.enrolments:
        points = round(min(99, max(31, rng.gauss(77, 10))))
        found.append(Score(person, None if rng.random() < 0.02 else points))
    # One at the boundary on each side, so that the pass mark can be seen working.
    found[0], found[1] = found[0]._replace(points=60), found[1]._replace(points=59)
    return tuple(found)


def _answers(plan: ClassPlan, rng: random.Random) -> tuple[Answer, ...]:
    mood = rng.uniform(0.5, 0.9)
    found = []
    for person, _firm, _at in plan.enrolments:
        if rng.random() < 0.85:
            marks = tuple(5 if rng.random() < mood else rng.choice((2, 3, 4, 4)) for _ in range(5))
            found.append(Answer(person, marks, rng.choice(words.REMARKS)))
    return tuple(found)
