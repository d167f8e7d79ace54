"""A code is good only in its seconds, only for its session, only from its secret."""

import datetime as dt
from uuid import UUID, uuid4

from hypothesis import assume, given
from hypothesis import strategies as st

from peibu.training import rotating_codes as codes

SECRET = "5e" * 32
ROOM = UUID("01890000-0000-7000-8000-000000000001")
moments = st.floats(min_value=1.5e9, max_value=1.9e9).map(lambda second: dt.datetime.fromtimestamp(second, dt.UTC))
seconds = st.integers(min_value=5, max_value=120)


@given(shown=moments, later=st.floats(min_value=-400, max_value=400), length=seconds)
def test_a_code_is_valid_in_its_own_slot_and_the_next_and_at_no_other_instant(shown, later, length):
    slot = codes.slot_of(shown, length)
    sent = shown + dt.timedelta(seconds=later)
    inside = slot * length <= sent.timestamp() < (slot + 2) * length
    assert (codes.seconds_valid(slot, at=sent, seconds=length) > 0) is inside


@given(shown=moments, length=seconds)
def test_a_shown_code_never_dies_before_a_full_slot_has_passed(shown, length):
    slot = codes.slot_of(shown, length)
    assert length < codes.seconds_valid(slot, at=shown, seconds=length) <= 2 * length
    assert 0 < codes.seconds_left(shown, length) <= length


@given(slot=st.integers(min_value=0, max_value=2**33))
def test_a_scanned_code_tells_its_session_and_slot_and_is_genuine(slot):
    told = codes.read_scanned(codes.scanned_code(SECRET, ROOM, slot))
    assert (told.session_id, told.slot, told.genuine(SECRET)) == (ROOM, slot, True)


@given(
    slot=st.integers(min_value=0, max_value=2**33), place=st.integers(0, 47), letter=st.sampled_from("ABCXYZ234567")
)
def test_a_code_changed_in_any_letter_is_not_genuine(slot, place, letter):
    code = codes.scanned_code(SECRET, ROOM, slot)
    assume(code[place] != letter)
    told = codes.read_scanned(code[:place] + letter + code[place + 1 :])
    assert told is None or not told.genuine(SECRET)


@given(slot=st.integers(min_value=0, max_value=2**33), secret=st.text(min_size=1, max_size=64))
def test_a_code_made_with_another_secret_is_not_genuine(slot, secret):
    assume(secret != SECRET)
    assert not codes.read_scanned(codes.scanned_code(secret, ROOM, slot)).genuine(SECRET)


def test_codes_of_two_sessions_and_of_two_slots_differ():
    other = uuid4()
    made = {(room, slot): codes.typed_code(SECRET, room, slot) for room in (ROOM, other) for slot in range(200)}
    assert len(set(made.values())) == len(made)


@given(st.text(max_size=80))
def test_any_text_is_read_or_not_a_code_but_never_an_error(text):
    told = codes.read_scanned(text)
    assert told is None or not told.genuine(SECRET)
    assert codes.read_typed(text) == "" or len(codes.read_typed(text)) == codes.TYPED_LENGTH


def test_typed_codes_forgive_what_people_confuse():
    assert codes.read_typed(" k7o-2il ") == "K70211"
    assert codes.read_typed("K7U211") == ""
    assert codes.read_typed("K7021") == ""
