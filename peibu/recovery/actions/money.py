"""Money of a recovery: comes back by the bank, is set off against another case, is given back after a won appeal.

Each is booked once, in the fund, year and item of the claim it was paid in; the database refuses all of it while an appeal
is open (I16) and beyond what was asked for (I17).
"""

import datetime as dt
from collections.abc import Callable
from uuid import UUID

from django.utils import timezone

from peibu.accounts.actor import SYSTEM, Actor
from peibu.casework.actions import move_case, note_step
from peibu.casework.models import Case
from peibu.casework.refusals import refusing
from peibu.claims.actions.held import paid_in_part
from peibu.claims.enums import LineState
from peibu.claims.models import Claim
from peibu.kernel.errors import Refused
from peibu.kernel.ids import uuid7
from peibu.kernel.money import yuan
from peibu.ledger.actions import recover, refund, set_off_back, set_off_paid
from peibu.ledger.models import Commitment, Entry
from peibu.ledger.queries import commitment_of
from peibu.payments.amounts import payable_fen, under_way
from peibu.payments.lifecycle import PAY_MOVE
from peibu.payments.models import StatementLine
from peibu.payments.permissions import can_handle_money, is_payable
from peibu.recovery.enums import ReceiptKind
from peibu.recovery.models import Receipt, Recovery
from peibu.recovery.permissions import DECIDED, can_set_off

PAY = "pay"


def take_bank_line(*, recovery: Recovery, line: StatementLine, by: Actor, at: dt.datetime) -> Receipt:
    """Money the bank's statement shows is the party's: day, sum and number as the bank tells them."""
    told = {"amount_fen": line.amount_fen, "on": line.statement.on, "reference": line.reference}
    return enter_return(recovery=recovery, statement_line=line, by=by, at=at, **told)


def enter_return(
    *,
    recovery: Recovery,
    amount_fen: int,
    on: dt.date,
    reference: str,
    by: Actor,
    at: dt.datetime,
    statement_line: StatementLine | None = None,
) -> Receipt:
    """退回: the party has paid back a sum, with the bank's number. The last fen closes the case.

    Refused: no right to handle this money, before the decision or under appeal (I16), more than is owed, a day ahead.
    """
    with refusing():
        row = _locked(recovery, by)
        _sum(row, amount_fen, reference, on, at)
        receipt = _book(
            row, ReceiptKind.RETURNED, recover, amount_fen, on, by, at,
            bank_reference=reference.strip(), statement_line=statement_line,
        )  # fmt: skip
        _told(row, f"收到退回款{yuan(amount_fen)}元", f"银行流水号{reference.strip()}，{on:%Y-%m-%d}到账", by, at)
        _close(row, at)
        return receipt


def give_again(
    *, recovery: Recovery, amount_fen: int, on: dt.date, reference: str, by: Actor, at: dt.datetime
) -> Receipt:
    """退还: after an upheld appeal what had come back is given back; the book then is as if nothing had been recovered."""
    with refusing():
        row = _locked(recovery, by)
        _sum(row, amount_fen, reference, on, at, beyond=row.back_fen)
        receipt = _book(
            row, ReceiptKind.REFUND, refund, amount_fen, on, by, at, bank_reference=reference.strip()
        )  # fmt: skip
        _told(row, f"退还{yuan(amount_fen)}元", f"申诉成立，银行流水号{reference.strip()}", by, at)
        row.refresh_from_db()
        if row.back_fen == 0:
            move_case(case=row.case, move="refunded", by=SYSTEM, at=at, reason="已全部退还")
        return receipt


def set_off(*, recovery: Recovery, against: Claim, amount_fen: int, by: Actor, at: dt.datetime) -> Receipt:
    """抵扣: a part of another claim that could be paid today is kept for what the party owes, and booked in both cases.

    Refused: the way of appeal still open, another party, another fund (HD2.5.16a), a claim that may not be paid (I6) or
    whose payment is under way, more than is owed or left to pay.
    """
    with refusing():
        # always in one order, so that two set-offs cannot wait for each other
        list(Case.objects.select_for_update().filter(pk__in=[recovery.case_id, against.case_id]).order_by("pk"))
        row, on = _locked(recovery, by), timezone.localdate(at)
        other = Claim.objects.select_for_update(of=("self",)).select_related("case").get(pk=against.pk)
        _require(can_set_off(row, on=on), "not_to_set_off")
        _other_fits(row, other, amount_fen, by, on)
        cause = uuid7()
        memo = f"抵扣 {row.case.number} 与 {other.case.number}"
        entry = set_off_paid(
            commitment=commitment_of(other.case_id), amount_fen=amount_fen, source_id=cause, memo=memo, by=by, at=at
        )
        receipt = _book(
            row, ReceiptKind.SET_OFF, set_off_back, amount_fen, on, by, at,
            cause=cause, against=other.case, other_entry=entry, memo=memo,
        )  # fmt: skip
        reason = f"{yuan(amount_fen)}元，抵扣业务{other.case.number}的应付补贴"
        _told(row, f"抵扣{yuan(amount_fen)}元", reason, by, at)
        note_step(
            case=other.case, code="set_off", label=f"抵扣{yuan(amount_fen)}元", by=by, at=at, duty=PAY,
            reason=f"用于追回业务{row.case.number}",
        )  # fmt: skip
        _close(row, at)
        if payable_fen(other.case) == 0:
            _end(other, f"全额抵扣追回业务{row.case.number}", by, at)
        return receipt


