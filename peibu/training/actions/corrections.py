"""Correcting a sealed score: a row of its own, by two natural persons, with the reason. The sealed score stays."""

import datetime as dt
from decimal import Decimal

from peibu.accounts.actor import Actor
from peibu.casework.refusals import refusing
from peibu.kernel.errors import Refused
from peibu.rulebook import load_policy
from peibu.training.actions.scores import check_points
from peibu.training.models import Certificate, Cohort, Exam, ResitScore, Score, ScoreCorrection
from peibu.training.permissions.exam import can_decide_correction, can_examine
from peibu.training.queries.effective import corrected_points, resit_points
from peibu.training.queries.exams import exam_day, passed


def propose_correction(
    *,
    score: Score,
    points: Decimal | None,
    reason: str,
    by: Actor,
    at: dt.datetime,
    resit_score: ResitScore | None = None,
) -> ScoreCorrection:
    """Say what a sealed score (or the points of a sealed re-sit) should have been; in force only once an officer of the
    district has agreed.

    Refused: not the exam's body; not sealed; archived; no reason; the same points; another proposal still open.
    """
    if not reason.strip():
        raise Refused("没有填写更正理由", "a_correction_has_a_reason", "请写明更正的依据")
    with refusing():
        row = Score.objects.select_for_update(of=("self",)).select_related("exam__cohort").get(pk=score.pk)
        exam: Exam = row.exam
        verdict = can_examine(by, exam)
        if not verdict:
            raise Refused(verdict.reason, "not_your_class", "请使用考核单位的账号")
        check_points(
            row.enrolment.person.name, points, load_policy(exam.cohort.policy).value("full_mark", on=exam_day(exam))
        )
        # Held until the end: certificates are not given in the meantime.
        Cohort.objects.select_for_update(of=("self",)).get(pk=exam.cohort_id)
        before = resit_points(resit_score) if resit_score else corrected_points(exam).get(row.enrolment_id, row.points)
        if before == points:
            raise Refused("更正后的成绩与现在的成绩相同", "nothing_to_correct", "请核对更正后的成绩")
        return ScoreCorrection.objects.create(
            score=row,
            resit_score=resit_score,
            before=before,
            points=points,
            reason=reason.strip()[:300],
            proposed_by=by.user,
            proposed_key=by.person_key,
            proposed_at=at,
        )


def decide_correction(
    *, correction: ScoreCorrection, accept: bool, opinion: str, by: Actor, at: dt.datetime
) -> ScoreCorrection:
    """Agree or not, with an opinion: another natural person, an officer of the exam's district.

    Refused too: agreeing to points that take the pass from somebody whose certificate still stands.
    """
    if not opinion.strip():
        raise Refused("没有填写复核意见", "correction_opinion", "请写明同意或不同意的理由")
    with refusing():
        row = (
            ScoreCorrection.objects.select_for_update(of=("self",))
            .select_related("score__exam__cohort", "score__enrolment__person")
            .get(pk=correction.pk)
        )
        verdict = can_decide_correction(by, row)
        if not verdict:
            raise Refused(verdict.reason, "not_your_correction", "请由区（市）另一位工作人员办理")
        if row.accepted is not None:
            raise Refused("该更正已经办结", "a_decided_correction_never_changes", "如仍有误，请另行提出更正")
        row.accepted, row.opinion = accept, opinion.strip()[:300]
        row.decided_by, row.decided_key, row.decided_at = by.user, by.person_key, at
        row.save(update_fields=["accepted", "opinion", "decided_by", "decided_key", "decided_at"])
        if accept:
            _require_no_certificate_below(row.score)
        return row


def _require_no_certificate_below(score: Score) -> None:
    exam, enrolment = score.exam, score.enrolment
    standing = Certificate.objects.filter(enrolment=enrolment, revocation__isnull=True).first()
    if standing is not None and not passed(exam).filter(pk=enrolment.pk).exists():
        raise Refused(
            f"{enrolment.person.name}的证书（{standing.serial}）仍然有效，更正后成绩不合格",
            "certificate_stands",
            "请先由发证的区（市）人社局作废该证书，再同意更正",
        )
