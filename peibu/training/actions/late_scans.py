"""A scan made while the phone had no network, sent when it has one again (ADR 0023)."""

import datetime as dt

from peibu.accounts.actor import Actor
from peibu.training.actions.attendance import keep_late_sign_in
from peibu.training.actions.check_out import came_before, keep_sign_out, require_sign_out
from peibu.training.actions.doubts import ask_teacher, place_doubt
from peibu.training.actions.scans import Taken, take_scan
from peibu.training.actions.session_guards import require_running
from peibu.training.enums import Direction, EntryDoubt
from peibu.training.fences import Position
from peibu.training.models import Attendance
from peibu.training.presence_terms import late_within
from peibu.training.queries.codes import Meant, meant_by
from peibu.training.scan_proof import Proof, StopWatch, prove
from peibu.training.tickets import issued_at


def take_late_scan(
    *,
    code: str,
    ticket: str,
    watch: StopWatch,
    by: Actor,
    at: dt.datetime,
    device: str = "",
    place: Position | None = None,
) -> Taken:
    """Take a scan while its code is good like any other; accept one that arrives late when it is proven to have been taken while its code was good, and inside the
    folder's delay; else put it before the teacher with the evidence. A repeat is answered with what is kept.

    Refused: forged code, other class, cancelled enrolment, class not running; a sign-out without a sign-in.
    """
    meant = meant_by(code, by=by, at=at)
    if meant.seconds_valid:
        return take_scan(code=code, by=by, at=at, device=device, place=place)
    if _kept(meant):
        return Taken(meant.direction, meant.session.pk, True, None)
    require_running(meant.session)
    proof = _proof(meant, ticket=ticket, watch=watch, by=by, at=at, device=device)
    doubt = proof.doubt or place_doubt(meant, place=place, at=at)
    if doubt:
        request = ask_teacher(
            meant,
            doubt=doubt,
            at=at,
            device=device,
            scanned_from=proof.scanned_from,
            scanned_until=proof.scanned_until,
        )
        return Taken(meant.direction, meant.session.pk, False, request)
    return _keep(meant, scanned_at=proof.scanned_until, by=by, at=at, device=device)


def _kept(meant: Meant) -> bool:
    if meant.direction == Direction.IN:
        return Attendance.objects.filter(session=meant.session, enrolment=meant.enrolment).exists()
    require_sign_out(meant.session)
    return hasattr(came_before(meant), "departure")


def _proof(meant: Meant, *, ticket: str, watch: StopWatch, by: Actor, at: dt.datetime, device: str) -> Proof:
    proof = prove(
        watch,
        issued_at=issued_at(ticket, by=by, device=device),
        code_from=meant.code_from,
        code_until=meant.code_until,
        within=late_within(meant.session),
        at=at,
    )
    closed = meant.gate.closed_at
    if not proof.doubt and closed is not None and closed < proof.scanned_until:
        return Proof(EntryDoubt.CLOSED, proof.scanned_from, proof.scanned_until)
    return proof


def _keep(meant: Meant, *, scanned_at: dt.datetime, by: Actor, at: dt.datetime, device: str) -> Taken:
    if meant.direction == Direction.IN:
        already = keep_late_sign_in(meant, scanned_at=scanned_at, by=by, at=at, device=device).already
    else:
        attendance = came_before(meant)
        left_at = max(scanned_at, attendance.signed_at)
        already = keep_sign_out(attendance, left_at=left_at, by=by, device=device, received_at=at).already
    return Taken(meant.direction, meant.session.pk, already, None)
