"""Reading and writing messages: no entities, no document type, no network; money in CNY with two decimals only."""

import datetime as dt
import re

from lxml import etree

from peibu.gateways.bank.records import BankFileRefused, problem
from peibu.gateways.bank.tables import CURRENCY, amount_text
from peibu.kernel.errors import Problem

SPACE = "urn:iso:std:iso:20022:tech:xsd:"
_AMOUNT = re.compile(r"(\d{1,13})(?:\.(\d{1,2}))?")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def parse(content: bytes, *messages: str) -> tuple[etree._Element, str]:
    """(the element below Document, message name such as pain.002.001.12). BankFileRefused for anything else.

    messages: the beginnings of the names that are wanted, e.g. "pain.002.".
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise _refuse("不是完整的XML文件", f"第{error.lineno or 1}行无法识别", "重新下载整个文件") from error
    if root.getroottree().docinfo.doctype or root.getroottree().docinfo.internalDTD is not None:
        raise _refuse("文件带有不允许的声明（DOCTYPE）", "疑似被动过手脚", "向银行索取正确的文件")
    name = etree.QName(root).namespace or ""
    message = name.removeprefix(SPACE)
    if etree.QName(root).localname != "Document" or not name.startswith(SPACE) or not message.startswith(messages):
        why = f"文件是{message or '其他XML'}，应为{'、'.join(one.rstrip('.') for one in messages)}"
        raise _refuse("不是需要的ISO 20022报文", why, "向银行索取正确的文件")
    if len(root) != 1:
        raise _refuse("报文内容不完整", "Document下应有且只有一个报文", "向银行索取正确的文件")
    return root[0], message


def _refuse(what: str, why: str, todo: str) -> BankFileRefused:
    return BankFileRefused(what, [problem(what, why, todo)])


def find(node: etree._Element | None, path: str) -> etree._Element | None:
    """The first element at a path of local names."""
    for name in path.split("/"):
        if node is None:
            return None
        node = next((one for one in node if _local(one) == name), None)
    return node


def every(node: etree._Element | None, name: str) -> list[etree._Element]:
    return [] if node is None else [one for one in node if _local(one) == name]


def text(node: etree._Element | None, path: str) -> str:
    found = find(node, path)
    return (found.text or "").strip() if found is not None else ""


def _local(node: etree._Element) -> str:
    return etree.QName(node).localname if isinstance(node.tag, str) else ""


class Reading:
    """Collects every problem of a message while it is read; a row is the line in the file."""

    def __init__(self):
        self.problems: list[Problem] = []

    def say(self, node: etree._Element, what: str, why: str, column: str, value: str = "") -> None:
        row = node.sourceline if node is not None else 1
        self.problems.append(problem(what, why, "请银行核对该笔", row=row, column=column, value=value))

    def fen(self, node: etree._Element, path: str) -> int | None:
        """An amount in fen; another currency than CNY, and more than two decimals, are problems."""
        amount = find(node, path)
        if amount is None:
            self.say(node, "没有金额", "每笔应有金额", "金额")
            return None
        if amount.get("Ccy") != CURRENCY:
            self.say(amount, "币种不符", f"只接受人民币（{CURRENCY}）", "币种", amount.get("Ccy", ""))
        found = _AMOUNT.fullmatch((amount.text or "").strip())
        if not found:
            self.say(amount, "无法识别", "金额应为最多两位小数", "金额", amount.text or "")
            return None
        return int(found[1]) * 100 + int((found[2] or "0").ljust(2, "0"))

    def day(self, node: etree._Element, *paths: str) -> dt.date | None:
        """The first of the paths that holds a date (or a time); a problem when none does."""
        for path in paths:
            found = _DAY.match(text(node, path))
            if found:
                try:
                    return dt.date.fromisoformat(found[0])
                except ValueError:
                    break
        self.say(node, "无法识别", "没有可用的日期", "日期", text(node, paths[0]))
        return None

    def need(self, node: etree._Element, path: str, column: str, most: int = 35) -> str:
        found = text(node, path)
        if not found or len(found) > most:
            self.say(node, "为空或过长" if found else "为空", f"应有内容，最多{most}个字", column, found)
        return found

    def done(self, message: str) -> None:
        if self.problems:
            raise BankFileRefused(message, self.problems)


def message(name: str) -> etree._Element:
    """An empty Document of a message."""
    return etree.Element(f"{{{SPACE}{name}}}Document", nsmap={None: SPACE + name})


def put(node: etree._Element, path: str, value: str | None = None) -> etree._Element:
    """Append the elements of a path below a node and set the text of the last; gives the last."""
    space = etree.QName(node).namespace
    for name in path.split("/"):
        node = etree.SubElement(node, f"{{{space}}}{name}")
    if value is not None:
        node.text = value
    return node


def put_fen(node: etree._Element, path: str, fen: int) -> None:
    put(node, path, amount_text(fen)).set("Ccy", CURRENCY)


def packed(root: etree._Element) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
