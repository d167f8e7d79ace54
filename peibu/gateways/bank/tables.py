"""Records as rows of text cells, the same for every container, with a checksum row at the end."""

import datetime as dt
import functools
import hashlib
import re
from collections.abc import Callable, Sequence, Set
from typing import Any

from peibu.gateways.bank.records import (
    STATUSES,
    AskFile,
    BankFileRefused,
    BatchFile,
    Meaning,
    PayLine,
    Reply,
    ReplyLine,
    problem,
)
from peibu.kernel.errors import Problem

VERSION = "1"
CURRENCY = "CNY"
FEN_PER_YUAN = 100
SEPARATOR, LINE_END, CODING = "|", "\r\n", "gb18030"
PAY_HEADS = ("序号", "收款账号", "收款户名", "开户银行", "金额", "用途", "业务标识")
REPLY_HEADS = ("序号", "收款账号", "收款户名", "金额", "业务标识", "状态码", "银行流水号", "到账日期", "退回原因")
BATCH_START = ("H", "版本", "批次号", "日期", "笔数", "总额", "币种")
REPLY_START = ("R", "版本", "批次号", "日期", "笔数")
ASK_START = ("Q", "版本", "批次号", "日期", "笔数")
ASK_HEADS = ("序号", "业务标识")
LONGEST = {"银行流水号": 60, "退回原因": 200, "业务标识": 64, "收款户名": 120}
REQUIRED = {"收款账号", "收款户名", "业务标识"}
_AMOUNT = re.compile(r"\d{1,13}\.\d{2}")
_ACCOUNT = re.compile(r"[0-9]{6,32}")
_FORBIDDEN = re.compile(r"[|\x00-\x1f\x7f]")
Rows = list[list[str]]


def text_of(rows: Sequence[Sequence[str]]) -> bytes:
    """The rows as the bytes of the text format; the checksum of every container is taken over these."""
    return "".join(SEPARATOR.join(row) + LINE_END for row in rows).encode(CODING)


def checksum(rows: Sequence[Sequence[str]]) -> str:
    return hashlib.sha256(text_of(rows)).hexdigest()


def amount_text(fen: int) -> str:
    """Fen as yuan with two decimals and no separators: 200000 -> 2000.00."""
    return f"{fen // FEN_PER_YUAN}.{fen % FEN_PER_YUAN:02d}"


def batch_rows(batch: BatchFile) -> Rows:
    """A batch as rows. Raises BankFileRefused naming every field the format cannot carry."""
    head = ["H", VERSION, batch.number, f"{batch.made_on:%Y%m%d}", str(len(batch.lines))]
    rows = [[*head, amount_text(batch.total_fen), CURRENCY]]
    rows += [
        [str(p.serial), p.account, p.name, p.bank, amount_text(p.amount_fen), p.purpose, p.key] for p in batch.lines
    ]
    return closed(rows, PAY_HEADS)


def reply_rows(reply: Reply) -> Rows:
    """A reply as rows; what the bank's side writes."""
    rows = [["R", VERSION, reply.batch_number, f"{reply.made_on:%Y%m%d}", str(len(reply.lines))]]
    for p in reply.lines:
        day = f"{p.settled_on:%Y%m%d}" if p.settled_on else ""
        amount = "" if p.amount_fen is None else amount_text(p.amount_fen)
        rows.append([str(p.serial), p.account or "", p.name or "", amount, p.key, p.status, p.reference, day, p.cause])
    return closed(rows, REPLY_HEADS, needed=frozenset({"业务标识"}))


def ask_rows(ask: AskFile) -> Rows:
    """A question about some orders as rows."""
    rows = [["Q", VERSION, ask.batch_number, f"{ask.made_on:%Y%m%d}", str(len(ask.lines))]]
    return closed([*rows, *([str(serial), key] for serial, key in ask.lines)], ASK_HEADS)