def _end(other: Claim, reason: str, by: Actor, at: dt.datetime) -> None:
    """Nothing is left to pay: the claim is over, unless an objection still holds somebody."""
    if other.lines.filter(state=LineState.HELD).exists():
        paid_in_part(other, reason, by=by, at=at)
    else:
        move_case(case=other.case, move=PAY_MOVE, by=by, at=at, reason=reason)


def _locked(recovery: Recovery, by: Actor) -> Recovery:
    case = Case.objects.select_for_update().get(pk=recovery.case_id)
    row = Recovery.objects.select_for_update(of=("self",)).select_related("claim__case", "case").get(pk=recovery.pk)
    row.case = case
    _require(can_handle_money(by, case), "not_your_money")
    return row


def _require(verdict, code: str) -> None:
    if not verdict:
        raise Refused(verdict.reason, code, "请核对后由有权限的人员在正确的环节办理")


def _sum(
    row: Recovery, amount_fen: int, reference: str, on: dt.date, at: dt.datetime, *, beyond: int | None = None
) -> None:
    most = row.open_fen if beyond is None else beyond
    if not reference.strip():
        raise Refused("须填写银行流水号", "reference_required", "请按银行回单填写")
    if on > timezone.localdate(at):
        raise Refused(f"到账日期{on:%Y-%m-%d}晚于今天", "day_lies_ahead", "请核对银行回单上的日期")
    if not 0 < amount_fen <= most:
        told = f"金额{yuan(amount_fen)}元不在0至{yuan(most)}元之间"
        raise Refused(told, "back_is_at_most_owed", "请核对金额；多退的款项应退还当事人")


def _other_fits(row: Recovery, other: Claim, amount_fen: int, by: Actor, on: dt.date) -> None:
    _require(can_handle_money(by, other.case), "not_your_money")
    if other.enterprise_id != row.claim.enterprise_id or other.pk == row.claim_id:
        raise Refused("只能抵扣同一单位的另一项申领", "another_party", "请从列出的业务中选择")
    _require(is_payable(other.case, on=on), "not_payable")
    if under_way(other.case):
        raise Refused(f"业务{other.case.number}已有付款在办理", "payment_under_way", "请选择尚未制单的业务")
    theirs, ours = _money(other.case), _money(row.claim.case)
    if theirs.fund_id != ours.fund_id:
        told = f"业务{other.case.number}由“{theirs.fund.name}”支付，与原资金“{ours.fund.name}”不同，专款不得混用"
        raise Refused(told, "a_set_off_stays_in_its_fund", "请由当事人退回款项")
    most = min(row.open_fen, payable_fen(other.case))
    if not 0 < amount_fen <= most:
        raise Refused(f"抵扣金额应大于0且不超过{yuan(most)}元", "set_off_too_much", "请核对金额")


def _money(case: Case) -> Commitment:
    found = commitment_of(case.pk)
    if found is None:
        raise Refused(f"业务{case.number}没有占用资金的账目", "no_commitment", "请核对资金账簿")
    return found


def _book(
    row: Recovery,
    kind: str,
    deed: Callable[..., Entry],
    amount_fen: int,
    on: dt.date,
    by: Actor,
    at: dt.datetime,
    *,
    cause: UUID | None = None,
    memo: str = "",
    **what,
) -> Receipt:
    """The receipt and the entry it is booked by, one caused by the other. In another order than state, sum and money the
    database would refuse: a receipt under appeal takes its entry with it.
    """
    cause = cause or uuid7()
    entry = deed(
        commitment=_money(row.claim.case),
        amount_fen=amount_fen,
        source_id=cause,
        memo=memo or f"{ReceiptKind(kind).label} {row.case.number} {row.claim.enterprise.name}",
        by=by,
        at=at,
        on=on,
    )
    receipt = Receipt.objects.create(
        id=cause, recovery=row, kind=kind, amount_fen=amount_fen, on=on, entry=entry, recorded_by=by.user,
        recorded_at=at, **what,
    )  # fmt: skip
    row.refresh_from_db(fields=["back_fen", "owed_fen"])
    return receipt


def _told(row: Recovery, label: str, reason: str, by: Actor, at: dt.datetime) -> None:
    """In the timeline of the recovery and of the claim the money was paid in."""
    note_step(case=row.case, code="receipt", label=label, by=by, at=at, reason=reason, duty=PAY)
    note_step(
        case=row.claim.case, code="recovery", label=f"追回{row.case.number}：{label}", by=by, at=at, reason=reason
    )


def _close(row: Recovery, at: dt.datetime) -> None:
    if row.open_fen == 0 and row.case.state == DECIDED:
        move_case(case=row.case, move="settle", by=SYSTEM, at=at, reason=f"{yuan(row.owed_fen)}元已全部追回")
