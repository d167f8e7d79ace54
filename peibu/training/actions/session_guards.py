"""What every deed at the door of a classroom asks first."""

import datetime as dt

from django.utils import timezone
from django.utils.formats import date_format

from peibu.kernel.errors import Refused
from peibu.kernel.verdict import Verdict
from peibu.training.check_in_terms import window_of
from peibu.training.enums import CohortStage, SessionKind
from peibu.training.models import Session
from peibu.training.permissions.attendance import RUNNING


def require(verdict: Verdict, code: str, remedy: str) -> None:
    if not verdict:
        raise Refused(verdict.reason, code, remedy)


def clock_words(moment: dt.datetime) -> str:
    return date_format(timezone.localtime(moment), "n月j日 H:i")


def require_running(session: Session) -> None:
    """Sign-in happens between the confirmation of the class and its end; the exam also after the teaching."""
    stage = session.cohort.stage
    if stage not in RUNNING:
        label = session.cohort.get_stage_display()
        raise Refused(f"班次当前为“{label}”，不能签到", "class_not_running", "请在开班备案确认后、结课前办理签到")
    if stage == CohortStage.TAUGHT and session.kind != SessionKind.EXAM:
        raise Refused("本班已结课，授课签到已截止", "teaching_is_over", "如有遗漏，请承接单位在档案中书面说明")


def require_window(session: Session, at: dt.datetime) -> None:
    first, last = window_of(session)
    if at < first:
        raise Refused(
            f"签到最早在{clock_words(first)}开放（本课次{clock_words(session.starts_at)}开始）",
            "too_early",
            "请到时间后再办理",
        )
    if at > last:
        raise Refused(
            f"本课次已于{clock_words(last)}结束，扫码签到已截止",
            "session_is_over",
            "确有到课的，请教师写明理由人工补签",
        )
