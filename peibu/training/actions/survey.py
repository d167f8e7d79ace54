"""The anonymous satisfaction survey (QD97.3.7)."""

import datetime as dt
from collections.abc import Mapping
from uuid import uuid4

from django.utils import timezone

from peibu.accounts.actor import Actor
from peibu.accounts.secrecy import secret_index
from peibu.casework.refusals import refusing
from peibu.kernel.errors import Refused
from peibu.training.enums import CohortStage
from peibu.training.models import Exam, SurveyAnswer
from peibu.training.permissions.exam import APPROVED, is_candidate
from peibu.training.queries.exams import MARKS, TOPICS


def voucher_of(exam: Exam, person_key: str) -> str:
    """One-way keyed hash of exam and person: it stops a second answer and leads nowhere without the server's key."""
    return secret_index(f"survey:{exam.pk}:{person_key}")


def has_answered(exam: Exam, actor: Actor) -> bool:
    return exam.answers.filter(voucher=voucher_of(exam, actor.person_key)).exists()


def why_closed(exam: Exam, *, at: dt.datetime) -> str:
    """Why no answer is taken now; empty when the survey is open: from the start of the approved exam until the
    certificates are issued, a moment the provider does not choose."""
    if exam.case.state != APPROVED or exam.held_from is None or at < exam.held_from:
        return "考试开始后才能填写"
    if exam.cohort.stage in (CohortStage.CERTIFIED, CohortStage.ARCHIVED):
        return "证书已发放，调查已经结束"
    return ""


def answer_survey(
    *, exam: Exam, marks: Mapping[str, int], comment: str = "", by: Actor, at: dt.datetime
) -> SurveyAnswer:
    """Keep one answer of a candidate. Neither account nor moment is stored: only the day, under a random key."""
    closed = why_closed(exam, at=at)
    if closed:
        raise Refused(f"现在不能填写：{closed}", "survey_closed", "请在开放期间填写")
    if not is_candidate(by, exam):
        raise Refused("您不是本班学员", "not_a_candidate", "请使用本人的学员账号登录")
    if set(marks) != set(TOPICS) or not all(mark in MARKS for mark in marks.values()):
        raise Refused("还有问题没有作答", "survey_incomplete", "请为每个问题选择1至5分")
    day = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    with refusing():
        return SurveyAnswer.objects.create(
            id=uuid4(),  # not ordered by time
            exam=exam,
            voucher=voucher_of(exam, by.person_key),
            comment=comment.strip()[:500],
            answered_at=day,
            **marks,
        )
