"""How each kind of booking moves money: from one place of a fund to another."""

from peibu.ledger.enums import AccountRole, EntryKind

FLOWS: dict[str, tuple[str, str]] = {
    EntryKind.APPROPRIATION: (AccountRole.SOURCE, AccountRole.AVAILABLE),
    EntryKind.COMMITMENT: (AccountRole.AVAILABLE, AccountRole.COMMITTED),
    EntryKind.PAYMENT: (AccountRole.COMMITTED, AccountRole.PAID),
    EntryKind.RETURN: (AccountRole.PAID, AccountRole.COMMITTED),
    EntryKind.RELEASE: (AccountRole.COMMITTED, AccountRole.AVAILABLE),
    EntryKind.RECOVERY: (AccountRole.PAID, AccountRole.AVAILABLE),
}
