"""Who may open an address. Every view carries a declaration; a view without one is closed to everybody."""

import dataclasses
from collections.abc import Callable, Mapping

from peibu.accounts.enums import OFFICERS, Role


@dataclasses.dataclass(frozen=True)
class Access:
    """`roles` None = the public; `demo_only` = exists only in demo mode; `writes` = the view accepts POST.

    `scopes` = not for people at all but for programmes with a platform's key: method -> the scopes one of which it needs.
    """

    roles: frozenset[str] | None
    demo_only: bool = False
    writes: bool = False
    scopes: Mapping[str, tuple[str, ...]] | None = None


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


def platform(*, read: tuple[str, ...] = (), write: tuple[str, ...] = ()) -> Callable:
    """Programmes with a platform's key that holds one of the scopes; a method without scopes is open to none.

    No cookie counts here, so no form of another site can be sent in somebody's name: the token of forms is not asked for.
    """
    scopes = {**dict.fromkeys(("GET", "HEAD"), read), **dict.fromkeys(("POST", "PUT", "DELETE"), write)}
    access = Access(
        roles=frozenset(), writes=bool(write), scopes={name: held for name, held in scopes.items() if held}
    )

    def mark(view: Callable) -> Callable:
        view.access = access
        view.csrf_exempt = True
        return view

    return mark
