"""A candidate asks to look at a sealed score again; the body answers, with a correction or without."""

import datetime as dt
from decimal import Decimal

from django.utils import timezone

from peibu.accounts.actor import Actor
from peibu.casework.hooks import guard
from peibu.casework.models import Case
from peibu.casework.processes import deadline
from peibu.casework.refusals import refusing
from peibu.examining.enums import ReviewState
from peibu.examining.models import ScoreReview
from peibu.examining.permissions import candidate_of
from peibu.kernel.errors import Refused
from peibu.kernel.verdict import Verdict, no, yes
from peibu.rulebook import load_policy
from peibu.training.actions.certificates import PROCESS as CERTIFICATES
from peibu.training.actions.corrections import decide_correction, propose_correction
from peibu.training.models import Exam, ResitScore, ScoreCorrection
from peibu.training.permissions.exam import can_examine
from peibu.training.queries.exams import exam_day
from peibu.training.queries.resits import live_resits

REVIEW_DAYS = "score_review_working_days"


def last_review_day(exam: Exam) -> dt.date | None:
    """The last day on which a review may be asked for: policy working days after sealing.

    None before sealing, and where the policy's folder names no such days: then nobody can say when it ends.
    """
    policy = load_policy(exam.cohort.policy)
    if exam.sealed_at is None or REVIEW_DAYS not in policy.parameters:
        return None
    days = policy.value(REVIEW_DAYS, on=exam_day(exam))
    return deadline(timezone.localdate(exam.sealed_at), days)


def ask_review(*, exam: Exam, reason: str, by: Actor, at: dt.datetime) -> ScoreReview:
    """Ask once, with a reason, within the days of the policy."""
    if not reason.strip():
        raise Refused("没有填写复核理由", "a_review_has_a_reason", "请写明对哪部分成绩有疑问")
    with refusing():
        enrolment = candidate_of(by, exam)
        if enrolment is None:
            raise Refused("您不是本场考试的考生", "not_a_candidate", "请使用本人账号")
        if exam.sealed_at is None:
            raise Refused("成绩还没有公布，不能申请复核", "exam_not_sealed", "请等待成绩封存公布")
        last = last_review_day(exam)
        if last is None:
            raise Refused("本项目没有设定成绩复核期限", "no_review_days", "请向考试所在区（市）机构反映")
        if timezone.localdate(at) > last:
            clause = load_policy(exam.cohort.policy).parameters[REVIEW_DAYS].clause
            raise Refused(
                f"复核申请已于{last:%Y-%m-%d}截止（{clause}）", "review_too_late", "如有特殊情况，请向区（市）机构反映"
            )
        return ScoreReview.objects.create(
            exam=exam,
            division=exam.division,
            enrolment=enrolment,
            reason=reason.strip()[:300],
            asked_at=at,
            asked_by=by.user,
        )


def keep_score(*, review: ScoreReview, opinion: str, by: Actor, at: dt.datetime) -> ScoreReview:
    """Answer that the score stays, with the reason."""
    if not opinion.strip():
        raise Refused("没有填写复核意见", "review_opinion", "请写明维持原成绩的依据")
    with refusing():
        row = _open(review, by)
        if row.correction_id is not None:
            raise Refused("已提出更正，等待区（市）复核", "correction_open", "请等待复核结果")
        _answer(row, ReviewState.KEPT, opinion, by, at)
        return row


def correct_after_review(
    *,
    review: ScoreReview,
    points: Decimal | None,
    reason: str,
    by: Actor,
    at: dt.datetime,
    resit_score: ResitScore | None = None,
) -> ScoreCorrection:
    """Propose other points for the first sitting or a re-sit; the review is answered when the district has decided."""
    with refusing():
        row = _open(review, by)
        correction = propose_correction(
            score=row.enrolment.score, points=points, reason=reason, by=by, at=at, resit_score=resit_score
        )
        row.correction = correction
        row.save(update_fields=["correction"])
        return correction


def decide_and_answer(
    *, correction: ScoreCorrection, accept: bool, opinion: str, by: Actor, at: dt.datetime
) -> ScoreCorrection:
    """The district's decision on a correction; a review that led to it is answered with it."""
    with refusing():
        row = decide_correction(correction=correction, accept=accept, opinion=opinion, by=by, at=at)
        review = (
            ScoreReview.objects.select_for_update(of=("self",)).filter(correction=row, state=ReviewState.OPEN).first()
        )
        if review is not None:
            _answer(review, ReviewState.CORRECTED if accept else ReviewState.KEPT, opinion, by, at)
        return row


def _open(review: ScoreReview, by: Actor) -> ScoreReview:
    row = (
        ScoreReview.objects.select_for_update(of=("self",))
        .select_related("exam__cohort", "enrolment")
        .get(pk=review.pk)
    )
    verdict = can_examine(by, row.exam)
    if not verdict:
        raise Refused(verdict.reason, "not_your_class", "请使用考核单位的账号")
    if row.state != ReviewState.OPEN:
        raise Refused("该复核已经答复", "a_decided_review_never_changes", "请刷新页面查看结果")
    return row


def _answer(row: ScoreReview, state: str, opinion: str, by: Actor, at: dt.datetime) -> None:
    row.state, row.opinion, row.decided_by, row.decided_at = state, opinion.strip()[:300], by.user, at
    row.save(update_fields=["state", "opinion", "decided_by", "decided_at"])


@guard(CERTIFICATES, "report", "report_again", "issue")
def scores_are_settled(*, case: Case, by: Actor, at: dt.datetime) -> Verdict:
    """Nobody is reported, and no certificate given, while a score may still change."""
    exam = Exam.objects.get(cohort__certificate_batch__case=case)
    told = {
        "补考还没有结束并封存": bool(live_resits(exam, at=at)),
        "有成绩更正等待复核": ScoreCorrection.objects.filter(score__exam=exam, accepted__isnull=True).exists(),
        "有成绩复核申请还没有答复": exam.reviews.filter(state=ReviewState.OPEN).exists(),
    }
    open_still = [what for what, is_open in told.items() if is_open]
    return no("；".join(open_still)) if open_still else yes()
