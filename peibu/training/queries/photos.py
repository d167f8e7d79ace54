"""Questions about photos of classes: which there are, how many are missing, which look like another class's."""

import dataclasses
import datetime as dt
from uuid import UUID

from django.db.models import QuerySet

from peibu.casework.enums import Purpose
from peibu.casework.models import Document
from peibu.casework.queries import documents_of
from peibu.intake.uploads import DUPLICATE_BITS, SIMILAR_BITS, hash_distance
from peibu.rulebook import load_policy
from peibu.training.models import Cohort

# Names of the hashes among a photo's facts. The second leaves out the lower strip, where phones print date and place.
WHOLE, MIRRORED, WITHOUT_STRIP = "hash", "hash_mirrored", "hash_without_strip"
# A picture with hardly any structure (a wall, a black screen) resembles every other one: PDQ calls its hash unusable.
LEAST_QUALITY = 50


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
        return self.distance <= DUPLICATE_BITS


def photos_of(cohort: Cohort) -> QuerySet[Document]:
    return documents_of(cohort.pk, Purpose.SITE_PHOTO)


def photos_missing(cohort: Cohort, *, on: dt.date) -> int:
    """How many photos the class still needs (QD97.3.9); the minimum is the policy's parameter."""
    least = int(load_policy(cohort.policy).value("training_photos_min", on=on))
    return max(0, least - photos_of(cohort).count())


def near_duplicates(document: Document) -> list[NearDuplicate]:
    """Photos of all other classes that look like this one, also mirrored or stamped below, the closest first.

    A document without usable hashes has none. Cost: one pass over the stored hashes.
    """
    if not _usable(document.facts):
        return []
    others = Document.objects.filter(purpose=Purpose.SITE_PHOTO).exclude(subject_id=document.subject_id)
    found = []
    for other_id, cohort_id, facts in others.values_list("id", "subject_id", "facts").iterator():
        if not _usable(facts):
            continue
        distance, mirrored = _distance(document.facts, facts)
        if distance <= SIMILAR_BITS:
            found.append(NearDuplicate(document.pk, other_id, cohort_id, distance, mirrored))
    return sorted(found, key=lambda one: (one.distance, str(one.other_id)))


def _usable(facts: dict) -> bool:
    return bool(facts.get(WHOLE)) and facts.get("hash_quality", 0) >= LEAST_QUALITY


def _distance(mine: dict, theirs: dict) -> tuple[int, bool]:
    """Differing bits of the closest pair of hashes, and whether it was the mirrored one."""
    pairs = [(WHOLE, WHOLE), (WITHOUT_STRIP, WITHOUT_STRIP), (MIRRORED, WHOLE)]
    return min(
        (hash_distance(mine[one], theirs[other]), one == MIRRORED)
        for one, other in pairs
        if mine.get(one) and theirs.get(other)
    )
