"""Venues and rooms of a unit that teaches."""

import datetime as dt
from decimal import Decimal

from django.utils import timezone

from peibu.accounts.actor import Actor
from peibu.casework.refusals import refusing
from peibu.kernel.errors import Refused
from peibu.training.models import Room, Venue
from peibu.training.presence_terms import radius_terms


def _own_unit(by: Actor, venue: Venue | None = None):
    if by.unit is None or (venue is not None and venue.unit_id != by.unit.pk):
        raise Refused("该培训场所不属于您所在的单位", "foreign_venue", "请使用本单位的账号")
    return by.unit


def add_venue(
    *,
    name: str,
    address: str,
    by: Actor,
    at: dt.datetime,
    longitude: Decimal | None = None,
    latitude: Decimal | None = None,
    radius_m: int | None = None,
) -> Venue:
    """A place the actor's unit teaches at; degrees of WGS 84, both or neither, and metres around them for the fence."""
    unit = _own_unit(by)
    _require_radius(radius_m, at)
    if not name.strip() or not address.strip():
        raise Refused("场所名称和地址不能为空", "venue_without_address", "请填写名称和详细地址")
    with refusing():
        return Venue.objects.create(
            division=unit.division,
            unit=unit,
            name=name.strip(),
            address=address.strip(),
            longitude=longitude,
            latitude=latitude,
            radius_m=radius_m,
        )


def move_venue(
    *,
    venue: Venue,
    longitude: Decimal | None,
    latitude: Decimal | None,
    radius_m: int | None,
    by: Actor,
    at: dt.datetime,
) -> Venue:
    """Say anew where an own venue is and how far its fence reaches. It counts for scans from now on; what earlier scans
    were told stays as it is, and the venue's history keeps every place it had."""
    _own_unit(by, venue)
    _require_radius(radius_m, at)
    with refusing():
        row = Venue.objects.select_for_update(of=("self",)).get(pk=venue.pk)
        row.longitude, row.latitude, row.radius_m = longitude, latitude, radius_m
        row.save(update_fields=["longitude", "latitude", "radius_m"])
    return row


def _require_radius(radius_m: int | None, at: dt.datetime) -> None:
    """A radius that no folder in force allows would make every scan unknown; where none asks, any may be entered."""
    allowed = radius_terms(on=timezone.localdate(at))
    if radius_m is None or not allowed or any(each.least <= radius_m <= each.most for each in allowed):
        return
    told = "；".join(f"{each.title}：{each.least}至{each.most}米" for each in allowed)
    raise Refused(
        f"签到范围半径{radius_m}米不在允许的范围内（{told}）", "radius_out_of_range", "请填写允许范围内的半径"
    )


def add_room(*, venue: Venue, name: str, seats: int, by: Actor, at: dt.datetime) -> Room:
    """A room of an own venue."""
    _own_unit(by, venue)
    if not name.strip():
        raise Refused("教室名称不能为空", "room_without_name", "请填写教室名称")
    with refusing():
        return Room.objects.create(venue=venue, name=name.strip(), seats=seats)


def remove_room(*, room: Room, by: Actor, at: dt.datetime) -> None:
    """Take a room out that no timetable uses."""
    _own_unit(by, room.venue)
    if room.sessions.exists():
        raise Refused(f"教室“{room}”已排有课程，不能删除", "room_in_use", "请先把这些课程改到其他教室")
    with refusing():
        room.delete()
