"""The book itself, entry by entry."""

import datetime as dt
from uuid import UUID

from django.db.models import F, Q, QuerySet

from peibu.ledger.enums import AccountRole
from peibu.ledger.models import Commitment, Entry, Fund
from peibu.ledger.queries.balances import Divisions


def entries(
    fund: Fund,
    *,
    year: int | None = None,
    item: UUID | None = None,
    kind: str = "",
    division: UUID | None = None,
    divisions: Divisions = None,
    until: dt.date | None = None,
    known_at: dt.datetime | None = None,
) -> QuerySet[Entry]:
    """The book of a fund, newest first, each entry with `amount_fen`.

    divisions: only what is booked for cases of these districts, and the budget itself (I21). until: a last day; known_at: what
    was booked by then.
    """
    place = Q(postings__account__fund=fund, postings__amount_fen__gt=0)
    if year is not None:
        place &= Q(postings__account__year=year)
    else:
        # a carry-over stands in the book of either year; over all years only what enters the next one, so that it stands once
        place &= ~Q(postings__account__role=AccountRole.CARRIED)
    rows = Entry.objects.filter(place)
    if item is not None:
        rows = rows.filter(commitment__item_id=item)
    if division is not None:
        rows = rows.filter(commitment__division_id=division)
    if kind:
        rows = rows.filter(kind=kind)
    if divisions is not None:
        rows = rows.filter(Q(commitment__isnull=True) | Q(commitment__division_id__in=list(divisions)))
    if until is not None:
        rows = rows.filter(on__lte=until)
    if known_at is not None:
        rows = rows.filter(at__lte=known_at)
    rows = rows.annotate(amount_fen=F("postings__amount_fen"))
    return rows.select_related("booked_by", "commitment__item", "commitment__division").order_by("-on", "-at", "-id")


def history_of(commitment: Commitment) -> QuerySet[Entry]:
    """Everything booked for a case's money, oldest first, each entry with `amount_fen`."""
    rows = commitment.entries.filter(postings__amount_fen__gt=0).annotate(amount_fen=F("postings__amount_fen"))
    return rows.select_related("booked_by").order_by("at", "id")
