"""Documents of State, Activity Profile and Agent Profile."""

import dataclasses
import datetime as dt
from uuid import UUID

from django.db.models import QuerySet

from peibu.learning.models import Document


@dataclasses.dataclass(frozen=True)
class Place:
    """Where a document lies. `name` None = all of them; `registration` None = of any registration."""

    tenant: UUID
    kind: str
    activity: str = ""
    agent: str = ""
    registration: str | None = ""
    name: str | None = None

    def fields(self) -> dict[str, object]:
        told = dataclasses.asdict(self)
        told["registration"] = self.registration or ""
        return told


def rows_of(place: Place) -> QuerySet[Document]:
    """The documents at a place."""
    rows = Document.objects.filter(
        tenant=place.tenant, kind=place.kind, activity=place.activity, agent=place.agent
    )  # fmt: skip
    if place.registration is not None:
        rows = rows.filter(registration=place.registration)
    return rows if place.name is None else rows.filter(name=place.name)


def names(place: Place, *, since: dt.datetime | None) -> tuple[list[str], dt.datetime | None]:
    """The names of the documents at a place, and when the newest was written."""
    rows = rows_of(place).order_by("updated")
    found = list((rows.filter(updated__gt=since) if since else rows).values_list("name", "updated"))
    return list(dict.fromkeys(name for name, _at in found)), found[-1][1] if found else None
