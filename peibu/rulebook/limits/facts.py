"""The facts of one claim that its limits ask for: how many earlier grants, which ones, and when there is room again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from peibu.rulebook.errors import NotInForce
from peibu.rulebook.limits.matching import Row, Test, day_of, matcher, months_of, period_of
from peibu.rulebook.limits.model import Limit
from peibu.rulebook.limits.notes import tell
from peibu.rulebook.scalar import shift_months

if TYPE_CHECKING:
    from peibu.rulebook.policy import Policy


class Counted(NamedTuple):
    """What a limit found: the certain and the possible number, and the grants behind them, certain ones first."""

    low: int
    high: int
    grants: tuple[Row, ...]


def limits_of(policy: Policy, subject: str) -> list[Limit]:
    """Return the limits whose facts a subject asks for, in the order of limits.yaml."""
    asked = {spec.name for spec in policy.facts_of(subject)}
    return [limit for name, limit in policy.limits.items() if name in asked]


def limit_facts(
    policy: Policy, subject: str, claim: Row, grants: Iterable[Row], *, lang: str = "zh"
) -> dict[str, Any]:
    """Return {fact: (low, high)} for one claim against the grants that stand before it.

    claim, grants: rows with the columns of `COLUMNS` (ADR 0011); `at` is a date or a naive local datetime, an absent
    `programme` of the claim is this policy. A grant counts whichever day it bears, as long as the window holds
    it: it stands already. A grant with `certain` false, or with a compared column that is not known, is possible only.
    The claim's own grant (same id) does not count. Facts named by `note` and `free_on` are filled where something
    stands in the way. A limit that ranks candidates is left out: it needs all candidates (`fold`).
    """
    claim = {"programme": policy.path, **claim}
    standing, found = list(grants), {}
    asked = {spec.name for spec in policy.facts_of(subject)}
    for limit in limits_of(policy, subject):
        if limit.ranks:
            continue
        counted = count(matcher(policy, limit, day_of(claim["at"])), claim, standing)
        found[limit.name] = (counted.low, counted.high)
        found |= companions(policy, limit, claim, counted, standing, asked, lang)
    return found


def count(matches: Test, claim: Row, grants: Iterable[Row]) -> Counted:
    """Count the grants that match a claim, for certain and possibly."""
    sure, open_ = [], []
    for grant in grants:
        match = matches(claim, grant) if grant["id"] != claim["id"] else False
        if match and grant.get("certain", True):
            sure.append(grant)
        elif match is not False:
            open_.append(grant)
    return Counted(len(sure), len(sure) + len(open_), (*sure, *open_))


def companions(
    policy: Policy, limit: Limit, claim: Row, counted: Counted, grants: Sequence[Row], asked: set[str], lang: str
) -> dict[str, Any]:
    """Return the facts beside the number: the earlier grants in words (of this person), the first day with room."""
    found: dict[str, Any] = {}
    if limit.note in asked and limit.of_person and counted.grants:
        found[limit.note] = tell(policy, counted.grants, counted.low, lang)
    if limit.free_on in asked and _is_full(policy, limit, claim, counted):
        day = free_on(policy, limit, claim, grants)
        found |= {limit.free_on: day} if day else {}
    return found


def places_on(policy: Policy, limit: Limit, on: date) -> int:
    """Return how many may stand by the law of a day. NotInForce when the number has no value then."""
    return policy.value(limit.places, on) if isinstance(limit.places, str) else limit.places or 0


def _is_full(policy: Policy, limit: Limit, claim: Row, counted: Counted) -> bool:
    moves_on = limit.places is not None and limit.window in ("calendar_year", "months")
    return moves_on and counted.high > 0 and counted.high >= places_on(policy, limit, day_of(claim["at"]))


def free_on(policy: Policy, limit: Limit, claim: Row, grants: Sequence[Row]) -> date | None:
    """Return the first later day on which the claim has room for certain; None when there is none.

    For a limit with `places` and a window that moves on (a calendar year, a number of months).
    """
    today, last = day_of(claim["at"]), period_of(policy)[1]
    days = (day for day in _turning_days(policy, limit, today, grants) if today < day <= last)
    return next((day for day in sorted(days) if _has_room(policy, limit, claim, grants, day)), None)


def _has_room(policy: Policy, limit: Limit, claim: Row, grants: Sequence[Row], on: date) -> bool:
    try:
        counted = count(matcher(policy, limit, on), {**claim, "at": on}, grants)
        return counted.high < places_on(policy, limit, on)
    except NotInForce:
        return False


def _turning_days(policy: Policy, limit: Limit, today: date, grants: Sequence[Row]) -> set[date]:
    days = [today, *(day_of(grant["at"]) for grant in grants)]
    if limit.window == "calendar_year":
        return {date(day.year + 1, 1, 1) for day in days if day.year < date.max.year}
    months = months_of(policy, limit, today)
    return {shift_months(day, months) for day in days}
