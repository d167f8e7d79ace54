"""Who acts in the story: the accounts of the city as actors."""

from peibu.accounts.actor import Actor
from peibu.accounts.models import Assignment, Unit, User
from peibu.demo.loader.base import Loaded


class Players:
    """Finds actors by role and unit; remembers them."""

    def __init__(self, loaded: Loaded):
        self.loaded = loaded
        self._known: dict[tuple, Actor] = {}

    def of(self, role: str, unit: Unit, nth: int = 0) -> Actor:
        """The nth account with a role at a unit, by user name."""
        key = (role, unit.pk, nth)
        if key not in self._known:
            rows = Assignment.objects.select_related("user", "unit__division").filter(role=role, unit=unit)
            rows = list(rows.order_by("user__username"))
            row = rows[min(nth, len(rows) - 1)]
            self._known[key] = Actor(user=row.user, role=row.role, unit=row.unit)
        return self._known[key]

    def by_key(self, key: str) -> Actor:
        """The actor of one of the generator's officers."""
        if (key,) not in self._known:
            row = (
                Assignment.objects.select_related("user", "unit__division").filter(user=self.loaded.users[key]).first()
            )
            self._known[(key,)] = Actor(user=row.user, role=row.role, unit=row.unit)
        return self._known[(key,)]

    def trainee(self, key: str) -> Actor | None:
        """The trainee account of a natural person, when there is one."""
        row = Assignment.objects.select_related("user").filter(role="trainee", user__person_key=key).first()
        return Actor(user=row.user, role="trainee") if row else None

    def by_user(self, user: User) -> Actor:
        """An account in its first role."""
        row = Assignment.objects.select_related("user", "unit__division").filter(user=user).first()
        return Actor(user=row.user, role=row.role, unit=row.unit)
