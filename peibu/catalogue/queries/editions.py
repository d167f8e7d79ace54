"""Questions about editions: the history of a catalogue, and what an edition would change."""

import dataclasses
import datetime as dt

from django.db.models import QuerySet

from peibu.accounts.models import Division
from peibu.catalogue.enums import EditionState
from peibu.catalogue.models import Edition, Entry

COMPARED = ("name", "industry", "headcount", "note")


@dataclasses.dataclass(frozen=True)
class Changes:
    """What an edition does to the catalogue: new rows, entries that end, entries that become another row, untouched."""

    added: list[dict]
    removed: list[Entry]
    changed: list[tuple[Entry, dict]]
    same: int


def editions(kind: str, divisions: list[Division] | None = None) -> QuerySet[Edition]:
    """Every edition of a kind, newest day first; of some divisions, or of all."""
    rows = Edition.objects.filter(kind=kind).defer("rows", "content", "problems", "wrong_rows")
    rows = rows.filter(division__in=divisions) if divisions is not None else rows
    return rows.select_related("division", "uploaded_by", "decided_by")


def published(kind: str, *, on: dt.date) -> QuerySet[Edition]:
    """The editions that had taken effect by a day, newest first."""
    return editions(kind).filter(state=EditionState.IN_FORCE, effective_from__lte=on)


def changes_of(edition: Edition) -> Changes:
    """Compare the rows of an edition with the entries that stand on its day."""
    standing = Entry.objects.filter(
        kind=edition.kind, division_id=edition.division_id, valid__contains=edition.effective_from
    ).select_related("unit")
    left = {(row.code, row.level, row.holder): row for row in standing}
    added, changed, same = [], [], 0
    for row in edition.rows:
        old = left.pop((row["code"], row["level"], row["unit"]), None)
        if old is None:
            added.append(row)
        elif any(getattr(old, name) != row[name] for name in COMPARED):
            changed.append((old, row))
        else:
            same += 1
    return Changes(added, list(left.values()), changed, same)
