"""Why an expert may not sit on the panel of a call: a bond to an applicant, or nobody there who could score."""

import dataclasses
import datetime as dt

from django.db.models import Q, QuerySet

from peibu.accounts.enums import Role
from peibu.accounts.models import Assignment
from peibu.accreditation.enums import Ground
from peibu.accreditation.models import Call, Expert
from peibu.accreditation.queries import applicants_of
from peibu.registry.models import Engagement, Teacher


@dataclasses.dataclass(frozen=True)
class Conflict:
    """The ground everybody may read, and the sentence for the office only: it names the applicant (blindness)."""

    ground: Ground
    sentence: str


def conflict_of(expert: Expert, call: Call, *, on: dt.date) -> Conflict | None:
    """The bond of an expert to whoever has applied; the trigger on seats asks the same."""
    applicants = applicants_of(call).values("unit")
    for rows in _bonds(expert, on):
        bound = rows.filter(unit__in=applicants).select_related("unit").first()
        if bound is not None:
            return Conflict(Ground.WORKS_THERE, f"任职或关联单位“{bound.unit.name}”是申请单位")
    told = expert.interests.filter(unit__in=applicants).select_related("unit").first()
    if told is None:
        return None
    sentence = f"本人申报与申请单位“{told.unit.name}”有利害关系：{told.reason}"
    return Conflict(Ground.DECLARED, sentence[:200])


def can_score(expert: Expert, *, on: dt.date) -> bool:
    """Is there an account through which the expert can hand in scores on a day?"""
    if expert.user is None or not expert.user.is_active:
        return False
    return _on(expert.user.assignments.filter(role=Role.EXPERT), on).exists()


def left_out(expert: Expert, call: Call, *, on: dt.date) -> Conflict | None:
    """Why an expert of the library is not in the pool; None when in it."""
    if not can_score(expert, on=on):
        return Conflict(Ground.NO_ACCOUNT, "尚未开通专家账号，抽中后无法评分")
    return conflict_of(expert, call, on=on)


def _bonds(expert: Expert, on: dt.date) -> list[QuerySet]:
    """Where the natural person belongs on a day: what the library says, accounts, the register of practitioners and the
    lists of teachers, which have no dates."""
    key = expert.person_key
    engaged = Engagement.objects.filter(person__person_key=key, withdrawn_at__isnull=True)
    dated = (expert.affiliations.all(), Assignment.objects.filter(user__person_key=key), engaged)
    return [*(_on(rows, on) for rows in dated), Teacher.objects.filter(person_key=key)]


def _on(rows: QuerySet, on: dt.date) -> QuerySet:
    return rows.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=on), valid_from__lte=on)
