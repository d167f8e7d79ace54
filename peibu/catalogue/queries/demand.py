"""What workers ask for, counted so that nobody can be found in the count, and set against what is offered."""

import dataclasses
import datetime as dt

from django.db.models import Count, Q, QuerySet

from peibu.accounts.models import User
from peibu.catalogue.enums import CatalogueKind
from peibu.catalogue.fragments import asked, words_of
from peibu.catalogue.models import Demand, Entry

SMALL_CELL = 5
"""A count below this is not shown: in a small place it could be told who stands behind it."""


@dataclasses.dataclass(frozen=True)
class Wanted:
    """How many people want an occupation at a level in a place; always SMALL_CELL or more."""

    code: str
    name: str
    level: str
    division: str
    people: int


@dataclasses.dataclass(frozen=True)
class Balance:
    """An occupation in a place: people who want it (None: too few to be told), institutions there that teach it."""

    code: str
    name: str
    division: str
    people: int | None
    institutions: int


def wishes_on(on: dt.date) -> QuerySet[Demand]:
    """The wishes that stood at the end of a day."""
    return Demand.objects.filter(registered_on__lte=on).filter(Q(withdrawn_on__isnull=True) | Q(withdrawn_on__gt=on))


def wishes_of(user: User) -> QuerySet[Demand]:
    """A worker's own standing wishes, newest first."""
    return Demand.objects.filter(user=user, withdrawn_on__isnull=True).select_related("division")


def wanted(*, on: dt.date, query: str = "", level: str = "", place: str = "") -> list[Wanted]:
    """The published demand on a day, most wanted first. Filters leave rows out; they never split a count further."""
    rows = wishes_on(on).filter(**({"division_id": place} if place else {}), **({"level": level} if level else {}))
    cells = (
        rows.order_by()
        .values_list("code", "name", "level", "division__name")
        .annotate(n=Count("pk"))
        .filter(n__gte=SMALL_CELL)
        .order_by("-n", "code", "level", "division__name")
    )
    words = asked(query)
    return [Wanted(*cell) for cell in cells if all(word in words_of(cell[1], cell[0]) for word in words)]


def balance(*, on: dt.date, place: str = "") -> list[Balance]:
    """Demand against supply by occupation and place (HD2.6.19b), the greatest demand first."""
    wishes = wishes_on(on).filter(**({"division_id": place} if place else {}))
    people = {
        (code, where): (name, n)
        for code, where, name, n in wishes.order_by()
        .values_list("code", "division__name", "name")
        .annotate(n=Count("pk"))
        if n >= SMALL_CELL
    }
    taught = Entry.objects.filter(kind=CatalogueKind.SPECIALITIES, valid__contains=on)
    taught = taught.filter(**({"unit__division_id": place} if place else {}))
    offers = {
        (code, where): (name, n)
        for code, where, name, n in taught.order_by()
        .values_list("code", "unit__division__name", "name")
        .annotate(n=Count("unit", distinct=True))
    }
    rows = []
    for key in {**people, **offers}:
        name = (people.get(key) or offers[key])[0]
        rows.append(Balance(key[0], name, key[1], people.get(key, ("", None))[1], offers.get(key, ("", 0))[1]))
    return sorted(rows, key=lambda row: (-(row.people or 0), -row.institutions, row.code, row.division))
