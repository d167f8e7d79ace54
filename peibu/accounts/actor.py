"""Who is acting: an account in one of its roles, for one unit."""

import dataclasses
import datetime as dt
from uuid import UUID

from django.utils.translation import gettext as _

from peibu.accounts.enums import OFFICERS, WHOLE_CITY, Role
from peibu.accounts.models import Assignment, Unit, User


@dataclasses.dataclass(frozen=True)
class Actor:
    """An account acting in a role. `unit` is None for trainees; `division_ids` is None for the whole city."""

    user: User | None
    role: str
    unit: Unit | None = None

    @property
    def name(self) -> str:
        return self.user.name if self.user else "系统"

    @property
    def person_key(self) -> str:
        """The natural person; empty for the system itself."""
        return self.user.person_key if self.user else ""

    @property
    def is_officer(self) -> bool:
        return self.role in OFFICERS

    @property
    def whole_city(self) -> bool:
        return self.role in WHOLE_CITY

    @property
    def label(self) -> str:
        """Name and post, as shown in timelines: 李伟（审核岗）."""
        return (
            _("%(name)s（%(role)s）") % {"name": self.name, "role": Role(self.role).label}
            if self.role in Role.values
            else self.name
        )

    def covers(self, division_id: UUID) -> bool:
        """Does this officer's district include the division (own, or a zone it serves)?"""
        return self.whole_city or (self.unit is not None and division_id in self.division_ids())

    def division_ids(self) -> set[UUID]:
        """The divisions whose cases this officer handles."""
        if self.unit is None:
            return set()
        own = self.unit.division
        return {own.id, *own.__class__.objects.filter(served_by=own).values_list("id", flat=True)}


SYSTEM = Actor(user=None, role="system")


def assignments_of(user: User, *, on: dt.date) -> list[Assignment]:
    """The roles an account holds on a day, in a stable order."""
    rows = user.assignments.select_related("unit__division").filter(valid_from__lte=on).order_by("id")
    return [row for row in rows if row.valid_until is None or row.valid_until >= on]


def actor_of(user: User, *, on: dt.date, chosen: str = "") -> Actor | None:
    """The actor of a signed-in account: the chosen assignment, else the first; None when it holds no role."""
    rows = assignments_of(user, on=on)
    if not rows:
        return None
    row = next((r for r in rows if str(r.id) == chosen), rows[0])
    return Actor(user=user, role=row.role, unit=row.unit)
