"""A learner's days as strips of 24 hours: what the page draws, in per cent of the day."""

import dataclasses
import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext as _

from peibu.learning.enums import Grade, TraceKind
from peibu.learning.models import LearningTrace
from peibu.learning.queries.timeline import Bar, DayRow
from peibu.learning.tables import CHINA

DAY = 86400
COLOURS = 5
MINUTE, HOUR = 60, 3600


@dataclasses.dataclass(frozen=True)
class Drawn:
    """A rectangle of a stretch: place and width in per cent, lane 0 or 1, class of its colour, and its words."""

    x: str
    width: str
    lane: int
    colour: str
    reported: bool
    words: str


@dataclasses.dataclass(frozen=True)
class Mark:
    """A small sign at a moment: kind (test, question, check) and whether it went well."""

    x: str
    kind: str
    good: bool
    words: str


@dataclasses.dataclass(frozen=True)
class Strip:
    """One day of the page."""

    day: dt.date
    bars: list[Drawn]
    marks: list[Mark]
    credited: str
    signals: list
    gap: int


def duration(seconds: Decimal | float) -> str:
    """Hours and minutes in words."""
    minutes = int(seconds) // MINUTE
    if minutes >= MINUTE:
        return _("%(h)d小时%(m)d分") % {"h": minutes // MINUTE, "m": minutes % MINUTE}
    return _("%(m)d分钟") % {"m": minutes}


def _at(moment: dt.datetime) -> float:
    local = moment.astimezone(CHINA)
    return local.hour * HOUR + local.minute * MINUTE + local.second


def _percent(seconds: float) -> str:
    return f"{seconds * 100 / DAY:.3f}%"


class Painter:
    """Draws days; `names` = (platform, course) -> words for those the reader may see, anything else is "another"."""

    def __init__(self, names: dict[tuple[UUID, str], str], shown: Sequence[UUID]):
        self.names = names
        self.colours = {unit: f"pl-{at % COLOURS + 1}" for at, unit in enumerate(shown)}

    def name(self, tenant: UUID, course: str) -> str:
        return self.names.get((tenant, course)) or _("其他平台")

    def colour(self, tenant: UUID) -> str:
        return self.colours.get(tenant, "pl-0")

    def strips(self, days: Sequence[DayRow], signals: dict[dt.date, list]) -> list[Strip]:
        """All days in order; `gap` = days without anything before this one."""
        found, before = [], None
        for row in days:
            gap = (row.day - before).days - 1 if before else 0
            found.append(
                Strip(
                    row.day, self.bars(row.bars), [self.mark(one) for one in row.marks], duration(row.seconds),
                    signals.get(row.day, []), gap,
                )
            )  # fmt: skip
            before = row.day
        return found

    def bars(self, bars: Sequence[Bar]) -> list[Drawn]:
        """Stretches at the same time stand in two lanes."""
        drawn, end = [], None
        for bar in bars:
            lane = 1 if end is not None and bar.begins < end else 0
            end = bar.ends if lane == 0 else max(end, bar.ends)
            length = (bar.ends - bar.begins).total_seconds()
            drawn.append(
                Drawn(
                    _percent(_at(bar.begins)), _percent(max(length, 240)), lane, self.colour(bar.row.tenant),
                    bar.row.grade == Grade.REPORTED, self.bar_words(bar),
                )
            )  # fmt: skip
        return drawn

    def bar_words(self, bar: Bar) -> str:
        """When, where, how well proven, and what another stretch had already."""
        ends = "24:00" if bar.ends.date() > bar.begins.date() else f"{bar.ends:%H:%M}"
        words = _("%(from)s—%(to)s %(name)s（%(grade)s）") % {
            "from": f"{bar.begins:%H:%M}", "to": ends, "name": self.name(bar.row.tenant, bar.row.course),
            "grade": Grade(bar.row.grade).label,
        }  # fmt: skip
        if bar.row.lost >= MINUTE:
            words += _("，与其他学习重叠%(time)s不计") % {"time": duration(bar.row.lost)}
        return words

    def mark(self, row: LearningTrace) -> Mark:
        kind = {
            TraceKind.TEST: "test",
            TraceKind.DONE: "test",
            TraceKind.CHECK: "check",
            TraceKind.PHOTO: "check",
        }.get(row.kind, "question")
        result = {True: _("合格"), False: _("不合格"), None: ""}[row.success]
        if row.kind == TraceKind.CHECK:
            result = _("通过") if row.success else _("未通过")
        words = f"{row.ts.astimezone(CHINA):%H:%M} {TraceKind(row.kind).label}"
        return Mark(_percent(_at(row.ts)), kind, row.success is not False, f"{words}：{result}" if result else words)
