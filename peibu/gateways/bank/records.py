"""What goes to the bank and what comes back, as plain records."""

import dataclasses
import datetime as dt
from enum import StrEnum

from peibu.kernel.errors import Problem, Refused


class Meaning(StrEnum):
    """What a status code of the bank means for the money."""

    PAID = "paid"
    PENDING = "pending"
    RETURNED = "returned"
    UNSEEN = "unseen"


# code -> (meaning, words); the code table of the generic format
STATUSES: dict[str, tuple[Meaning, str]] = {
    "0000": (Meaning.PAID, "交易成功"),
    "0001": (Meaning.PENDING, "银行处理中"),
    "0404": (Meaning.UNSEEN, "银行没有收到该笔"),
    "1001": (Meaning.RETURNED, "账号不存在"),
    "1002": (Meaning.RETURNED, "户名与账号不符"),
    "1003": (Meaning.RETURNED, "账户已销户"),
    "1004": (Meaning.RETURNED, "账户状态异常（冻结或止付）"),
    "1099": (Meaning.RETURNED, "其他原因退回"),
}


SHORT = (
    32  # hexadecimal digits of a key where a format has room for 35 characters only (ISO 20022): 128 of its 256 bits
)


class BankFileRefused(Refused):
    """A file that cannot be written or read; `problems` lists everything wrong with it at once."""

    def __init__(self, message: str, problems: list[Problem]):
        super().__init__(message, "bank_file_refused", "请按问题清单处理后重新提供整个文件")
        self.problems = problems

    def __reduce__(self) -> tuple:
        return type(self), (self.message, self.problems)


def problem(what: str, why: str, todo: str, *, row: int | None = None, column: str = "", value: str = "") -> Problem:
    """A problem of a bank file; its rows are lines, it has no sheets to name."""
    return Problem(what=what, why=why, todo=todo, sheet="", row=row, column=column, value=value)


@dataclasses.dataclass(frozen=True)
class PayLine:
    """One order to pay; `serial` counts from 1, `key` is the idempotency key the bank gives back unchanged."""

    serial: int
    account: str
    name: str
    bank: str
    amount_fen: int
    purpose: str
    key: str


@dataclasses.dataclass(frozen=True)
class Payer:
    """The account that is paid from; `bank` is the bank's number in the clearing system, or empty."""

    name: str
    account: str
    bank: str = ""


@dataclasses.dataclass(frozen=True)
class BatchFile:
    """A batch for the bank. `number` is unique: the bank takes a number once. Only some formats tell the payer."""

    number: str
    made_on: dt.date
    lines: tuple[PayLine, ...]
    payer: Payer | None = None

    @property
    def total_fen(self) -> int:
        return sum(line.amount_fen for line in self.lines)


@dataclasses.dataclass(frozen=True)
class AskFile:
    """What became of these orders of a batch? `lines`: (serial, key)."""

    batch_number: str
    made_on: dt.date
    lines: tuple[tuple[int, str], ...]


@dataclasses.dataclass(frozen=True)
class ReplyLine:
    """What the bank says of one order. `reference` is the bank's own number, `cause` its words when returned.

    `account`, `name`, `amount_fen` are None where the bank does not tell them back.
    """

    serial: int | None
    account: str | None
    name: str | None
    amount_fen: int | None
    key: str
    status: str
    reference: str
    settled_on: dt.date | None
    cause: str
    row: int = 0

    @property
    def meaning(self) -> Meaning:
        return STATUSES[self.status][0]

    @property
    def words(self) -> str:
        """The bank's cause, else the words of its code."""
        return self.cause or STATUSES[self.status][1]


@dataclasses.dataclass(frozen=True)
class Reply:
    """A reply file to a batch; it may hold fewer, more or repeated lines in any order."""

    batch_number: str
    made_on: dt.date
    lines: tuple[ReplyLine, ...]
