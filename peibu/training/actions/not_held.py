"""A session that fell out: the provider notes it, the agency that confirmed the class agrees."""

import datetime as dt

from peibu.accounts.actor import Actor
from peibu.accounts.enums import Role
from peibu.casework.refusals import refusing
from peibu.kernel.errors import Refused
from peibu.training.actions.session_guards import require
from peibu.training.enums import SessionKind
from peibu.training.models import Cohort, NotHeld, Session
from peibu.training.permissions.attendance import RUNNING, can_finish

LEAST_REASON = 5


def note_not_held(*, session: Session, reason: str, by: Actor, at: dt.datetime) -> NotHeld:
    """Note that a taught session of a running class did not take place.

    Refused: not the provider's staff; another stage; the exam; not over yet; somebody signed in; a short reason; noted
    before.
    """
    require(can_finish(by, session.cohort), "not_your_class", "请由承接单位经办人办理")
    if len(reason.strip()) < LEAST_REASON:
        raise Refused("没有写明未举行的原因", "a_session_not_held_has_a_reason", "请写明原因（不少于5个字）")
    with refusing():
        _require_running(session)
        if session.kind == SessionKind.EXAM or at < session.ends_at:
            raise Refused("只有已过结束时间的授课课次可以登记未举行", "too_early", "尚未开始的课次请办理备案变更")
        if session.attendances.exists():
            raise Refused("本课次有学员签到，不能登记为未举行", "session_is_used", "请刷新页面查看签到记录")
        if NotHeld.objects.filter(session=session).exists():
            raise Refused("本课次已登记为未举行", "noted_before", "请等待经办机构确认")
        return NotHeld.objects.create(session=session, reason=reason.strip()[:200], noted_by=by.user, noted_at=at)


def agree_not_held(*, session: Session, by: Actor, at: dt.datetime) -> NotHeld:
    """The agency that confirmed the class agrees: nobody owes the session any more, and no hours come from it.

    Refused: another office; another stage; nothing noted; agreed before; somebody signed in after all.
    """
    agency = session.cohort.case.agency_id
    if by.role != Role.AGENCY_REVIEWER or by.unit is None or by.unit.pk != agency:
        raise Refused("只有受理本班备案的经办机构可以确认", "not_your_case", "请由受理机构办理")
    with refusing():
        _require_running(session)
        row = NotHeld.objects.select_for_update(of=("self",)).filter(session=session).first()
        if row is None or row.agreed_at is not None:
            raise Refused("本课次没有待确认的登记", "nothing_to_agree", "请刷新页面查看")
        if session.attendances.exists():
            raise Refused("登记后有学员签到，不能确认为未举行", "session_is_used", "请承接单位核实签到记录")
        row.agreed_by, row.agreed_at = by.user, at
        row.save(update_fields=["agreed_by", "agreed_at"])
        return row


def _require_running(session: Session) -> None:
    cohort = Cohort.objects.select_for_update(of=("self",)).get(pk=session.cohort_id)
    if cohort.stage not in RUNNING:
        label = cohort.get_stage_display()
        raise Refused(f"班次当前为“{label}”，不能办理", "class_not_running", "请在开班备案确认后、考核完成前办理")
