"""Perceptual hashes of site photos in the shape a search over all of them needs (QD97.3.9, 6.2)."""

from django.db import models

from peibu.casework.models import Document
from peibu.training.models.cohort import Cohort

HASH_BITS = 256


class Bits(models.Field):
    """A bit string of fixed length; in Python a text of 0 and 1."""

    def db_type(self, connection) -> str:
        return f"bit({HASH_BITS})"

    def get_placeholder(self, value, compiler, connection) -> str:
        return f"%s::bit({HASH_BITS})"


class PhotoPrint(models.Model):
    """The hashes of a photo, 32 bytes each: comparing one with 100,000 is one pass over about 20 MB and exact.

    Kept beside the document's facts because reading them out of its JSON takes several times as long.
    """

    document = models.OneToOneField(Document, on_delete=models.CASCADE, primary_key=True, related_name="+")
    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="photo_prints")
    whole = Bits()
    without_strip = Bits(null=True)
