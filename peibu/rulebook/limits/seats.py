"""What a granted claim takes under each limit: the places a database can hold so that two claims at once cannot both win."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from peibu.rulebook.limits.facts import limits_of, places_on
from peibu.rulebook.limits.matching import Row, day_of, months_of, period_of
from peibu.rulebook.limits.model import NONE, Limit
from peibu.rulebook.scalar import shift_months

if TYPE_CHECKING:
    from peibu.rulebook.policy import Policy

EVERYWHERE = "*"
_UNKNOWN = "?"


@dataclass(frozen=True)
class Seat:
    """A place to take. Standing seats of the same (scope, code, key) meet each other.

    scope: the policy, or `*` when all programmes count. key: the compared columns and the window, no personal number.
    maximum: how many may stand by the law of the day, None when only the order or the side matters; parameter: the number
    it comes from. rank: position in the code list of `above`. side: the value of `differs`. until: first day outside a
    moving window.
    """

    code: str
    scope: str
    key: str
    day: date
    maximum: int | None = None
    parameter: str = ""
    rank: int | None = None
    side: str = ""
    until: date | None = None


def seats_of(policy: Policy, subject: str, claim: Row, judged: Mapping[str, Any] | None = None) -> list[Seat]:
    """Return the seats a claim takes once it is granted, in the order of limits.yaml.

    claim: the columns of ADR 0011. judged: the facts {slot: value} of a determination that passes. Where it passes though
    the limit is full (a soft limit with a recorded reason, another reading, an exception), the seat is kept without a
    number, order or side: it is counted, and stands in nobody's way twice. A limit that would not count this claim later (`only`, a column it does not have, a day
    outside the policy's period) takes no seat, nor does a limit that states neither places nor an order.
    """
    claim, found = {"programme": policy.path, **claim}, []
    for limit in limits_of(policy, subject):
        seat = _seat(policy, limit, claim)
        if seat is not None:
            full = (judged or {}).get(limit.slots[1])
            beyond = full is not None and full >= (seat.maximum or 1)
            found.append(replace(seat, maximum=None, rank=None, side="", until=None) if beyond else seat)
    return found


def key_of(policy: Policy, limit: Limit, claim: Row) -> str:
    """Return the compared columns of a claim and its window as one text."""
    parts = [f"{column}={claim.get(column) or _UNKNOWN}" for column in limit.same]
    if limit.window == "calendar_year":
        parts.append(f"year={day_of(claim['at']).year}")
    elif limit.window == "policy":
        parts.append(f"since={period_of(policy)[0].isoformat()}")
    return ";".join(parts)


def scope_of(policy: Policy, limit: Limit) -> str:
    """Return the policy whose grants count, or `*`."""
    return policy.path if limit.programmes == "own" else EVERYWHERE


def _seat(policy: Policy, limit: Limit, claim: Row) -> Seat | None:
    ordered = limit.above is not None or bool(limit.differs)
    if limit.ranks or (limit.places is None and not ordered) or not _would_count(policy, limit, claim):
        return None
    day = day_of(claim["at"])
    maximum = None if ordered else places_on(policy, limit, day)
    months = months_of(policy, limit, day)
    return Seat(
        limit.name,
        scope_of(policy, limit),
        key_of(policy, limit, claim),
        day,
        maximum,
        limit.places if isinstance(limit.places, str) and maximum is not None else "",
        limit.above.rank(claim.get(limit.above.column)) if limit.above else None,
        "|".join(str(claim.get(column) or _UNKNOWN) for column in limit.differs),
        shift_months(day, months) if months else None,
    )


def _would_count(policy: Policy, limit: Limit, claim: Row) -> bool:
    if any(claim.get(column) == NONE for column in (*limit.same, *limit.differs)):
        return False
    if any(claim.get(column) not in values for column, values in (limit.only or {}).items()):
        return False
    first, last = period_of(policy)
    return limit.window != "policy" or first <= day_of(claim["at"]) <= last
