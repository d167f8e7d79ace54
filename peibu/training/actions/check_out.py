"""Deeds of the sign-out: open and close it, sign out by code, enter a forgotten one by hand."""

import dataclasses
import datetime as dt
import secrets

from peibu.accounts.actor import Actor
from peibu.casework.refusals import refusing
from peibu.kernel.errors import Refused
from peibu.training.actions.attendance import require_fresh
from peibu.training.actions.doubts import ask_teacher, place_doubt
from peibu.training.actions.session_guards import clock_words, require, require_running
from peibu.training.enums import AttendanceMethod, Direction
from peibu.training.fences import Position
from peibu.training.models import Attendance, CheckOut, EntryRequest, Session, SignOut
from peibu.training.permissions.attendance import can_run_session
from peibu.training.presence_terms import SignOutWindow, sign_out_window
from peibu.training.queries.codes import Meant, meant_by


@dataclasses.dataclass(frozen=True)
class SignedOut:
    """The sign-out, and whether it was there before; or the request a teacher decides."""

    departure: SignOut | None
    already: bool
    request: EntryRequest | None = None


def require_sign_out(session: Session) -> SignOutWindow:
    window = sign_out_window(session)
    if window is None:
        raise Refused("本课次不要求签退", "sign_out_not_asked", "无需办理")
    return window


def _require_open(session: Session, at: dt.datetime) -> None:
    window = require_sign_out(session)
    if at < window.opens:
        raise Refused(f"本课次{clock_words(window.opens)}才开始，还不能签退", "too_early", "请在下课时办理")
    if at > window.closes:
        raise Refused(
            f"签退已于{clock_words(window.closes)}截止",
            "sign_out_is_over",
            "忘记签退的，请教师写明理由和离开时间补签退",
        )


def open_check_out(*, session: Session, by: Actor, at: dt.datetime) -> CheckOut:
    """Show the sign-out code, from the beginning of the session until some minutes after its end; again changes nothing.

    Refused: not the teacher of the session nor the provider's staff; not asked for; class not running; outside the time.
    """
    require(can_run_session(by, session), "not_your_session", "请由本课次教师或承接单位经办人办理")
    with refusing():
        session = Session.objects.select_for_update(of=("self",)).select_related("cohort").get(pk=session.pk)
        require_running(session)
        _require_open(session, at)
        row, made = CheckOut.objects.get_or_create(
            session=session, defaults={"secret": secrets.token_hex(32), "opened_at": at, "opened_by": by.user}
        )
        if not made and row.closed_at is not None:
            row.closed_at = None
            row.save(update_fields=["closed_at"])
    return row


def close_check_out(*, session: Session, by: Actor, at: dt.datetime) -> None:
    """End the sign-out; from now on its codes are refused. Closing twice changes nothing."""
    require(can_run_session(by, session), "not_your_session", "请由本课次教师或承接单位经办人办理")
    with refusing():
        CheckOut.objects.filter(session=session, closed_at__isnull=True).update(closed_at=at)


def sign_out(*, code: str, by: Actor, at: dt.datetime, device: str = "", place: Position | None = None) -> SignedOut:
    """Sign a trainee out by the code on the teacher's screen. Refused as a sign-in is, and without a sign-in before."""
    meant = meant_by(code, by=by, at=at)
    if meant.direction != Direction.OUT:
        raise Refused("这是签到码，不是签退码", "code_of_the_sign_in", "请扫描教师屏幕上的签退二维码")
    return sign_out_meant(meant, by=by, at=at, device=device, place=place)


def sign_out_meant(meant: Meant, *, by: Actor, at: dt.datetime, device: str, place: Position | None) -> SignedOut:
    """`sign_out` for a code that has been read already."""
    attendance = came_before(meant)
    if hasattr(attendance, "departure"):
        return SignedOut(attendance.departure, already=True)
    require_fresh(meant)
    if meant.gate.closed_at is not None:
        raise Refused("教师已结束本课次签退", "check_out_closed", "请教师写明理由和离开时间补签退")
    require_running(meant.session)
    _require_open(meant.session, at)
    doubt = place_doubt(meant, place=place, at=at)
    if doubt:
        return SignedOut(None, already=False, request=ask_teacher(meant, doubt=doubt, at=at, device=device))
    return keep_sign_out(attendance, left_at=at, by=by, device=device)


def came_before(meant: Meant) -> Attendance:
    """The sign-in that a sign-out ends."""
    rows = Attendance.objects.filter(session=meant.session, enrolment=meant.enrolment)
    found = rows.select_related("departure").first()
    if found is None:
        raise Refused("您本课次没有签到，不能签退", "not_signed_in", "确有到课的，请教师先写明理由人工补签，再签退")
    return found


def sign_out_by_hand(
    *, attendance: Attendance, left_at: dt.datetime, reason: str, by: Actor, at: dt.datetime
) -> SignedOut:
    """Enter when somebody left who forgot to sign out, with a reason and under the name of who enters it.

    Refused: not asked for; before the sign-in, ahead of time or after the sign-out's end; class over; without a reason.
    """
    session = attendance.session
    require(can_run_session(by, session), "not_your_session", "请由本课次教师或承接单位经办人办理")
    window = require_sign_out(session)
    require_running(session)
    if not attendance.signed_at <= left_at <= min(at, window.closes):
        raise Refused(
            f"离开时间应在签到（{clock_words(attendance.signed_at)}）之后、{clock_words(min(at, window.closes))}之前",
            "left_at_no_time",
            "请核对离开时间",
        )
    return keep_sign_out(
        attendance, left_at=left_at, by=by, device="", method=AttendanceMethod.MANUAL, reason=reason.strip(), at=at
    )


def keep_sign_out(
    attendance: Attendance,
    *,
    left_at: dt.datetime,
    by: Actor,
    device: str,
    method: str = AttendanceMethod.QR,
    reason: str = "",
    at: dt.datetime | None = None,
    received_at: dt.datetime | None = None,
) -> SignedOut:
    """Two requests at the same moment: the primary key lets one in, get_or_create answers the other with it."""
    with refusing():
        row, made = SignOut.objects.get_or_create(
            attendance=attendance,
            defaults={
                "left_at": left_at, "method": method, "entered_by": by.user, "entered_at": at or received_at or left_at,
                "reason": reason[:200], "device": device[:64], "received_at": received_at,
            },
        )  # fmt: skip
    return SignedOut(row, already=not made)
