"""Tables of this room."""

from peibu.accreditation.models.call import Application, Call, Clarification, Evidence, Holding
from peibu.accreditation.models.decision import Agreement, Appeal, Assent, Measure
from peibu.accreditation.models.panel import Affiliation, Expert, Interest, Panel, PoolEntry, Score, Seat

__all__ = [
    "Affiliation",
    "Agreement",
    "Appeal",
    "Application",
    "Assent",
    "Call",
    "Clarification",
    "Evidence",
    "Expert",
    "Holding",
    "Interest",
    "Measure",
    "Panel",
    "PoolEntry",
    "Score",
    "Seat",
]
