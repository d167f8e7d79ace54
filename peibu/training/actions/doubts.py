"""When a genuine scan cannot count by itself: the place is told, and the teacher is asked."""

import datetime as dt

from peibu.casework.refusals import refusing
from peibu.kernel.errors import Refused
from peibu.training.enums import EntryDoubt, EntryRequestState, Nearness
from peibu.training.fences import Position, nearness
from peibu.training.models import EntryRequest, Whereabouts
from peibu.training.presence_terms import fence_of
from peibu.training.queries.codes import Meant

SAID = {
    Nearness.OUTSIDE: (
        "手机定位不在培训场所范围内",
        "phone_outside",
        "请进入教室，在窗边等定位稳定后重新扫码；确在现场的，请教师写明理由人工补签",
    ),
    Nearness.UNKNOWN: (
        "没有得到手机的准确位置",
        "phone_nowhere",
        "请打开手机定位并允许本网页使用后重新扫码；确在现场的，请教师写明理由人工补签",
    ),
}
NO_FENCE = (
    "本课次要核对位置，但场所没有可用的签到范围",
    "no_fence",
    "请教师写明理由人工补签，并请承接单位在“培训场所”登记签到范围",
)
DOUBTS = {Nearness.OUTSIDE: EntryDoubt.OUTSIDE, Nearness.UNKNOWN: EntryDoubt.NO_PLACE}


def place_doubt(meant: Meant, *, place: Position | None, at: dt.datetime) -> str:
    """ "" when the place is no obstacle, else the doubt a teacher decides. Keeps the class of distance, never the place.
    Where the folder wants a fence and the venue has none, every place is unknown.

    Refused, with what to do: outside or unknown, where the folder says that this refuses.
    """
    found = fence_of(meant.session)
    if found is None:
        return ""
    terms, fence = found.terms, found.fence
    near = nearness(place, fence) if fence else Nearness.UNKNOWN
    if near != Nearness.INSIDE and (terms.outside if near == Nearness.OUTSIDE else terms.unknown) == "refuse":
        raise Refused(*(SAID[near] if fence else NO_FENCE))
    Whereabouts.objects.create(
        session=meant.session,
        enrolment=meant.enrolment,
        direction=meant.direction,
        nearness=near,
        accuracy_m=None if place is None or fence is None else round(min(place.accuracy_m, 2**31 - 1)),
        told_at=at,
    )
    return DOUBTS.get(near, "") if fence else EntryDoubt.NO_FENCE


def ask_teacher(
    meant: Meant,
    *,
    doubt: str,
    at: dt.datetime,
    device: str,
    scanned_from: dt.datetime | None = None,
    scanned_until: dt.datetime | None = None,
) -> EntryRequest:
    """Put a scan before the teacher. While one is open, or after one was decided, a repeat is answered with it."""
    key = {"session": meant.session, "enrolment": meant.enrolment, "direction": meant.direction}
    decided = (
        EntryRequest.objects.filter(**key, code_from=meant.code_from).exclude(state=EntryRequestState.ASKED).first()
    )
    if decided is not None:
        return decided
    with refusing():
        row, _made = EntryRequest.objects.get_or_create(
            **key,
            state=EntryRequestState.ASKED,
            defaults={
                "division": meant.session.division,
                "doubt": doubt,
                "code_from": meant.code_from,
                "code_until": meant.code_until,
                "scanned_from": scanned_from,
                "scanned_until": scanned_until,
                "received_at": at,
                "device": device[:64],
            },
        )
    return row
