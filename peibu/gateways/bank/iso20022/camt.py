"""camt.053 (statement of a day) and camt.054 (notification) in; camt.053 out for the fake bank.

An entry booked for a whole batch is told by its transactions, which must add up to it. Only booked entries count.
"""

from lxml import etree

from peibu.gateways.bank.iso20022.xml import Reading, every, find, message, packed, parse, put, put_fen, text
from peibu.gateways.bank.records import SHORT, Reply, ReplyLine
from peibu.gateways.bank.statements_records import CODES, KINDS, Kind, Movement, StatementFile, checked
from peibu.gateways.bank.tables import amount_text

CAMT_053 = "camt.053.001.08"
SIGN = {"DBIT": -1, "CRDT": 1}
NONE = ("", "NOTPROVIDED")


def read_statement(content: bytes) -> StatementFile:
    """One Stmt of one day with its opening and closing booked balance. BankFileRefused with all problems."""
    body, _name = parse(content, "camt.053.")
    reading, statements = Reading(), every(body, "Stmt")
    if len(statements) != 1:
        reading.say(body, "不是一份对账单", "文件应有且只有一个Stmt", "Stmt")
        reading.done("对账单有误，没有保存任何内容")
    node = statements[0]
    account = text(node, "Acct/Id/Othr/Id") or text(node, "Acct/Id/IBAN")
    if not account:
        reading.say(node, "没有账号", "对账单应写明账户", "账号")
    opening, _on = _balance(reading, node, "OPBD", "PRCD")
    closing, on = _balance(reading, node, "CLBD")
    lines = [line for entry in every(node, "Ntry") for line in _movements(reading, entry)]
    reading.done("对账单有误，没有保存任何内容")
    return checked(StatementFile(account, on, opening, closing, tuple(lines)))


def _balance(reading: Reading, node: etree._Element, *codes: str):
    for code in codes:
        for balance in every(node, "Bal"):
            if text(balance, "Tp/CdOrPrtry/Cd") == code:
                fen, sign = reading.fen(balance, "Amt"), SIGN.get(text(balance, "CdtDbtInd"), 0)
                # a debit balance is money owed
                return (fen or 0) * sign, reading.day(balance, "Dt/Dt", "Dt/DtTm")
    reading.say(node, "没有余额", f"对账单应有{'或'.join(codes)}余额", "余额")
    return 0, None


def _movements(reading: Reading, entry: etree._Element) -> list[Movement]:
    """The transactions of a booked entry."""
    status = text(entry, "Sts/Cd") or text(entry, "Sts")
    if status != "BOOK":
        return []
    sign = SIGN.get(text(entry, "CdtDbtInd"))
    if sign is None:
        reading.say(entry, "无法识别", "收付方向应为DBIT或CRDT", "CdtDbtInd", text(entry, "CdtDbtInd"))
        return []
    whole = reading.fen(entry, "Amt") or 0
    details = [one for group in every(entry, "NtryDtls") for one in every(group, "TxDtls")]
    if len(details) < 2:
        return [_movement(reading, entry, details[0] if details else None, sign, whole)]
    parts = [reading.fen(one, "Amt") or 0 for one in details]
    if sum(parts) != whole:
        told = f"明细合计{amount_text(sum(parts))}"
        reading.say(entry, "合并记账与明细合计不符", told, "金额", amount_text(whole))
    return [_movement(reading, entry, one, sign, fen) for one, fen in zip(details, parts, strict=True)]


def _movement(reading: Reading, entry: etree._Element, one: etree._Element | None, sign: int, fen: int) -> Movement:
    key = text(one, "Refs/EndToEndId")
    key = "" if key in NONE else key
    reference = text(one, "Refs/AcctSvcrRef") or text(entry, "AcctSvcrRef") or text(entry, "NtryRef")
    if not reference:
        reading.say(entry, "没有银行流水号", "每笔应有AcctSvcrRef", "银行流水号")
    side = "Cdtr" if sign < 0 else "Dbtr"
    name = text(one, f"RltdPties/{side}/Pty/Nm") or text(one, f"RltdPties/{side}/Nm")
    back = find(one, "RtrInf") is not None
    words = text(one, "RtrInf/AddtlInf") or text(one, "RmtInf/Ustrd") or text(entry, "AddtlNtryInf")
    return Movement(
        kind=_kind(entry, key, sign, back),
        amount_fen=sign * fen,
        key=key,
        reference=reference[:60],
        name=name[:140],
        text=words[:200],
        row=(one if one is not None else entry).sourceline or 0,
    )


