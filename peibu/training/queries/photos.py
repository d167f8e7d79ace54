"""Questions about photos of classes: which there are, how many are missing, which look like another class's."""

import dataclasses
import datetime as dt
from collections.abc import Iterator
from uuid import UUID

from django.db.models import QuerySet

from peibu.casework.enums import Purpose
from peibu.casework.models import Document
from peibu.casework.queries import documents_of
from peibu.rulebook import load_policy
from peibu.training.models import Cohort

# Distances of 256-bit PDQ hashes, measured on edited copies: up to 31 the same picture, up to 65 worth a look.
SAME, ALIKE = 31, 65
HASH, MIRRORED = "pdq", "pdq_mirrored"


@dataclasses.dataclass(frozen=True)
class NearDuplicate:
    """Another class's photo that looks like this one: the evidence row of a finding."""

    document_id: UUID
    other_id: UUID
    other_cohort_id: UUID
    distance: int
    mirrored: bool

    @property
    def same(self) -> bool:
        """Surely the same picture; otherwise somebody should look."""
        return self.distance <= SAME


def photos_of(cohort: Cohort) -> QuerySet[Document]:
    return documents_of(cohort.pk, Purpose.SITE_PHOTO)


def photos_missing(cohort: Cohort, *, on: dt.date) -> int:
    """How many photos the class still needs (QD97.3.9); the minimum is the policy's parameter."""
    least = int(load_policy(cohort.policy).value("training_photos_min", on=on))
    return max(0, least - photos_of(cohort).count())


def near_duplicates(document: Document) -> list[NearDuplicate]:
    """Photos of all other classes that look like this one, also mirrored, the closest first.

    A photo without a hash (not a site photo) has none. Cost: one pass over the stored hashes.
    """
    mine = [(_bits(document, HASH), False), (_bits(document, MIRRORED), True)]
    mine = [(bits, mirrored) for bits, mirrored in mine if bits is not None]
    return sorted(_alike(document, mine), key=lambda found: (found.distance, str(found.other_id)))


def _bits(document: Document, name: str) -> int | None:
    told = document.facts.get(name)
    return int(told, 16) if told else None


def _alike(document: Document, mine: list[tuple[int, bool]]) -> Iterator[NearDuplicate]:
    others = Document.objects.filter(purpose=Purpose.SITE_PHOTO, facts__has_key=HASH)
    others = others.exclude(subject_id=document.subject_id)
    rows = others.values_list("id", "subject_id", f"facts__{HASH}")
    for other_id, cohort_id, told in rows.iterator():
        theirs = int(told, 16)
        distance, mirrored = (
            min(((bits ^ theirs).bit_count(), flipped) for bits, flipped in mine) if mine else (256, False)
        )
        if distance <= ALIKE:
            yield NearDuplicate(document.pk, other_id, cohort_id, distance, mirrored)
