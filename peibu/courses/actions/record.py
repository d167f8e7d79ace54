"""Statements into the learning store, in the transaction of the deed they tell of."""

import json
from collections.abc import Sequence
from uuid import UUID, uuid5

from django.conf import settings

from peibu.accounts import clock
from peibu.accounts.enums import Scope
from peibu.accounts.platforms import Platform
from peibu.courses.models import LearningSession, Registration
from peibu.courses.statements import Teller
from peibu.learning.actions.statements import store
from peibu.learning.statement.check import CHECKS
from peibu.learning.statement.package import Package

VERSION = "2.0.0"
_OURSELVES = UUID("6f1d4f0a-6a43-5d0c-9a55-0d5d6a1c7b11")


def sender_of(unit: UUID) -> Platform:
    """A unit's own courses as a sender: no key of its own opens any address, it only says where statements came from."""
    return Platform(uuid5(_OURSELVES, str(unit)), unit, frozenset({Scope.WRITE}))


def teller(registration: Registration, session: LearningSession | None = None) -> Teller:
    return Teller(registration, settings.BASE_URL, session.pk if session else None)


def keep(registration: Registration, statements: Sequence[dict]) -> None:
    """Store the statements of a deed; a repeated one is kept once."""
    if not statements:
        return
    told = json.loads(json.dumps(list(statements)))
    for one in told:
        CHECKS["2"](one, "")
    store(
        Package(told, {}), by=sender_of(registration.course.unit_id), home=settings.BASE_URL, version=VERSION,
        shift=clock.shift(),
    )  # fmt: skip
