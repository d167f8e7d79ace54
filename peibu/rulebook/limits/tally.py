"""Grants kept so that the next claim is counted quickly: by person, and for quotas as running numbers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING

from peibu.rulebook.limits.facts import Counted, count
from peibu.rulebook.limits.matching import Row, Test, matcher
from peibu.rulebook.limits.model import NONE, Limit

if TYPE_CHECKING:
    from peibu.rulebook.policy import Policy

_EVER = 0
_NOTHING = Counted(0, 0, ())


class Quota:
    """The grants of a limit that counts everybody: (certain, possible) by key and year.

    Grants with an unknown column, and limits that must look at each pair, are kept as rows and compared one by one.
    """

    def __init__(self, policy: Policy, limit: Limit):
        self._limit = limit
        self._by_pair = bool(limit.above or limit.differs or limit.window == "months")
        # Once its key is fixed, whether a grant counts does not depend on the claim: it is tested against itself.
        self._own = None if self._by_pair else matcher(policy, limit, policy.card["in_force"]["from"])
        self._numbers: dict[tuple, list[int]] = defaultdict(lambda: [0, 0])
        self._rows: list[Row] = []
        self._all: list[Row] = []

    def _key(self, row: Row) -> tuple | None:
        """The key a row is counted under; None when a column of it is unknown."""
        values = tuple(row.get(column) for column in self._limit.same)
        year = row["at"].year if self._limit.window == "calendar_year" else _EVER
        return None if None in values else (*values, year)

    def add(self, grant: Row) -> None:
        """Take a grant into the count."""
        if self._by_pair:
            self._rows.append(grant)
            return
        self._all.append(grant)
        key = self._key(grant)
        match = self._own(grant, grant) if key else None
        if key is None:
            self._rows.append(grant)
        elif match is not False:
            number = self._numbers[key]
            number[0] += bool(match and grant["certain"])
            number[1] += 1

    def count(self, matches: Test, claim: Row) -> Counted:
        """Count the grants that match a claim."""
        key = self._key(claim)
        if self._by_pair or key is None:
            counted = count(matches, claim, self._rows if self._by_pair else self._all)
            return Counted(counted.low, counted.high, ())
        if NONE in key:
            return _NOTHING
        low, high = self._numbers.get(key, (0, 0))
        odd = count(matches, claim, self._rows) if self._rows else _NOTHING
        return Counted(low + odd.low, high + odd.high, ())


class Tally:
    """Every grant that stands, asked limit by limit."""

    def __init__(self, policy: Policy, limits: list[Limit], grants: Iterable[Row]):
        self._people: dict[str, list[Row]] = defaultdict(list)
        self._by_person = any(limit.of_person for limit in limits)
        self._quotas = {limit.name: Quota(policy, limit) for limit in limits if not limit.of_person}
        for grant in grants:
            self.add(grant)

    def add(self, grant: Row) -> None:
        """Take a grant (a row with `certain`) into every count."""
        if self._by_person:
            self._people[grant["person"]].append(grant)
        for quota in self._quotas.values():
            quota.add(grant)

    def of_person(self, claim: Row) -> list[Row]:
        """The grants of the claim's person, in the order they were added."""
        return self._people.get(claim["person"], []) if self._by_person else []

    def count(self, limit: Limit, matches: Test, claim: Row) -> Counted:
        """Count the grants that match a claim under one limit."""
        if limit.of_person:
            standing = self.of_person(claim)
            return count(matches, claim, standing) if standing else _NOTHING
        return self._quotas[limit.name].count(matches, claim)
