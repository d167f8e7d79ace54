"""What the scores of an application amount to. Shares are exact fractions; nothing is rounded before it is compared."""

import dataclasses
from collections.abc import Sequence
from fractions import Fraction

from peibu.accreditation.enums import SeatState
from peibu.accreditation.models import Application, Panel, Score

FIRST, MODERATION = 1, 2


@dataclasses.dataclass(frozen=True)
class Result:
    """The evaluation so far. `percent` and `spread` are None while scores are missing; then nothing is passed.

    scores: those that count (the last complete round); waiting: how many are still missing in the running round.
    """

    round: int
    scores: Sequence[Score]
    waiting: int
    percent: Fraction | None
    spread: Fraction | None
    passed: bool | None

    @property
    def complete(self) -> bool:
        return self.percent is not None

    @property
    def shown(self) -> str:
        """The percentage for the eye, cut to two places and never rounded up over a limit."""
        return "" if self.percent is None else f"{int(self.percent * 100) // 100}.{int(self.percent * 100) % 100:02d}"


def panel_of(application: Application) -> Panel | None:
    return Panel.objects.filter(call_id=application.call_id).first()


def _scores(application: Application, round: int) -> list[Score]:
    rows = application.scores.filter(round=round, seat__state=SeatState.SEATED)
    return list(rows.select_related("seat").order_by("seat__rank"))


def percent_of(score: Score) -> Fraction:
    return Fraction(score.total * 100, score.out_of)


def spread_of(scores: Sequence[Score]) -> Fraction:
    """Between the highest and the lowest, in percentage points."""
    shares = [percent_of(score) for score in scores]
    return max(shares) - min(shares)


def round_of(application: Application) -> int:
    """Which round runs: the moderation, once everybody has scored and the first scores lie too far apart."""
    panel = panel_of(application)
    if panel is None:
        return FIRST
    first = _scores(application, FIRST)
    if len(first) < panel.seats:
        return FIRST
    return MODERATION if spread_of(first) > panel.spread_percent else FIRST


def result_of(application: Application) -> Result:
    """Waiting, or the mean of the scores that count against the pass mark of the panel."""
    panel = panel_of(application)
    running = round_of(application)
    scores = _scores(application, running)
    seats = panel.seats if panel and panel.drawn_at else None
    if seats is None or len(scores) < seats:
        return Result(running, [], (seats or 0) - len(scores), None, None, None)
    percent = sum((percent_of(score) for score in scores), Fraction(0)) / len(scores)
    return Result(running, scores, 0, percent, spread_of(scores), percent >= panel.pass_percent)


def open_scores(application: Application) -> list[Score]:
    """The first-round scores once all are in: before that nobody sees anybody's (blind)."""
    panel = panel_of(application)
    first = _scores(application, FIRST)
    return first if panel is not None and panel.drawn_at and len(first) >= panel.seats else []
