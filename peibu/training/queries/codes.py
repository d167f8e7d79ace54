"""What a code stands for when one person sends it: which session, which place in it, in or out, still good or not."""

import dataclasses
import datetime as dt

from django.db.models import Q

from peibu.accounts.actor import Actor
from peibu.kernel.errors import Refused
from peibu.training import rotating_codes
from peibu.training.check_in_terms import terms_of
from peibu.training.enums import Direction, EnrolmentState, LeaveState
from peibu.training.models import CheckIn, CheckOut, Enrolment, Leave, Session
from peibu.training.queries.leave import place_in

SLOTS_REMEMBERED = 40  # a typed code this many slots old is still told "expired" instead of "wrong"
GATES = ((Direction.IN, CheckIn), (Direction.OUT, CheckOut))


@dataclasses.dataclass(frozen=True)
class Meant:
    """A genuine code of a session the person has a place in. `gate`: whose secret signed it; `slot`, `seconds`: the
    server's time at which it was shown; `seconds_valid` 0 = expired."""

    session: Session
    enrolment: Enrolment
    direction: str
    gate: CheckIn | CheckOut
    slot: int
    seconds: int
    seconds_valid: float

    @property
    def code_from(self) -> dt.datetime:
        """The first instant at which anybody can have seen the code."""
        return dt.datetime.fromtimestamp(self.slot * self.seconds, dt.UTC)

    @property
    def code_until(self) -> dt.datetime:
        """The first instant at which it is good no more."""
        return self.code_from + dt.timedelta(seconds=rotating_codes.SLOTS_ACCEPTED * self.seconds)


def meant_by(code: str, *, by: Actor, at: dt.datetime) -> Meant:
    """Read a scanned or typed code for the person who sends it. Changes nothing.

    Refused: not a code of ours; of a class the person is not in; enrolment cancelled.
    """
    stamp = rotating_codes.read_scanned(code)
    if stamp is not None:
        return _of_scanned(stamp, by=by, at=at)
    return _of_typed(rotating_codes.read_typed(code), by=by, at=at)


def _of_scanned(stamp: rotating_codes.Scanned, *, by: Actor, at: dt.datetime) -> Meant:
    direction, gate = _signed_by(stamp)
    enrolment = place_in(gate.session, by.person_key)
    if enrolment is None:
        raise Refused(
            f"您不在“{gate.session.cohort.name}”的学员名单中，不能在这里签到",
            "not_in_this_class",
            "请确认教室和班次，扫描本班教师屏幕上的二维码",
        )
    if enrolment.state != EnrolmentState.ACTIVE:
        raise Refused("您已退出本班，不能签到", "enrolment_cancelled", "如有疑问，请联系承接单位核对学员名单")
    return _meant(gate, direction, enrolment, stamp.slot, at)


def _signed_by(stamp: rotating_codes.Scanned) -> tuple[str, CheckIn | CheckOut]:
    """Whose secret made the code: that is what lets in or out."""
    for direction, gates in GATES:
        rows = gates.objects.select_related("session__cohort", "session__room__venue")
        gate = rows.filter(pk=stamp.session_id).first()
        if gate is not None and stamp.genuine(gate.secret):
            return direction, gate
    raise Refused("这不是本平台发出的签到码", "code_forged", "请扫描教师屏幕上的签到二维码")


def _meant(gate: CheckIn | CheckOut, direction: str, enrolment: Enrolment, slot: int, at: dt.datetime) -> Meant:
    seconds = terms_of(gate.session).code_seconds
    left = rotating_codes.seconds_valid(slot, at=at, seconds=seconds)
    return Meant(gate.session, enrolment, direction, gate, slot, seconds, left)


def _of_typed(typed: str, *, by: Actor, at: dt.datetime) -> Meant:
    mine = Enrolment.objects.filter(person__key=by.person_key, state=EnrolmentState.ACTIVE)
    mine = mine if by.person_key and typed else mine.none()
    made_up = Leave.objects.filter(enrolment__in=mine, state=LeaveState.GRANTED).values("make_up_id")
    here = Q(session__cohort_id__in=mine.values("cohort_id")) | Q(session_id__in=made_up)
    for direction, gates in GATES:
        rows = gates.objects.select_related("session__cohort", "session__room__venue")
        for gate in rows.filter(here, closed_at__isnull=True):
            now = rotating_codes.slot_of(at, terms_of(gate.session).code_seconds)
            for slot in range(now, now - SLOTS_REMEMBERED, -1):
                if rotating_codes.typed_code(gate.secret, gate.session_id, slot) == typed:
                    return _meant(gate, direction, place_in(gate.session, by.person_key), slot, at)
    raise Refused(
        "签到口令不正确，或不是您所在班次的口令",
        "code_forged",
        f"请照教师屏幕输入当前的{rotating_codes.TYPED_LENGTH}位口令（不分大小写）",
    )
