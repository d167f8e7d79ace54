"""Seconds into class hours by the unit a policy sets (JN6.6.1b)."""

import dataclasses
import datetime as dt
import math
from decimal import Decimal

from peibu.rulebook import NotInForce, Policy

MINUTE = 60


@dataclasses.dataclass(frozen=True)
class HourUnit:
    """Minutes of a class hour, and minutes of a remainder that count as one more."""

    minutes: int
    remainder: int

    def __post_init__(self):
        if not 0 < self.remainder <= self.minutes:
            raise ValueError(f"a remainder of {self.remainder} minutes does not fit an hour of {self.minutes}")

    def hours(self, seconds: Decimal | int) -> int:
        """Class hours of so many seconds of one course: rounded once, so ask with the total and never part by part."""
        full, rest = divmod(int(seconds), self.minutes * MINUTE)
        return full + (rest >= self.remainder * MINUTE)

    def seconds_for(self, hours: Decimal | int) -> int:
        """The least seconds that give so many class hours (a broken number counts as the next full one)."""
        full = math.ceil(hours)
        return max(0, (full - 1) * self.minutes + self.remainder) * MINUTE if full else 0


def hour_unit(policy: Policy, *, on: dt.date) -> HourUnit | None:
    """The unit of a policy on a day; None when its document sets none."""
    if "class_hour_minutes" not in policy.parameters:
        return None
    try:
        return HourUnit(int(policy.value("class_hour_minutes", on=on)), int(policy.value("remainder_minutes", on=on)))
    except NotInForce:
        return None
