"""Guards and effects this room adds to moves of cases (see `peibu.casework.hooks`)."""

import datetime as dt

from django.utils import timezone

from peibu.accounts.actor import Actor
from peibu.casework.hooks import guard
from peibu.casework.models import Case
from peibu.claims.actions.rechecks import CORRECT_LINE
from peibu.claims.offers import PROCESSES
from peibu.kernel.verdict import Verdict, no, yes
from peibu.payments.enums import PaymentState
from peibu.payments.lifecycle import PAY_MOVE
from peibu.payments.permissions import notice_is_over


def money_has_arrived(*, case: Case, by: Actor, at: dt.datetime) -> Verdict:
    """A claim is paid when the bank says so, after its notice and without an open objection (I6, QD97.5.4)."""
    verdict = notice_is_over(case, on=timezone.localdate(at))
    if not verdict:
        return verdict
    if not case.payments.filter(state=PaymentState.PAID).exists():
        return no("银行尚未确认到账。请先制作批次、放行并导入银行回盘，系统据回盘自动办理")
    return yes()


def no_payment_under_way(*, case: Case, by: Actor, at: dt.datetime) -> Verdict:
    """Nobody is taken out of a claim whose money is on its way: the payment stands for the approved amount."""
    if case.payments.exclude(state=PaymentState.RETURNED).exists():
        return no("该业务已有付款在办理，不能再剔除人员；到账后可选择“追回多付款”")
    return yes()


for process in PROCESSES:
    guard(process, PAY_MOVE)(money_has_arrived)
    guard(process, CORRECT_LINE)(no_payment_under_way)
