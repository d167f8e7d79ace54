"""Supervision confirmed, scores entered, the sheet sealed (QD97.3.5, 3.7; invariant I12)."""

import datetime as dt
from collections.abc import Collection, Mapping
from decimal import Decimal
from uuid import UUID

from peibu.accounts.actor import SYSTEM, Actor
from peibu.accounts.models import User
from peibu.casework.refusals import refusing
from peibu.kernel.errors import Refused
from peibu.rulebook import load_policy
from peibu.training.enums import CohortStage, ScoreOrigin
from peibu.training.models import Cohort, Exam, ExamSupervisor, Score
from peibu.training.permissions.exam import APPROVED, RUNNING, can_confirm, can_examine
from peibu.training.queries.bodies import body_of
from peibu.training.queries.exams import candidates, exam_day, fingerprint, photos_of_class

TENTH = Decimal("0.1")


def confirm_supervision(*, supervisor: ExamSupervisor, remark: str, by: Actor, at: dt.datetime) -> ExamSupervisor:
    """Confirm having watched the whole exam, with a record; possible once the exam is over."""
    if not remark.strip():
        raise Refused("没有填写监考记录", "supervision_remark", "请写明到考人数、考场纪律和异常情况")
    with refusing():
        row = ExamSupervisor.objects.select_for_update(of=("self",)).select_related("exam__case").get(pk=supervisor.pk)
        verdict = can_confirm(by, row)
        if not verdict:
            raise Refused(verdict.reason, "not_the_supervisor", "请由监考人本人登录确认")
        _require_held(row.exam, at)
        if row.signed_at is not None:
            raise Refused("监考记录已经确认", "already_confirmed", "记录确认后不能更改")
        row.signed_at, row.remark = at, remark.strip()
        row.save(update_fields=["signed_at", "remark"])
        return row


def _require_held(exam: Exam, at: dt.datetime) -> None:
    if exam.case.state != APPROVED:
        raise Refused("考试尚未获得同意", "exam_not_approved", "请等待区（市）机构同意开考")
    if at < exam.held_until:
        raise Refused("考试还没有结束", "exam_not_over", "请在考试结束后办理")


def require_open_sheet(exam: Exam, by: Actor, at: dt.datetime) -> Exam:
    """The exam under its row lock, when the actor may enter scores now: its body, exam over, sheet not sealed."""
    locked = Exam.objects.select_for_update(of=("self",)).select_related("cohort", "case").get(pk=exam.pk)
    verdict = can_examine(by, locked)
    if not verdict:
        raise Refused(verdict.reason, "not_your_class", "请使用考核单位的账号")
    _require_held(locked, at)
    if locked.sealed_at is not None:
        raise Refused("成绩单已封存，不能再改", "sealed_scores_never_change", "如成绩有误，请报区（市）机构处理")
    return locked


def enter_scores(*, exam: Exam, marks: Mapping[UUID, Decimal | None], by: Actor, at: dt.datetime) -> int:
    """Enter points of candidates (enrolment id -> points, None = absent). All or nothing; returns how many changed."""
    with refusing():
        locked = require_open_sheet(exam, by, at)
        full = load_policy(locked.cohort.policy).value("full_mark", on=exam_day(locked))
        known = {row.enrolment.pk: row for row in candidates(locked)}
        if set(marks) - set(known):
            raise Refused("成绩单中有不属于本班的人员", "not_a_candidate", "请刷新页面后重试")
        changed = 0
        for enrolment_id, points in marks.items():
            check_points(known[enrolment_id].enrolment.person.name, points, full)
            before = known[enrolment_id].score
            if before is not None and before.points == points:
                continue
            _require_typed(before)
            Score.objects.update_or_create(
                exam=locked,
                enrolment_id=enrolment_id,
                defaults={"points": points, "entered_by": by.user, "entered_at": at, "by_unit": by.unit},
            )
            changed += 1
        return changed


