"""The teaching of a class is declared over, with what was left open and why."""

import datetime as dt

from peibu.accounts.actor import Actor
from peibu.casework.refusals import refusing
from peibu.kernel.errors import Refused
from peibu.training.actions.session_guards import clock_words, require
from peibu.training.enums import CohortStage, SessionKind
from peibu.training.models import CheckIn, CheckOut, Cohort, TeachingEnd
from peibu.training.permissions.attendance import can_finish
from peibu.training.queries.open_ends import OpenEnd, open_ends

LEAST_REASON = 5


def finish_teaching(*, cohort: Cohort, by: Actor, at: dt.datetime, reason: str = "") -> Cohort:
    """Close the teaching of a class once its last taught session is over: 已确认开班 -> 已结课.

    What runs is closed with it. Refused: not the provider's staff; other stage; no session; last one not over; scans
    waiting for the teacher, people without a sign-out or a running sign-out, where the folder says that they refuse, or
    without a `reason` where it asks for one.
    """
    require(can_finish(by, cohort), "not_your_class", "请由承接单位经办人办理")
    with refusing():
        cohort = Cohort.objects.select_for_update(of=("self",)).get(pk=cohort.pk)
        _require_over(cohort, at)
        left = open_ends(cohort, at=at)
        _require_settled(left, reason.strip())
        for gates in (CheckIn, CheckOut):
            rows = gates.objects.filter(session__cohort=cohort, closed_at__isnull=True, opened_at__lte=at)
            rows.exclude(session__kind=SessionKind.EXAM).update(closed_at=at)
        told = [each.sentence for each in left]
        TeachingEnd.objects.create(
            cohort=cohort, ended_at=at, ended_by=by.user, left_open=told, reason=reason.strip()[:300] if told else ""
        )
        cohort.stage = CohortStage.TAUGHT
        cohort.save(update_fields=["stage"])
    return cohort


def _require_over(cohort: Cohort, at: dt.datetime) -> None:
    if cohort.stage != CohortStage.CONFIRMED:
        raise Refused(
            f"班次当前为“{cohort.get_stage_display()}”，不能办理结课", "class_not_running", "请刷新页面核对状态"
        )
    last = cohort.sessions.exclude(kind=SessionKind.EXAM).order_by("-ends_at").first()
    if last is None:
        raise Refused("课程表是空的，不能结课", "no_sessions", "请先录入课程表")
    if at < last.ends_at:
        raise Refused(
            f"最后一课“{last.subject}”{clock_words(last.ends_at)}才结束，不能提前结课",
            "too_early",
            "请在全部课程结束后办理",
        )


def _require_settled(left: list[OpenEnd], reason: str) -> None:
    hard = [each.sentence for each in left if each.refuses]
    if hard:
        raise Refused("；".join(hard), "not_settled", "请教师先处理以上事项，再办理结课")
    if left and len(reason) < LEAST_REASON:
        told = "；".join(each.sentence for each in left)
        raise Refused(told, "not_settled", "请教师补记；确实无法补记的，写明理由（不少于5个字）后结课，理由归入档案")
