"""Guards and effects this room adds to moves of cases (see `peibu.casework.hooks`)."""

import datetime as dt

from django.utils import timezone

from peibu.accounts.actor import Actor
from peibu.casework.hooks import guard
from peibu.casework.models import Case
from peibu.kernel.verdict import Verdict, no, yes
from peibu.payments.enums import PaymentState
from peibu.payments.lifecycle import PAY_MOVE, PROCESS
from peibu.payments.permissions import notice_is_over


@guard(PROCESS, PAY_MOVE)
def money_has_arrived(*, case: Case, by: Actor, at: dt.datetime) -> Verdict:
    """A claim is paid when the bank says so, after its notice and without an open objection (I6, QD97.5.4)."""
    verdict = notice_is_over(case, on=timezone.localdate(at))
    if not verdict:
        return verdict
    if not case.payments.filter(state=PaymentState.PAID).exists():
        return no("银行尚未确认到账。请先制作批次、放行并导入银行回盘，系统据回盘自动办理")
    return yes()
