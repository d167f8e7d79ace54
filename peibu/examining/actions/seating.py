"""Seats drawn by seed; admission tickets fix them."""

import datetime as dt
import hashlib
import secrets
from collections.abc import Sequence

from django.utils import timezone

from peibu.accounts.actor import Actor
from peibu.casework.refusals import refusing
from peibu.examining.actions.drawings import log_drawing
from peibu.examining.enums import DrawnThing
from peibu.examining.models import Seat, SeatPlan
from peibu.examining.order import shuffled
from peibu.kernel.errors import Refused
from peibu.training.models import Enrolment, Exam
from peibu.training.permissions.exam import APPROVED, can_examine
from peibu.training.queries.exams import candidates

MOST_SEATS = 500


def draw_seats(
    *, exam: Exam, rooms: Sequence[tuple[str, int]], by: Actor, at: dt.datetime, seed: str = ""
) -> SeatPlan:
    """Draw everybody's seat in rooms of (name, seats); again until tickets are out. `seed` given: the same plan again.

    Refused: not the exam's body; exam not approved or begun; a room twice or without name; too few seats.
    """
    rooms = [(name.strip(), seats) for name, seats in rooms]
    _require_rooms(rooms)
    with refusing():
        locked = _upcoming(exam, by, at)
        people = [row.enrolment for row in candidates(locked)]
        seats = sum(count for _name, count in rooms)
        if seats < len(people):
            raise Refused(f"考生{len(people)}人，只有{seats}个座位", "too_few_seats", "请增加考场或座位数")
        SeatPlan.objects.filter(exam=locked).delete()
        plan = SeatPlan.objects.create(
            exam=locked,
            division=locked.division,
            seed=seed.strip() or secrets.token_hex(16),
            rooms=[{"name": name, "seats": count} for name, count in rooms],
            drawn_by=by.user,
            drawn_at=at,
        )
        Seat.objects.bulk_create(_seats(plan, people))
        pool = hashlib.sha256("\n".join(sorted(str(person.pk) for person in people)).encode()).hexdigest()
        log_drawing(locked, DrawnThing.SEATS, seed=plan.seed, chosen=bool(seed.strip()), pool=pool, by=by, at=at)
        return plan


def _require_rooms(rooms: Sequence[tuple[str, int]]) -> None:
    names = [name for name, _count in rooms]
    if not names or not all(names) or len(set(names)) != len(names):
        raise Refused("考场没有名称或名称重复", "rooms", "请为每个考场填写不同的名称")
    if any(not 1 <= count <= MOST_SEATS for _name, count in rooms):
        raise Refused(f"每个考场的座位须为1至{MOST_SEATS}个", "rooms", "请核对座位数")


def places(plan: SeatPlan, people: Sequence[Enrolment]) -> list[tuple[Enrolment, str, int]]:
    """(who, room, seat): people in the order of the seed fill the rooms in turn. Recomputable by anybody with seed."""
    order = shuffled(plan.seed, people, key=lambda row: row.pk)
    free = [(room["name"], number) for room in plan.rooms for number in range(1, room["seats"] + 1)]
    return [(person, *place) for person, place in zip(order, free, strict=False)]


def _seats(plan: SeatPlan, people: Sequence[Enrolment]) -> list[Seat]:
    number = plan.exam.case.number
    return [
        Seat(plan=plan, enrolment=person, room=room, number=seat, ticket=f"{number}-{place:03d}")
        for place, (person, room, seat) in enumerate(places(plan, people), start=1)
    ]


def is_recomputable(plan: SeatPlan) -> bool:
    """Does the seed give the seats that are kept? Candidates who left since keep theirs."""
    seats = list(plan.seats.select_related("enrolment"))
    again = places(plan, [seat.enrolment for seat in seats])
    return {(person.pk, room, n) for person, room, n in again} == {(s.enrolment_id, s.room, s.number) for s in seats}


def release_tickets(*, exam: Exam, by: Actor, at: dt.datetime) -> SeatPlan:
    """Hand out the admission tickets: candidates see theirs, seats stay for good."""
    with refusing():
        locked = _upcoming(exam, by, at)
        plan = SeatPlan.objects.select_for_update(of=("self",)).filter(exam=locked).first()
        if plan is None:
            raise Refused("还没有编排座位", "no_seat_plan", "请先编排座位")
        seated = set(plan.seats.values_list("enrolment_id", flat=True))
        left = [row.enrolment.person.name for row in candidates(locked) if row.enrolment.pk not in seated]
        if left:
            raise Refused(f"{'、'.join(left[:5])}没有座位", "somebody_without_seat", "请重新编排座位")
        if plan.released_at is None:
            plan.released_at = at
            plan.save(update_fields=["released_at"])
        return plan


def _upcoming(exam: Exam, by: Actor, at: dt.datetime) -> Exam:
    locked = Exam.objects.select_for_update(of=("self",)).select_related("cohort", "case").get(pk=exam.pk)
    verdict = can_examine(by, locked)
    if not verdict:
        raise Refused(verdict.reason, "not_your_class", "请使用考核单位的账号")
    if locked.case.state != APPROVED:
        raise Refused("考试尚未获得同意，不能编排座位", "exam_not_approved", "请等待区（市）机构同意开考")
    if at >= locked.held_from:
        told = timezone.localtime(locked.held_from)
        raise Refused(f"考试已于{told:%Y-%m-%d %H:%M}开始，座位不能再改", "exam_began", "请按现有座位考试")
    return locked
