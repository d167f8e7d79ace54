"""Somebody has looked at a signal and says what it was."""

import datetime as dt

from django.db import transaction

from peibu.accounts.actor import Actor
from peibu.accounts.enums import Role
from peibu.kernel.errors import Refused
from peibu.kernel.ids import uuid7
from peibu.learning.enums import Outcome
from peibu.learning.models import LearningSignal, SignalReview

REVIEWERS = (Role.AGENCY_REVIEWER, Role.CITY_BUREAU, Role.HRSS_APPROVER)
LEAST_REASON = 4


@transaction.atomic
def review_signal(*, signal: LearningSignal, outcome: str, reason: str, by: Actor, at: dt.datetime) -> SignalReview:
    """Note what was found. It changes no hours and no claim; who wants more opens a case. Refused: not an officer, no words."""
    if by.user is None or by.role not in REVIEWERS:
        raise Refused("查看结果由经办人员填写", "not_a_reviewer", "请由审核岗或主管部门填写")
    if outcome not in Outcome.values:
        raise Refused("没有选择查看结果", "no_outcome", "请选择“已有合理解释”或“需要立案核查”")
    if len(reason.strip()) < LEAST_REASON:
        raise Refused("没有写明理由", "no_reason", "请写明查看了什么、得到什么解释")
    return SignalReview.objects.create(
        id=uuid7(), signal=signal, outcome=outcome, reason=reason.strip(), by=by.user.pk, by_name=by.name, at=at
    )
