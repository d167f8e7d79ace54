"""The tables of this room: claims with their lines and places, and re-checks of what was judged."""

from peibu.claims.models.claims import Claim, ClaimLine, Entitlement, Place
from peibu.claims.models.recheck import Recheck
from peibu.claims.models.statements import Statement

__all__ = ["Claim", "ClaimLine", "Entitlement", "Place", "Recheck", "Statement"]
