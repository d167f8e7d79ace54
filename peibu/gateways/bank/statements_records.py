"""One day of an account as plain records, whatever the layout."""

import dataclasses
import datetime as dt
from enum import StrEnum

from peibu.gateways.bank.records import BankFileRefused, problem
from peibu.gateways.bank.tables import amount_text


class Kind(StrEnum):
    """What a movement is, as the bank tells it."""

    PAYMENT = "payment"
    RETURN = "return"
    RECOVERY = "recovery"
    RECEIPT = "receipt"
    OTHER = "other"


# the codes of the generic layout
KINDS = {"PAY": Kind.PAYMENT, "RET": Kind.RETURN, "REC": Kind.RECOVERY, "IN": Kind.RECEIPT, "OTH": Kind.OTHER}
CODES = {kind: code for code, kind in KINDS.items()}


@dataclasses.dataclass(frozen=True)
class Movement:
    """Fen into (+) or out of (-) the account; `key` is our own when the bank tells it back."""

    kind: Kind
    amount_fen: int
    key: str
    reference: str
    name: str
    text: str
    row: int = 0


@dataclasses.dataclass(frozen=True)
class StatementFile:
    """One day of an account. Opening and movements make the closing balance: a reader refuses anything else."""

    account: str
    on: dt.date
    opening_fen: int
    closing_fen: int
    lines: tuple[Movement, ...]


def signed_text(fen: int) -> str:
    """Fen as yuan, with a minus below zero."""
    return f"-{amount_text(-fen)}" if fen < 0 else amount_text(fen)


def checked(told: StatementFile) -> StatementFile:
    """Refused when the movements do not lead from the opening to the closing balance."""
    ends = told.opening_fen + sum(line.amount_fen for line in told.lines)
    if ends == told.closing_fen:
        return told
    why = f"期初余额加收支应为{signed_text(ends)}，文件写的是{signed_text(told.closing_fen)}"
    raise BankFileRefused(
        "对账单前后不平，没有保存任何内容",
        [problem("期末余额与明细不符", why, "向银行索取完整的对账单", row=1, column="期末余额")],
    )
