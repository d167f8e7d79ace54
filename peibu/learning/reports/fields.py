"""The fields of a reported item: each read once, every fault noted, none stopping the rest."""

import base64
import binascii
import datetime as dt
import ipaddress
import re
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from peibu.intake.kinds import sniff
from peibu.kernel.errors import Problem, Refused
from peibu.kernel.id_numbers import IdNumber, check_id_number
from peibu.kernel.names import check_name

CHINA = ZoneInfo("Asia/Shanghai")
CLOCK_SKEW = dt.timedelta(minutes=10)  # a platform's clock may be this much ahead of ours
PHOTO_BYTES = 2 * 1024 * 1024
LONGEST_LIST = 5000
_NOTHING = object()
_NUMBER = re.compile(r"\d(?:[\s.-]?[\dXx]){14,}")  # an identity number, also one written with gaps or a digit too many
QUOTED = 40


def masked(text: str) -> str:
    """A text to tell or keep, without what may be somebody's identity number: senders put numbers into any field."""
    return _NUMBER.sub("***", text)


def quoted(value: object) -> str:
    """A value as it may be shown in a sentence; masked before it is cut, so that no part of a number is left."""
    return masked(str(value))[:QUOTED]


def said(problem: Problem) -> str:
    """The whole problem as one text; without a sheet it is about an item of a push, not about a row."""
    sentence = masked(problem.sentence())
    return sentence if problem.sheet else sentence.replace(f"第 {problem.row} 行", f"第 {problem.row} 条", 1)


