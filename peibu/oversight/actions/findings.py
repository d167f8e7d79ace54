"""Findings: something a human should look at. They change no state by themselves (QD97.3.9, QD97.6.3)."""

import datetime as dt
import hashlib
from uuid import UUID

from peibu.accounts.actor import Actor
from peibu.accounts.models import Division
from peibu.casework.models import Document
from peibu.casework.refusals import refusing
from peibu.kernel.errors import Refused
from peibu.oversight.enums import FindingKind, FindingState
from peibu.oversight.models import CreditRecord, Finding
from peibu.oversight.permissions import can_conclude
from peibu.training.models import Cohort, Exam
from peibu.training.queries.exams import survey_result
from peibu.training.queries.photos import near_duplicates

SURVEY_CLAUSE = "QD97.3.7"
SATISFACTION = "satisfaction"
LEAST_REASON = 5


def note_finding(
    *, kind: str, subject_id: UUID, division: Division, title: str, evidence: dict, key: str, at: dt.datetime
) -> Finding:
    """Keep a finding once; the same evidence found again is the same row."""
    fingerprint = hashlib.sha256(f"{kind}:{key}".encode()).hexdigest()
    row, _new = Finding.objects.get_or_create(
        fingerprint=fingerprint,
        defaults={
            "division": division,
            "kind": kind,
            "subject_id": subject_id,
            "title": title,
            "evidence": evidence,
            "found_at": at,
        },
    )
    return row


def look_for_near_duplicates(*, document: Document, at: dt.datetime) -> list[Finding]:
    """Compare a site photo with those of all other classes; each likeness is a finding with both pictures."""
    found = []
    for match in near_duplicates(document):
        pair = sorted([str(match.document_id), str(match.other_id)])
        other = Cohort.objects.filter(pk=match.other_cohort_id).values_list("name", flat=True).first() or "另一班次"
        word = "几乎相同" if match.same else "相似"
        found.append(
            note_finding(
                kind=FindingKind.NEAR_DUPLICATE_PHOTO,
                subject_id=document.subject_id,
                division=document.division,
                title=f"现场照片与“{other[:160]}”的照片{word}",
                evidence={
                    "photos": [str(match.document_id), str(match.other_id)],
                    "distance": match.distance,
                    "mirrored": match.mirrored,
                    "other_class": str(match.other_cohort_id),
                },
                key=":".join(pair),
                at=at,
            )
        )
    return found


def conclude(*, finding: Finding, state: str, conclusion: str, by: Actor, at: dt.datetime) -> Finding:
    """A person's conclusion with the reason: explained, error, or fraud. Nothing else changes by it."""
    verdict = can_conclude(by, finding)
    if not verdict:
        raise Refused(verdict.reason, "foreign_finding", "请由所属区（市）的审核岗或审批岗处理")
    if state not in FindingState.values or state == FindingState.OPEN:
        raise Refused("没有选择结论", "finding_state", "请选择：已说明、认定为差错或认定为弄虚作假")
    if len(conclusion.strip()) < LEAST_REASON:
        raise Refused("结论须写明理由", "finding_reason", f"请写明核查情况和理由（不少于{LEAST_REASON}个字）")
    with refusing():
        row = Finding.objects.select_for_update(of=("self",)).get(pk=finding.pk)
        if row.state != FindingState.OPEN:
            raise Refused("该线索已有结论", "finding_closed", "请刷新页面查看")
        row.state, row.conclusion = state, conclusion.strip()
        row.concluded_by, row.concluded_at = by.user, at
        row.save(update_fields=["state", "conclusion", "concluded_by", "concluded_at"])
        return row


def record_satisfaction(*, exam: Exam, at: dt.datetime) -> CreditRecord | None:
    """The survey of a class enters the provider's credit record once its certificates are out (QD97.3.7)."""
    result = survey_result(exam)
    if result.overall is None:
        return None
    row, _new = CreditRecord.objects.get_or_create(
        cohort=exam.cohort,
        kind=SATISFACTION,
        defaults={
            "unit": exam.cohort.provider,
            "value": result.overall,
            "count": result.answers,
            "clause": SURVEY_CLAUSE,
            "made_at": at,
        },
    )
    return row
