"""The demo's accounts as shown on the sign-in page and printed by ./run: one per role, where there is work to do."""

from peibu.accounts.enums import Role
from peibu.accounts.models import Assignment
from peibu.demo.loader.base import PASSWORD
from peibu.demo.loader.cast import STARS


def demo_accounts() -> list[dict]:
    """One account per role: dicts of role, name, username, password, note; in the order of the road."""
    rows = []
    for role, username, note in STARS:
        mine = Assignment.objects.filter(role=role, user__is_active=True).select_related("user", "unit")
        row = mine.filter(user__username=username).first() or mine.order_by("user__username").first()
        if row is not None:
            where = row.unit.name if row.unit else ""
            rows.append(
                {
                    "role": str(Role(role).label),
                    "name": row.user.name,
                    "unit": where,
                    "username": row.user.username,
                    "password": PASSWORD,
                    "note": note or where,
                }
            )
    return rows


def accounts_table() -> list[tuple[str, str, str, str, str]]:
    """The same as rows for the terminal: role, name, unit, user name, password."""
    return [(r["role"], r["name"], r["unit"], r["username"], r["password"]) for r in demo_accounts()]
