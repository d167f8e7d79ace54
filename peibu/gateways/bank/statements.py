"""The bank's own record of one account and day (对账单): records, the generic layout, and the formats by their code."""

import dataclasses
from collections.abc import Callable

from peibu.gateways.bank.formats import CONTAINERS, Container, rows_of
from peibu.gateways.bank.iso20022 import camt
from peibu.gateways.bank.records import BankFileRefused, problem
from peibu.gateways.bank.statements_records import (
    CODES,
    KINDS,
    Kind,
    Movement,
    StatementFile,
    checked,
    signed_text,
)
from peibu.gateways.bank.tables import (
    CURRENCY,
    VERSION,
    Reading,
    Rows,
    account_read,
    amount_text,
    closed,
    day_read,
    fen_read,
    serial_read,
)

__all__ = ["STATEMENTS", "Kind", "Movement", "StatementFile", "StatementFormat", "statement_format"]
START = ("S", "版本", "账号", "日期", "笔数", "期初余额", "期末余额", "币种")
HEADS = ("序号", "类别", "收付", "金额", "业务标识", "银行流水号", "对方户名", "摘要")
NEEDED = frozenset({"银行流水号"})


def statement_rows(told: StatementFile) -> Rows:
    """A statement as rows; what the bank's side writes."""
    balances = [signed_text(told.opening_fen), signed_text(told.closing_fen)]
    rows = [["S", VERSION, told.account, f"{told.on:%Y%m%d}", str(len(told.lines)), *balances, CURRENCY]]
    for serial, line in enumerate(told.lines, start=1):
        side = "D" if line.amount_fen < 0 else "C"
        amount = amount_text(abs(line.amount_fen))
        rows.append([str(serial), CODES[line.kind], side, amount, line.key, line.reference, line.name, line.text])
    return closed(rows, HEADS, NEEDED)


def _balance(text: str) -> int | None:
    fen = fen_read(text.removeprefix("-"))
    return None if fen is None else -fen if text.startswith("-") else fen


def read_statement_rows(rows: Rows) -> StatementFile:
    """Our side of a statement. Raises BankFileRefused with all problems of the file at once."""
    reading = Reading(rows, START, HEADS)
    reading.frame()
    head = dict(zip(START, rows[0], strict=True))
    account = reading.take(1, head, "账号", account_read, "账号应为6至32位数字")
    on = reading.take(1, head, "日期", day_read, "日期应为8位数字")
    opening = reading.take(1, head, "期初余额", _balance, "余额应为两位小数")
    closing = reading.take(1, head, "期末余额", _balance, "余额应为两位小数")
    reading.take(1, head, "币种", lambda text: text if text == CURRENCY else None, "只接受人民币（CNY）")
    lines = [_line(reading, at, row) for at, row in reading.cells()]
    reading.done("对账单有误，没有保存任何内容")
    return checked(StatementFile(account, on, opening, closing, tuple(lines)))


def _line(reading: Reading, at: int, row: dict[str, str]) -> Movement:
    reading.take(at, row, "序号", serial_read, "序号应为正整数")
    kind = reading.take(at, row, "类别", KINDS.get, "类别应为 PAY、RET、REC、IN 或 OTH")
    sign = reading.take(at, row, "收付", {"D": -1, "C": 1}.get, "收付应为 D（付）或 C（收）")
    fen = reading.take(at, row, "金额", lambda text: fen_read(text) or None, "金额应为大于零的两位小数")
    reference = reading.take(at, row, "银行流水号", lambda text: text.strip()[:60] or None, "每笔应有银行流水号")
    return Movement(
        kind=kind,
        amount_fen=(sign or 1) * (fen or 0),
        key=row["业务标识"].strip()[:64],
        reference=reference or "",
        name=row["对方户名"].strip()[:140],
        text=row["摘要"].strip()[:200],
        row=at,
    )


@dataclasses.dataclass(frozen=True)
class StatementFormat:
    """A layout of statements: its code, its words, ending, what intake calls such a file, both directions."""

    code: str
    label: str
    ending: str
    kind: str
    read: Callable[[bytes], StatementFile]
    write: Callable[[StatementFile], bytes]


def _generic(container: Container) -> StatementFormat:
    return StatementFormat(
        container.code,
        container.label,
        container.ending,
        container.kind,
        lambda content: read_statement_rows(rows_of(container, content)),
        lambda told: container.pack(statement_rows(told)),
    )


STATEMENTS: dict[str, StatementFormat] = {
    one.code: one
    for one in (
        *(_generic(container) for container in CONTAINERS.values()),
        StatementFormat(
            "camt.053", "ISO 20022（camt.053）", "xml", "iso20022", camt.read_statement, camt.write_statement
        ),
    )
}


def statement_format(code: str) -> StatementFormat:
    """A layout by its code. BankFileRefused when there is none."""
    if code not in STATEMENTS:
        why = f"可用的格式：{'、'.join(STATEMENTS)}"
        raise BankFileRefused("对账单格式未知", [problem(f"没有名为“{code}”的对账单格式", why, "检查银行通道设置")])
    return STATEMENTS[code]
