"""The facts of a subject as JSON Schema, and as the columns of a table for people."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from peibu.rulebook.facts import FactSpec
from peibu.rulebook.policy import Policy

_FEN_PER_YUAN = 100
_MONTH_PATTERN = r"^\d{4}-(0[1-9]|1[0-2])$"


def json_schema(policy: Policy, subject: str) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of the facts of a subject. Nothing is required: what is missing is unknown."""
    card = policy.card
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"{card['document_number']} {policy.subjects[subject]['label']}",
        "description": f"{card['title_en']}: {policy.subjects[subject]['label_en']}",
        "x-policy": policy.path,
        "x-subject": subject,
        "x-fingerprint": policy.fingerprint,
        "type": "object",
        "additionalProperties": False,
        "properties": {spec.name: _property(spec) for spec in policy.facts_of(subject)},
    }


def _property(spec: FactSpec) -> dict[str, Any]:
    kind = _value(spec)
    if spec.bounds:
        nullable = {"anyOf": [kind, {"type": "null"}]}
        pair = {"type": "object", "properties": {"low": nullable, "high": nullable}, "additionalProperties": False}
        listed = {"type": "array", "prefixItems": [nullable, nullable], "minItems": 2, "maxItems": 2}
        kind = {"anyOf": [kind, pair, listed, {"type": "null"}]}
    else:
        kind = {"anyOf": [kind, {"type": "null"}]}
    notes = {"title": spec.label, "description": spec.label_en, "x-source": spec.source}
    notes |= {"x-supplied-by": spec.supplied_by, "x-privacy": spec.privacy}
    return notes | ({"x-unit": spec.unit or "fen"} if spec.unit or spec.type == "fen" else {}) | kind


def _value(spec: FactSpec) -> dict[str, Any]:
    simple: dict[str, dict[str, Any]] = {
        "boolean": {"type": "boolean"},
        "integer": {"type": "integer"},
        "fen": {"type": "integer", "minimum": 0},
        "date": {"type": "string", "format": "date"},
        "month": {"type": "string", "pattern": _MONTH_PATTERN},
        "text": {"type": "string"},
        "code": {"enum": list(spec.choices)},
        "codes": {"type": "array", "items": {"enum": list(spec.choices)}, "uniqueItems": True},
    }
    reason = {"anyOf": [{"type": "string"}, {"type": "object", "required": ["reason"]}]}
    return simple.get(spec.type) or {"type": "object", "additionalProperties": reason}


class Column(NamedTuple):
    """One column of a table: its Chinese header, the fact slot it fills, and what to write."""

    header: str
    slot: str
    spec: FactSpec
    hint: str


_UNITS = {
    "months": "个月",
    "days": "天",
    "working_days": "工作日",
    "persons": "人",
    "points": "分",
    "items": "题",
    "times": "次",
    "places": "个",
    "photos": "张",
    "percent": "%",
    "years": "年",
    "hours": "小时",
    "minutes": "分钟",
    "seconds": "秒",
    "class_hours": "课时",
    "basis_points": "万分之一",
    "projects": "个",
    "bases": "个",
    "grade": "级",
    "certificates": "本",
    "courses": "门",
    "classes": "期",
    "topics": "项",
    "teachers": "人",
    "seminars": "期",
    "parts": "项",
    "weeks": "周",
    "enterprises": "家",
    "institutions": "家",
    "platforms": "个",
    "reports": "份",
    "square_metres": "平方米",
    "metres": "米",
    "copies": "份",
}
_HINTS = {
    "boolean": "是 / 否",
    "integer": "整数",
    "fen": "金额，单位元，最多两位小数",
    "date": "日期，如 2020-09-15",
    "month": "月份，如 2020-09",
    "text": "文字",
    "code": "从下拉列表选择",
    "codes": "可多选，用顿号分隔",
}


def columns(policy: Policy, subject: str) -> list[Column]:
    """Return the columns of the Excel template. Money is written in yuan there and read back into exact fen."""
    found = []
    for spec in policy.facts_of(subject):
        if spec.type == "reasons":
            continue
        unit = "元" if spec.type == "fen" else _UNITS.get(spec.unit, "")
        header = f"{spec.label}（{unit}）" if unit else spec.label
        hint = spec.help or _HINTS[spec.type]
        if spec.type == "codes":
            hint = f"{hint}：{'、'.join(spec.choices.values())}"
        found.append(Column(header, spec.name, spec, hint))
        if spec.bounds:
            found[-1] = Column(header, spec.name, spec, hint + "；记录不完整时填可以确认的数")
            found.append(Column(f"{header}（最多可能）", spec.slots[1], spec, "记录不完整时才填"))
    return found


def yuan_to_fen(value: Any) -> int:
    """Return exact fen of an amount in yuan (text, int, or a spreadsheet's float). ValueError in Chinese."""
    if isinstance(value, bool):
        raise ValueError("应填金额，单位元")
    try:
        fen = Decimal(str(value).replace(",", "").replace("，", "").removesuffix("元").strip()) * _FEN_PER_YUAN
    except InvalidOperation:
        raise ValueError("应填金额，单位元，如 1800 或 1800.50") from None
    if not fen.is_finite() or fen != fen.to_integral_value():
        raise ValueError("金额最多两位小数")
    if fen < 0:
        raise ValueError("金额不能为负数")
    return int(fen)
