"""Deeds around leave: ask, withdraw, grant (with the session that makes up for it) or refuse."""

import datetime as dt

from peibu.accounts.actor import Actor
from peibu.casework.refusals import refusing
from peibu.kernel.errors import Refused
from peibu.training.enums import LIVE_LEAVES, EnrolmentState, LeaveState
from peibu.training.models import Cohort, Enrolment, Leave, Session
from peibu.training.permissions.attendance import RUNNING, can_run_session
from peibu.training.queries.leave import is_free, make_up_choices


def ask_leave(*, session: Session, enrolment: Enrolment, reason: str, by: Actor, at: dt.datetime) -> Leave:
    """A trainee asks not to come to one session, before it begins. Refused: somebody else's place; class not running;
    begun; without a reason; asked before."""
    if not by.person_key or enrolment.person.key != by.person_key:
        raise Refused("只能为本人请假", "not_your_place", "请使用本人的学员账号")
    if enrolment.cohort_id != session.cohort_id or enrolment.state != EnrolmentState.ACTIVE:
        raise Refused("该课次不在您的班次中", "not_in_this_class", "请在本班课程表中选择课次")
    if session.cohort.stage not in RUNNING:
        raise Refused("班次当前不能请假", "class_not_running", "请联系承接单位")
    if at >= session.starts_at:
        raise Refused("本课次已经开始，不能再请假", "too_late", "确有特殊情况的，请联系授课教师")
    with refusing():
        return Leave.objects.create(
            division=session.division,
            enrolment=enrolment,
            session=session,
            reason=reason.strip()[:200],
            asked_by=by.user,
            asked_at=at,
        )


def withdraw_leave(*, leave: Leave, by: Actor, at: dt.datetime) -> Leave:
    """The trainee takes the request back, also a granted one, until the session begins."""
    if not by.person_key or leave.enrolment.person.key != by.person_key:
        raise Refused("只能撤回本人的请假", "not_your_place", "请使用本人的学员账号")
    if at >= leave.session.starts_at:
        raise Refused("本课次已经开始，不能再撤回请假", "too_late", "请联系授课教师")
    with refusing():
        row = Leave.objects.select_for_update(of=("self",)).get(pk=leave.pk)
        if row.state in LIVE_LEAVES:
            row.state, row.make_up = LeaveState.WITHDRAWN, None
            row.save(update_fields=["state", "make_up"])
    return row


def decide_leave(
    *, leave: Leave, grant: bool, answer: str, by: Actor, at: dt.datetime, make_up: Session | None = None
) -> Leave:
    """The teacher of the session or the provider's staff answers; a refusal says why. `make_up`: a session of the same
    course in another class of the provider; a sign-in there counts for this one, and for no other. Refused: not the
    teacher; class not running (an archived one never changes); decided before; a make-up that has begun or clashes."""
    verdict = can_run_session(by, leave.session)
    if not verdict:
        raise Refused(verdict.reason, "not_your_session", "请由本课次教师或承接单位经办人办理")
    with refusing():
        cohort = Cohort.objects.select_for_update(of=("self",)).get(pk=leave.session.cohort_id)
        if cohort.stage not in RUNNING:
            label = cohort.get_stage_display()
            raise Refused(f"班次当前为“{label}”，不能审批请假", "class_not_running", "请在班次发证前办理")
        row = Leave.objects.select_for_update(of=("self",)).get(pk=leave.pk)
        if row.state != LeaveState.ASKED:
            raise Refused(f"该请假{row.get_state_display()}，不能再审批", "leave_decided", "请刷新页面")
        if grant and make_up is not None:
            _require_fit(row, make_up, at)
        row.state = LeaveState.GRANTED if grant else LeaveState.REFUSED
        row.answer, row.make_up = answer.strip()[:200], make_up if grant else None
        row.decided_by, row.decided_at = by.user, at
        row.save()
    return row


def _require_fit(leave: Leave, make_up: Session, at: dt.datetime) -> None:
    fit = make_up_choices(leave.session, at=at).filter(pk=make_up.pk).first()
    if fit is None:
        raise Refused("所选课次不能补这一课", "unfit_make_up", "请选择本单位其他班次尚未开始的同一课程")
    if not is_free(leave.enrolment, fit):
        raise Refused("该学员在所选补课时间另有课程", "make_up_clashes", "请选择另一课次")
