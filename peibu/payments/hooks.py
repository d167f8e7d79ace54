"""Guards and effects this room adds to moves of cases (see `peibu.casework.hooks`)."""

import datetime as dt

from django.utils import timezone

from peibu.accounts.actor import Actor
from peibu.casework.hooks import guard
from peibu.casework.models import Case
from peibu.claims.actions.held import RELEASE_LINE
from peibu.claims.actions.rechecks import CORRECT_LINE
from peibu.claims.offers import PROCESSES
from peibu.kernel.verdict import Verdict, no, yes
from peibu.ledger.queries import set_off_of
from peibu.payments.amounts import payable_fen, under_way
from peibu.payments.enums import PaymentState
from peibu.payments.lifecycle import PAY_MOVE, VOID
from peibu.payments.permissions import notice_is_over


def money_has_arrived(*, case: Case, by: Actor, at: dt.datetime) -> Verdict:
    """A claim is paid when the bank says so, after its notice and without an open objection (I6, QD97.5.4)."""
    verdict = notice_is_over(case, on=timezone.localdate(at))
    if not verdict:
        return verdict
    if not case.payments.filter(state=PaymentState.PAID).exists() and not set_off_of(case.pk):
        return no("银行尚未确认到账。请先制作批次、放行并导入银行回盘，系统据回盘自动办理")
    if under_way(case) or (payable_fen(case) > 0 and case.claim.lines.exists()):
        return no("还有未到账的付款或未支付的人员，全部支付后系统自动办结")
    return yes()


def joins_no_payment_under_way(*, case: Case, by: Actor, at: dt.datetime) -> Verdict:
    """Whoever goes on after an objection is paid by a payment of its own, not counted among those of one on its way."""
    return no("该业务有付款在途，到账后再恢复") if under_way(case) else yes()


def no_payment_under_way(*, case: Case, by: Actor, at: dt.datetime) -> Verdict:
    """Nobody is taken out of a claim whose money is on its way: the payment stands for the approved amount."""
    if case.payments.exclude(state__in=VOID).exists():
        return no("该业务已有付款在办理，不能再剔除人员；尚未放行的可撤销批次，到账后可选择“追回多付款”")
    return yes()


for process in PROCESSES:
    guard(process, PAY_MOVE)(money_has_arrived)
    guard(process, CORRECT_LINE)(no_payment_under_way)
    guard(process, RELEASE_LINE)(joins_no_payment_under_way)
