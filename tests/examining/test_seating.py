"""Seats: everybody one, nobody shares, drawn again from the seed, fixed once tickets are out; the papers."""

import io

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from peibu.examining.actions.seating import draw_seats, is_recomputable, release_tickets
from peibu.examining.models import Drawing, Seat
from peibu.examining.order import shuffled
from peibu.examining.queries.seating import seats_of
from peibu.examining.tickets import door_list_pdf, tickets_pdf
from peibu.kernel.errors import Refused
from tests.city import at
from tests.training.exam_world import EXAM_FROM, build

BEFORE = at("2020-10-22 09:00")
ROOMS = [("一考场", 4), ("二考场", 4)]


def read(content: bytes) -> tuple[int, str]:
    pdf = PdfReader(io.BytesIO(content))
    return len(pdf.pages), "".join(page.extract_text() for page in pdf.pages)


@given(st.text(min_size=1), st.lists(st.integers(), unique=True), st.randoms())
def test_an_order_is_a_permutation_that_depends_on_the_seed_alone(seed, rows, chance):
    mixed = list(rows)
    chance.shuffle(mixed)
    assert sorted(shuffled(seed, rows)) == sorted(rows)
    assert shuffled(seed, rows) == shuffled(seed, mixed)


def test_another_seed_gives_another_order():
    orders = {tuple(shuffled(str(n), range(6))) for n in range(200)}
    assert len(orders) > 150


@pytest.mark.django_db
def test_seats_are_drawn_again_from_the_seed_and_stay_once_tickets_are_out(city):
    world = build(city)
    exam = world.approve()

    def draw(rooms=ROOMS, when=BEFORE, seed="", by=world.provider):
        return draw_seats(exam=exam, rooms=rooms, by=by, at=when, seed=seed)

    with pytest.raises(Refused, match="考生6人，只有5个座位"):
        draw([("一考场", 5)])
    for rooms in ([("", 9)], [("一", 5), ("一", 5)], []):
        with pytest.raises(Refused, match="没有名称或名称重复"):
            draw(rooms)
    with pytest.raises(Refused, match="开始，座位不能再改"):
        draw(when=EXAM_FROM)
    with pytest.raises(Refused, match="经办人"):
        draw(by=world.hrss)
    first = [(s.enrolment_id, s.room, s.number) for s in seats_of(draw(seed="a"))]
    assert [(room, n) for _who, room, n in first] == [("一考场", n) for n in (1, 2, 3, 4)] + [
        ("二考场", 1),
        ("二考场", 2),
    ]
    plan = draw(seed="b")
    assert [(s.enrolment_id, s.room, s.number) for s in seats_of(plan)] != first
    plan = draw(seed="a")
    assert [(s.enrolment_id, s.room, s.number) for s in seats_of(plan)] == first
    assert is_recomputable(plan)
    one, two = seats_of(plan)[:2]
    with pytest.raises(IntegrityError, match="two_candidates_never_share_a_seat"), transaction.atomic():
        Seat.objects.filter(pk=one.pk).update(number=two.number)
    Seat.objects.filter(pk=one.pk).update(number=9)
    assert not is_recomputable(plan)
    plan = draw(seed="a")
    release_tickets(exam=exam, by=world.provider, at=BEFORE)
    with pytest.raises(Refused, match="准考证已经发放|seats_stay|不能"):
        draw(seed="c")
    with pytest.raises(IntegrityError, match="seats_stay_once_tickets_are_out"), transaction.atomic():
        Seat.objects.filter(plan=plan).update(room="三考场")
    rows = Drawing.objects.filter(exam=exam, what="seats")
    assert [(row.seed, row.chosen) for row in rows] == [(seed, True) for seed in ("a", "b", "a", "a")]


@pytest.mark.django_db
def test_tickets_and_door_list_hold_every_candidate(city):
    world = build(city)
    exam = world.approve()
    plan = draw_seats(exam=exam, rooms=ROOMS, by=world.provider, at=BEFORE)
    seats = seats_of(plan)
    pages, text = read(tickets_pdf(exam, seats, on=BEFORE.date()))
    assert pages == 3
    assert all(seat.ticket in text and seat.enrolment.person.name in text for seat in seats)
    assert all(seat.enrolment.person.id_number not in text for seat in seats)
    _pages, text = read(door_list_pdf(plan, "一考场", on=BEFORE.date()))
    assert [seat.enrolment.person.name in text for seat in seats] == [True] * 4 + [False] * 2
