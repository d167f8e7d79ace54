"""When a late scan was taken: whatever the phone's clock shows, a photographed code is of no use after its seconds."""

import dataclasses
import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from peibu.training.scan_proof import SLACK, StopWatch, prove

SHOWN = dt.datetime(2020, 10, 12, 1, 0, tzinfo=dt.UTC)  # the code's first second
GOOD = dt.timedelta(seconds=30)
WITHIN = dt.timedelta(minutes=30)


def s(seconds: float) -> dt.timedelta:
    return dt.timedelta(seconds=seconds)


@dataclasses.dataclass(frozen=True)
class Phone:
    """What really happens to an untouched phone, in seconds after the code was shown."""

    ticket: float  # the server answers with a ticket
    scanned: float
    sent: float
    radio: float = 0.2  # each way
    moved: float = 0.0  # the clock is set by this much between scan and sending

    def watch(self) -> StopWatch:
        return StopWatch(
            since_scan=s(self.sent - self.scanned),
            since_scan_by_set_clock=s(self.sent - self.scanned + self.moved),
            since_ticket=s(self.sent - self.ticket - self.radio + self.moved),
        )

    def proof(self, **change):
        told = {
            "issued_at": SHOWN + s(self.ticket),
            "code_from": SHOWN,
            "code_until": SHOWN + GOOD,
            "within": WITHIN,
            "at": SHOWN + s(self.sent + self.radio),
        }
        return prove(self.watch(), **told | change)


honest = st.builds(
    Phone,
    ticket=st.floats(-3600, -1),
    scanned=st.floats(0, 28),
    sent=st.floats(60, 1700),
    radio=st.floats(0, 1.5),
)


@given(honest)
def test_an_honest_scan_without_network_is_proven_and_its_moment_lies_between_the_bounds(phone):
    proof = phone.proof()
    assert proof.doubt == ""
    real = SHOWN + s(phone.scanned)
    assert proof.scanned_from - s(0.001) <= real <= proof.scanned_until + s(0.001)
    assert proof.scanned_until - proof.scanned_from <= SLACK


@given(honest, st.floats(31, 1500))
def test_a_photographed_code_sent_to_a_friend_is_never_proven_after_its_seconds(phone, got):
    """The friend fetched a ticket before, had no network (or says so), and showed the photo to the own phone."""
    friend = dataclasses.replace(phone, scanned=got, sent=got + 10)
    assert friend.proof().doubt == "code_expired"


@given(honest, st.floats(31, 1500), st.floats(20, 100_000))
def test_setting_the_clock_back_before_and_forth_after_the_scan_does_not_help(phone, got, moved):
    friend = dataclasses.replace(phone, scanned=got, sent=got + 10, moved=moved)
    assert friend.proof().doubt != ""


@given(honest)
def test_a_ticket_fetched_after_the_photo_arrived_proves_nothing(phone):
    late = dataclasses.replace(phone, ticket=40.0, scanned=45.0, sent=60.0)
    assert late.proof().doubt == "code_expired"
    # a told stop-watch that reaches back before the ticket is no stop-watch
    forged = dataclasses.replace(late.watch(), since_scan=s(50), since_scan_by_set_clock=s(50))
    told = {"issued_at": SHOWN + s(40), "code_from": SHOWN, "code_until": SHOWN + GOOD, "within": WITHIN}
    assert prove(forged, **told, at=SHOWN + s(60.2)).doubt == "not_proven"


def test_every_missing_piece_is_named():
    phone = Phone(ticket=-60, scanned=5, sent=300)
    assert phone.proof().doubt == ""
    assert phone.proof(issued_at=None).doubt == "no_ticket"
    assert phone.proof(within=None).doubt == "not_asked"
    assert phone.proof(within=s(60)).doubt == "too_late"
    closed = dataclasses.replace(phone.watch(), since_scan=None)
    told = {"issued_at": SHOWN - s(60), "code_from": SHOWN, "code_until": SHOWN + GOOD, "within": WITHIN}
    assert prove(closed, **told, at=SHOWN + s(300)).doubt == "not_proven"
    assert dataclasses.replace(phone, moved=11).proof().doubt == "clock_moved"
    assert dataclasses.replace(phone, moved=-11).proof().doubt == "clock_moved"
