"""A batch as pain.001.001.09 and its answer as pain.002: our side and, for the fake, the bank's.

EndToEndId has room for 35 characters: it is the first 32 hexadecimal digits of our key. One PmtInf per batch.
"""

import collections
import datetime as dt

from lxml import etree

from peibu.gateways.bank.iso20022 import camt
from peibu.gateways.bank.iso20022.xml import Reading, every, find, message, packed, parse, put, put_fen, text
from peibu.gateways.bank.records import (
    SHORT,
    STATUSES,
    BankFileRefused,
    BatchFile,
    Meaning,
    Payer,
    PayLine,
    Reply,
    ReplyLine,
    problem,
)
from peibu.gateways.bank.tables import amount_text

PAIN_001, PAIN_002 = "pain.001.001.09", "pain.002.001.12"
LONGEST_NAME, LONGEST_TEXT = 140, 140
NOT_PROVIDED = "NOTPROVIDED"
# transaction status -> code of the generic layout; the reason tells rejections apart
SETTLED = {"ACSC", "ACCC"}
WORKING = {"ACTC", "ACCP", "ACSP", "ACWC", "ACFC", "ACWP", "RCVD", "PDNG"}
REJECTED = {"RJCT", "CANC"}
REASONS = {"AC01": "1001", "BE01": "1002", "AC04": "1003", "AC06": "1004", "NOOR": "0404"}
STATUS_OF = {Meaning.PAID: "ACSC", Meaning.PENDING: "PDNG", Meaning.RETURNED: "RJCT", Meaning.UNSEEN: "RJCT"}
REASON_OF = {code: reason for reason, code in REASONS.items()}


def write_batch(batch: BatchFile) -> bytes:
    """BankFileRefused names everything the message cannot carry."""
    _check(batch)
    root = message(PAIN_001)
    body = put(root, "CstmrCdtTrfInitn")
    count, total = str(len(batch.lines)), amount_text(batch.total_fen)
    head = put(body, "GrpHdr")
    for name, value in (("MsgId", batch.number), ("CreDtTm", f"{batch.made_on}T00:00:00"), ("NbOfTxs", count)):
        put(head, name, value)
    put(head, "CtrlSum", total)
    put(head, "InitgPty/Nm", batch.payer.name)
    info = put(body, "PmtInf")
    for name, value in (("PmtInfId", batch.number), ("PmtMtd", "TRF"), ("NbOfTxs", count), ("CtrlSum", total)):
        put(info, name, value)
    put(info, "ReqdExctnDt/Dt", batch.made_on.isoformat())
    put(info, "Dbtr/Nm", batch.payer.name)
    account = put(info, "DbtrAcct")
    put(account, "Id/Othr/Id", batch.payer.account)
    put(account, "Ccy", "CNY")
    agent = put(info, "DbtrAgt/FinInstnId")
    if batch.payer.bank:
        member = put(agent, "ClrSysMmbId")
        put(member, "ClrSysId/Cd", "CNAPS")
        put(member, "MmbId", batch.payer.bank)
    else:
        put(agent, "Othr/Id", NOT_PROVIDED)
    for line in batch.lines:
        _order(put(info, "CdtTrfTxInf"), line)
    return packed(root)


def _order(node: etree._Element, line: PayLine) -> None:
    ids = put(node, "PmtId")
    put(ids, "InstrId", str(line.serial))
    put(ids, "EndToEndId", line.key[:SHORT])
    put_fen(put(node, "Amt"), "InstdAmt", line.amount_fen)
    put(node, "CdtrAgt/FinInstnId/Nm", line.bank)
    put(node, "Cdtr/Nm", line.name)
    put(node, "CdtrAcct/Id/Othr/Id", line.account)
    put(node, "RmtInf/Ustrd", line.purpose[:LONGEST_TEXT])