def read_ask_rows(rows: Rows) -> AskFile:
    """The bank's side of a question. Raises BankFileRefused with all problems."""
    reading = Reading(rows, ASK_START, ASK_HEADS)
    reading.frame()
    made_on = reading.take(1, dict(zip(ASK_START, rows[0], strict=True)), "日期", day_read, "日期应为8位数字")
    lines = [
        (reading.take(at, row, "序号", serial_read, "序号应为正整数"), row["业务标识"]) for at, row in reading.cells()
    ]
    reading.done("查询文件有误")
    return AskFile(rows[0][2], made_on, tuple(lines))


def closed(rows: Rows, heads: tuple[str, ...], needed: Set[str] = REQUIRED) -> Rows:
    found = []
    for at, row in enumerate(rows[1:], start=2):
        for head, cell in zip(heads, row, strict=True):
            if _FORBIDDEN.search(cell):
                found.append(
                    problem(
                        "含有文件格式不允许的字符",
                        "竖线或控制字符会破坏文件",
                        "更正登记信息",
                        row=at,
                        column=head,
                        value=cell,
                    )
                )
            elif head in needed and not cell.strip():
                found.append(problem("为空", "银行须据此入账", "补全登记信息", row=at, column=head, value=cell))
    if found:
        raise BankFileRefused("银行文件无法生成", found)
    return [*rows, ["T", checksum(rows)]]


class Reading:
    """Collects every problem of a file while it is read."""

    def __init__(self, rows: Rows, start: tuple[str, ...], heads: tuple[str, ...]):
        self.rows, self.start, self.heads = rows, start, heads
        self.problems: list[Problem] = []

    def frame(self) -> None:
        """First row, last row, count and checksum."""
        if len(self.rows) < 2 or self.rows[0][0] != self.start[0] or len(self.rows[0]) != len(self.start):
            shape = SEPARATOR.join(self.start)
            raise BankFileRefused(
                "文件首行不是约定的格式", [problem("首行无法识别", f"首行应为 {shape}", "向银行索取正确的文件", row=1)]
            )
        if self.rows[0][1] != VERSION:
            self._say("版本不受支持", f"本系统读取版本 {VERSION}", "请银行按约定版本导出", 1, "版本", self.rows[0][1])
        last = self.rows[-1]
        if last[0] != "T" or len(last) != 2:
            self._say("缺少校验行", "文件可能不完整", "重新下载整个文件", len(self.rows))
            return
        if last[1].lower() != checksum(self.rows[:-1]):
            self._say(
                "校验值不符", "文件在传送中被改动或不完整", "重新下载整个文件，不要用其他软件打开保存", len(self.rows)
            )
        if self.rows[0][4] != str(len(self.body())):
            self._say(
                "笔数与明细行数不符", f"明细共{len(self.body())}行", "重新下载整个文件", 1, "笔数", self.rows[0][4]
            )

    def body(self) -> list[tuple[int, list[str]]]:
        end = -1 if self.rows[-1][0] == "T" else None
        return [(at, row) for at, row in enumerate(self.rows[1:end], start=2)]

    def cells(self) -> list[tuple[int, dict[str, str]]]:
        """The detail rows by column; rows of another width are a problem."""
        found = []
        for at, row in self.body():
            if len(row) != len(self.heads):
                self._say(f"有{len(row)}列", f"明细行应有{len(self.heads)}列", "重新下载整个文件", at)
                continue
            found.append((at, dict(zip(self.heads, row, strict=True))))
        return found

    def take(self, at: int, row: dict[str, str], column: str, read: Callable[[str], Any], why: str) -> Any:
        """A cell through its reader; None and a problem when it cannot be read."""
        value = read(row[column])
        if value is None:
            self._say("无法识别", why, "请银行核对该行", at, column, row[column])
        return value

    def _say(self, what: str, why: str, todo: str, row: int, column: str = "", value: str = "") -> None:
        self.problems.append(problem(what, why, todo, row=row, column=column, value=value))

    def done(self, message: str) -> None:
        if self.problems:
            raise BankFileRefused(message, self.problems)


def fen_read(text: str) -> int | None:
    return int(text.replace(".", "")) if _AMOUNT.fullmatch(text) else None


