"""How people left the demo's practice sessions, and a scan that arrived too late and waits for its teacher."""

import datetime as dt
import secrets

from peibu.demo.city import NOW
from peibu.demo.loader.classes import ClassStory
from peibu.training.actions.doubts import ask_teacher
from peibu.training.check_in_terms import terms_of
from peibu.training.enums import AttendanceMethod, Direction, EntryDoubt
from peibu.training.models import Attendance, CheckIn, CheckOut, Enrolment, Session, SignOut
from peibu.training.presence_terms import SignOutWindow, sign_out_window
from peibu.training.queries.attendance import active_people
from peibu.training.queries.codes import Meant
from peibu.training.rotating_codes import slot_of

# In each list of names this one left early, and that one forgot to sign out.
EARLY, FORGOTTEN = 1, 4
BY_FIVE = 5
CLOSED_AFTER = dt.timedelta(minutes=10)
ARRIVED_AFTER = dt.timedelta(minutes=50)


def sign_out_everybody(story: ClassStory, sessions: list[Session]) -> None:
    """Past sign-outs are written in one go, as the sign-ins are; the constraints are the same as for a single one."""
    asked = [(row, window) for row in sessions if (window := sign_out_window(row)) and window.closes <= NOW]
    CheckOut.objects.bulk_create(
        CheckOut(
            session=row,
            secret=secrets.token_hex(32),
            opened_at=window.usual,
            opened_by=story.by.user,
            closed_at=row.ends_at + CLOSED_AFTER,
        )
        for row, window in asked
        if hasattr(row, "check_in")
    )
    rows = []
    for session, window in asked:
        signed = Attendance.objects.filter(session=session).order_by("enrolment__person__name", "id")
        for n, row in enumerate(signed):
            rows += _left(story, window, session, n, row) if n != FORGOTTEN else []
    SignOut.objects.bulk_create(rows, batch_size=2000)


def _left(story: ClassStory, window: SignOutWindow, session: Session, n: int, row: Attendance) -> list[SignOut]:
    left = session.ends_at + dt.timedelta(minutes=n % BY_FIVE, seconds=11 * n % 60)
    if n == EARLY:
        left = window.early_before - dt.timedelta(minutes=25)
    if left < row.signed_at:  # entered by hand after the session: there was no way out by code
        return []
    return [
        SignOut(
            attendance=row,
            left_at=left,
            entered_at=left,
            method=AttendanceMethod.QR,
            entered_by=row.entered_by if row.method == AttendanceMethod.QR else story.by.user,
        )
    ]


def late_scan_for_the_teacher(sessions: list[Session]) -> None:
    """In a class that is being taught, somebody absent from the last session held did scan, on a phone without network
    whose page was closed: the code is genuine, the moment not proven."""
    held = CheckIn.objects.filter(session__in=[row for row in sessions if row.ends_at <= NOW])
    for gate in held.select_related("session__cohort").order_by("-session__starts_at"):
        absent = active_people(gate.session.cohort).exclude(attendances__session=gate.session).first()
        if absent is not None:
            _ask(gate, absent)
            return


def _ask(gate: CheckIn, absent: Enrolment) -> None:
    session, seconds = gate.session, terms_of(gate.session).code_seconds
    shown = session.starts_at + dt.timedelta(minutes=4)
    meant = Meant(session, absent, Direction.IN, gate, slot_of(shown, seconds), seconds, 0)
    ask_teacher(meant, doubt=EntryDoubt.NOT_PROVEN, at=shown + ARRIVED_AFTER, device="")
