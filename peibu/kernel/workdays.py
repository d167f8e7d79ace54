"""Working days of the State Council's calendar: a table of exceptions to Monday-Friday, year by year.

The rule everywhere: the day of the event is not counted, and a deadline ends with the end of its last working day.
A year without a published table is refused, never guessed.
"""

from __future__ import annotations

import csv
import io
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from functools import cache
from importlib.resources import files

from peibu.kernel.errors import PeibuError, Refused

_KINDS = {"holiday": False, "workday": True}


class CalendarYearMissing(PeibuError):
    """A computation needs a year whose working-day table is not loaded."""

    default_code = "calendar_year_missing"

    def __init__(self, year: int, region: str = "", *_: str) -> None:
        super().__init__(
            f"{year} 年的工作日安排尚未载入（待国务院通知），不能推算该年的工作日",
            remedy=f"国务院办公厅发布 {year} 年节假日安排后，请管理员导入该年日历再办理",
        )
        self.year = year
        self.region = region

    def __reduce__(self) -> tuple[type, tuple[int, str]]:
        return type(self), (self.year, self.region)


class Calendar:
    """Working days of the covered `years`; `days` maps the exceptional dates to True (work) or False (off).

    Immutable. `version` and `region` name the table, so that a computed deadline can say which one it rests on.
    """

    def __init__(self, days: Mapping[date, bool], years: Iterable[int], version: str, region: str = "全国") -> None:
        self._days = dict(days)
        self.years = frozenset(years)
        self.version = version
        self.region = region
        stray = sorted(day for day in self._days if day.year not in self.years)
        if stray:
            raise ValueError(f"exceptions outside the covered years: {stray[:3]}")
        self._worked = [
            day
            for year in sorted(self.years)
            for day in (date(year, 1, 1) + timedelta(step) for step in range(366))
            if day.year == year and self._days.get(day, day.weekday() < 5)
        ]

    def overlay(
        self, days: Mapping[date, bool], *, version: str, region: str = "", years: Iterable[int] = ()
    ) -> Calendar:
        """A new calendar with further exceptions on top: a later notice, a region's own days, or whole new years."""
        return Calendar({**self._days, **days}, self.years | set(years), version, region or self.region)

    def is_workday(self, day: date) -> bool:
        """Whether offices work on that day. Raises CalendarYearMissing."""
        self._need(day, day)
        return self._days.get(day, day.weekday() < 5)

    def add_workdays(self, day: date, count: int) -> date:
        """The `count`-th working day after `day` (before it when negative); 0 gives `day` itself.

        Raises CalendarYearMissing when the count enters or crosses a year that is not covered.
        """
        self._need(day, day)
        if count == 0:
            return day
        after = bisect_right(self._worked, day)
        place = after + count - 1 if count > 0 else self._first_not_before(day, after) + count
        if not 0 <= place < len(self._worked):
            self._need(
                *((day, date(max(self.years) + 1, 1, 1)) if count > 0 else (date(min(self.years) - 1, 1, 1), day))
            )
        found = self._worked[place]
        self._need(min(day, found), max(day, found))
        return found

    def workdays_between(self, start: date, end: date) -> int:
        """Working days after `start` up to and including `end`; negative when `end` lies before `start`.

        Negative is the count of days overdue: working days after `end` up to and including `start`.
        """
        self._need(min(start, end), max(start, end))
        return bisect_right(self._worked, end) - bisect_right(self._worked, start)

    def deadline(self, start: date, count: int) -> date:
        """Last day of a period of `count` (at least 1) working days that an event on `start` opens; its end counts."""
        if count < 1:
            raise ValueError("a deadline needs at least one working day")
        return self.add_workdays(start, count)

    def nth_workday_before(self, day: date, count: int) -> date:
        """The `count`-th (at least 1) working day before `day`, which is itself not counted."""
        if count < 1:
            raise ValueError("count from one")
        return self.add_workdays(day, -count)

    def _first_not_before(self, day: date, after: int) -> int:
        return after - 1 if after and self._worked[after - 1] == day else after

    def _need(self, first: date, last: date) -> None:
        for year in range(first.year, last.year + 1):
            if year not in self.years:
                raise CalendarYearMissing(year, self.region)


def read_exceptions(text: str) -> tuple[dict[date, bool], frozenset[int]]:
    """The exceptional days and covered years of a CSV (date, kind = holiday or workday, occasion).

    A year counts as covered when it has any row. Raises Refused, naming the line, for a wrong or repeated date, an
    unknown kind, or a row that is no exception (a workday on a Monday is a slip of the pen).
    """
    days: dict[date, bool] = {}
    for line, row in enumerate(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))), start=2):
        try:
            day = date.fromisoformat((row.get("date") or "").strip())
        except ValueError:
            raise _bad_line(line, f"日期“{row.get('date')}”无效", "日期请写成 2026-10-10 的形式")
        kind = (row.get("kind") or "").strip()
        if kind not in _KINDS:
            raise _bad_line(line, f"类型“{kind}”无效", "类型只能是 holiday（放假）或 workday（上班）")
        if day in days:
            raise _bad_line(line, f"{day} 重复出现", "每个日期只写一行")
        if _KINDS[kind] == (day.weekday() < 5):
            raise _bad_line(
                line, f"{day} 本来就是{'工作日' if _KINDS[kind] else '周末'}", "只写与周一至周五不同的日期"
            )
        days[day] = _KINDS[kind]
    if not days:
        raise Refused("日历文件里没有任何日期", code="calendar_file", remedy="请按 date,kind,occasion 三列提供")
    return days, frozenset(day.year for day in days)


def _bad_line(line: int, what: str, remedy: str) -> Refused:
    return Refused(f"日历文件第 {line} 行：{what}", code="calendar_file", remedy=remedy)


@cache
def default_calendar() -> Calendar:
    """The national calendar shipped with Peibu: 2004-2026, with make-up days and the extended Spring Festival 2020."""
    text = files("peibu.kernel").joinpath("workday_years", "cn.csv").read_text(encoding="utf-8")
    days, years = read_exceptions(text)
    return Calendar(days, years, version=f"cn-{max(years)}")
