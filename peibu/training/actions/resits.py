"""Sitting an exam again (QD97.3.5 to 3.8 hold for it as for the first sitting)."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from uuid import UUID

from peibu.accounts.actor import Actor
from peibu.casework.refusals import refusing
from peibu.kernel.errors import Refused
from peibu.rulebook import load_policy
from peibu.training.actions.scores import check_points
from peibu.training.enums import CohortStage
from peibu.training.models import Cohort, Exam, Resit, ResitScore
from peibu.training.permissions.exam import can_agree_resit, can_confirm_resit, can_examine
from peibu.training.queries.exams import exam_day, failed
from peibu.training.queries.resits import is_reported, live_resits


def ask_resit(
    *, exam: Exam, held_from: dt.datetime, held_until: dt.datetime, place: str, by: Actor, at: dt.datetime
) -> Resit:
    """Ask the district to let everybody without a pass sit again; the names are fixed with the request.

    Refused: sheet not sealed; certificates reported; an earlier re-sit not sealed; as many as the policy allows;
    nobody failed; time in the past. One that was not agreed to in time has lapsed and does not count.
    """
    if held_from <= at or held_until <= held_from:
        raise Refused("补考时间已经过去，或结束不晚于开始", "a_resit_ends_after_it_starts", "请填写今后的起止时间")
    if not place.strip():
        raise Refused("没有填写考场", "exam_place", "请填写考场地址和教室")
    with refusing():
        locked = _mine(exam, by)
        _require_possible(locked, at)
        people = list(failed(locked))
        if not people:
            raise Refused("没有不合格或缺考的考生", "nobody_failed", "不需要补考")
        resit = Resit.objects.create(
            exam=locked, division=locked.division, number=locked.resits.count() + 1, held_from=held_from,
            held_until=held_until, place=place.strip(), asked_by=by.user, asked_key=by.person_key, asked_at=at,
        )  # fmt: skip
        ResitScore.objects.bulk_create(ResitScore(resit=resit, enrolment=row) for row in people)
        return resit


def _mine(exam: Exam, by: Actor) -> Exam:
    locked = Exam.objects.select_for_update(of=("self",)).select_related("cohort").get(pk=exam.pk)
    verdict = can_examine(by, locked)
    if not verdict:
        raise Refused(verdict.reason, "not_your_class", "请使用考核单位的账号")
    return locked


def _require_unreported(exam: Exam) -> None:
    """No re-sit changes what certificates are given for; the class stays locked until the end."""
    cohort = Cohort.objects.select_for_update(of=("self",)).get(pk=exam.cohort_id)
    if cohort.stage != CohortStage.EXAMINED:
        raise Refused("班次已发证或归档，不能再安排补考", "class_not_running", "请核对班次")
    if is_reported(exam):
        raise Refused("合格名单已经上报，不能再安排补考", "passed_reported", "补考须在上报合格名单之前完成")


def _require_possible(exam: Exam, at: dt.datetime) -> None:
    if exam.sealed_at is None:
        raise Refused("成绩单还没有封存，不能安排补考", "exam_not_sealed", "请先封存成绩单")
    _require_unreported(exam)
    if live_resits(exam, at=at):
        raise Refused("上一次补考还没有封存成绩", "resit_open", "请先完成上一次补考")
    policy = load_policy(exam.cohort.policy)
    if "resits_max" not in policy.parameters:
        raise Refused("本项目没有设定补考次数", "resits_max", "请向考试所在区（市）机构反映")
    most = policy.value("resits_max", on=exam_day(exam))
    if exam.resits.filter(sealed_at__isnull=False).count() >= most:
        clause = policy.parameters["resits_max"].clause
        raise Refused(f"补考已达{most}次上限（{clause}）", "resits_max", "仍不合格的，按未取得证书处理")


def agree_resit(*, resit: Resit, by: Actor, at: dt.datetime) -> Resit:
    """Let it be held: an officer of the district, another natural person, before it begins."""
    with refusing():
        row = Resit.objects.select_for_update(of=("self",)).get(pk=resit.pk)
        verdict = can_agree_resit(by, row)
        if not verdict:
            raise Refused(verdict.reason, "not_your_resit", "请由区（市）工作人员办理")
        if at >= row.held_from:
            raise Refused("补考开始时间已过，不能补批", "exam_not_over", "请承接单位重新申请")
        if row.agreed_at is None:
            row.agreed_by, row.agreed_key, row.agreed_at = by.user, by.person_key, at
            row.save(update_fields=["agreed_by", "agreed_key", "agreed_at"])
        return row


def enter_resit_scores(*, resit: Resit, marks: Mapping[UUID, Decimal | None], by: Actor, at: dt.datetime) -> int:
    """Enter points (enrolment id -> points, None = absent) of those admitted. All or nothing."""
    with refusing():
        row = _held(resit, by, at)
        full = load_policy(row.exam.cohort.policy).value("full_mark", on=exam_day(row.exam))
        known = {score.enrolment_id: score for score in row.scores.select_related("enrolment__person")}
        if set(marks) - set(known):
            raise Refused("成绩中有不参加本次补考的人员", "not_a_candidate", "请刷新页面后重试")
        for key, points in marks.items():
            score = known[key]
            check_points(score.enrolment.person.name, points, full)
            score.points, score.entered_by, score.entered_at = points, by.user, at
            score.by_unit = by.unit
            score.save(update_fields=["points", "entered_by", "entered_at", "by_unit"])
        return len(marks)


def confirm_resit(*, resit: Resit, remark: str, by: Actor, at: dt.datetime) -> Resit:
    """A supervisor of the exam (for a third party the district's officer) confirms having watched the re-sit (QD97.3.7)."""
    if not remark.strip():
        raise Refused("没有填写监考记录", "supervision_remark", "请写明到考人数、考场纪律和异常情况")
    with refusing():
        row = Resit.objects.select_for_update(of=("self",)).select_related("exam").get(pk=resit.pk)
        verdict = can_confirm_resit(by, row)
        if not verdict:
            raise Refused(verdict.reason, "not_the_supervisor", "请由监考人本人登录确认")
        _require_over(row, at)
        if row.supervised_at is not None:
            raise Refused("监考记录已经确认", "already_confirmed", "记录确认后不能更改")
        row.supervised_by, row.supervised_at, row.supervision = by.user, at, remark.strip()[:500]
        row.save(update_fields=["supervised_by", "supervised_at", "supervision"])
        return row


def seal_resit(*, resit: Resit, by: Actor, at: dt.datetime) -> Resit:
    """Seal the re-sit for good; from now on its points count as the policy says (best or last)."""
    with refusing():
        row = _held(resit, by, at)
        left = row.scores.filter(entered_at__isnull=True).count()
        if left:
            raise Refused(f"还有{left}人没有补考成绩", "seal_refused", "请录入成绩或标记缺考")
        if row.supervised_at is None:
            raise Refused("监考人还没有确认补考的监考记录", "seal_refused", "请联系监考人登录确认")
        _require_unreported(row.exam)
        row.sealed_by, row.sealed_at = by.user, at
        row.save(update_fields=["sealed_by", "sealed_at"])
        return row


def _held(resit: Resit, by: Actor, at: dt.datetime) -> Resit:
    row = Resit.objects.select_for_update(of=("self",)).select_related("exam__cohort").get(pk=resit.pk)
    verdict = can_examine(by, row.exam)
    if not verdict:
        raise Refused(verdict.reason, "not_your_class", "请使用考核单位的账号")
    _require_over(row, at)
    if row.sealed_at is not None:
        raise Refused("补考成绩已封存，不能再改", "sealed_resit_scores_never_change", "如有误，请报区（市）机构处理")
    return row


def _require_over(row: Resit, at: dt.datetime) -> None:
    if row.agreed_at is None:
        raise Refused("补考尚未获得同意", "exam_not_approved", "请等待区（市）机构同意")
    if at < row.held_until:
        raise Refused("补考还没有结束", "exam_not_over", "请在补考结束后办理")
