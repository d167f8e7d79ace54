"""Deeds of a session: open and close the sign-in, sign in by code, sign in by hand."""

import dataclasses
import datetime as dt
import secrets

from peibu.accounts.actor import Actor
from peibu.casework.models import Document
from peibu.casework.refusals import refusing
from peibu.kernel.errors import Refused
from peibu.training import rotating_codes
from peibu.training.actions.doubts import ask_teacher, place_doubt
from peibu.training.actions.session_guards import clock_words, require, require_running, require_window
from peibu.training.check_in_terms import terms_of, window_of
from peibu.training.enums import AttendanceMethod, Direction, EnrolmentState
from peibu.training.fences import Position
from peibu.training.models import Attendance, CheckIn, CheckOut, Enrolment, EntryRequest, Session
from peibu.training.permissions.attendance import can_run_session
from peibu.training.queries.codes import Meant, meant_by
from peibu.training.queries.leave import guests_of


@dataclasses.dataclass(frozen=True)
class Code:
    """The code to show now: for the camera, for the fingers, and how long until the next one."""

    scanned: str
    typed: str
    seconds_left: float
    seconds: int


@dataclasses.dataclass(frozen=True)
class SignedIn:
    """The sign-in, and whether it was there before (a repeat is harmless); or the request a teacher decides."""

    attendance: Attendance | None
    already: bool
    request: EntryRequest | None = None


def open_check_in(*, session: Session, by: Actor, at: dt.datetime) -> CheckIn:
    """Open the sign-in of a session, or open it again after it was closed (QD97.6.2). Opening twice changes nothing.

    Refused: not the teacher of the session nor the provider's staff; class not running; outside the window.
    """
    require(can_run_session(by, session), "not_your_session", "请由本课次教师或承接单位经办人办理")
    with refusing():
        session = Session.objects.select_for_update(of=("self",)).select_related("cohort").get(pk=session.pk)
        require_running(session)
        require_window(session, at)
        check_in, made = CheckIn.objects.get_or_create(
            session=session, defaults={"secret": secrets.token_hex(32), "opened_at": at, "opened_by": by.user}
        )
        if not made and check_in.closed_at is not None:
            check_in.closed_at = None
            check_in.save(update_fields=["closed_at"])
    return check_in


def close_check_in(*, session: Session, by: Actor, at: dt.datetime) -> None:
    """End the sign-in of a session; from now on every code is refused. Closing twice changes nothing."""
    require(can_run_session(by, session), "not_your_session", "请由本课次教师或承接单位经办人办理")
    with refusing():
        CheckIn.objects.filter(session=session, closed_at__isnull=True).update(closed_at=at)


def current_code(check_in: CheckIn | CheckOut, at: dt.datetime) -> Code:
    """The code of this instant, by the server's clock."""
    seconds = terms_of(check_in.session).code_seconds
    slot = rotating_codes.slot_of(at, seconds)
    key = (check_in.secret, check_in.session_id, slot)
    return Code(
        scanned=rotating_codes.scanned_code(*key),
        typed=rotating_codes.typed_code(*key),
        seconds_left=rotating_codes.seconds_left(at, seconds),
        seconds=seconds,
    )


def sign_in(*, code: str, by: Actor, at: dt.datetime, device: str = "", place: Position | None = None) -> SignedIn:
    """Sign a trainee in by the code on the teacher's screen; only the server's clock counts.

    Refused: forged code, other class, cancelled enrolment, code older than its seconds, sign-in closed, session over.
    A repeat is answered with the first sign-in. `device`: an opaque mark of the browser, to notice one phone signing
    for several people. `place`: where the phone is, asked for only by folders with a fence; outside it, or without a
    place, the teacher decides.
    """
    meant = meant_by(code, by=by, at=at)
    if meant.direction != Direction.IN:
        raise Refused("这是签退码，不是签到码", "code_of_the_sign_out", "请扫描教师屏幕上的签到二维码")
    return sign_in_meant(meant, by=by, at=at, device=device, place=place)