def _kind(entry: etree._Element, key: str, sign: int, back: bool) -> Kind:
    """What the bank says by the agreed codes; else what can be seen. What cannot be told stays 'other' and is shown."""
    agreed = KINDS.get(text(entry, "BkTxCd/Prtry/Cd"))
    if agreed is not None:
        return agreed
    if sign < 0:
        return Kind.PAYMENT if key else Kind.OTHER
    return Kind.RETURN if back or key else Kind.OTHER


def read_notification(body: etree._Element) -> Reply:
    """camt.054 about a batch: what was debited is paid, what was credited with our key came back."""
    reading, numbers, lines, made_on = Reading(), set(), [], None
    made_on = reading.day(body, "GrpHdr/CreDtTm")
    for notice in every(body, "Ntfctn"):
        for entry in every(notice, "Ntry"):
            day = reading.day(entry, "BookgDt/Dt", "BookgDt/DtTm")
            details = [one for group in every(entry, "NtryDtls") for one in every(group, "TxDtls")]
            numbers |= {text(group, "Btch/MsgId") for group in every(entry, "NtryDtls")}
            numbers |= {text(one, "Refs/MsgId") for one in details}
            lines += [
                _word(reading, one, move, day) for one, move in zip(details, _movements(reading, entry), strict=True)
            ]
    numbers.discard("")
    if len(numbers) != 1:
        reading.say(body, "不是一个批次的通知", "通知应只涉及一个批次（MsgId）", "批次号", "、".join(sorted(numbers)))
    reading.done("回盘文件有误，没有保存任何内容")
    return Reply(numbers.pop(), made_on, tuple(lines))


def _word(reading: Reading, one: etree._Element, move: Movement, day) -> ReplyLine:
    if not move.key:
        reading.say(one, "没有业务标识", "每笔应有EndToEndId", "EndToEndId")
    paid = move.amount_fen < 0
    return ReplyLine(
        serial=None,
        account=text(one, f"RltdPties/{'CdtrAcct' if paid else 'DbtrAcct'}/Id/Othr/Id") or None,
        name=move.name or None,
        amount_fen=abs(move.amount_fen),
        key=move.key,
        status="0000" if paid else "1099",
        reference=move.reference if paid else "",
        settled_on=day,
        cause="" if paid else move.text,
        row=move.row,
    )


def write_statement(told: StatementFile) -> bytes:
    """The bank's side of camt.053."""
    root = message(CAMT_053)
    body = put(root, "BkToCstmrStmt")
    head = put(body, "GrpHdr")
    put(head, "MsgId", f"S{told.account[-20:]}{told.on:%Y%m%d}"[:35])
    put(head, "CreDtTm", f"{told.on}T23:00:00")
    node = put(body, "Stmt")
    put(node, "Id", f"{told.on:%Y%m%d}")
    account = put(node, "Acct")
    put(account, "Id/Othr/Id", told.account)
    put(account, "Ccy", "CNY")
    for code, fen in (("OPBD", told.opening_fen), ("CLBD", told.closing_fen)):
        balance = put(node, "Bal")
        put(balance, "Tp/CdOrPrtry/Cd", code)
        put_fen(balance, "Amt", abs(fen))
        put(balance, "CdtDbtInd", "DBIT" if fen < 0 else "CRDT")
        put(balance, "Dt/Dt", told.on.isoformat())
    for line in told.lines:
        _entry(put(node, "Ntry"), line, told.on.isoformat())
    return packed(root)


def _entry(node: etree._Element, line: Movement, day: str) -> None:
    put_fen(node, "Amt", abs(line.amount_fen))
    put(node, "CdtDbtInd", "DBIT" if line.amount_fen < 0 else "CRDT")
    put(node, "Sts/Cd", "BOOK")
    put(node, "BookgDt/Dt", day)
    put(node, "AcctSvcrRef", line.reference[:35])
    put(node, "BkTxCd/Prtry/Cd", CODES[line.kind])
    one = put(node, "NtryDtls/TxDtls")
    put(one, "Refs/EndToEndId", line.key[:SHORT] or "NOTPROVIDED")
    if line.name:
        side = "Cdtr" if line.amount_fen < 0 else "Dbtr"
        put(one, f"RltdPties/{side}/Pty/Nm", line.name)
    if line.text:
        put(one, "RmtInf/Ustrd", line.text[:140])
