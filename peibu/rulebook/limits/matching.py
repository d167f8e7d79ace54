"""Does an earlier grant count against a claim? Three values: a column that is not known leaves it open."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from peibu.rulebook.limits.model import NONE, Above, Limit
from peibu.rulebook.scalar import shift_months

if TYPE_CHECKING:
    from peibu.rulebook.policy import Policy

Row = Mapping[str, Any]
Test = Callable[[Row, Row], bool | None]


def day_of(at: date | datetime) -> date:
    """Return the day of a moment."""
    return at.date() if isinstance(at, datetime) else at


def period_of(policy: Policy) -> tuple[date, date]:
    """Return the first and last day of the document; the last possible day when it names none."""
    card = policy.card["in_force"]
    return card["from"], card.get("until") or date.max


def months_of(policy: Policy, limit: Limit, on: date) -> int:
    """Return the length of a moving window by the law of a day, 0 for other windows. NotInForce when it has none."""
    return policy.value(limit.months, on) if limit.months else 0


def matcher(policy: Policy, limit: Limit, on: date) -> Test:
    """Return the test (claim, grant) of a limit by the law of the day `on`: True, False, or None when not known."""
    tests: list[Test] = [_window(policy, limit, months_of(policy, limit, on))]
    tests += [_equal(column) for column in limit.same]
    tests += [_different(column, (limit.only or {}).get(column)) for column in limit.differs]
    tests += [_among(column, values) for column, values in (limit.only or {}).items()]
    if limit.programmes == "own":
        tests.append(_among("programme", (policy.path,)))
    if limit.above:
        tests.append(_higher(limit.above))

    def matches(claim: Row, grant: Row) -> bool | None:
        result: bool | None = True
        for test in tests:
            one = test(claim, grant)
            if one is False:
                return False
            if one is None:
                result = None
        return result

    return matches


def _pair(column: str, test: Callable[[Any, Any], bool | None]) -> Test:
    """Compare a column of both rows; what has no such thing (`-`) matches nothing, what is not known is open."""

    def compared(claim: Row, grant: Row) -> bool | None:
        mine, other = claim.get(column), grant.get(column)
        if NONE in (mine, other):
            return False
        return None if mine is None or other is None else test(mine, other)

    return compared


def _equal(column: str) -> Test:
    return _pair(column, lambda mine, other: mine == other)


def _different(column: str, group: tuple[str, ...] | None) -> Test:
    """Another value than the claim's. With `only` on the same column the claim must be of that group as well."""
    return _pair(column, lambda mine, other: mine != other and (group is None or mine in group))


def _higher(above: Above) -> Test:
    def higher(mine: str, other: str) -> bool | None:
        low, high = above.rank(mine), above.rank(other)
        return None if low is None or high is None else high > low

    return _pair(above.column, higher)


def _among(column: str, values: tuple[str, ...]) -> Test:
    def among(_claim: Row, grant: Row) -> bool | None:
        value = grant.get(column)
        return None if value is None else value in values

    return among


def _window(policy: Policy, limit: Limit, months: int) -> Test:
    if limit.window == "calendar_year":
        return lambda claim, grant: claim["at"].year == grant["at"].year
    if limit.window == "policy":
        first, last = period_of(policy)
        return lambda _claim, grant: first <= day_of(grant["at"]) <= last
    if limit.window == "months":
        return lambda claim, grant: within_months(day_of(claim["at"]), day_of(grant["at"]), months)
    return lambda _claim, _grant: True


def within_months(one: date, other: date, months: int) -> bool:
    """Do both days lie in one stretch of so many months? The day on which they are complete lies outside."""
    return shift_months(min(one, other), months) > max(one, other)