def day_read(text: str) -> dt.date | None:
    try:
        return dt.datetime.strptime(text, "%Y%m%d").date() if len(text) == 8 else None  # noqa: DTZ007  a day only
    except ValueError:
        return None


def serial_read(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 8 and int(text) else None


def _at_most(most: int, text: str) -> str | None:
    return text if len(text) <= most else None


def account_read(text: str) -> str | None:
    return text if _ACCOUNT.fullmatch(text) else None


def read_batch_rows(rows: Rows) -> BatchFile:
    """The bank's side of a batch file. Raises BankFileRefused with all problems."""
    reading = Reading(rows, BATCH_START, PAY_HEADS)
    reading.frame()
    made_on = reading.take(1, dict(zip(BATCH_START, rows[0], strict=True)), "日期", day_read, "日期应为8位数字")
    lines = []
    for at, row in reading.cells():
        serial = reading.take(at, row, "序号", serial_read, "序号应为正整数")
        fen = reading.take(at, row, "金额", fen_read, "金额应为两位小数")
        account = reading.take(at, row, "收款账号", account_read, "账号应为6至32位数字")
        lines.append(PayLine(serial, account, row["收款户名"], row["开户银行"], fen, row["用途"], row["业务标识"]))
    reading.done("批量代发文件有误")
    batch = BatchFile(rows[0][2], made_on, tuple(lines))
    if amount_text(batch.total_fen) != rows[0][5]:
        said = [
            problem(
                "总额与明细合计不符", f"明细合计{amount_text(batch.total_fen)}", "重新生成文件", 1, "总额", rows[0][5]
            )
        ]
        raise BankFileRefused("批量代发文件有误", said)
    return batch


def read_reply_rows(rows: Rows) -> Reply:
    """Our side of a reply. Raises BankFileRefused with all problems of the file at once."""
    reading = Reading(rows, REPLY_START, REPLY_HEADS)
    reading.frame()
    made_on = reading.take(1, dict(zip(REPLY_START, rows[0], strict=True)), "日期", day_read, "日期应为8位数字")
    lines = [_reply_line(reading, at, row) for at, row in reading.cells()]
    reading.done("回盘文件有误，没有保存任何内容")
    return Reply(rows[0][2], made_on, tuple(lines))


def _reply_line(reading: Reading, at: int, row: dict[str, str]) -> ReplyLine:
    known = reading.take(
        at, row, "状态码", lambda code: code if code in STATUSES else None, "状态码不在约定的代码表中"
    )
    paid = known is not None and STATUSES[known][0] is Meaning.PAID
    final = known is not None and STATUSES[known][0] in (Meaning.PAID, Meaning.RETURNED)
    needed = (("银行流水号", paid, "成功的行必须有银行流水号"), ("业务标识", True, "没有业务标识无法对应到付款"))
    for column, must, why in needed:
        if must:
            reading.take(at, row, column, lambda text: text.strip() or None, why)
    for column, most in LONGEST.items():
        fits = functools.partial(_at_most, most)
        reading.take(at, row, column, fits, f"最多{most}个字")
    unseen = known is not None and STATUSES[known][0] is Meaning.UNSEEN
    day = reading.take(at, row, "到账日期", day_read, "日期应为8位数字") if final or row["到账日期"] else None
    return ReplyLine(
        serial=reading.take(at, row, "序号", serial_read, "序号应为正整数"),
        account=_told(reading, at, row, "收款账号", account_read, "账号应为6至32位数字", unseen),
        name=None if unseen and not row["收款户名"] else row["收款户名"],
        amount_fen=_told(reading, at, row, "金额", fen_read, "金额应为两位小数", unseen),
        key=row["业务标识"],
        status=known or "",
        reference=row["银行流水号"].strip(),
        settled_on=day,
        cause=row["退回原因"].strip(),
        row=at,
    )


def _told(reading: Reading, at: int, row: dict[str, str], column: str, read: Callable, why: str, unseen: bool) -> Any:
    """A bank that never received an order cannot tell its account and sum; every other line must."""
    return None if unseen and not row[column] else reading.take(at, row, column, read, why)
