"""The training log of a session (QD97.6.2)."""

import datetime as dt

import pghistory

from peibu.accounts.actor import Actor
from peibu.casework.refusals import refusing
from peibu.kernel.errors import Refused
from peibu.training.models import Session, TrainingLog
from peibu.training.permissions.attendance import LOGGING, can_run_session


def write_log(*, session: Session, text: str, by: Actor, at: dt.datetime) -> TrainingLog:
    """Write, or write anew, what was taught in a session; earlier wordings stay in the history.

    Refused: not the teacher of the session nor the provider's staff; session not begun; class archived; empty text.
    """
    verdict = can_run_session(by, session)
    if not verdict:
        raise Refused(verdict.reason, "not_your_session", "请由本课次教师或承接单位经办人填写")
    if session.cohort.stage not in LOGGING:
        label = session.cohort.get_stage_display()
        raise Refused(f"班次当前为“{label}”，不能再填写培训日志", "class_is_closed", "请在班次归档前填写")
    if at < session.starts_at:
        raise Refused("本课次尚未开始，不能提前填写培训日志", "too_early", "请在开课后填写")
    with refusing(), pghistory.context(move="write_log", session=str(session.pk)):
        row, _made = TrainingLog.objects.update_or_create(
            session=session,
            defaults={"text": text.strip(), "written_by": by.user, "written_at": at},
            create_defaults={
                "cohort": session.cohort, "text": text.strip(), "written_by": by.user, "written_at": at
            },
        )  # fmt: skip
    return row
