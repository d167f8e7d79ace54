"""Money comes into a fund's year, is corrected, goes over into the next year or back to where it came from."""

import datetime as dt
from uuid import UUID

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from peibu.accounts.actor import Actor
from peibu.kernel.errors import Refused
from peibu.kernel.money import yuan
from peibu.ledger.actions.booking import Place, book, lock
from peibu.ledger.enums import AccountRole, EntryKind
from peibu.ledger.models import Entry, Fund
from peibu.ledger.permissions import can_book

LAST_DAY = (12, 31)


@transaction.atomic
def appropriate(
    *,
    fund: Fund,
    amount_fen: int,
    document_number: str,
    memo: str,
    source_id: UUID,
    by: Actor,
    at: dt.datetime,
    on: dt.date | None = None,
    year: int | None = None,
    sequence: int = 1,
) -> Entry:
    """下达: money comes into a year of the fund. `source_id` names the form or document it rests on.

    on: the document's day (default: the day of booking); year: the budget year (default: the year of that day).
    Refused: not the office that keeps this fund, no document number, a day that lies ahead.
    """
    _may(by, fund)
    on = on or timezone.localdate(at)
    _not_ahead(on, at)
    if not document_number.strip():
        raise Refused("下达资金须写明文号", "an_appropriation_names_its_document", "请填写资金下达文件的文号")
    told = {"source_id": source_id, "sequence": sequence, "memo": memo, "document_number": document_number}
    return book(EntryKind.APPROPRIATION, [Place(fund, year or on.year)], amount_fen, by=by, at=at, on=on, **told)


@transaction.atomic
def correct(
    *, entry: Entry, amount_fen: int, reason: str, source_id: UUID, by: Actor, at: dt.datetime, sequence: int = 1
) -> Entry:
    """更正 an appropriation by a new entry: positive fen are added, negative taken off; what stands is never changed.

    Refused: not an appropriation, no reason, more taken off than it says now or than is free.
    """
    if entry.kind != EntryKind.APPROPRIATION:
        raise Refused("只有资金下达可以更正", "only_appropriations_are_corrected", "其他账目以退回、释放或追回入账")
    account = entry.postings.get(account__role=AccountRole.AVAILABLE).account
    _may(by, account.fund)
    lock([account.fund])
    kind = EntryKind.INCREASE if amount_fen > 0 else EntryKind.REDUCTION
    stands = corrected(entry)
    repeated = Entry.objects.filter(kind=kind, source_id=source_id, sequence=sequence).exists()
    if stands + amount_fen < 0 and not repeated:
        told = f"该笔下达现为{yuan(stands)}元，不能调减{yuan(-amount_fen)}元"
        raise Refused(told, "appropriation_is_never_negative", "请核对调减金额")
    told = {"source_id": source_id, "sequence": sequence, "memo": reason, "corrects": entry}
    place = Place(account.fund, account.year)
    return book(kind, [place], abs(amount_fen), by=by, at=at, on=timezone.localdate(at), **told)


def corrected(entry: Entry) -> int:
    """What an appropriation says now, in fen, with every correction of it."""
    rows = Entry.objects.filter(pk=entry.pk) | Entry.objects.filter(corrects=entry)
    rows = rows.filter(postings__account__role=AccountRole.AVAILABLE)
    return rows.aggregate(fen=Sum("postings__amount_fen"))["fen"]


@transaction.atomic
def carry_over(
    *,
    fund: Fund,
    year: int,
    amount_fen: int,
    memo: str,
    source_id: UUID,
    by: Actor,
    at: dt.datetime,
    sequence: int = 1,
) -> Entry:
    """结转: free money of a year that is over goes into the next. What is committed stays where it was committed."""
    places = [Place(fund, year), Place(fund, year + 1)]
    return _year_end(EntryKind.CARRY_OVER, places, amount_fen, memo, source_id, sequence, by, at)


@transaction.atomic
def lapse(
    *,
    fund: Fund,
    year: int,
    amount_fen: int,
    memo: str,
    source_id: UUID,
    by: Actor,
    at: dt.datetime,
    sequence: int = 1,
) -> Entry:
    """收回结余: free money of a year that is over goes back to the treasury."""
    return _year_end(EntryKind.LAPSE, [Place(fund, year)], amount_fen, memo, source_id, sequence, by, at)


def _year_end(
    kind: EntryKind,
    places: list[Place],
    amount_fen: int,
    memo: str,
    source_id: UUID,
    sequence: int,
    by: Actor,
    at: dt.datetime,
) -> Entry:
    fund, year = places[0].fund, places[0].year
    _may(by, fund)
    on = timezone.localdate(at)
    if on < dt.date(year, *LAST_DAY):
        raise Refused(
            f"{year}年度尚未结束，不能办理{kind.label}", "year_is_not_over", f"请在{year}年12月31日及以后办理"
        )
    return book(kind, places, amount_fen, by=by, at=at, on=on, source_id=source_id, sequence=sequence, memo=memo)


def _may(by: Actor, fund: Fund) -> None:
    verdict = can_book(by, fund)
    if not verdict:
        raise Refused(verdict.reason, "not_your_fund", "请由管理该资金的单位登记")


def _not_ahead(on: dt.date, at: dt.datetime) -> None:
    if on > timezone.localdate(at):
        raise Refused(f"日期{on:%Y-%m-%d}晚于今天", "day_lies_ahead", "请核对文件日期")
