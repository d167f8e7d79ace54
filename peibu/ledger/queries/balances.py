"""Balances by fund, year, item and district at the end of any day, as known at any moment.

Each account carries its present balance; an earlier one is that less what came later. So a balance of these days costs
a look at the accounts and at the latest entries, however long the book is.
"""

import dataclasses
import datetime as dt
from collections.abc import Collection, Iterable
from uuid import UUID

from django.db.models import Q, QuerySet, Sum
from django.db.models.functions import TruncMonth

from peibu.accounts.models import Division
from peibu.ledger.enums import AccountRole
from peibu.ledger.lifecycle import BY_ITEM
from peibu.ledger.models import Account, Fund, Item, Posting

Divisions = Collection[UUID] | None


@dataclasses.dataclass(frozen=True)
class Figures:
    """A budget in fen: 下达 + 结转 - 收回 = 可用 + 占用 + 支付. `paid` is what went out and has not come back; what was
    recovered (追回) of it is free again and stands beside."""

    appropriated: int
    committed: int
    paid: int
    free: int
    recovered: int = 0
    carried: int = 0
    lapsed: int = 0


@dataclasses.dataclass(frozen=True)
class Spent:
    """What is committed, paid and recovered on one item, in one district or in one year."""

    of: Item | Division | int
    figures: Figures


def trial_balance(
    *,
    fund: Fund | None = None,
    year: int | None = None,
    on: dt.date | None = None,
    known_at: dt.datetime | None = None,
    divisions: Divisions = None,
) -> dict[Account, int]:
    """Account -> fen at the end of a day, as known at a moment (None: everything booked); adds up to zero (I1).

    divisions: only what is spent for these districts; then it adds up to what they have used.
    """
    rows = Account.objects.select_related("fund__division", "item", "division")
    rows = _scoped(rows, fund=fund, year=year, divisions=divisions, prefix="")
    later = _later(on, known_at)
    if later is None:
        return {account: account.balance_fen for account in rows}
    less = _scoped(Posting.objects.filter(later), fund=fund, year=year, divisions=divisions, prefix="account__")
    gone = dict(less.values_list("account_id").annotate(fen=Sum("amount_fen")).order_by())
    return {account: account.balance_fen - gone.get(account.pk, 0) for account in rows}


def _later(on: dt.date | None, known_at: dt.datetime | None) -> Q | None:
    """The postings that were not there yet."""
    later = Q(entry__on__gt=on) if on is not None else Q(pk__in=[])
    later |= Q(entry__at__gt=known_at) if known_at is not None else Q(pk__in=[])
    return later if on is not None or known_at is not None else None


def _scoped(rows: QuerySet, *, fund: Fund | None, year: int | None, divisions: Divisions, prefix: str) -> QuerySet:
    wanted = {"fund": fund, "year": year}
    rows = rows.filter(**{prefix + name: value for name, value in wanted.items() if value is not None})
    return rows if divisions is None else rows.filter(**{f"{prefix}division_id__in": list(divisions)})


def balances(fund: Fund, **when) -> dict[str, int]:
    """Account role -> fen; always adds up to zero (I1). `when`: as `trial_balance`."""
    found = dict.fromkeys(AccountRole.values, 0)
    for account, fen in trial_balance(fund=fund, **when).items():
        found[account.role] += fen
    return found


def _figures(places: Iterable[tuple[str, int]]) -> Figures:
    at = dict.fromkeys(AccountRole.values, 0)
    for role, fen in places:
        at[role] += fen
    recovered = -at[AccountRole.RECOVERED]
    return Figures(
        appropriated=-at[AccountRole.SOURCE],
        committed=at[AccountRole.COMMITTED],
        paid=at[AccountRole.PAID] - recovered,
        free=at[AccountRole.AVAILABLE],
        recovered=recovered,
        carried=-at[AccountRole.CARRIED],
        lapsed=at[AccountRole.LAPSED],
    )


def figures(fund: Fund, **when) -> Figures:
    """The budget of a fund (of a year of it). `when`: as `trial_balance`."""
    return _figures((account.role, fen) for account, fen in trial_balance(fund=fund, **when).items())


def _grouped(fund: Fund, what: str, when: dict) -> list[Spent]:
    groups: dict = {}
    for account, fen in trial_balance(fund=fund, **when).items():
        if account.role in BY_ITEM or what == "year":
            groups.setdefault(getattr(account, what), []).append((account.role, fen))
    return [Spent(of, _figures(places)) for of, places in groups.items()]


def by_item(fund: Fund, **when) -> list[Spent]:
    """What is used on each item of the fund, also on those with nothing yet, by policy and in the policy's order."""
    found = {spent.of.pk: spent for spent in _grouped(fund, "item", when)}
    nothing = Figures(0, 0, 0, 0)
    return [found.get(item.pk) or Spent(item, nothing) for item in fund.items.order_by("policy", "id")]


def by_district(fund: Fund, **when) -> list[Spent]:
    """What is used in each district."""
    return sorted(_grouped(fund, "division", when), key=lambda spent: (spent.of.code, spent.of.name))


def by_year(fund: Fund, **when) -> list[Spent]:
    """The budget of each year, the latest first."""
    return sorted(_grouped(fund, "year", when), key=lambda spent: -spent.of)


def by_month(
    fund: Fund,
    *,
    kinds: Iterable[str],
    since: dt.date,
    until: dt.date,
    known_at: dt.datetime | None = None,
    divisions: Divisions = None,
) -> dict:
    """(kind, first day of month) -> fen booked for the days since..until, as known at a moment."""
    rows = Posting.objects.filter(amount_fen__gt=0, account__fund=fund, entry__kind__in=list(kinds))
    rows = rows.filter(entry__on__gte=since, entry__on__lte=until)
    if known_at is not None:
        rows = rows.filter(entry__at__lte=known_at)
    if divisions is not None:
        rows = rows.filter(Q(entry__commitment__isnull=True) | Q(entry__commitment__division_id__in=list(divisions)))
    rows = rows.annotate(month=TruncMonth("entry__on")).values("entry__kind", "month").annotate(fen=Sum("amount_fen"))
    return {(row["entry__kind"], row["month"]): row["fen"] for row in rows.order_by()}


def years_of(fund: Fund) -> list[int]:
    """The years of a fund, the latest first."""
    return sorted(set(Account.objects.filter(fund=fund).values_list("year", flat=True)), reverse=True)
