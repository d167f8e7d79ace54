"""What a page of the book shows: which fund and year, as of which day, for which districts. Read from the address."""

import dataclasses
import datetime as dt
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from peibu.accounts.enums import DivisionKind
from peibu.accounts.models import Division
from peibu.ledger.models import Fund, Item
from peibu.ledger.permissions import can_book
from peibu.ledger.queries import funds_for
from peibu.ledger.queries.balances import years_of


@dataclasses.dataclass(frozen=True)
class Scope:
    """`divisions` None: the whole fund is this officer's to see; else the districts whose spending may be shown (I21).

    `known_at` None: all that is known today.
    """

    funds: list[Fund]
    fund: Fund | None
    years: list[int]
    year: int
    on: dt.date
    known_at: dt.datetime | None = None
    divisions: frozenset[UUID] | None = None
    keeps: bool = False
    item: Item | None = None
    division: Division | None = None
    kind: str = ""

    @property
    def whole(self) -> bool:
        return self.divisions is None

    @property
    def told(self) -> str:
        """The scope in words, for the title of a file: year, districts, item, day, knowledge."""
        parts = [f"{self.year}年度", self.item.name if self.item else ""]
        if self.division is not None:
            parts.append(self.division.name)
        elif self.divisions is not None:
            names = (
                Division.objects.filter(pk__in=self.divisions).order_by("code", "name").values_list("name", flat=True)
            )
            parts.append("、".join(names))
        parts.append(f"截至{self.on.isoformat()}")
        if self.known_at:
            parts.append(f"{timezone.localtime(self.known_at):%Y-%m-%d %H.%M}前已知")
        return f"（{'，'.join(part for part in parts if part)}）"

    @property
    def query(self) -> str:
        """The same fund, year, day and knowledge in another page's address."""
        told = {"fund": self.fund and self.fund.pk, "year": self.year, "on": self.on.isoformat()}
        if self.known_at:
            told["known"] = timezone.localtime(self.known_at).strftime("%Y-%m-%dT%H:%M")
        return "&".join(f"{key}={value}" for key, value in told.items() if value)


def scope_of(request: HttpRequest) -> Scope:
    """The scope asked for; what cannot be read or is not this officer's falls back to the usual."""
    actor, asked, today = request.actor, request.GET, request.today
    mine = list(funds_for(actor))
    fund = (
        _by_id(mine, asked.get("fund"))
        or next((one for one in mine if can_book(actor, one)), None)
        or next(iter(mine), None)
    )
    on = min(_day(asked.get("on")) or today, today)
    years = years_of(fund) if fund else []
    year = int(asked["year"]) if asked.get("year", "").isdecimal() and int(asked["year"]) in years else on.year
    own = None if actor.whole_city else frozenset(actor.division_ids())
    if own is not None and fund is not None and fund.division_id in own and fund.division.kind != DivisionKind.CITY:
        own = None  # a district's own fund is spent on its own cases only
    items = fund.items.all() if fund else ()
    return Scope(
        funds=mine,
        fund=fund,
        years=years if year in years else sorted([*years, year], reverse=True),
        year=year,
        on=on,
        known_at=_moment(asked.get("known")),
        divisions=own,
        keeps=bool(fund and can_book(actor, fund)),
        item=_by_id(items, asked.get("item")),
        division=_by_id(Division.objects.all(), asked.get("division")),
        kind=asked.get("kind", ""),
    )


def _by_id(rows, wanted: str | None):
    return next((one for one in rows if str(one.pk) == wanted), None) if wanted else None


def _day(text: str | None) -> dt.date | None:
    try:
        return parse_date(text or "")
    except ValueError:
        return None


def _moment(text: str | None) -> dt.datetime | None:
    try:
        found = parse_datetime(text or "")
    except ValueError:
        return None
    return timezone.make_aware(found) if found and timezone.is_naive(found) else found
