"""Who may open an address. Every view carries a declaration; a view without one is closed to everybody."""

import dataclasses
from collections.abc import Callable

from peibu.accounts.enums import OFFICERS, Role


@dataclasses.dataclass(frozen=True)
class Access:
    """`roles` None = the public; `demo_only` = exists only in demo mode; `writes` = the view accepts POST."""

    roles: frozenset[str] | None
    demo_only: bool = False
    writes: bool = False


# These roles read everything and change nothing, whatever a view says about writing.
READ_ONLY = frozenset({Role.AUDITOR})
EVERYBODY = frozenset(Role.values)


def may_write(access: Access, role: str | None) -> bool:
    """May this role send anything to a view? A reader may only look after its own session (sign out, switch role)."""
    if not access.writes:
        return False
    return role not in READ_ONLY or access.roles is None or access.roles == EVERYBODY


def _declare(access: Access) -> Callable:
    def mark(view: Callable) -> Callable:
        view.access = access
        return view

    return mark


def public(*, writes: bool = False) -> Callable:
    """Anyone, also without an account."""
    return _declare(Access(roles=None, writes=writes))


def demo_only(*, writes: bool = False) -> Callable:
    """Anyone, but only in demo mode."""
    return _declare(Access(roles=None, demo_only=True, writes=writes))


def signed_in(*, writes: bool = False) -> Callable:
    """Any account with a role."""
    return _declare(Access(roles=EVERYBODY, writes=writes))


def only(*roles: str, writes: bool = False) -> Callable:
    """The named roles."""
    return _declare(Access(roles=frozenset(str(r) for r in roles), writes=writes))


def officers(*, writes: bool = False) -> Callable:
    """Any officer role; the view still scopes by district."""
    return _declare(Access(roles=frozenset(str(r) for r in OFFICERS), writes=writes))
