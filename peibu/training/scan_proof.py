"""When was a code scanned that arrives late? Pure arithmetic over the server's two clock readings and the phone's
stop-watch; no date of the phone enters, so its clock may show anything (ADR 0023)."""

import dataclasses
import datetime as dt

from peibu.training.enums import EntryDoubt

# How far the phone's two stop-watches, and its stop-watch and the server's, may drift apart: slow radio, not settings.
SLACK = dt.timedelta(seconds=10)


@dataclasses.dataclass(frozen=True)
class StopWatch:
    """Durations a phone measured: from the scan to the sending by the clock that runs steadily (None = that clock was
    stopped in between: the page was closed), the same by the clock that can be set, and from the ticket to the sending
    by the latter."""

    since_scan: dt.timedelta | None
    since_scan_by_set_clock: dt.timedelta
    since_ticket: dt.timedelta


@dataclasses.dataclass(frozen=True)
class Proof:
    """`doubt` "" = scanned between `scanned_from` and `scanned_until`, proven as far as ADR 0023 says."""

    doubt: str
    scanned_from: dt.datetime | None = None
    scanned_until: dt.datetime | None = None


def prove(
    watch: StopWatch,
    *,
    issued_at: dt.datetime | None,
    code_from: dt.datetime,
    code_until: dt.datetime,
    within: dt.timedelta | None,
    at: dt.datetime,
) -> Proof:
    """Place a scan in time. `issued_at`: the server's time of the ticket; `at`: of the arrival. The scan lies before
    arrival minus stop-watch, and after the ticket plus stop-watch; both ends are the server's own times."""
    if issued_at is None:
        return Proof(EntryDoubt.NO_TICKET)
    if watch.since_scan is None:
        return Proof(EntryDoubt.NOT_PROVEN)
    until = at - watch.since_scan
    since = issued_at + watch.since_ticket - watch.since_scan
    doubt = _doubt(watch, since, until, issued_at, code_from, code_until, within, at)
    return Proof(doubt, max(since, issued_at), until)


def _doubt(watch, since, until, issued_at, code_from, code_until, within, at) -> str:
    if within is None:
        return EntryDoubt.NOT_ASKED
    if abs(watch.since_scan - watch.since_scan_by_set_clock) > SLACK or abs(until - since) > SLACK:
        return EntryDoubt.CLOCK_MOVED
    if until < max(issued_at, code_from):  # seen before it was shown: the stop-watch tells nothing
        return EntryDoubt.NOT_PROVEN
    if until >= code_until:
        return EntryDoubt.CODE_EXPIRED
    return EntryDoubt.TOO_LATE if at > code_until + within else ""