def _check(batch: BatchFile) -> None:
    found = []
    if batch.payer is None or not batch.payer.account or not batch.payer.name:
        found.append(problem("没有付款账户", "ISO 20022报文必须写明付款账户", "请市级主管部门设置银行通道"))
    short = collections.Counter(line.key[:SHORT] for line in batch.lines)
    for row, line in enumerate(batch.lines, start=1):
        if short[line.key[:SHORT]] > 1:
            found.append(problem("业务标识重复", "同一批次中每笔的EndToEndId必须不同", "撤销批次后重新制单", row=row))
        for column, value, most in (("收款户名", line.name, LONGEST_NAME), ("开户银行", line.bank, LONGEST_NAME)):
            if not value.strip() or len(value) > most or not value.isprintable():
                why = f"应有1至{most}个字，不含控制字符"
                found.append(problem("报文不能容纳", why, "更正登记信息", row=row, column=column, value=value))
    if found:
        raise BankFileRefused("银行文件无法生成", found)


def read_batch(content: bytes) -> BatchFile:
    """The bank's side of pain.001: counts, sums, one currency, no order twice."""
    body, _name = parse(content, "pain.001.")
    reading, head, infos = Reading(), find(body, "GrpHdr"), every(body, "PmtInf")
    if len(infos) != 1:
        reading.say(body, "付款信息不是一组", "每个批次应有且只有一个PmtInf", "PmtInf")
        reading.done("批量代发文件有误")
    info = infos[0]
    nodes = every(info, "CdtTrfTxInf")
    lines = [_read_order(reading, serial, node) for serial, node in enumerate(nodes, start=1)]
    keys = collections.Counter(line.key for line in lines)
    for node, line in zip(nodes, lines, strict=True):
        if keys[line.key] > 1:
            reading.say(node, "业务标识重复", "EndToEndId在批次中出现多次", "EndToEndId", line.key)
    total = amount_text(sum(line.amount_fen or 0 for line in lines))
    for where in (head, info):
        if text(where, "NbOfTxs") != str(len(lines)):
            reading.say(where, "笔数与明细不符", f"明细共{len(lines)}笔", "NbOfTxs", text(where, "NbOfTxs"))
        if text(where, "CtrlSum") != total:
            reading.say(where, "总额与明细合计不符", f"明细合计{total}", "CtrlSum", text(where, "CtrlSum"))
    made_on = reading.day(head, "CreDtTm")
    reading.done("批量代发文件有误")
    payer = Payer(
        text(info, "Dbtr/Nm"), text(info, "DbtrAcct/Id/Othr/Id"), text(info, "DbtrAgt/FinInstnId/ClrSysMmbId/MmbId")
    )
    return BatchFile(text(head, "MsgId"), made_on, tuple(lines), payer)


def _read_order(reading: Reading, serial: int, node: etree._Element) -> PayLine:
    return PayLine(
        serial=serial,
        account=reading.need(node, "CdtrAcct/Id/Othr/Id", "收款账号"),
        name=reading.need(node, "Cdtr/Nm", "收款户名", LONGEST_NAME),
        bank=text(node, "CdtrAgt/FinInstnId/Nm"),
        amount_fen=reading.fen(node, "Amt/InstdAmt"),
        purpose=text(node, "RmtInf/Ustrd"),
        key=reading.need(node, "PmtId/EndToEndId", "EndToEndId"),
    )


def write_reply(reply: Reply) -> bytes:
    """The bank's side of pain.002."""
    root = message(PAIN_002)
    body = put(root, "CstmrPmtStsRpt")
    head = put(body, "GrpHdr")
    put(head, "MsgId", f"R{reply.batch_number}")
    put(head, "CreDtTm", f"{reply.made_on}T00:00:00")
    group = put(body, "OrgnlGrpInfAndSts")
    put(group, "OrgnlMsgId", reply.batch_number)
    put(group, "OrgnlMsgNmId", PAIN_001)
    info = put(body, "OrgnlPmtInfAndSts")
    put(info, "OrgnlPmtInfId", reply.batch_number)
    for line in reply.lines:
        _status(put(info, "TxInfAndSts"), line)
    return packed(root)


