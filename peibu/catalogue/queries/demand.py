"""What workers ask for, counted so that nobody can be found in the count, and set against what is offered."""

import dataclasses
import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from uuid import UUID

from django.db.models import Count, Max, Q, QuerySet

from peibu.accounts.models import Division, User
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
    cells = _cells(on, place)
    names = _place_names({where for _code, _level, where in cells})
    rows = [
        Wanted(code, name, of, names[where], n)
        for (code, of, where), (name, n) in cells.items()
        if n >= SMALL_CELL and level in ("", of)
    ]
    words = asked(query)
    rows = [row for row in rows if all(word in words_of(row.name, row.code) for word in words)]
    return sorted(rows, key=lambda row: (-row.people, row.code, row.level, row.division))


def _cells(on: dt.date, place: str) -> dict[tuple[str, str, UUID], tuple[str, int]]:
    """(code, level, division) -> (name, people): one cell whatever name the occupation had when it was wished for."""
    rows = wishes_on(on).filter(**({"division_id": place} if place else {})).order_by()
    counted = rows.values_list("code", "level", "division_id").annotate(said=Max("name"), n=Count("pk"))
    return {(code, level, where): (name, n) for code, level, where, name, n in counted}


def _place_names(keys: Iterable[UUID]) -> dict[UUID, str]:
    return dict(Division.objects.filter(pk__in=keys).values_list("pk", "name"))


def balance(*, on: dt.date, place: str = "") -> list[Balance]:
    """Demand against supply by occupation and place (HD2.6.19b), the greatest demand first."""
    people = _told(_cells(on, place))
    taught = Entry.objects.filter(kind=CatalogueKind.SPECIALITIES, valid__contains=on)
    taught = taught.filter(**({"unit__division_id": place} if place else {})).order_by()
    counted = taught.values_list("code", "unit__division_id").annotate(
        said=Max("name"), n=Count("unit", distinct=True)
    )
    offers = {(code, where): (name, n) for code, where, name, n in counted}
    names = _place_names({where for _code, where in {**people, **offers}})
    rows = [
        Balance(key[0], (offers.get(key) or people[key])[0], names[key[1]], people.get(key, ("", None))[1],
                offers.get(key, ("", 0))[1])
        for key in {**people, **offers}
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (-(row.people or 0), -row.institutions, row.code, row.division))


def _told(cells: Mapping[tuple[str, str, UUID], tuple[str, int]]) -> dict[tuple[str, UUID], tuple[str, int]]:
    """The people of an occupation in a place over all levels, as far as no hidden level can be told by subtraction.

    Fewer than SMALL_CELL people beside the levels that `wanted` shows are left out of the sum.
    """
    found: dict[tuple[str, UUID], tuple[str, int]] = {}
    whole: Counter = Counter()
    shown: Counter = Counter()
    for (code, _level, where), (name, n) in cells.items():
        found[code, where] = (name, 0)
        whole[code, where] += n
        shown[code, where] += n if n >= SMALL_CELL else 0
    told = {key: whole[key] if whole[key] - shown[key] >= SMALL_CELL else shown[key] for key in found}
    return {key: (found[key][0], n) for key, n in told.items() if n}
