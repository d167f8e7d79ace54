"""The single values of a statement: IRIs, moments, durations, language tags, UUIDs (xAPI 1.0.3 data 4; IEEE 9274.1.1)."""

import datetime as dt
import re

from peibu.learning.statement.errors import Invalid

_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[^\s<>\"{}|\\^`]+")
_UUID = re.compile(r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}")
_MAILTO = re.compile(r"mailto:[^@\s,;:<>]+@[^@\s,;:<>.]+(?:\.[^@\s,;:<>.]+)*")
_SHA1 = re.compile(r"[0-9a-fA-F]{40}")
_SHA2 = re.compile(r"[0-9a-fA-F]{56}|[0-9a-fA-F]{64}|[0-9a-fA-F]{96}|[0-9a-fA-F]{128}")
_MEDIA = re.compile(r"[\w.+\-]+/[\w.+\-]+(?:\s*;\s*[\w.+\-]+=(?:\"[^\"]*\"|[^\s;\"]+))*")
_LANGUAGE = re.compile(
    r"(?:[A-Za-z]{2,3}(?:-[A-Za-z]{3}){0,3}|[A-Za-z]{4,8})(?:-[A-Za-z]{4})?(?:-(?:[A-Za-z]{2}|\d{3}))?"
    r"(?:-(?:[A-Za-z0-9]{5,8}|\d[A-Za-z0-9]{3}))*(?:-[0-9A-WY-Za-wy-z](?:-[A-Za-z0-9]{2,8})+)*"
    r"(?:-x(?:-[A-Za-z0-9]{1,8})+)?|x(?:-[A-Za-z0-9]{1,8})+|i-[A-Za-z]{2,8}"
)
_DURATION = re.compile(
    r"P(?:\d+(?:\.\d+)?W|(?=.)(?:\d+(?:\.\d+)?Y)?(?:\d+(?:\.\d+)?M)?(?:\d+(?:\.\d+)?D)?"
    r"(?:T(?=.)(?:\d+(?:\.\d+)?H)?(?:\d+(?:\.\d+)?M)?(?:\d+(?:\.\d+)?S)?)?)"
)
# ISO 8601, extended and basic; a negative zero offset says that the zone is unknown and is refused.
_MOMENT = re.compile(
    r"(\d{4})-?(\d\d)-?(\d\d)[Tt ](\d\d):?(\d\d)(?::?(\d\d)(?:[.,](\d+))?)?([Zz]|[+-]\d\d(?::?\d\d)?)?"
)
_NEGATIVE_ZERO = {"-00", "-0000", "-00:00"}

TEXT = "应为字符串"


def text(value: object, where: str) -> str:
    if not isinstance(value, str):
        raise Invalid(where, TEXT)
    return value


def iri(value: object, where: str) -> str:
    if not isinstance(value, str) or not _IRI.fullmatch(value):
        raise Invalid(where, "应为带协议头的 IRI，例如 https://example.com/course/1")
    return value


def uuid(value: object, where: str) -> str:
    if not isinstance(value, str) or not _UUID.fullmatch(value):
        raise Invalid(where, "应为标准格式的 UUID")
    return value


def mailto(value: object, where: str) -> str:
    if not isinstance(value, str) or not _MAILTO.fullmatch(value):
        raise Invalid(where, "应为 mailto: 开头的邮箱地址")
    return value


def sha1(value: object, where: str) -> str:
    if not isinstance(value, str) or not _SHA1.fullmatch(value):
        raise Invalid(where, "应为 40 位十六进制的 SHA-1 值")
    return value


def sha2(value: object, where: str) -> str:
    if not isinstance(value, str) or not _SHA2.fullmatch(value):
        raise Invalid(where, "应为十六进制的 SHA-2 值")
    return value


def media_type(value: object, where: str) -> str:
    if not isinstance(value, str) or not _MEDIA.fullmatch(value):
        raise Invalid(where, "应为媒体类型，例如 application/pdf")
    return value


def language(value: object, where: str) -> str:
    if not isinstance(value, str) or not _LANGUAGE.fullmatch(value):
        raise Invalid(where, "应为 RFC 5646 语言标签，例如 zh-CN")
    return value


def language_map(value: object, where: str) -> None:
    if not isinstance(value, dict):
        raise Invalid(where, "应为“语言标签：文字”的对象")
    for tag, words in value.items():
        if not _LANGUAGE.fullmatch(tag):
            raise Invalid(f"{where}.{tag}", "应为 RFC 5646 语言标签，例如 zh-CN")
        if not isinstance(words, str):
            raise Invalid(f"{where}.{tag}", TEXT)


def extensions(value: object, where: str) -> None:
    if not isinstance(value, dict):
        raise Invalid(where, "应为以 IRI 为键的对象")
    for key in value:
        iri(key, f"{where}.{key}")


def duration(value: object, where: str) -> str:
    if not isinstance(value, str) or not _DURATION.fullmatch(value):
        raise Invalid(where, "应为 ISO 8601 时长，例如 PT1H30M")
    return value


def moment(value: object, where: str) -> dt.datetime:
    """An aware moment in UTC; a text without an offset counts as UTC."""
    found = _MOMENT.fullmatch(value) if isinstance(value, str) else None
    if found is None or found[8] in _NEGATIVE_ZERO:
        raise Invalid(where, "应为 ISO 8601 时间，例如 2026-11-28T08:30:00.000Z")
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
    micro = int(((found[7] or "") + "000000")[:6])
    try:
        # a leap second is the last instant of its minute
        plain = dt.datetime(year, month, day, hour, minute, min(second, 59), micro, tzinfo=dt.UTC)
        return plain - _offset(found[8])
    except (ValueError, OverflowError):
        raise Invalid(where, "不是有效的日期时间") from None


def _offset(zone: str | None) -> dt.timedelta:
    if zone is None or zone in "Zz":
        return dt.timedelta()
    digits = zone[1:].replace(":", "")
    hours, minutes = int(digits[:2]), int(digits[2:] or 0)
    if hours > 23 or minutes > 59:
        raise ValueError(zone)
    size = dt.timedelta(hours=hours, minutes=minutes)
    return -size if zone[0] == "-" else size
