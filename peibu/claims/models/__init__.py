"""The tables of this room: claims with their lines and places, what was stated, looked at or excepted, and re-checks."""

from peibu.claims.models.claims import Claim, ClaimLine, Entitlement, Place
from peibu.claims.models.looks import Look
from peibu.claims.models.overrides import Override
from peibu.claims.models.recheck import Recheck
from peibu.claims.models.statements import Statement

__all__ = ["Claim", "ClaimLine", "Entitlement", "Look", "Override", "Place", "Recheck", "Statement"]
