"""Inside, outside or unknown: only what is certain within the position's error counts as either."""

import math

from hypothesis import given
from hypothesis import strategies as st

from peibu.training.fences import EARTH_METRES, Fence, Position, metres_between, nearness, read_position

HERE = Fence(36.067, 120.383, radius_m=150, accuracy_max_m=100)


def away(metres: float, accuracy: float = 20, bearing: float = 0.0) -> Position:
    north, east = metres * math.cos(bearing), metres * math.sin(bearing)
    return Position(
        HERE.latitude + math.degrees(north / EARTH_METRES),
        HERE.longitude + math.degrees(east / EARTH_METRES / math.cos(math.radians(HERE.latitude))),
        accuracy,
    )


def test_distance_agrees_with_a_known_pair():
    qingdao, jinan = Position(36.0671, 120.3826, 1), Position(36.6512, 117.1201, 1)
    assert abs(metres_between(qingdao, jinan) - 299_600) < 2_000
    assert metres_between(qingdao, qingdao) == 0


@given(st.floats(0, 5000), st.floats(0, 100), st.floats(0, 2 * math.pi))
def test_only_what_is_certain_counts(metres, accuracy, bearing):
    told = nearness(away(metres, accuracy, bearing), HERE)
    if metres + accuracy < 149:
        assert told == "inside"
    elif metres - accuracy > 152:
        assert told == "outside"
    elif metres + accuracy > 151 and metres - accuracy < 149:
        assert told == "unknown"


def test_no_position_and_a_vague_one_are_unknown_never_outside():
    assert nearness(None, HERE) == "unknown"
    assert nearness(away(0, accuracy=101), HERE) == "unknown"
    assert nearness(away(100_000, accuracy=2_000_000), HERE) == "unknown"


def test_reading_a_form():
    assert read_position("36.067", "120.383", "12.5") == Position(36.067, 120.383, 12.5)
    for told in (
        ("", "", ""),
        ("36", "120", ""),
        ("91", "0", "1"),
        ("0", "181", "1"),
        ("nan", "0", "1"),
        ("0", "0", "inf"),
        ("1", "1", "-1"),
    ):
        assert read_position(*told) is None