class Fields:
    """One JSON object under reading. Problems say the item (`row`) and the field (`column`), counted from 1."""

    def __init__(self, told: object, row: int, at: dt.datetime, path: str = "", problems: list | None = None):
        self.problems: list[Problem] = [] if problems is None else problems
        self.at = at
        self._row, self._path = row, path
        self._told: dict = told if isinstance(told, dict) else {}
        self._read: set[str] = set()
        if not isinstance(told, dict):
            self.fault("", "不是对象", "应为“字段名：值”的 JSON 对象", "请按接口文档的格式发送")

    def fault(self, name: str, what: str, why: str, todo: str, value: object = "", code: str = "bad_value") -> None:
        shown = quoted(value) if value not in (None, "") else ""
        self.problems.append(
            Problem("", self._row, self._path + masked(name), what, why, todo, code=code, value=shown)
        )

    def _take(self, name: str, *, required: bool) -> Any:
        self._read.add(name)
        found = self._told.get(name)
        if found is None or found == "":
            if required:
                self.fault(name, "没有填写", "该字段必填", "请补充后重新上报", code="missing")
            return _NOTHING
        return found

    def _typed(self, name: str, kinds: tuple[type, ...], words: str, *, required: bool, secret: bool = False) -> Any:
        found = self._take(name, required=required)
        if found is _NOTHING:
            return None
        if not isinstance(found, kinds) or (isinstance(found, bool) and bool not in kinds):
            shown = "" if secret else f"“{quoted(found)}”的"
            self.fault(name, f"{shown}类型不对", f"应为{words}", "请按接口文档修改后重新上报", "" if secret else found)
            return None
        return found

    def _checked(self, name: str, check: Callable[[str], Any], *, required: bool, secret: bool = False) -> Any:
        found = self._typed(name, (str,), "字符串", required=required, secret=secret)
        if found is None:
            return None
        try:
            return check(found)
        except Refused as refused:
            # an identity number is not repeated in answers, logs or lists of failures
            what = "号码有误" if secret else refused.message
            self.fault(
                name,
                what,
                refused.message if secret and found not in refused.message else "",
                refused.remedy or "请核对后重新上报",
            )
        return None

    def text(self, name: str, *, required: bool = True, longest: int = 200) -> str | None:
        found = self._typed(name, (str, int), "字符串", required=required)
        if found is None:
            return None
        if len(str(found)) > longest or "\x00" in str(found):
            self.fault(name, "文字过长或含有空字符", f"最多 {longest} 字", "请修改后重新上报")
            return None
        return str(found)

    def name(self, name: str) -> str | None:
        return self._checked(name, check_name, required=True)

    def identity(self, name: str = "identity") -> IdNumber | None:
        day = self.at.astimezone(CHINA).date()
        return self._checked(name, lambda text: check_id_number(text, day), required=True, secret=True)

    def number(self, name: str, *, required: bool = True, least: float = 0) -> float | None:
        found = self._typed(name, (int, float), "数字", required=required)
        if found is not None and not least <= found < 1e9:
            self.fault(name, f"“{quoted(found)}”超出范围", f"应不小于 {least:g}", "请核对后重新上报", found)
            return None
        return found

    def flag(self, name: str, *, required: bool = True) -> bool | None:
        found = self._take(name, required=required)
        words = {
            True: True,
            False: False,
            "1": True,
            "0": False,
            "是": True,
            "否": False,
        }  # 1 and 0 equal True and False
        if found is _NOTHING:
            return None
        if isinstance(found, dict | list) or found not in words:
            self.fault(name, f"“{quoted(found)}”不是是或否", "应为 true 或 false", "请修改后重新上报", found)
            return None
        return words[found]

    def moment(self, name: str, *, required: bool = True, past: bool = True) -> dt.datetime | None:
        """A moment, in the past unless told otherwise; a text without an offset is China time."""
        found = self._typed(name, (str,), "时间", required=required)
        if found is None:
            return None
        try:
            read = dt.datetime.fromisoformat(found.strip())
            read = read if read.tzinfo else read.replace(tzinfo=CHINA)
            read = read.astimezone(dt.UTC)  # ids are made of it: the same moment is one record, however it was written
        except (ValueError, OverflowError):
            self.fault(name, f"“{quoted(found)}”不是时间", "应写成 2026-11-28 09:30:00", "请修改后重新上报", found)
            return None
        if past and read > self.at + CLOCK_SKEW:
            self.fault(
                name, f"时间 {quoted(found)} 在收到之后", "学习记录只能是已经发生的事", "请核对平台的时钟", found
            )
            return None
        return read

    def ip(self, name: str) -> str | None:
        found = self._typed(name, (str,), "IP 地址", required=True)
        if found is None:
            return None
        try:
            return str(ipaddress.ip_address(found.strip()))
        except ValueError:
            self.fault(
                name, f"“{quoted(found)}”不是 IP 地址", "应为学员登录时的 IPv4 或 IPv6 地址", "请修改后重新上报", found
            )
        return None

    def choice(self, name: str, words: dict[str, str]) -> str | None:
        found = self._typed(name, (str,), "字符串", required=True)
        if found is not None and found not in words:
            self.fault(
                name, f"“{quoted(found)}”不在可选范围内", "可选：" + "、".join(words), "请修改后重新上报", found
            )
            return None
        return words.get(found) if found else None

    def photo(self, name: str) -> tuple[bytes, str] | None:
        """Content and media type of a JPEG or PNG sent as base64."""
        found = self._typed(name, (str,), "base64 字符串", required=True)
        if found is None:
            return None
        try:
            content = base64.b64decode(found.partition("base64,")[2] or found, validate=True)
        except (ValueError, binascii.Error):
            content = b""
        media = {"jpg": "image/jpeg", "png": "image/png"}.get(sniff(content))
        if media is None or len(content) > PHOTO_BYTES:
            self.fault(name, "照片无法识别或过大", "应为 2 MB 以内的 JPG 或 PNG，以 base64 发送", "请转换后重新上报")
            return None
        return content, media

    def parts(self, name: str, *, required: bool = True) -> list["Fields"]:
        """The objects of a list, each under reading."""
        found = self._typed(name, (list,), "数组", required=required)
        if found is None:
            return []
        if (required and not found) or len(found) > LONGEST_LIST:
            self.fault(name, "条数不对", f"应有 1 到 {LONGEST_LIST} 条", "请修改后重新上报")
            return []
        sub = f"{self._path}{name}"
        return [
            Fields(one, self._row, self.at, f"{sub}[{place}].", self.problems)
            for place, one in enumerate(found, start=1)
        ]

    def leave(self) -> None:
        """What was not read is not known here: better said than lost."""
        for name in sorted(set(self._told) - self._read):
            self.fault(
                masked(str(name))[:60], "没有这个字段", "接口文档中没有该字段", "请核对字段名", code="unknown_field"
            )
