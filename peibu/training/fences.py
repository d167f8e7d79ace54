"""Is a phone where the class is? Pure geometry on the globe; three answers, because a position has an error."""

import dataclasses
import math

from peibu.training.enums import Nearness

EARTH_METRES = 6_371_008.8  # mean radius, IUGG


@dataclasses.dataclass(frozen=True)
class Position:
    """What a phone tells of itself: degrees of WGS 84 and its own estimate of its error in metres. Never stored."""

    latitude: float
    longitude: float
    accuracy_m: float


@dataclasses.dataclass(frozen=True)
class Fence:
    """A circle of `radius_m` metres around a point; `accuracy_max_m`: error beyond which a position says nothing."""

    latitude: float
    longitude: float
    radius_m: float
    accuracy_max_m: float


def metres_between(a: Position | Fence, b: Position | Fence) -> float:
    """The great-circle distance (haversine)."""
    north, east = math.radians(b.latitude - a.latitude), math.radians(b.longitude - a.longitude)
    half = math.sin(north / 2) ** 2
    half += math.cos(math.radians(a.latitude)) * math.cos(math.radians(b.latitude)) * math.sin(east / 2) ** 2
    return 2 * EARTH_METRES * math.asin(min(1.0, math.sqrt(half)))


def nearness(position: Position | None, fence: Fence) -> Nearness:
    """Inside only when the whole circle of error is inside, outside only when all of it is outside; else unknown."""
    if position is None or position.accuracy_m > fence.accuracy_max_m:
        return Nearness.UNKNOWN
    distance = metres_between(position, fence)
    if distance + position.accuracy_m <= fence.radius_m:
        return Nearness.INSIDE
    return Nearness.OUTSIDE if distance - position.accuracy_m > fence.radius_m else Nearness.UNKNOWN


def read_position(latitude: str, longitude: str, accuracy: str) -> Position | None:
    """A position from a form; None when a part is missing or no place on earth."""
    try:
        found = Position(float(latitude), float(longitude), float(accuracy))
    except ValueError:
        return None
    numbers = (found.latitude, found.longitude, found.accuracy_m)
    on_earth = abs(found.latitude) <= 90 and abs(found.longitude) <= 180 and found.accuracy_m >= 0
    return found if all(map(math.isfinite, numbers)) and on_earth else None
