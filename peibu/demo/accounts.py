"""The demo's accounts as shown on the sign-in page and printed by ./run: one per role, where there is work to do."""

from typing import NamedTuple

from peibu.accounts.enums import Role
from peibu.accounts.models import Assignment
from peibu.demo.loader.base import PASSWORD
from peibu.demo.loader.cast import STARS


class Card(NamedTuple):
    """One account a visitor can sign in with."""

    role: str
    name: str
    username: str
    password: str
    note: str


def demo_accounts() -> list[Card]:
    """One account per role, in the order of the road; needs the demo city to be loaded."""
    cards = []
    for role, username, note in STARS:
        mine = Assignment.objects.filter(role=role, user__is_active=True).select_related("user", "unit")
        row = mine.filter(user__username=username).first() or mine.order_by("user__username").first()
        if row is not None and row.user.username not in {card.username for card in cards}:
            where = row.unit.name if row.unit else ""
            told = str(note) if row.user.username == username else ""  # the note is true of this account only
            cards.append(Card(str(Role(role).label), row.user.name, row.user.username, PASSWORD, told or where))
    return cards