def _status(node: etree._Element, line: ReplyLine) -> None:
    if line.serial is not None:
        put(node, "OrgnlInstrId", str(line.serial))
    put(node, "OrgnlEndToEndId", line.key[:SHORT])
    put(node, "TxSts", STATUS_OF[line.meaning])
    if line.meaning in (Meaning.RETURNED, Meaning.UNSEEN):
        why = put(node, "StsRsnInf")
        put(why, "Rsn/Cd", REASON_OF.get(line.status, "NARR"))
        put(why, "AddtlInf", line.words[:105])
    if line.reference:
        put(node, "AcctSvcrRef", line.reference[:35])
    if line.amount_fen is None:
        return
    order = put(node, "OrgnlTxRef")
    put_fen(put(order, "Amt"), "InstdAmt", line.amount_fen)
    if line.settled_on is not None:
        put(order, "IntrBkSttlmDt", line.settled_on.isoformat())
    put(order, "Cdtr/Pty/Nm", line.name)
    put(order, "CdtrAcct/Id/Othr/Id", line.account)


def read_reply(content: bytes) -> Reply:
    """Our side: pain.002 (status report) or camt.054 (notification of movements). BankFileRefused with all problems."""
    body, name = parse(content, "pain.002.", "camt.054.")
    if name.startswith("camt.054."):
        return camt.read_notification(body)
    reading = Reading()
    number = reading.need(body, "OrgnlGrpInfAndSts/OrgnlMsgId", "批次号")
    made_on = reading.day(body, "GrpHdr/CreDtTm")
    nodes = [node for info in every(body, "OrgnlPmtInfAndSts") for node in every(info, "TxInfAndSts")]
    if not nodes:
        status, why = text(body, "OrgnlGrpInfAndSts/GrpSts"), text(body, "OrgnlGrpInfAndSts/StsRsnInf/AddtlInf")
        told = f"整批状态为{status or '（没有）'}，没有逐笔结果。{why}"
        reading.say(body, "没有逐笔结果", told, "GrpSts", status)
    lines = [_read_status(reading, node, made_on) for node in nodes]
    reading.done("回盘文件有误，没有保存任何内容")
    return Reply(number, made_on, tuple(lines))


def _read_status(reading: Reading, node: etree._Element, made_on: dt.date | None) -> ReplyLine:
    code = _code(reading, node)
    meaning = STATUSES[code][0]
    final = meaning in (Meaning.PAID, Meaning.RETURNED)
    if meaning is Meaning.PAID:
        reading.need(node, "AcctSvcrRef", "银行流水号")
    dated = text(node, "OrgnlTxRef/IntrBkSttlmDt") or text(node, "AccptncDtTm")
    serial = text(node, "OrgnlInstrId")
    return ReplyLine(
        serial=int(serial) if serial.isdigit() else None,
        account=text(node, "OrgnlTxRef/CdtrAcct/Id/Othr/Id") or None,
        name=text(node, "OrgnlTxRef/Cdtr/Pty/Nm") or None,
        amount_fen=reading.fen(node, "OrgnlTxRef/Amt/InstdAmt") if final else None,
        key=reading.need(node, "OrgnlEndToEndId", "业务标识"),
        status=code,
        reference=text(node, "AcctSvcrRef"),
        settled_on=(reading.day(node, "OrgnlTxRef/IntrBkSttlmDt", "AccptncDtTm") if dated else made_on)
        if final
        else None,
        cause=" ".join(one.text.strip() for one in every(find(node, "StsRsnInf"), "AddtlInf") if one.text)[:200],
        row=node.sourceline or 0,
    )


def _code(reading: Reading, node: etree._Element) -> str:
    status = text(node, "TxSts")
    if status in SETTLED:
        return "0000"
    if status in WORKING:
        return "0001"
    if status in REJECTED:
        return REASONS.get(text(node, "StsRsnInf/Rsn/Cd"), "1099")
    reading.say(node, "状态无法识别", "交易状态不在约定的代码表中", "TxSts", status)
    return "0001"
