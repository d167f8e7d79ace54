"""Paying back in parts: agreed by the approver, the whole of what is open, on days to come."""

import datetime as dt
from collections.abc import Sequence

from django.utils import timezone

from peibu.accounts.actor import Actor
from peibu.casework.actions import note_step
from peibu.casework.refusals import refusing
from peibu.kernel.errors import Refused
from peibu.kernel.money import yuan
from peibu.recovery.models import Instalment, Recovery
from peibu.recovery.permissions import can_agree

FEWEST, MOST = 2, 24


def agree_instalments(
    *, recovery: Recovery, parts: Sequence[tuple[dt.date, int]], reason: str, by: Actor, at: dt.datetime
) -> list[Instalment]:
    """A plan of (day, fen); it takes the place of an earlier one. Refused: not the approver, parts that do not add up to
    what is open, days that are past or out of order, no reason.
    """
    with refusing():
        row = Recovery.objects.select_for_update(of=("self",)).select_related("case").get(pk=recovery.pk)
        verdict = can_agree(by, row)
        if not verdict:
            raise Refused(verdict.reason, "not_yours_to_agree", "请由审批岗办理")
        _adds_up(row, parts, reason, timezone.localdate(at))
        plan = max(row.instalments.values_list("plan", flat=True), default=0) + 1
        told = {"recovery": row, "plan": plan, "reason": reason.strip()[:300], "agreed_by": by.user, "agreed_at": at}
        made = [
            Instalment.objects.create(position=place, due_on=day, amount_fen=fen, **told)
            for place, (day, fen) in enumerate(parts, start=1)
        ]
        label = f"约定分{len(parts)}期退回"
        note_step(case=row.case, code="instalments", label=label, by=by, at=at, reason=reason, duty="approve")
        return made


def in_equal_parts(fen: int, count: int, first: dt.date, every_days: int) -> list[tuple[dt.date, int]]:
    """`count` parts of a sum, equal to the fen but for the first ones, which take what does not divide."""
    part, rest = divmod(fen, count)
    return [(first + dt.timedelta(days=every_days * n), part + (n < rest)) for n in range(count)]


def _adds_up(row: Recovery, parts: Sequence[tuple[dt.date, int]], reason: str, today: dt.date) -> None:
    if not reason.strip():
        raise Refused("约定分期须写明理由", "reason_required", "请填写理由后再提交")
    if not FEWEST <= len(parts) <= MOST:
        raise Refused(f"分期应为{FEWEST}至{MOST}期", "instalments_count", "请核对期数")
    if sum(fen for _day, fen in parts) != row.open_fen or any(fen <= 0 for _day, fen in parts):
        raise Refused(f"各期金额之和应等于尚未追回的{yuan(row.open_fen)}元", "instalments_add_up", "请核对各期金额")
    days = [day for day, _fen in parts]
    if days[0] < today or days != sorted(set(days)):
        raise Refused("各期日期应在今天以后并依次递增", "instalments_days", "请核对各期日期")
