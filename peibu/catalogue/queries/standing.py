"""Whether an occupation, or an institution's speciality, stood in its catalogue on a day: true, false or unknown."""

import dataclasses
import datetime as dt

from peibu.accounts.models import Division, Unit
from peibu.catalogue.enums import CatalogueKind, Level
from peibu.catalogue.models import Edition, Entry
from peibu.catalogue.queries.editions import published


@dataclasses.dataclass(frozen=True)
class Standing:
    """`listed` None: nobody can say, because no catalogue of this place had been published by that day (no `edition`),
    or because the occupation stands there by levels and none was named.

    `since` and `until` are the first and the last day of the entry (until None: it has no end). `edition`: the one that
    brought the entry, or for something that is in none the newest one of the day.
    """

    listed: bool | None
    since: dt.date | None = None
    until: dt.date | None = None
    entry: Entry | None = None
    edition: Edition | None = None


def speciality_on(code: str, level: str, *, on: dt.date, division: Division, unit: Unit | None = None) -> Standing:
    """Was the speciality in force on the day (JN6.6.1a, HD2.3.7): at an institution, or at any when unit is None?

    code: of the occupation; level: a code of `Level` (an entry without levels holds for every level); division: where
    the class is filed; catalogues of that place and of the places above it count.
    """
    return _on(CatalogueKind.SPECIALITIES, code, level, on, division, str(unit.pk) if unit else None)


def occupation_on(
    code: str, level: str, *, on: dt.date, division: Division, kind: str = CatalogueKind.OCCUPATIONS
) -> Standing:
    """Did the occupation stand in a catalogue of the place on the day (WH63.1.2; another kind for HD2.3.7)?"""
    return _on(kind, code, level, on, division, None)


def _on(kind: str, code: str, level: str, on: dt.date, division: Division, holder: str | None) -> Standing:
    places = _and_above(division)
    rows = Entry.objects.filter(kind=kind, code__iexact=code.strip(), division__in=places, valid__contains=on)
    rows = rows.filter(holder=holder) if holder is not None else rows
    found = rows.filter(level__in=[level, Level.ANY]).order_by("valid").select_related("opened_by")
    found = found.defer("words", "grams").first()
    if found is None:
        known = published(kind, on=on).filter(division__in=places).first()
        by_level = not level and rows.exists()
        return Standing(False if known and not by_level else None, edition=known)
    last = found.valid.upper - dt.timedelta(days=1) if found.valid.upper else None
    return Standing(True, found.valid.lower, last, found, found.opened_by)


def _and_above(division: Division) -> list[Division]:
    places: list[Division] = []
    ahead: list[Division | None] = [division]
    while ahead:
        one = ahead.pop()
        if one is not None and one not in places:
            places.append(one)
            ahead += [one.parent, one.served_by]
    return places
