"""Sessions whose place the folder wants checked though there is no fence to check against: unknown, said before they are held."""

import dataclasses

from peibu.training.models import Cohort, Session
from peibu.training.presence_terms import fence_of


@dataclasses.dataclass(frozen=True)
class Unfenced:
    """Why places cannot be checked, and the sessions this holds for, in order of time."""

    why: str
    sessions: list[Session]


def unfenced(cohort: Cohort) -> list[Unfenced]:
    """The reasons, each with its sessions."""
    found: dict[str, list[Session]] = {}
    for session in cohort.sessions.select_related("room__venue").order_by("starts_at"):
        fenced = fence_of(session)
        if fenced is not None and fenced.missing:
            found.setdefault(fenced.missing, []).append(session)
    return [Unfenced(why, sessions) for why, sessions in found.items()]
