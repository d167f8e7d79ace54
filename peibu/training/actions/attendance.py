"""Deeds of a session: open and close the sign-in, sign in by code, sign in by hand, finish the teaching."""

import dataclasses
import datetime as dt
import secrets

from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format

from peibu.accounts.actor import Actor
from peibu.casework.models import Document
from peibu.casework.refusals import refusing
from peibu.kernel.errors import Refused
from peibu.kernel.verdict import Verdict
from peibu.training import rotating_codes
from peibu.training.check_in_terms import terms_of, window_of
from peibu.training.enums import AttendanceMethod, CohortStage, EnrolmentState, LeaveState, SessionKind
from peibu.training.models import Attendance, CheckIn, Cohort, Enrolment, Leave, Session
from peibu.training.permissions.attendance import RUNNING, can_finish, can_run_session
from peibu.training.queries.leave import guests_of, place_in

SLOTS_REMEMBERED = 40  # a typed code this many slots old is still told "expired" instead of "wrong"


@dataclasses.dataclass(frozen=True)
class Code:
    """The code to show now: for the camera, for the fingers, and how long until the next one."""

    scanned: str
    typed: str
    seconds_left: float
    seconds: int


@dataclasses.dataclass(frozen=True)
class SignedIn:
    """The sign-in, and whether it was there before (a repeat is harmless)."""

    attendance: Attendance
    already: bool


def _require(verdict: Verdict, code: str, remedy: str) -> None:
    if not verdict:
        raise Refused(verdict.reason, code, remedy)


def _clock(moment: dt.datetime) -> str:
    return date_format(timezone.localtime(moment), "n月j日 H:i")


def _require_running(session: Session) -> None:
    """Sign-in happens between the confirmation of the class and its end; the exam also after the teaching."""
    stage = session.cohort.stage
    if stage not in RUNNING:
        label = session.cohort.get_stage_display()
        raise Refused(f"班次当前为“{label}”，不能签到", "class_not_running", "请在开班备案确认后、结课前办理签到")
    if stage == CohortStage.TAUGHT and session.kind != SessionKind.EXAM:
        raise Refused("本班已结课，授课签到已截止", "teaching_is_over", "如有遗漏，请承接单位在档案中书面说明")


def _require_window(session: Session, at: dt.datetime) -> None:
    first, last = window_of(session)
    if at < first:
        raise Refused(
            f"签到最早在{_clock(first)}开放（本课次{_clock(session.starts_at)}开始）", "too_early", "请到时间后再办理"
        )
    if at > last:
        raise Refused(
            f"本课次已于{_clock(last)}结束，扫码签到已截止", "session_is_over", "确有到课的，请教师写明理由人工补签"
        )


def open_check_in(*, session: Session, by: Actor, at: dt.datetime) -> CheckIn:
    """Open the sign-in of a session, or open it again after it was closed (QD97.6.2). Opening twice changes nothing.

    Refused: not the teacher of the session nor the provider's staff; class not running; outside the window.
    """
    _require(can_run_session(by, session), "not_your_session", "请由本课次教师或承接单位经办人办理")
    with refusing():
        session = Session.objects.select_for_update(of=("self",)).select_related("cohort").get(pk=session.pk)
        _require_running(session)
        _require_window(session, at)
        check_in, made = CheckIn.objects.get_or_create(
            session=session, defaults={"secret": secrets.token_hex(32), "opened_at": at, "opened_by": by.user}
        )
        if not made and check_in.closed_at is not None:
            check_in.closed_at = None
            check_in.save(update_fields=["closed_at"])
    return check_in


def close_check_in(*, session: Session, by: Actor, at: dt.datetime) -> None:
    """End the sign-in of a session; from now on every code is refused. Closing twice changes nothing."""
    _require(can_run_session(by, session), "not_your_session", "请由本课次教师或承接单位经办人办理")
    with refusing():
        CheckIn.objects.filter(session=session, closed_at__isnull=True).update(closed_at=at)


def current_code(check_in: CheckIn, at: dt.datetime) -> Code:
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


@dataclasses.dataclass(frozen=True)
class Meant:
    """What a code stands for when one person sends it; `seconds_valid` 0 = expired."""

    session: Session
    enrolment: Enrolment
    seconds_valid: float


def meant_by(code: str, *, by: Actor, at: dt.datetime) -> Meant:
    """Read a scanned or typed code for the person who sends it. Changes nothing.

    Refused: not a code of ours; of a class the person is not in; enrolment cancelled.
    """
    stamp = rotating_codes.read_scanned(code)
    if stamp is not None:
        return _of_scanned(stamp, by=by, at=at)
    typed = rotating_codes.read_typed(code)
    return _of_typed(typed, by=by, at=at)


def _of_scanned(stamp: rotating_codes.Scanned, *, by: Actor, at: dt.datetime) -> Meant:
    check_in = CheckIn.objects.select_related("session__cohort").filter(pk=stamp.session_id).first()
    if check_in is None or not stamp.genuine(check_in.secret):
        raise Refused("这不是本平台发出的签到码", "code_forged", "请扫描教师屏幕上的签到二维码")
    session = check_in.session
    enrolment = place_in(session, by.person_key)
    if enrolment is None:
        raise Refused(
            f"您不在“{session.cohort.name}”的学员名单中，不能在这里签到",
            "not_in_this_class",
            "请确认教室和班次，扫描本班教师屏幕上的二维码",
        )
    _require_active(enrolment)
    seconds = terms_of(session).code_seconds
    return Meant(session, enrolment, rotating_codes.seconds_valid(stamp.slot, at=at, seconds=seconds))


