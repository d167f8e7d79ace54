"""Questions about photos of classes: which there are, how many are missing, which look like another class's."""

import dataclasses
import datetime as dt
from functools import reduce
from operator import or_
from uuid import UUID

from django.db.models import F, Func, IntegerField, Q, QuerySet, Value

from peibu.casework.enums import Purpose
from peibu.casework.models import Document
from peibu.casework.queries import documents_of
from peibu.intake.uploads import DUPLICATE_BITS, SIMILAR_BITS
from peibu.rulebook import load_policy
from peibu.training.models import Cohort, PhotoPrint
from peibu.training.models.photo_print import HASH_BITS, Bits

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

    A document without usable hashes has none. Exact: one pass of the database over all prints, 32 bytes a hash.
    """
    if not _usable(document.facts):
        return []
    mine = {name: as_bits(document.facts[name]) for name in PAIRS if document.facts.get(name)}
    distances = {f"by_{name}": _Differing(F(PAIRS[name]), Value(bits, Bits())) for name, bits in mine.items()}
    rows = PhotoPrint.objects.exclude(cohort=document.subject_id).annotate(**distances)
    rows = rows.filter(reduce(or_, (Q(**{f"{name}__lte": SIMILAR_BITS}) for name in distances)))
    found = []
    for row in rows:
        distance, mirrored = min(
            (told, name == MIRRORED) for name in mine if (told := getattr(row, f"by_{name}")) is not None
        )
        found.append(NearDuplicate(document.pk, row.document_id, row.cohort_id, distance, mirrored))
    return sorted(found, key=lambda one: (one.distance, str(one.other_id)))


# which of my hashes is compared with which column of the others
PAIRS = {WHOLE: "whole", WITHOUT_STRIP: "without_strip", MIRRORED: "whole"}


class _Differing(Func):
    """Number of bits in which two bit strings differ."""

    template = "bit_count(%(expressions)s)::int"
    arg_joiner = " # "
    arity = 2
    output_field = IntegerField()


def as_bits(told: str) -> str:
    """A hash of 64 hexadecimal digits as 0 and 1."""
    return f"{int(told, 16):0{HASH_BITS}b}"


def print_of(document: Document) -> PhotoPrint | None:
    """What the search keeps of a photo; None when its hashes are unusable."""
    if not _usable(document.facts):
        return None
    hashes = {column: document.facts.get(name) for name, column in COLUMNS.items()}
    bits = {column: as_bits(told) if told else None for column, told in hashes.items()}
    return PhotoPrint(document=document, cohort_id=document.subject_id, **bits)


COLUMNS = {WHOLE: "whole", WITHOUT_STRIP: "without_strip"}


def _usable(facts: dict) -> bool:
    return bool(facts.get(WHOLE)) and facts.get("hash_quality", 0) >= LEAST_QUALITY
