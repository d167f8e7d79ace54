"""The form of a certificate's number: schemes as data (certificate_numbers.toml), read group by group.

A number says itself what its issuer should have put there: length, kind of body, year, level. What it cannot say is
whether the certificate exists; that is the issuer's word.
"""

import datetime as dt
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from peibu.kernel.errors import Refused

DATA = Path(__file__).with_suffix(".toml")


@dataclass(frozen=True, slots=True)
class Group:
    """A stretch of a number: digits, or one of `values` (`says` tells them in words)."""

    name: str
    label: str
    length: int
    values: tuple[str, ...] = ()
    says: str = ""

    def fits(self, text: str) -> bool:
        if self.values:
            return text in self.values
        return len(text) == self.length and text.isascii() and text.isdigit()


@dataclass(frozen=True, slots=True)
class Scheme:
    """How the numbers of a kind of certificate are built."""

    kind: str
    label: str
    groups: tuple[Group, ...]

    @property
    def length(self) -> int:
        return sum(group.length for group in self.groups)

    def split(self, number: str) -> dict[str, str]:
        """Group name -> its characters, of a number of the right length."""
        found, at = {}, 0
        for group in self.groups:
            found[group.name] = number[at : at + group.length]
            at += group.length
        return found


@lru_cache(maxsize=1)
def _data() -> tuple[Mapping[str, Scheme], Mapping[str, str]]:
    told = tomllib.loads(DATA.read_text(encoding="utf-8"))
    schemes = {}
    for row in told["scheme"]:
        groups = tuple(Group(**{**group, "values": tuple(group.get("values", ()))}) for group in row["groups"])
        schemes[row["kind"]] = Scheme(row["kind"], row["label"], groups)
    return schemes, told["levels"]


def scheme_of(kind: str) -> Scheme | None:
    """The scheme of a kind of certificate; None for kinds whose numbers follow no published scheme."""
    return _data()[0].get(kind)


def normal(number: str) -> str:
    """A number as it is kept: no blanks, capital letters, full-width characters made plain."""
    plain = "".join(chr(ord(c) - 0xFEE0) if "！" <= c <= "～" else c for c in number)
    return "".join(plain.split()).upper()


def check_number(kind: str, number: str, *, level: str = "", issued_on: dt.date | None = None) -> str:
    """The number as it is kept. Refused with everything that is wrong with it at once: length, a group, a level other
    than the one stated, a year after the day of issue. Kinds without a scheme only need a number at all."""
    number = normal(number)
    if not number:
        raise Refused("没有填写证书编号", "certificate_number", "请按证书填写编号")
    scheme = scheme_of(kind)
    if scheme is None:
        return number
    if len(number) != scheme.length:
        told = f"{scheme.label}应为{scheme.length}位，现为{len(number)}位"
        raise Refused(told, "certificate_number", "请按证书逐位核对")
    wrong = _wrong(scheme, number, level, issued_on)
    if wrong:
        raise Refused(f"{scheme.label}有误：{'；'.join(wrong)}", "certificate_number", "请按证书逐位核对")
    return number


def _wrong(scheme: Scheme, number: str, level: str, issued_on: dt.date | None) -> list[str]:
    found, at = [], 1
    parts = scheme.split(number)
    for group in scheme.groups:
        text, last = parts[group.name], at + group.length - 1
        where = f"第{at}位" if group.length == 1 else f"第{at}至{last}位"
        if not group.fits(text):
            found.append(f"{where}（{group.label}）应为{group.says or '数字'}，现为“{text}”")
        at = last + 1
    if found:
        return found
    said = _data()[1].get(parts["level"], "")
    if level and said != level:
        found.append(f"编号中的等级位“{parts['level']}”与填写的等级不一致")
    if issued_on is not None and _year(parts["year"]) > issued_on.year:
        found.append(f"编号中的年份“{parts['year']}”晚于发证日期{issued_on}")
    return found


def _year(digits: str) -> int:
    """Two digits as a year; numbers of this form began in the nineties."""
    return int(digits) + (1900 if int(digits) >= 80 else 2000)