def _require_active(enrolment: Enrolment) -> None:
    if enrolment.state != EnrolmentState.ACTIVE:
        raise Refused("您已退出本班，不能签到", "enrolment_cancelled", "如有疑问，请联系承接单位核对学员名单")


def _of_typed(typed: str, *, by: Actor, at: dt.datetime) -> Meant:
    mine = Enrolment.objects.filter(person__key=by.person_key, state=EnrolmentState.ACTIVE)
    mine = mine if by.person_key and typed else mine.none()
    made_up = Leave.objects.filter(enrolment__in=mine, state=LeaveState.GRANTED).values("make_up_id")
    here = Q(session__cohort_id__in=mine.values("cohort_id")) | Q(session_id__in=made_up)
    for check_in in CheckIn.objects.select_related("session__cohort").filter(here, closed_at__isnull=True):
        seconds = terms_of(check_in.session).code_seconds
        now = rotating_codes.slot_of(at, seconds)
        for slot in range(now, now - SLOTS_REMEMBERED, -1):
            if rotating_codes.typed_code(check_in.secret, check_in.session_id, slot) == typed:
                left = rotating_codes.seconds_valid(slot, at=at, seconds=seconds)
                return Meant(check_in.session, place_in(check_in.session, by.person_key), left)
    raise Refused(
        "签到口令不正确，或不是您所在班次的口令",
        "code_forged",
        f"请照教师屏幕输入当前的{rotating_codes.TYPED_LENGTH}位口令（不分大小写）",
    )


def sign_in(*, code: str, by: Actor, at: dt.datetime, device: str = "") -> SignedIn:
    """Sign a trainee in by the code on the teacher's screen; only the server's clock counts.

    Refused: forged code, other class, cancelled enrolment, code older than its seconds, sign-in closed, session over.
    A repeat is answered with the first sign-in. `device`: an opaque mark of the browser, to notice one phone signing
    for several people.
    """
    meant = meant_by(code, by=by, at=at)
    session, enrolment = meant.session, meant.enrolment
    earlier = Attendance.objects.filter(session=session, enrolment=enrolment).first()
    if earlier is not None:
        return SignedIn(earlier, already=True)
    if not meant.seconds_valid:
        seconds = terms_of(session).code_seconds
        raise Refused(
            f"签到码已过期（每{seconds}秒更换一次）", "code_expired", "请重新扫描教师屏幕上的二维码，并马上确认"
        )
    if session.check_in.closed_at is not None:
        raise Refused("教师已结束本课次签到", "check_in_closed", "确有到课的，请教师写明理由人工补签")
    _require_running(session)
    _require_window(session, at)
    return _keep(session, enrolment, method=AttendanceMethod.QR, by=by, at=at, reason="", device=device)


def sign_in_by_hand(
    *, session: Session, enrolment: Enrolment, by: Actor, at: dt.datetime, reason: str, sheet: Document | None = None
) -> SignedIn:
    """Enter a person who was there but could not scan: with a reason and under the name of who enters it; `sheet` is
    the photographed paper it was copied from (see `actions.sheets`)."""
    _require(can_run_session(by, session), "not_your_session", "请由本课次教师或承接单位经办人办理")
    if enrolment.cohort_id != session.cohort_id and not guests_of(session).filter(pk=enrolment.pk).exists():
        raise Refused("该学员不在本班名单中，不能补签", "not_in_this_class", "请在本班学员中选择")
    if enrolment.state != EnrolmentState.ACTIVE:
        raise Refused("该学员已退出本班，不能补签", "enrolment_cancelled", "请核对学员名单")
    _require_running(session)
    first, _last = window_of(session)
    if at < first:
        raise Refused(f"本课次{_clock(session.starts_at)}才开始，不能提前补签", "too_early", "请在开课后办理")
    return _keep(
        session, enrolment, method=AttendanceMethod.MANUAL, by=by, at=at, reason=reason.strip(), device="", sheet=sheet
    )


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
) -> SignedIn:
    """Two requests at the same moment: the unique constraint lets one in, get_or_create answers the other with it."""
    with refusing():
        row, made = Attendance.objects.get_or_create(
            session=session,
            enrolment=enrolment,
            defaults={
                "method": method, "signed_at": at, "entered_by": by.user, "reason": reason[:200], "device": device[:64],
                "sheet": sheet,
            },
        )  # fmt: skip
    return SignedIn(row, already=not made)


def finish_teaching(*, cohort: Cohort, by: Actor, at: dt.datetime) -> Cohort:
    """Close the teaching of a class once its last taught session is over: 已确认开班 -> 已结课.

    Open sign-ins are closed with it. Refused: not the provider's staff; other stage; no session; last one not over.
    """
    _require(can_finish(by, cohort), "not_your_class", "请由承接单位经办人办理")
    with refusing():
        cohort = Cohort.objects.select_for_update(of=("self",)).get(pk=cohort.pk)
        if cohort.stage != CohortStage.CONFIRMED:
            raise Refused(
                f"班次当前为“{cohort.get_stage_display()}”，不能办理结课", "class_not_running", "请刷新页面核对状态"
            )
        last = cohort.sessions.exclude(kind=SessionKind.EXAM).order_by("-ends_at").first()
        if last is None:
            raise Refused("课程表是空的，不能结课", "no_sessions", "请先录入课程表")
        if at < last.ends_at:
            raise Refused(
                f"最后一课“{last.subject}”{_clock(last.ends_at)}才结束，不能提前结课",
                "too_early",
                "请在全部课程结束后办理",
            )
        CheckIn.objects.filter(session__cohort=cohort, closed_at__isnull=True, opened_at__lte=at).exclude(
            session__kind=SessionKind.EXAM
        ).update(closed_at=at)
        cohort.stage = CohortStage.TAUGHT
        cohort.save(update_fields=["stage"])
    return cohort
