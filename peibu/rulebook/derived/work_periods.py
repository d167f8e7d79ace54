"""Work history -> days worked in one occupation, each day counted once (WH63.2.2b)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from peibu.rulebook.derived.kinds import PERSON, Case, Column, RecordKind, Records, Row

Span = tuple[date, date]


def days_covered(spans: Iterable[Span]) -> int:
    """Return how many days the spans (both ends counted) cover together; overlaps count once."""
    days, reach = 0, None
    for first, last in sorted((start.toordinal(), end.toordinal()) for start, end in spans):
        start = first if reach is None else max(first, reach + 1)
        days += max(last - start + 1, 0)
        reach = last if reach is None else max(reach, last)
    return days


def derive(records: Records, case: Case) -> dict[str, Any]:
    """Return the days worked up to the application: on what is certain, and on what is possible.

    An unknown end is possible up to the day, certain for the first day only. An unknown start, a row of an unknown
    occupation without one, or a history that does not reach back leaves the possible number without limit.
    """
    code, day = case.facts["occupation_code"], case.days["day"]
    certain: list[Span] = []
    possible: list[Span] = []
    since, until = records.covered or (None, None)
    limitless = not records.complete or since is not None
    for row in records.rows:
        if row.get("occupation") in (None, code):
            sure, maybe = _spans(row, day)
            limitless |= row.get("starts_on") is None
            certain += [] if row.get("occupation") is None else _clip(sure, day)
            possible += _clip(maybe, day)
    if until is not None and until < day:
        possible.append((date.fromordinal(until.toordinal() + 1), day))
    first = min((start for start, _end in certain), default=None)
    earlier = limitless or any(first is None or start < first for start, _end in possible)
    high = None if limitless else days_covered([*certain, *possible])
    return {
        "occupation_work_days": (days_covered(certain), high),
        "occupation_work_from": None if earlier else first,
    }


def _spans(row: Row, day: date) -> tuple[Span | None, Span | None]:
    """Return the days certainly worked and the days possibly worked."""
    start, end = row.get("starts_on"), row.get("ends_on")
    if end is None and row.get("ongoing"):
        end = day
    if start is None:
        span = None if end is None else (end, end)
        return span, span
    return ((start, start), (start, day)) if end is None else ((start, end), (start, end))


def _clip(span: Span | None, day: date) -> Iterator[Span]:
    if span is not None and span[0] <= min(span[1], day):
        yield span[0], min(span[1], day)


def _check(row: Row) -> str | None:
    start, end = row.get("starts_on"), row.get("ends_on")
    if start is not None and end is not None and end < start:
        return "结束日期早于开始日期，请核对"
    if end is not None and row.get("ongoing"):
        return "填了结束日期就不能再填“至今”，请保留一项"
    return None


KIND = RecordKind(
    name="work_periods",
    label="从事职业经历",
    label_en="periods of work",
    key=PERSON,
    columns=(
        Column(
            "occupation",
            "text",
            "职业（工种）编码",
            "occupation code",
            also=("职业编码", "工种编码"),
            help="不知道时留空",
        ),
        Column("starts_on", "date", "开始日期", "starts on", help="不知道时留空"),
        Column("ends_on", "date", "结束日期", "ends on", help="仍在从事的留空，并在“至今”填“是”"),
        Column("ongoing", "boolean", "至今", "ongoing", help="是 / 否；结束日期和至今都空白表示结束日期不明"),
        Column("employer", "text", "单位名称", "employer", also=("用人单位",)),
    ),
    gives={"occupation_work_days": ("occupation_code",), "occupation_work_from": ("occupation_code",)},
    days={"day": ("applied_on", "enrolled_on", "claimed_on")},
    derive=derive,
    check=_check,
)
