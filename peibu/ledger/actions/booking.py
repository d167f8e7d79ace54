"""The one place that writes entries: balances looked at under the fund's lock, the same cause booked once."""

import dataclasses
import datetime as dt
from collections.abc import Iterable, Sequence
from uuid import UUID

from peibu.accounts.actor import Actor
from peibu.accounts.models import Division
from peibu.kernel.errors import Refused
from peibu.kernel.money import yuan
from peibu.ledger.enums import AccountRole, EntryKind
from peibu.ledger.lifecycle import BY_ITEM, FLOWS, NEVER_NEGATIVE
from peibu.ledger.models import Account, Commitment, Entry, Fund, Item, Posting

MEMO, DOCUMENT = 200, 80


@dataclasses.dataclass(frozen=True)
class Place:
    """Where money is booked: a fund in a year and, for what is spent, an item and the district of the case."""

    fund: Fund
    year: int
    item: Item | None = None
    division: Division | None = None

    def account(self, role: str) -> Account:
        """The account of a role here, made when nothing was booked on it before. Call under the fund's lock."""
        spent = {"item": self.item, "division": self.division} if role in BY_ITEM else {"item": None, "division": None}
        return Account.objects.get_or_create(fund=self.fund, year=self.year, role=role, **spent)[0]


def lock(funds: Iterable[Fund]) -> None:
    """Bookings of these funds wait for each other from here to the end of the transaction; always in one order."""
    list(Fund.objects.select_for_update().filter(pk__in={fund.pk for fund in funds}).order_by("pk"))


def free_in(fund: Fund, year: int) -> int:
    """Fen free to commit in a year of a fund; reads what stands, so lock the fund before relying on it."""
    rows = Account.objects.filter(fund=fund, year=year, role=AccountRole.AVAILABLE)
    return rows.values_list("balance_fen", flat=True).first() or 0


def check(amount_fen: int, memo: str) -> None:
    """Refused: an amount that is not whole positive fen, no reason."""
    if not isinstance(amount_fen, int) or isinstance(amount_fen, bool) or amount_fen <= 0:
        raise Refused("入账金额必须是大于零的整数分", "amount_not_positive", "请核对金额")
    if not memo.strip():
        raise Refused("入账须写明摘要", "a_booking_has_a_reason", "请填写摘要后再提交")


def book(
    kind: EntryKind,
    places: Sequence[Place],
    amount_fen: int,
    *,
    source_id: UUID,
    memo: str,
    by: Actor,
    at: dt.datetime,
    on: dt.date,
    sequence: int = 1,
    commitment: Commitment | None = None,
    corrects: Entry | None = None,
    document_number: str = "",
) -> Entry:
    """Write the entry of a kind: one pair of postings per pair of its flow, the nth in the nth place.

    Refused without enough money where it comes from, and when the same cause was booked otherwise.
    """
    check(amount_fen, memo)
    lock(place.fund for place in places)
    pairs = zip(FLOWS[kind], places, strict=True)
    legs = [(place.account(origin), place.account(target)) for (origin, target), place in pairs]
    standing = Entry.objects.filter(kind=kind, source_id=source_id, sequence=sequence).first()
    if standing is not None:
        return _same(standing, legs, amount_fen)
    for origin, _target in legs:
        if origin.role in NEVER_NEGATIVE and origin.balance_fen < amount_fen:
            raise too_little(origin.fund, AccountRole(origin.role).label, origin.balance_fen, amount_fen)
    entry = Entry.objects.create(
        kind=kind,
        source_id=source_id,
        sequence=sequence,
        commitment=commitment,
        corrects=corrects,
        memo=memo.strip()[:MEMO],
        document_number=document_number.strip()[:DOCUMENT],
        on=on,
        at=at,
        booked_by=by.user,
    )
    for origin, target in legs:
        Posting.objects.create(entry=entry, account=origin, amount_fen=-amount_fen)
        Posting.objects.create(entry=entry, account=target, amount_fen=amount_fen)
    return entry


def too_little(fund: Fund, place: str, there_fen: int, needed_fen: int) -> Refused:
    """The refusal that says where, how much there is and how much is needed."""
    told = f"资金余额不足：“{fund.name}”{place}资金{yuan(there_fen)}元，本次需要{yuan(needed_fen)}元"
    return Refused(told, "fund_is_never_negative", "请核对资金下达和占用情况，或下达资金后再办理")


def _same(standing: Entry, legs: Sequence[tuple[Account, Account]], amount_fen: int) -> Entry:
    """The entry that stands, when it says the same; a repeat that says something else is refused."""
    wanted = {(one.pk, -amount_fen) for one, _two in legs} | {(two.pk, amount_fen) for _one, two in legs}
    if set(standing.postings.values_list("account_id", "amount_fen")) != wanted:
        told = f"该事项已按其他金额或资金入账（{standing.get_kind_display()}，{standing.memo}）"
        raise Refused(told, "a_cause_is_booked_once", "请核对已有账目；更正须另行入账")
    return standing
