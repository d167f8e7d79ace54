"""The book as a beancount file: another program checks that it balances and that every balance is ours, to the fen.

Accounts have ASCII names with the Chinese ones beside them as metadata. Beancount tolerates half a fen by default; each
balance is therefore stated with a tolerance of nothing.
"""

import datetime as dt
import re
from collections.abc import Iterable, Iterator

from peibu.ledger.enums import AccountRole
from peibu.ledger.models import Account, Entry, Fund
from peibu.ledger.queries import trial_balance

CURRENCY = "CNY"
FEN_PER_YUAN = 100
# Where money comes from is equity, what has been paid is an expense, what is there is an asset.
KINDS = {
    AccountRole.SOURCE: "Equity",
    AccountRole.CARRIED: "Equity",
    AccountRole.LAPSED: "Equity",
    AccountRole.AVAILABLE: "Assets",
    AccountRole.COMMITTED: "Assets",
    AccountRole.PAID: "Expenses",
    AccountRole.RECOVERED: "Expenses",
}


def beancount_text(fund: Fund, *, on: dt.date, known_at: dt.datetime | None = None) -> str:
    """A fund up to the end of a day, as known at a moment (None: all that is booked): options, accounts, every entry, and the balance of every account."""
    accounts = trial_balance(fund=fund, on=on, known_at=known_at)
    rows = Entry.objects.filter(postings__account__fund=fund, on__lte=on).distinct().order_by("on", "at", "id")
    if known_at is not None:
        rows = rows.filter(at__lte=known_at)
    rows = rows.prefetch_related("postings__account__item", "postings__account__division", "postings__account__fund")
    rows = rows.select_related("commitment")
    first = min((entry.on for entry in rows), default=on)
    names = {account.pk: account_name(account) for account in accounts}
    parts = [
        f'option "title" {_quoted(fund.name)}',
        f'option "operating_currency" "{CURRENCY}"',
        "",
        *_opened(accounts, names, first),
        "",
        *(line for entry in rows for line in _transaction(entry, names)),
        *_balances(accounts, names, on + dt.timedelta(days=1)),
    ]
    return "\n".join(parts) + "\n"


def account_name(account: Account) -> str:
    """Assets:SkillsActionSpecialAccount-370200:Y2020:Committed:IndustrialInternet:D370211"""
    parts = [KINDS[AccountRole(account.role)], f"{_camel(account.fund.code)}-{_district(account.fund.division)}"]
    parts += [f"Y{account.year}", account.role.capitalize()]
    if account.item_id is not None:
        parts += [_camel(account.item.policy), _camel(account.item.code), f"D{_district(account.division)}"]
    return ":".join(parts)


def _camel(code: str) -> str:
    """A code as beancount wants the part of an account: ASCII letters, digits, hyphens, a capital first."""
    words = re.findall(r"[A-Za-z0-9]+", code)
    return "".join(word[0].upper() + word[1:] for word in words) or "X"


def _district(division) -> str:
    """The administrative code; a zone without one is told apart by the end of its id."""
    return division.code or f"Z{division.pk.hex[-8:].upper()}"


def _yuan(fen: int) -> str:
    sign, whole = ("-" if fen < 0 else ""), abs(fen)
    return f"{sign}{whole // FEN_PER_YUAN}.{whole % FEN_PER_YUAN:02d}"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
    return f'"{escaped}"'


def _opened(accounts: Iterable[Account], names: dict, first: dt.date) -> Iterator[str]:
    for account in sorted(accounts, key=lambda one: names[one.pk]):
        yield f"{first.isoformat()} open {names[account.pk]} {CURRENCY}"
        told = {"fund": account.fund.name, "place": str(AccountRole(account.role).label)}
        if account.item_id is not None:
            told |= {"item": account.item.name, "district": account.division.name}
        yield from (f"  {name}: {_quoted(value)}" for name, value in told.items())


def _transaction(entry: Entry, names: dict) -> Iterator[str]:
    case = f" ^{entry.commitment.source_id}" if entry.commitment_id else ""
    yield f"{entry.on.isoformat()} * {_quoted(entry.memo)}{case}"
    told = {"entry": str(entry.pk), "kind": entry.kind, "cause": str(entry.source_id), "booked": entry.at.isoformat()}
    if entry.document_number:
        told["document"] = entry.document_number
    if entry.corrects_id:
        told["corrects"] = str(entry.corrects_id)
    yield from (f"  {name}: {_quoted(value)}" for name, value in told.items())
    for posting in sorted(entry.postings.all(), key=lambda one: one.pk):
        yield f"  {names[posting.account_id]}  {_yuan(posting.amount_fen)} {CURRENCY}"
    yield ""


def _balances(accounts: dict[Account, int], names: dict, day: dt.date) -> Iterator[str]:
    for account, fen in sorted(accounts.items(), key=lambda pair: names[pair[0].pk]):
        yield f"{day.isoformat()} balance {names[account.pk]}  {_yuan(fen)} ~ 0.00 {CURRENCY}"
