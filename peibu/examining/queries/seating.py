"""Questions about seats."""

from peibu.examining.models import Seat, SeatPlan


def seats_of(plan: SeatPlan) -> list[Seat]:
    """Every seat in the order of rooms and numbers."""
    order = {room["name"]: at for at, room in enumerate(plan.rooms)}
    seats = plan.seats.select_related("enrolment__person", "enrolment__enterprise")
    return sorted(seats, key=lambda seat: (order.get(seat.room, len(order)), seat.number))


def rooms_of(plan: SeatPlan) -> list[tuple[str, int, list[Seat]]]:
    """(room, its seats in all, who sits there) in the order given."""
    seats = seats_of(plan)
    return [(room["name"], room["seats"], [s for s in seats if s.room == room["name"]]) for room in plan.rooms]
