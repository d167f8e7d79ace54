"""The teacher decides on scans that could not count by themselves."""

import datetime as dt
from collections.abc import Sequence

from django.utils import timezone

from peibu.accounts.actor import Actor
from peibu.casework.refusals import refusing
from peibu.kernel.errors import Refused
from peibu.training.actions.attendance import sign_in_by_hand
from peibu.training.actions.check_out import sign_out_by_hand
from peibu.training.actions.session_guards import require
from peibu.training.enums import Direction, EntryRequestState
from peibu.training.models import Attendance, EntryRequest
from peibu.training.permissions.attendance import can_run_session


def decide_entry_request(
    *, request: EntryRequest, confirm: bool, answer: str, by: Actor, at: dt.datetime
) -> EntryRequest:
    """Confirm that the person was there, which enters it by hand with the answer as its reason, or decline with a reason.

    Refused: not the teacher of the session nor the provider's staff; decided before; without words; what a manual entry
    refuses.
    """
    require(can_run_session(by, request.session), "not_your_session", "请由本课次教师或承接单位经办人办理")
    answer = answer.strip()
    if not answer:
        raise Refused("没有写明理由", "no_answer", "请写明怎样核实的，或为什么不确认")
    with refusing():
        row = EntryRequest.objects.select_for_update(of=("self",)).select_related("session__cohort", "enrolment")
        row = row.get(pk=request.pk)
        if row.state != EntryRequestState.ASKED:
            raise Refused(f"该申请{row.get_state_display()}，不能再处理", "request_decided", "请刷新页面")
        if confirm:
            _enter(row, answer, by=by, at=at)
        row.state = EntryRequestState.ENTERED if confirm else EntryRequestState.DECLINED
        row.answer, row.decided_by, row.decided_at = answer[:200], by.user, at
        row.save()
    return row


def decide_entry_requests(
    *, requests: Sequence[EntryRequest], confirm: bool, answer: str, by: Actor, at: dt.datetime
) -> list[EntryRequest]:
    """Decide several with one answer, for a class whose venue has no fence: all or none."""
    if not requests:
        raise Refused("没有选择扫码记录", "nothing_chosen", "请勾选要处理的扫码记录")
    with refusing():
        return [decide_entry_request(request=row, confirm=confirm, answer=answer, by=by, at=at) for row in requests]


def _enter(row: EntryRequest, answer: str, *, by: Actor, at: dt.datetime) -> None:
    # the phone's own word for when it scanned is no later than the code was shown, nor earlier
    scanned = max(row.code_from, min(row.scanned_until or row.code_from, row.code_until))
    shown = timezone.localtime(row.code_from).strftime("%H:%M:%S")
    reason = f"{row.get_doubt_display()}（{shown}的码）：{answer}"
    if row.direction == Direction.IN:
        arrived_at = min(scanned, at, row.session.ends_at)
        sign_in_by_hand(
            session=row.session, enrolment=row.enrolment, by=by, at=at, reason=reason, arrived_at=arrived_at
        )
        return
    attendance = Attendance.objects.select_related("session__cohort").get(session=row.session, enrolment=row.enrolment)
    left_at = max(attendance.signed_at, min(scanned, at))
    sign_out_by_hand(attendance=attendance, left_at=left_at, reason=reason, by=by, at=at)
