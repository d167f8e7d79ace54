"""Papers of a class: 签到表 (empty cells to sign) and 花名册. Both belong to the training archive (QD97.6.2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from peibu.papers.errors import FieldRefused
from peibu.papers.qr import qr_picture
from peibu.papers.typesetting import typeset
from peibu.papers.wording import day

SESSIONS_PER_SHEET = 6


@dataclass(frozen=True, kw_only=True)
class SignInSession:
    """One session: its day, its part of the day (上午), its time (9:00–12:00) and what is taught."""

    held_on: date
    part: str
    time: str
    topic: str = ""


@dataclass(frozen=True, kw_only=True)
class SignInSheetData:
    """``fields`` are label and value pairs above the table (班级, 培训地点 ...); ``persons`` name and employer."""

    class_title: str
    fields: Sequence[tuple[str, str]]
    sessions: Sequence[SignInSession]
    persons: Sequence[tuple[str, str]]
    printed_on: date
    title: str = "培训班签到表"
    check_in_url: str = ""


@dataclass(frozen=True, kw_only=True)
class RosterColumn:
    """A column of text: ``weight`` is its share of the width."""

    title: str
    weight: float = 1
    align: Literal["left", "center", "right"] = "center"


@dataclass(frozen=True, kw_only=True)
class RosterData:
    """``rows`` hold one text per column; the running number is added. ``sign_off`` are the labels under the table."""

    title: str
    fields: Sequence[tuple[str, str]]
    columns: Sequence[RosterColumn]
    rows: Sequence[Sequence[str]]
    printed_on: date
    sign_off: Sequence[str] = ("单位（盖章）：", "负责人：", "经办人：")


def signin_sheet_pdf(sheet: SignInSheetData) -> bytes:
    """Landscape A4, six sessions a sheet, the same persons on each. Raises FieldRefused, GlyphGap, FontsMissing."""
    if not sheet.persons or not sheet.sessions:
        raise FieldRefused("签到表缺少学员或课次，无法生成。请先完成报名和课程表。")
    sheets = [
        [_session(session) for session in sheet.sessions[start : start + SESSIONS_PER_SHEET]]
        for start in range(0, len(sheet.sessions), SESSIONS_PER_SHEET)
    ]
    payload = {
        "title": sheet.title,
        "class_title": sheet.class_title,
        "fields": [list(pair) for pair in sheet.fields],
        "sessions": sheets,
        "persons": [list(person) for person in sheet.persons],
        "printed_on": day(sheet.printed_on),
        "qr": "qr.svg" if sheet.check_in_url else None,
    }
    pictures = {"qr.svg": qr_picture(sheet.check_in_url)} if sheet.check_in_url else {}
    return typeset("signin_sheet", payload, dated=sheet.printed_on, pictures=pictures)


def roster_pdf(roster: RosterData) -> bytes:
    """Landscape A4, heads repeated. Raises FieldRefused (also for a row of wrong length), GlyphGap, FontsMissing."""
    wrong = [str(number) for number, row in enumerate(roster.rows, start=1) if len(row) != len(roster.columns)]
    if wrong:
        raise FieldRefused(f"花名册第 {'、'.join(wrong[:20])} 行的栏数与表头不一致，文件未生成；请检查名单。")
    if not roster.rows:
        raise FieldRefused("花名册没有人员，无法生成。请先录入名单。")
    payload: dict[str, Any] = {
        "title": roster.title,
        "fields": [list(pair) for pair in roster.fields],
        "columns": [{"title": c.title, "weight": c.weight, "align": c.align} for c in roster.columns],
        "rows": [list(row) for row in roster.rows],
        "sign_off": list(roster.sign_off),
        "printed_on": day(roster.printed_on),
    }
    return typeset("roster", payload, dated=roster.printed_on)


def _session(session: SignInSession) -> dict[str, str]:
    return {
        "held_on": f"{session.held_on.month}月{session.held_on.day}日",
        "part": session.part,
        "time": session.time,
        "topic": session.topic,
    }
