"""Questions to the book, as of any day."""

import dataclasses
import datetime as dt
from collections.abc import Iterable
from uuid import UUID

from django.db.models import F, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth
from django.utils import timezone

from peibu.ledger.enums import AccountRole, EntryKind
from peibu.ledger.models import Entry, Fund, Posting
from peibu.rulebook import load_policy


@dataclasses.dataclass(frozen=True)
class Figures:
    """A budget in fen: 下达 = 可用 + 占用 + 支付."""

    appropriated: int
    committed: int
    paid: int
    free: int


def funds() -> QuerySet[Fund]:
    return Fund.objects.order_by("code")


def fund_of(policy: str) -> Fund | None:
    """The fund a policy pays from (QD97.4.3); None before it is opened or when the card names none."""
    code = load_policy(policy).card.get("fund", {}).get("code")
    return Fund.objects.filter(code=code).first() if code else None


def _until(on: dt.date) -> dt.datetime:
    """The end of a day in China."""
    return timezone.make_aware(dt.datetime.combine(on + dt.timedelta(days=1), dt.time()))


def balances(fund: Fund, *, on: dt.date | None = None) -> dict[str, int]:
    """Account role -> fen at the end of a day (None: everything booked). Always adds up to zero (I1)."""
    rows = Posting.objects.filter(account__fund=fund)
    if on is not None:
        rows = rows.filter(entry__at__lt=_until(on))
    found = dict(rows.values_list("account__role").annotate(fen=Sum("amount_fen")).order_by())
    return {role: found.get(role, 0) for role in AccountRole.values}


def figures(fund: Fund, *, on: dt.date | None = None) -> Figures:
    """Appropriated, committed, paid and free at the end of a day."""
    at = balances(fund, on=on)
    return Figures(
        appropriated=-at[AccountRole.SOURCE],
        committed=at[AccountRole.COMMITTED],
        paid=at[AccountRole.PAID],
        free=at[AccountRole.AVAILABLE],
    )


def figures_of_sources(fund: Fund, sources: Iterable[UUID] | QuerySet, *, on: dt.date | None = None) -> Figures:
    """What of a fund is committed and paid for some causes (e.g. a district's cases); appropriated and free are 0."""
    rows = Posting.objects.filter(account__fund=fund, entry__source_id__in=sources)
    if on is not None:
        rows = rows.filter(entry__at__lt=_until(on))
    found = dict(rows.values_list("account__role").annotate(fen=Sum("amount_fen")).order_by())
    return Figures(0, found.get(AccountRole.COMMITTED, 0), found.get(AccountRole.PAID, 0), 0)


def entries(fund: Fund, *, sources: Iterable[UUID] | QuerySet | None = None) -> QuerySet[Entry]:
    """The book of a fund, newest first, each entry with `amount_fen`; limited to some causes plus what comes in."""
    rows = Entry.objects.filter(postings__account__fund=fund, postings__amount_fen__gt=0)
    if sources is not None:
        rows = rows.filter(Q(source_id__in=sources) | Q(kind=EntryKind.APPROPRIATION))
    return rows.annotate(amount_fen=F("postings__amount_fen")).select_related("booked_by").order_by("-at", "-id")


def entries_of(source_id: UUID) -> QuerySet[Entry]:
    """Everything booked for one cause, oldest first."""
    return Entry.objects.filter(source_id=source_id).prefetch_related("postings__account").order_by("at", "id")


def committed_for(fund: Fund, source_id: UUID) -> int:
    """What is set aside for a case, less what was released; payments of it do not count."""
    rows = Posting.objects.filter(entry__source_id=source_id, account__fund=fund, account__role=AccountRole.COMMITTED)
    return rows.aggregate(fen=Sum("amount_fen"))["fen"] or 0


def by_month(fund: Fund, *, kinds: Iterable[str], sources: Iterable[UUID] | QuerySet | None = None) -> dict:
    """(kind, first day of month) -> fen booked in that month."""
    rows = entries(fund, sources=sources).order_by().filter(kind__in=list(kinds))
    rows = rows.annotate(month=TruncMonth("at")).values_list("kind", "month").annotate(fen=Sum("amount_fen"))
    return {(kind, timezone.localdate(month)): fen for kind, month, fen in rows}