def _require_typed(score: Score | None) -> None:
    if score is not None and score.origin == ScoreOrigin.ONLINE:
        raise Refused(
            f"{score.enrolment.person.name}的成绩由机考系统判分，不能人工改写",
            "an_online_score_is_not_typed_over",
            "对成绩有异议的，封存后按成绩复核办理",
        )


def record_online(
    *,
    exam: Exam,
    marks: Mapping[UUID, Decimal],
    absent: Collection[UUID],
    entered_by: User,
    by: Actor,
    at: dt.datetime,
) -> int:
    """Take over what the online test counted (enrolment id -> points), and who did not come, once it is over.

    Whoever has points keeps them. Only what a machine counted is kept as counted by it: somebody absent may still have
    written on paper. `entered_by`: who set up the test. Returns how many scores were added.
    """
    with refusing():
        locked = Exam.objects.select_for_update(of=("self",)).select_related("cohort", "case").get(pk=exam.pk)
        if by is not SYSTEM and not (verdict := can_examine(by, locked)):
            raise Refused(verdict.reason, "not_your_class", "请使用考核单位的账号")
        _require_held(locked, at)
        known = {row.enrolment.pk for row in candidates(locked) if row.score is None}
        rows = [
            Score(
                exam=locked, enrolment_id=key, points=marks.get(key), entered_by=entered_by, entered_at=at,
                origin=ScoreOrigin.ONLINE if key in marks else ScoreOrigin.TYPED, by_unit_id=body_of(locked),
            )
            for key in (*marks, *absent)
            if key in known
        ]  # fmt: skip
        for row in rows:
            row.save(force_insert=True)
        return len(rows)


def check_points(name: str, points: Decimal | None, full: int) -> None:
    """Refuse points outside 0 to the full mark or with more than one decimal; None (absent) is fine."""
    if points is None:
        return
    if not 0 <= points <= full:
        raise Refused(f"{name}的成绩{points}不在0至{full}分之间", "points_are_between_0_and_100", "请核对答卷")
    if points % TENTH:
        raise Refused(f"{name}的成绩{points}超过一位小数", "points_step", "成绩最多保留一位小数")


def seal_scores(*, exam: Exam, by: Actor, at: dt.datetime) -> Exam:
    """Seal the sheet for good. Every candidate has points or is absent, every supervisor has confirmed, and the class
    has its photos (QD97.3.9). The class is then examined."""
    with refusing():
        locked = require_open_sheet(exam, by, at)
        missing = [row.enrolment.person.name for row in candidates(locked) if row.score is None]
        _require(not missing, f"还有{len(missing)}人没有成绩：{'、'.join(missing[:5])}", "请录入成绩或标记缺考")
        silent = list(locked.supervisors.filter(signed_at__isnull=True).values_list("name", flat=True))
        _require(not silent, f"监考人{'、'.join(silent)}还没有确认监考记录", "请联系监考人登录确认")
        least = load_policy(locked.cohort.policy).value("training_photos_min", on=exam_day(locked))
        photos = photos_of_class(locked.cohort).count()
        _require(photos >= least, f"培训现场照片只有{photos}张，至少需要{least}张", "请先上传培训现场照片")
        cohort = Cohort.objects.select_for_update(of=("self",)).get(pk=locked.cohort_id)
        stage = cohort.get_stage_display()
        _require(cohort.stage in RUNNING, f"班次当前为“{stage}”，不能封存成绩", "请核对班次")
        locked.seal, locked.sealed_at, locked.sealed_by = fingerprint(locked), at, by.user
        locked.save(update_fields=["seal", "sealed_at", "sealed_by"])
        cohort.stage = CohortStage.EXAMINED
        cohort.save(update_fields=["stage"])
        return locked


def _require(met: bool, what: str, todo: str) -> None:
    if not met:
        raise Refused(f"成绩单不能封存：{what}", "seal_refused", todo)