def sign_in_meant(meant: Meant, *, by: Actor, at: dt.datetime, device: str, place: Position | None) -> SignedIn:
    """`sign_in` for a code that has been read already."""
    session, enrolment = meant.session, meant.enrolment
    earlier = Attendance.objects.filter(session=session, enrolment=enrolment).first()
    if earlier is not None:
        return SignedIn(earlier, already=True)
    require_fresh(meant)
    if meant.gate.closed_at is not None:
        raise Refused("教师已结束本课次签到", "check_in_closed", "确有到课的，请教师写明理由人工补签")
    require_running(session)
    require_window(session, at)
    doubt = place_doubt(meant, place=place, at=at)
    if doubt:
        return SignedIn(None, already=False, request=ask_teacher(meant, doubt=doubt, at=at, device=device))
    return _keep(session, enrolment, method=AttendanceMethod.QR, by=by, at=at, reason="", device=device)


def keep_late_sign_in(meant: Meant, *, scanned_at: dt.datetime, by: Actor, at: dt.datetime, device: str) -> SignedIn:
    """Keep a sign-in proven to have been scanned at `scanned_at` that arrived at `at` (`actions.late_scans`)."""
    return _keep(
        meant.session,
        meant.enrolment,
        method=AttendanceMethod.QR,
        by=by,
        at=scanned_at,
        reason="",
        device=device,
        received_at=at,
    )


def require_fresh(meant: Meant) -> None:
    if not meant.seconds_valid:
        raise Refused(
            f"签到码已过期（每{meant.seconds}秒更换一次）",
            "code_expired",
            "请重新扫描教师屏幕上的二维码，并马上确认",
        )


def sign_in_by_hand(
    *,
    session: Session,
    enrolment: Enrolment,
    by: Actor,
    at: dt.datetime,
    reason: str,
    arrived_at: dt.datetime | None = None,
    sheet: Document | None = None,
) -> SignedIn:
    """Enter a person who was there but could not scan: with a reason and under the name of who enters it. `arrived_at`:
    when the person came, by the word of who enters it (None: just now, only while the sign-in runs); the time of the
    entry is kept apart. `sheet`: the photographed paper it was copied from (see `actions.sheets`).

    Refused: not the teacher of the session nor the provider's staff; not of the class; class not running; a time at
    which nobody could come to this session; without a time once it is over; without a reason.
    """
    require(can_run_session(by, session), "not_your_session", "请由本课次教师或承接单位经办人办理")
    if enrolment.cohort_id != session.cohort_id and not guests_of(session).filter(pk=enrolment.pk).exists():
        raise Refused("该学员不在本班名单中，不能补签", "not_in_this_class", "请在本班学员中选择")
    if enrolment.state != EnrolmentState.ACTIVE:
        raise Refused("该学员已退出本班，不能补签", "enrolment_cancelled", "请核对学员名单")
    require_running(session)
    return _keep(
        session,
        enrolment,
        method=AttendanceMethod.MANUAL,
        by=by,
        at=_arrival(session, arrived_at, at),
        reason=reason.strip(),
        device="",
        sheet=sheet,
        entered_at=at,
    )


def _arrival(session: Session, arrived_at: dt.datetime | None, at: dt.datetime) -> dt.datetime:
    """When somebody came who is entered by hand at `at`."""
    first, last = window_of(session)
    if at < first:
        raise Refused(f"本课次{clock_words(session.starts_at)}才开始，不能提前补签", "too_early", "请在开课后办理")
    if arrived_at is None and at > last:
        raise Refused("本课次已经结束，没有写明到达时间", "no_arrival", "请填写学员实际到达的时间")
    arrived = at if arrived_at is None else arrived_at
    if not first <= arrived <= min(at, last):
        raise Refused(
            f"到达时间应在{clock_words(first)}至{clock_words(min(at, last))}之间",
            "arrived_at_no_time",
            "请核对到达时间",
        )
    return arrived


def _keep(
    session: Session,
    enrolment: Enrolment,
    *,
    method: str,
    by: Actor,
    at: dt.datetime,
    reason: str,
    device: str,
    sheet: Document | None = None,
    received_at: dt.datetime | None = None,
    entered_at: dt.datetime | None = None,
) -> SignedIn:
    """Two requests at the same moment: the unique constraint lets one in, get_or_create answers the other with it."""
    with refusing():
        row, made = Attendance.objects.get_or_create(
            session=session,
            enrolment=enrolment,
            defaults={
                "method": method, "signed_at": at, "entered_by": by.user, "reason": reason[:200], "device": device[:64],
                "sheet": sheet, "received_at": received_at, "entered_at": entered_at,
            },
        )  # fmt: skip
    return SignedIn(row, already=not made)
