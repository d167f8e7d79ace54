"""How each kind of booking moves money: from one place of a fund to another."""

from peibu.ledger.enums import AccountRole, EntryKind

# A carry-over leaves the one year and enters the next: two pairs in one entry.
_BETWEEN_YEARS = ((AccountRole.AVAILABLE, AccountRole.CARRIED), (AccountRole.CARRIED, AccountRole.AVAILABLE))
FLOWS: dict[str, tuple[tuple[str, str], ...]] = {
    EntryKind.APPROPRIATION: ((AccountRole.SOURCE, AccountRole.AVAILABLE),),
    EntryKind.INCREASE: ((AccountRole.SOURCE, AccountRole.AVAILABLE),),
    EntryKind.REDUCTION: ((AccountRole.AVAILABLE, AccountRole.SOURCE),),
    EntryKind.CARRY_OVER: _BETWEEN_YEARS,
    EntryKind.CARRY_BACK: _BETWEEN_YEARS,  # what a refund of an earlier year needs
    EntryKind.LAPSE: ((AccountRole.AVAILABLE, AccountRole.LAPSED),),
    EntryKind.COMMITMENT: ((AccountRole.AVAILABLE, AccountRole.COMMITTED),),
    EntryKind.PAYMENT: ((AccountRole.COMMITTED, AccountRole.PAID),),
    EntryKind.RETURN: ((AccountRole.PAID, AccountRole.COMMITTED),),
    EntryKind.RELEASE: ((AccountRole.COMMITTED, AccountRole.AVAILABLE),),
    EntryKind.RECOVERY: ((AccountRole.RECOVERED, AccountRole.AVAILABLE),),
    # what a won appeal gives back to the payee
    EntryKind.REFUND: ((AccountRole.AVAILABLE, AccountRole.RECOVERED),),
    # a set-off is paid in one case and recovered in the other, and no bank moves anything
    EntryKind.SET_OFF_PAID: ((AccountRole.COMMITTED, AccountRole.PAID),),
    EntryKind.SET_OFF_BACK: ((AccountRole.RECOVERED, AccountRole.AVAILABLE),),
}
# Bookings for a case: they follow its commitment in fund, year, item and district.
OF_CASES = (
    EntryKind.COMMITMENT,
    EntryKind.PAYMENT,
    EntryKind.RETURN,
    EntryKind.RELEASE,
    EntryKind.RECOVERY,
    EntryKind.REFUND,
    EntryKind.SET_OFF_PAID,
    EntryKind.SET_OFF_BACK,
)
CORRECTIONS = (EntryKind.INCREASE, EntryKind.REDUCTION)
# Places that are kept by item and district; the others by fund and year only.
BY_ITEM = (AccountRole.COMMITTED, AccountRole.PAID, AccountRole.RECOVERED)
NEVER_NEGATIVE = (AccountRole.AVAILABLE, AccountRole.COMMITTED, AccountRole.PAID, AccountRole.LAPSED)
NEVER_POSITIVE = (AccountRole.SOURCE, AccountRole.RECOVERED)


def allowed_legs() -> set[tuple[str, str, str]]:
    """Every (kind, place, "-" or "+") that a posting may be."""
    legs = {(kind, origin, "-") for kind, pairs in FLOWS.items() for origin, _target in pairs}
    return legs | {(kind, target, "+") for kind, pairs in FLOWS.items() for _origin, target in pairs}
